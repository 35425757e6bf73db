//===- Relu.cpp - Positive scores weigh, others do not --------------------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnScalar.h"

#include <cmath>

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Normalizers/Relu.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Normalizers/Relu.cpp.inc"

LogicalResult ReluAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                               APFloat power, APFloat alpha, bool overSum) {
  double p = power.convertToDouble(), a = alpha.convertToDouble();
  if (!(p >= 0.125 && p <= 16)) // relu_c1
    return emitError() << "'power' must be within [0.125, 16], got " << p;
  if (!(a >= 0 && a <= 2)) // relu_c2
    return emitError() << "'alpha' must be within [0, 2], got " << a;
  if (overSum && a != 1) // relu_c3
    return emitError() << "'alpha' has no effect with 'over_sum': remove it, "
                          "got "
                       << a;
  return success();
}

bool ReluAttr::dividesBySum() const { return getOverSum(); }

double ReluAttr::evaluateWeight(const PairCoordinates &at,
                                const CaptureReader &, double score,
                                double &slack) const {
  double power = getPower().convertToDouble();
  double scale = getOverSum() ? 1.0
                              : std::pow(double(std::max<int64_t>(at.keys, 1)),
                                         -getAlpha().convertToDouble());
  if (std::isnan(score))
    return score;
  // A score that rounding may lift above 0 weighs what it is lifted to.
  double lifted = std::max(0.0, score + 0x1p-24 * slack);
  double weight = score > 0 ? std::pow(score, power) * scale : 0.0;
  // 32 units: a power by logarithm and exponential, and of the number of keys.
  slack = std::max(0.0, std::pow(lifted, power) * scale - weight) * 0x1p24 +
          32 * weight;
  return weight;
}

Value ReluAttr::expandWeight(OpBuilder &builder, Location loc, Value score,
                             const PairValues &, ValueRange) const {
  ScalarBuilder build(builder, loc, builder.getF32Type());
  double power = getPower().convertToDouble();
  double alpha = getAlpha().convertToDouble();
  Value positive = build.max(score, build.number(0)), weight = positive;
  if (power == 2) {
    weight = build.mul(positive, positive);
  } else if (power == 3) {
    weight = build.mul(build.mul(positive, positive), positive);
  } else if (power == 4) {
    Value square = build.mul(positive, positive);
    weight = build.mul(square, square);
  } else if (power != 1) {
    weight = math::PowFOp::create(builder, loc, positive, build.number(power));
  }
  if (getOverSum() || alpha == 0)
    return weight;
  Value keys = ExtentOp::create(builder, loc, ExtentKind::Keys);
  keys = arith::MaxSIOp::create(builder, loc, keys, build.integer(1));
  Value count = build.toFloat(keys);
  if (alpha != 1)
    count = math::PowFOp::create(builder, loc, count, build.number(alpha));
  return build.mul(weight, build.div(build.number(1), count));
}

SEXTANT_ATTN_SAMPLE(ReluAttr) {
  // Divided by their sum, a row of few positive scores has no error bound.
  return llvm::formatv("#attn.relu<power = {0}.0, alpha = {1}>",
                       draw.integer(1, 4), draw.number(0, 2));
}

SEXTANT_ATTN_ENTRY(Relu, ReluAttr)
