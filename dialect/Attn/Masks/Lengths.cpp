//===- Lengths.cpp - Key lengths of a padded batch ------------------------===//

#include "dialect/Attn/IR/AttnEntry.h"

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Masks/Lengths.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Masks/Lengths.cpp.inc"

LogicalResult LengthsAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                  int64_t capture) {
  if (capture < 0 || capture > 255) // lengths_c1
    return emitError() << "'capture' must be within [0, 256), got " << capture;
  return success();
}

int64_t LengthsAttr::getNumCaptures() const { return getCapture() + 1; }

bool LengthsAttr::usesPositions() const { return false; }

LogicalResult
LengthsAttr::verifyCaptures(function_ref<InFlightDiagnostic()> emitError,
                            TypeRange captures) const {
  return verifyIntegerCapture(emitError, "lengths", getCapture(), /*rank=*/1,
                              captures);
}

bool LengthsAttr::evaluate(const PairCoordinates &at,
                           const CaptureReader &captures) const {
  return double(at.keyIndex) < captures(getCapture(), {at.batch});
}

Value LengthsAttr::expand(OpBuilder &builder, Location loc,
                          const PairValues &at, ValueRange captures) const {
  Value length =
      ReadOp::createMatched(builder, loc, builder.getI32Type(),
                            captures[getCapture()], ValueRange{at.batch});
  return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::slt,
                               at.keyIndex, length);
}

SEXTANT_ATTN_SAMPLE(LengthsAttr) {
  return llvm::formatv(
      "#attn.lengths<capture = {0}>",
      draw.capture({{SampledTensor::Batches}, SampledTensor::Lengths}));
}

SEXTANT_ATTN_ENTRY(Lengths, LengthsAttr)
