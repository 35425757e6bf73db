//===- Chunked.cpp - Keys of the query's own and near chunks --------------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnPredicate.h"

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Masks/Chunked.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Masks/Chunked.cpp.inc"

LogicalResult ChunkedAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                  int64_t size, int64_t back, int64_t ahead) {
  if (size < 1 || size > (int64_t(1) << 24)) // chunked_c1
    return emitError() << "'size' must be within [1, 2^24], got " << size;
  for (auto [name, reach] : {std::pair("back", back), {"ahead", ahead}})
    if (reach < 0 || reach > INT32_MAX) // chunked_c2
      return emitError() << "'" << name << "' must be within [0, 2^31), got "
                         << reach;
  return success();
}

bool ChunkedAttr::evaluate(const PairCoordinates &at,
                           const CaptureReader &) const {
  int64_t distance =
      floorDiv(at.queryPos, getSize()) - floorDiv(at.keyPos, getSize());
  return distance <= getBack() && -distance <= getAhead();
}

Value ChunkedAttr::expand(OpBuilder &builder, Location loc,
                          const PairValues &at, ValueRange) const {
  PredicateBuilder p(builder, loc);
  Value ofQuery = p.floorDiv(at.queryPos, getSize());
  Value ofKey = p.floorDiv(at.keyPos, getSize());
  if (getBack() == 0 && getAhead() == 0)
    return p.equal(ofQuery, ofKey);
  Value distance = p.sub(ofQuery, ofKey);
  return p.both(p.atMost(distance, p.integer(getBack())),
                p.atMost(p.integer(-getAhead()), distance));
}

SEXTANT_ATTN_SAMPLE(ChunkedAttr) {
  return llvm::formatv("#attn.chunked<size = {0}, back = {1}, ahead = {2}>",
                       draw.integer(1, 70), draw.integer(0, 2),
                       draw.integer(0, 2));
}

SEXTANT_ATTN_ENTRY(Chunked, ChunkedAttr)
