//===- Linear.cpp - Linear position interpolation -------------------------===//

#include "dialect/Attn/IR/AttnEntry.h"

#include <cmath>

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/Linear.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/Linear.cpp.inc"

LogicalResult LinearAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                 APFloat factor) {
  double value = factor.convertToDouble();
  if (!std::isfinite(value) || value <= 0) // linear_c1
    return emitError() << "'factor' must be finite and > 0, got " << value;
  return success();
}

double LinearAttr::evaluateFrequency(double frequency, double, int64_t, int64_t,
                                     double) const {
  return frequency / getFactor().convertToDouble();
}

Value LinearAttr::expandFrequency(OpBuilder &builder, Location loc,
                                  Value frequency, Value, Value, int64_t,
                                  Value) const {
  Value factor = arith::ConstantOp::create(
      builder, loc, builder.getF64FloatAttr(getFactor().convertToDouble()));
  return arith::DivFOp::create(builder, loc, frequency, factor);
}

SEXTANT_ATTN_SAMPLE(LinearAttr) {
  return llvm::formatv("#attn.linear<factor = {0}>", draw.number(0.5, 8.5));
}

SEXTANT_ATTN_ENTRY(Linear, LinearAttr)
