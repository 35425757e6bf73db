//===- Streaming.cpp - Attention sinks and a window -----------------------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnPredicate.h"

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Masks/Streaming.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Masks/Streaming.cpp.inc"

LogicalResult
StreamingAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                      int64_t sinks, int64_t window) {
  if (sinks < 0 || sinks > INT32_MAX) // streaming_c1
    return emitError() << "'sinks' must be within [0, 2^31), got " << sinks;
  if (window < 1 || window > INT32_MAX) // streaming_c2
    return emitError() << "'window' must be within [1, 2^31), got " << window;
  return success();
}

bool StreamingAttr::evaluate(const PairCoordinates &at,
                             const CaptureReader &) const {
  return at.keyPos <= at.queryPos &&
         (at.keyPos < getSinks() || at.queryPos - at.keyPos < getWindow());
}

Value StreamingAttr::expand(OpBuilder &builder, Location loc,
                            const PairValues &at, ValueRange) const {
  PredicateBuilder p(builder, loc);
  Value isSink = p.less(at.keyPos, p.integer(getSinks()));
  Value isNear = p.less(p.sub(at.queryPos, at.keyPos), p.integer(getWindow()));
  return p.both(p.atMost(at.keyPos, at.queryPos), p.either(isSink, isNear));
}

SEXTANT_ATTN_SAMPLE(StreamingAttr) {
  return llvm::formatv("#attn.streaming<sinks = {0}, window = {1}>",
                       draw.integer(0, 8), draw.integer(1, 70));
}

SEXTANT_ATTN_ENTRY(Streaming, StreamingAttr)
