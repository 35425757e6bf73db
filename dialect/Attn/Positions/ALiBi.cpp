//===- ALiBi.cpp - Attention with linear biases ---------------------------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnScalar.h"

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
  ScalarBuilder build(builder, loc, builder.getF32Type());
  // N = 2^floor(log2 H); at least one head, so that the shift is defined.
  Value heads = ExtentOp::create(builder, loc, ExtentKind::Heads);
  heads = arith::MaxSIOp::create(builder, loc, heads, build.integer(1));
  Value zeros = math::CountLeadingZerosOp::create(builder, loc, heads);
  Value log2 = arith::SubIOp::create(builder, loc, build.integer(31), zeros);
  Value powerOfTwo =
      arith::ShLIOp::create(builder, loc, build.integer(1), log2);

  Value first = arith::AddIOp::create(builder, loc, at.head, build.integer(1));
  Value past = arith::SubIOp::create(builder, loc, at.head, powerOfTwo);
  Value place =
      build.select(build.less(at.head, powerOfTwo), build.toFloat(first),
                   build.add(build.toFloat(past), 0.5));
  Value step = build.div(build.number(-getMaxExponent().convertToDouble()),
                         build.toFloat(powerOfTwo));
  Value slope = math::Exp2Op::create(builder, loc, build.mul(place, step));
  Value penalty = build.mul(slope, build.distance(at.queryPos, at.keyPos));
  return arith::NegFOp::create(builder, loc, penalty);
}

SEXTANT_ATTN_SAMPLE(ALiBiAttr) {
  if (!draw.flag())
    return "#attn.alibi";
  return llvm::formatv("#attn.alibi<max_exponent = {0}>", draw.number(1, 9));
}

SEXTANT_ATTN_ENTRY(ALiBi, ALiBiAttr)
