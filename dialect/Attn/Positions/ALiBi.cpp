//===- ALiBi.cpp - Attention with linear biases ---------------------------===//

#include "dialect/Attn/IR/AttnEntry.h"

#include <cmath>

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/ALiBi.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/ALiBi.cpp.inc"

LogicalResult ALiBiAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                APFloat maxExponent) {
  double value = maxExponent.convertToDouble();
  if (!std::isfinite(value) || value <= 0) // alibi_c1
    return emitError() << "'max_exponent' must be finite and > 0, got "
                       << value;
  return success();
}

double ALiBiAttr::evaluate(const PairCoordinates &at,
                           const CaptureReader &) const {
  int64_t powerOfTwo = 1;
  while (2 * powerOfTwo <= at.heads)
    powerOfTwo *= 2;
  double step = getMaxExponent().convertToDouble() / double(powerOfTwo);
  double place = at.head < powerOfTwo ? double(at.head + 1)
                                      : double(at.head - powerOfTwo) + 0.5;
  double slope = std::pow(2.0, -step * place);
  return -slope * std::abs(double(at.queryPos - at.keyPos));
}

Value ALiBiAttr::expand(OpBuilder &builder, Location loc, const PairValues &at,
                        ValueRange) const {
  Type f32 = builder.getF32Type();
  auto integer = [&](int32_t value) -> Value {
    return arith::ConstantOp::create(builder, loc,
                                     builder.getI32IntegerAttr(value));
  };
  auto number = [&](double value) -> Value {
    return arith::ConstantOp::create(builder, loc,
                                     builder.getF32FloatAttr(value));
  };
  auto toFloat = [&](Value value) -> Value {
    return arith::SIToFPOp::create(builder, loc, f32, value);
  };
  // N = 2^floor(log2 H); at least one head, so that the shift is defined.
  Value heads = ExtentOp::create(builder, loc, ExtentKind::Heads);
  heads = arith::MaxSIOp::create(builder, loc, heads, integer(1));
  Value zeros = math::CountLeadingZerosOp::create(builder, loc, heads);
  Value log2 = arith::SubIOp::create(builder, loc, integer(31), zeros);
  Value powerOfTwo = arith::ShLIOp::create(builder, loc, integer(1), log2);

  Value inside = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::slt,
                                       at.head, powerOfTwo);
  Value first =
      toFloat(arith::AddIOp::create(builder, loc, at.head, integer(1)));
  Value past =
      toFloat(arith::SubIOp::create(builder, loc, at.head, powerOfTwo));
  past = arith::AddFOp::create(builder, loc, past, number(0.5));
  Value place = arith::SelectOp::create(builder, loc, inside, first, past);
  Value step = arith::DivFOp::create(
      builder, loc, number(-getMaxExponent().convertToDouble()),
      toFloat(powerOfTwo));
  Value exponent = arith::MulFOp::create(builder, loc, place, step);
  Value slope = math::Exp2Op::create(builder, loc, exponent);

  Value delta = arith::SubIOp::create(builder, loc, at.queryPos, at.keyPos);
  Value distance = toFloat(math::AbsIOp::create(builder, loc, delta));
  Value penalty = arith::MulFOp::create(builder, loc, slope, distance);
  return arith::NegFOp::create(builder, loc, penalty);
}

SEXTANT_ATTN_ENTRY(ALiBi, ALiBiAttr)
