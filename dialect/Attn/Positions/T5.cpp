//===- T5.cpp - Learned bias by distance buckets ------------------------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnScalar.h"

#include <cmath>

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/T5.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/T5.cpp.inc"

LogicalResult T5Attr::verify(function_ref<InFlightDiagnostic()> emitError,
                             int64_t buckets, int64_t maxDistance,
                             bool bidirectional) {
  int64_t least = bidirectional ? 4 : 2;
  if (buckets < least || buckets > 256) // t5_c1
    return emitError() << "'buckets' must be within [" << least
                       << ", 256], got " << buckets;
  if (bidirectional && buckets % 2) // t5_c2
    return emitError() << "'buckets' must be even if bidirectional, got "
                       << buckets;
  int64_t exact = (bidirectional ? buckets / 2 : buckets) / 2;
  if (maxDistance <= exact || maxDistance > (1 << 24)) // t5_c3
    return emitError() << "'max_distance' must be within (" << exact
                       << ", 2^24], got " << maxDistance;
  return success();
}

int64_t T5Attr::getNumCaptures() const { return 1; }

LogicalResult
T5Attr::verifyCaptures(function_ref<InFlightDiagnostic()> emitError,
                       TypeRange captures) const {
  return verifyNumbersCapture(emitError, getMnemonic(), "buckets x heads", 0,
                              {getBuckets(), ShapedType::kDynamic}, captures);
}

double T5Attr::evaluate(const PairCoordinates &at,
                        const CaptureReader &read) const {
  int64_t back = at.queryPos - at.keyPos, first = 0, count = getBuckets();
  if (getBidirectional()) {
    count /= 2;
    first = back < 0 ? count : 0;
    back = std::abs(back);
  }
  int64_t distance = std::max(back, int64_t(0)), exact = count / 2;
  if (distance < exact)
    return read(0, {first + distance, at.head});
  double place = std::log(double(distance) / double(exact)) /
                 std::log(double(getMaxDistance()) / double(exact)) *
                 double(count - exact);
  // On a bound the logarithms are within 1e-9 of a whole number.
  int64_t steps = int64_t(std::floor(place + 1e-9));
  return read(0, {first + std::min(count - 1, exact + steps), at.head});
}

/// The least distance of each logarithmic bucket but the first: the least x
/// with (x / exact)^(count - exact) >= (max / exact)^step.
static SmallVector<int32_t> bucketStarts(int64_t count, int64_t exact,
                                         int64_t maxDistance) {
  SmallVector<int32_t> starts;
  for (int64_t step = 1; step < count - exact; ++step) {
    double start =
        double(exact) * std::pow(double(maxDistance) / double(exact),
                                 double(step) / double(count - exact));
    starts.push_back(int32_t(std::ceil(start * (1 - 1e-12))));
  }
  return starts;
}

Value T5Attr::expand(OpBuilder &builder, Location loc, const PairValues &at,
                     ValueRange captures) const {
  ScalarBuilder build(builder, loc, builder.getF32Type());
  int64_t count = getBidirectional() ? getBuckets() / 2 : getBuckets();
  int64_t exact = count / 2;
  auto add = [&](Value a, Value b) -> Value {
    return arith::AddIOp::create(builder, loc, a, b);
  };
  Value zero = build.integer(0), one = build.integer(1);
  Value back = arith::SubIOp::create(builder, loc, at.queryPos, at.keyPos);
  Value distance =
      getBidirectional()
          ? Value(math::AbsIOp::create(builder, loc, back))
          : Value(arith::MaxSIOp::create(builder, loc, back, zero));
  Value bucket = arith::MinSIOp::create(builder, loc, distance,
                                        build.integer(int32_t(exact)));
  for (int32_t start : bucketStarts(count, exact, getMaxDistance()))
    bucket = add(bucket, build.select(build.less(distance, start), zero, one));
  if (getBidirectional())
    bucket = add(bucket, build.select(build.less(back, 0),
                                      build.integer(int32_t(count)), zero));
  return build.read(captures[0], {bucket, at.head});
}

SEXTANT_ATTN_SAMPLE(T5Attr) {
  const bool isBidirectional = draw.flag();
  const int64_t buckets = 2 * draw.integer(2, 16);
  draw.capture({{buckets, SampledTensor::Heads}});
  return llvm::formatv(
      "#attn.t5<buckets = {0}, max_distance = {1}, bidirectional = {2}>",
      buckets, draw.integer(buckets + 1, 200),
      isBidirectional ? "true" : "false");
}

SEXTANT_ATTN_ENTRY(T5, T5Attr)
