//===- Dilated.cpp - Keys at multiples of a step from the query -----------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnPredicate.h"

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Masks/Dilated.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Masks/Dilated.cpp.inc"

LogicalResult DilatedAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                  int64_t step) {
  if (step < 1 || step > (int64_t(1) << 24)) // dilated_c1
    return emitError() << "'step' must be within [1, 2^24], got " << step;
  return success();
}

bool DilatedAttr::evaluate(const PairCoordinates &at,
                           const CaptureReader &) const {
  return std::abs(at.queryPos - at.keyPos) % getStep() == 0;
}

// A multiple of the step has no remainder, rounded either way.
Value DilatedAttr::expand(OpBuilder &builder, Location loc,
                          const PairValues &at, ValueRange) const {
  PredicateBuilder p(builder, loc);
  return p.equal(p.mod(p.sub(at.queryPos, at.keyPos), getStep()), p.integer(0));
}

SEXTANT_ATTN_SAMPLE(DilatedAttr) {
  return llvm::formatv("#attn.dilated<step = {0}>", draw.integer(1, 20));
}

SEXTANT_ATTN_ENTRY(Dilated, DilatedAttr)
