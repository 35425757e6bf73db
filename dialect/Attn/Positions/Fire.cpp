//===- Fire.cpp - Functional interpolation of relative positions --------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnScalar.h"

#include <cmath>

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/Fire.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/Fire.cpp.inc"

namespace {
/// Places of the captured tensors.
enum Place { W1, B1, W2, B2, C, Limit, NumPlaces };
} // namespace

static constexpr double kEpsilon = 1e-6;

int64_t FireAttr::getNumCaptures() const { return NumPlaces; }

LogicalResult FireAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                               int64_t width) {
  if (width < 1 || width > 256) // fire_c1
    return emitError() << "'width' must be within [1, 256], got " << width;
  return success();
}

LogicalResult
FireAttr::verifyCaptures(function_ref<InFlightDiagnostic()> emitError,
                         TypeRange captures) const {
  int64_t units = getWidth();
  auto check = [&](int64_t place, StringRef what, ArrayRef<int64_t> shape) {
    return verifyNumbersCapture(emitError, getMnemonic(), what, place, shape,
                                captures);
  };
  return success(succeeded(check(W1, "w1", {units})) &&
                 succeeded(check(B1, "b1", {units})) &&
                 succeeded(check(W2, "w2", {ShapedType::kDynamic, units})) &&
                 succeeded(check(B2, "b2", {ShapedType::kDynamic})) &&
                 succeeded(check(C, "c", {})) &&
                 succeeded(check(Limit, "limit", {})));
}

/// ln(1 + |c x|).
static double squash(double c, double x) { return std::log1p(std::abs(c * x)); }

/// The argument of the perceptron.
static double normalized(const PairCoordinates &at, const CaptureReader &read) {
  double c = read(C, {}), limit = std::abs(read(Limit, {}));
  double reach = std::max(limit, double(at.queryPos));
  return squash(c, double(at.queryPos - at.keyPos)) /
         (squash(c, reach) + kEpsilon);
}

double FireAttr::evaluate(const PairCoordinates &at,
                          const CaptureReader &read) const {
  double z = normalized(at, read), sum = read(B2, {at.head});
  for (int64_t u = 0; u < getWidth(); ++u)
    sum += read(W2, {at.head, u}) *
           std::max(0.0, read(W1, {u}) * z + read(B1, {u}));
  return sum;
}

double FireAttr::boundSlack(const PairCoordinates &at,
                            const CaptureReader &read, double bias) const {
  // Two logarithms of 8 units with a rounding each, a sum and a quotient.
  double z = normalized(at, read), slackOfZ = 20 * z;
  double sum = read(B2, {at.head}), slack = 0;
  for (int64_t u = 0; u < getWidth(); ++u) {
    double slope = read(W1, {u}), weight = std::abs(read(W2, {at.head, u}));
    double inner = slope * z + read(B1, {u});
    double slackOfInner = std::abs(slope) * (slackOfZ + z) + std::abs(inner);
    slack += weight * (slackOfInner + std::max(0.0, inner));
    sum += read(W2, {at.head, u}) * std::max(0.0, inner);
    slack += std::abs(sum);
  }
  return slack + std::abs(bias);
}

Value FireAttr::expand(OpBuilder &builder, Location loc, const PairValues &at,
                       ValueRange captures) const {
  ScalarBuilder build(builder, loc, builder.getF32Type());
  Value c = build.read(captures[C], {});
  Value limit =
      math::AbsFOp::create(builder, loc, build.read(captures[Limit], {}));
  auto squashed = [&](Value x) -> Value {
    Value size = math::AbsFOp::create(builder, loc, build.mul(c, x));
    return math::Log1pOp::create(builder, loc, size);
  };
  Value reach = build.max(limit, build.toFloat(at.queryPos));
  Value z = build.div(squashed(build.distance(at.queryPos, at.keyPos)),
                      build.add(squashed(reach), kEpsilon));
  Value zero = build.number(0), sum = build.read(captures[B2], at.head);
  for (int64_t u = 0; u < getWidth(); ++u) {
    Value unit = build.integer(int32_t(u));
    Value inner = build.add(build.mul(build.read(captures[W1], unit), z),
                            build.read(captures[B1], unit));
    Value weight = build.read(captures[W2], {at.head, unit});
    sum = build.add(sum, build.mul(weight, build.max(inner, zero)));
  }
  return sum;
}

SEXTANT_ATTN_SAMPLE(FireAttr) {
  const int64_t units = draw.integer(1, 8);
  draw.capture({{units}});
  draw.capture({{units}});
  draw.capture({{SampledTensor::Heads, units}});
  draw.capture({{SampledTensor::Heads}});
  draw.capture({{}, SampledTensor::Numbers, 0.1, 1});
  draw.capture({{}, SampledTensor::Numbers, 1, 100});
  return llvm::formatv("#attn.fire<width = {0}>", units);
}

SEXTANT_ATTN_ENTRY(Fire, FireAttr)
