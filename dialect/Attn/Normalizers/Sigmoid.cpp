//===- Sigmoid.cpp - Each key weighs by itself ----------------------------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnScalar.h"

#include <algorithm>
#include <cmath>

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Normalizers/Sigmoid.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Normalizers/Sigmoid.cpp.inc"

LogicalResult SigmoidAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                  APFloat bias, bool) {
  if (!bias.isFinite()) // sigmoid_c1
    return emitError() << "'bias' must be finite, got "
                       << bias.convertToDouble();
  return success();
}

double SigmoidAttr::evaluateWeight(const PairCoordinates &at,
                                   const CaptureReader &, double score,
                                   double &slack) const {
  double bias = getBias().convertToDouble();
  double count =
      getPerKey() ? std::log(double(std::max<int64_t>(at.keys, 1))) : 0.0;
  auto logistic = [](double x) { return 1 / (1 + std::exp(-x)); };
  double x = score + bias - count;
  double weight = logistic(x);
  if (std::isinf(score)) { // 0 or 1, exactly
    slack = 0;
    return weight;
  }
  // Two sums before the exponential; 4 units of it, 4 of what follows.
  double moved =
      slack + std::fabs(score) + 2 * std::fabs(bias) + 4 * count + std::fabs(x);
  // A score may be wrong by more than the slope at it tells: what it might be.
  constexpr double unit = 0x1p-24;
  double most = std::max(logistic(x + moved * unit) - weight,
                         weight - logistic(x - moved * unit));
  slack = most / unit + 8 * weight;
  return weight;
}

Value SigmoidAttr::expandWeight(OpBuilder &builder, Location loc, Value score,
                                const PairValues &, ValueRange) const {
  ScalarBuilder build(builder, loc, builder.getF32Type());
  Value bias = build.number(getBias().convertToDouble());
  if (getPerKey()) {
    Value keys = ExtentOp::create(builder, loc, ExtentKind::Keys);
    keys = arith::MaxSIOp::create(builder, loc, keys, build.integer(1));
    Value count = math::LogOp::create(builder, loc, build.toFloat(keys));
    bias = build.sub(bias, count);
  }
  // -x = -bias - s; beyond the limit a weight is 10^-38 and less. A bounded
  // exponential costs a kernel less.
  Value negative = build.sub(build.sub(build.number(0), bias), score);
  Value power = math::ExpOp::create(builder, loc,
                                    build.min(negative, build.number(87.5)));
  return build.div(build.number(1), build.add(power, 1));
}

SEXTANT_ATTN_SAMPLE(SigmoidAttr) {
  return llvm::formatv("#attn.sigmoid<bias = {0}, per_key = {1}>",
                       draw.number(-8, 8), draw.flag() ? "true" : "false");
}

SEXTANT_ATTN_ENTRY(Sigmoid, SigmoidAttr)
