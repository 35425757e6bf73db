//===- DilatedSegments.cpp - One residue class of each segment ------------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnPredicate.h"

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Masks/DilatedSegments.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Masks/DilatedSegments.cpp.inc"

LogicalResult
DilatedSegmentsAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                            int64_t size, int64_t step) {
  if (size < 1 || size > (int64_t(1) << 24)) // dilated_segments_c1
    return emitError() << "'size' must be within [1, 2^24], got " << size;
  int64_t most = std::min(size, int64_t(1) << 12);
  if (step < 1 || step > most) // dilated_segments_c2
    return emitError() << "'step' must be within [1, " << most << "], got "
                       << step;
  return success();
}

bool DilatedSegmentsAttr::evaluate(const PairCoordinates &at,
                                   const CaptureReader &) const {
  int64_t kept = at.head * getStep() / at.heads;
  auto isKept = [&](int64_t position) {
    return floorMod(position, getSize()) % getStep() == kept;
  };
  return floorDiv(at.queryPos, getSize()) == floorDiv(at.keyPos, getSize()) &&
         isKept(at.queryPos) && isKept(at.keyPos);
}

// No region divides by the number of heads. The kept offset o of head h is the
// one with o H <= h step < (o + 1) H, and h step is below 2^24.
Value DilatedSegmentsAttr::expand(OpBuilder &builder, Location loc,
                                  const PairValues &at, ValueRange) const {
  PredicateBuilder p(builder, loc);
  Value heads = p.extent(ExtentKind::Heads);
  Value share = p.mul(at.head, getStep());
  auto isKept = [&](Value position) {
    Value offset = p.mod(p.floorMod(position, getSize()), getStep());
    Value low = arith::MulIOp::create(builder, loc, offset, heads);
    return p.within(low, share, p.add(low, heads));
  };
  Value same = p.equal(p.floorDiv(at.queryPos, getSize()),
                       p.floorDiv(at.keyPos, getSize()));
  return p.both(same, p.both(isKept(at.queryPos), isKept(at.keyPos)));
}

SEXTANT_ATTN_SAMPLE(DilatedSegmentsAttr) {
  const int64_t step = draw.integer(1, 8);
  return llvm::formatv("#attn.dilated_segments<size = {0}, step = {1}>",
                       step + draw.integer(0, 60), step);
}

SEXTANT_ATTN_ENTRY(DilatedSegments, DilatedSegmentsAttr)
