//===- DynamicNTK.cpp - NTK scaling by the running length -----------------===//

#include "dialect/Attn/IR/AttnEntry.h"

#include <cmath>

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/DynamicNTK.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/DynamicNTK.cpp.inc"

LogicalResult
DynamicNTKAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                       APFloat factor, int64_t trained) {
  double value = factor.convertToDouble();
  if (!std::isfinite(value) || value < 1) // dynamic_ntk_c1
    return emitError() << "'factor' must be finite and >= 1, got " << value;
  if (trained < 1 || trained > (1 << 24)) // dynamic_ntk_c2
    return emitError() << "'trained' must be within [1, 2^24], got " << trained;
  return success();
}

bool DynamicNTKAttr::needsLength() const { return true; }

LogicalResult
DynamicNTKAttr::verifyWidth(function_ref<InFlightDiagnostic()> emitError,
                            int64_t width) const {
  if (width <= 2) // dynamic_ntk_c3
    return emitError()
           << "#attn.dynamic_ntk needs more than 2 rotary dims, got " << width;
  return success();
}

double DynamicNTKAttr::evaluateBase(double base, int64_t width,
                                    double length) const {
  if (length <= double(getTrained()))
    return base;
  double factor = getFactor().convertToDouble();
  double bracket = factor * length / double(getTrained()) - (factor - 1);
  return base * std::pow(bracket, double(width) / double(width - 2));
}

/// bracket^p as 2^(p log2 bracket); the bracket is at least 1.
Value DynamicNTKAttr::expandBase(OpBuilder &builder, Location loc, Value base,
                                 int64_t width, Value length) const {
  auto constant = [&](double value) -> Value {
    return arith::ConstantOp::create(builder, loc,
                                     builder.getF64FloatAttr(value));
  };
  double factor = getFactor().convertToDouble();
  Value extent =
      arith::SIToFPOp::create(builder, loc, builder.getF64Type(), length);
  Value grown = arith::MulFOp::create(builder, loc, extent,
                                      constant(factor / double(getTrained())));
  Value bracket =
      arith::SubFOp::create(builder, loc, grown, constant(factor - 1));
  bracket = arith::MaximumFOp::create(builder, loc, bracket, constant(1.0));
  Value exponent = arith::MulFOp::create(
      builder, loc, math::Log2Op::create(builder, loc, bracket),
      constant(double(width) / double(width - 2)));
  Value growth = math::Exp2Op::create(builder, loc, exponent);
  return arith::MulFOp::create(builder, loc, base, growth);
}

SEXTANT_ATTN_ENTRY(DynamicNTK, DynamicNTKAttr)
