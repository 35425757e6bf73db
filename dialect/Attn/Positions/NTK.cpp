//===- NTK.cpp - NTK-aware scaling of a spectrum --------------------------===//

#include "dialect/Attn/IR/AttnEntry.h"

#include <cmath>

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/NTK.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/NTK.cpp.inc"

LogicalResult NTKAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                              APFloat alpha) {
  double value = alpha.convertToDouble();
  if (!std::isfinite(value) || value < 1) // ntk_c1
    return emitError() << "'alpha' must be finite and >= 1, got " << value;
  return success();
}

LogicalResult NTKAttr::verifyWidth(function_ref<InFlightDiagnostic()> emitError,
                                   int64_t width) const {
  if (width <= 2) // ntk_c2
    return emitError() << "#attn.ntk needs more than 2 rotary dims, got "
                       << width;
  return success();
}

double NTKAttr::evaluateBase(double base, int64_t width, double) const {
  return base * std::pow(getAlpha().convertToDouble(),
                         double(width) / double(width - 2));
}

// The growth is a constant; times a constant base it folds.
Value NTKAttr::expandBase(OpBuilder &builder, Location loc, Value base,
                          int64_t width, Value) const {
  double growth = std::exp2(std::log2(getAlpha().convertToDouble()) *
                            double(width) / double(width - 2));
  Value factor =
      arith::ConstantOp::create(builder, loc, builder.getF64FloatAttr(growth));
  return builder.createOrFold<arith::MulFOp>(loc, base, factor);
}

SEXTANT_ATTN_SAMPLE(NTKAttr) {
  if (draw.channels <= 2)
    return "";
  return llvm::formatv("#attn.ntk<alpha = {0}>", draw.number(1, 16));
}

SEXTANT_ATTN_ENTRY(NTK, NTKAttr)
