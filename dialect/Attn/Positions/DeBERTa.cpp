//===- DeBERTa.cpp - What query and key say of a distance -----------------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnScalar.h"

#include <cmath>

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/DeBERTa.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/DeBERTa.cpp.inc"

LogicalResult DeBERTaAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                  int64_t span, int64_t maxDistance, bool) {
  if (span < 1 || span > 32768) // deberta_c1
    return emitError() << "'span' must be within [1, 32768], got " << span;
  if (maxDistance == 0)
    return success();
  if (span % 2 || span < 4) // deberta_c2
    return emitError() << "'span' must be even and >= 4 with 'max_distance', "
                          "got "
                       << span;
  int64_t least = span / 2 + 2;
  if (maxDistance < least || maxDistance > (1 << 24)) // deberta_c3
    return emitError() << "'max_distance' must be within [" << least
                       << ", 2^24], or left out for no logarithm, got "
                       << maxDistance;
  return success();
}

int64_t DeBERTaAttr::getNumCaptures() const { return 2; }

LogicalResult
DeBERTaAttr::verifyCaptures(function_ref<InFlightDiagnostic()> emitError,
                            TypeRange captures) const {
  constexpr int64_t any = ShapedType::kDynamic;
  for (int64_t place : {0, 1})
    if (failed(verifyNumbersCapture(
            emitError, getMnemonic(),
            place ? "a number for each bucket of each key"
                  : "a number for each bucket of each query",
            place, {any, any, any, 2 * getSpan()}, captures)))
      return failure();
  return success();
}

/// The logarithmic bucket of |d| >= mid: mid and the least number of steps s
/// with mid ((most - 1) / mid)^(s / (mid - 1)) >= |d|.
static int64_t logarithmic(int64_t distance, int64_t mid, int64_t most) {
  double ratio = double(most - 1) / double(mid);
  int64_t steps = 0;
  // Powers are within 1e-12 of a bound that is a whole number.
  while (steps < mid &&
         double(mid) * std::pow(ratio, double(steps) / double(mid - 1)) *
                 (1 + 1e-12) <
             double(distance))
    ++steps;
  return mid + steps;
}

static int64_t bucketOf(const DeBERTaAttr &attr, int64_t distance) {
  int64_t span = attr.getSpan(), mid = span / 2;
  if (attr.getMaxDistance() != 0 && std::abs(distance) > mid) {
    int64_t own = logarithmic(std::abs(distance), mid, attr.getMaxDistance());
    distance = distance < 0 ? -own : own;
  }
  return std::min(std::max(distance + span, int64_t(0)), 2 * span - 1);
}

double DeBERTaAttr::evaluate(const PairCoordinates &at,
                             const CaptureReader &read) const {
  int64_t ahead = at.queryPos - at.keyPos;
  return read(0, {at.batch, at.head, at.queryIndex, bucketOf(*this, ahead)}) +
         read(1, {at.batch, at.head, at.keyIndex,
                  bucketOf(*this, getMirrored() ? -ahead : ahead)});
}

// The two may be added to the score one after the other.
double DeBERTaAttr::boundSlack(const PairCoordinates &at,
                               const CaptureReader &read, double) const {
  int64_t ahead = at.queryPos - at.keyPos;
  return std::abs(read(
             0, {at.batch, at.head, at.queryIndex, bucketOf(*this, ahead)})) +
         std::abs(read(1, {at.batch, at.head, at.keyIndex,
                           bucketOf(*this, getMirrored() ? -ahead : ahead)}));
}

/// The bucket of `distance` as IR: an i32 value. The distance is limited first:
/// where it stops to matter is seen without a look at the logarithm.
static Value expandBucket(const DeBERTaAttr &attr, OpBuilder &builder,
                          Location loc, Value distance) {
  ScalarBuilder build(builder, loc, builder.getF32Type());
  int64_t span = attr.getSpan(), most = attr.getMaxDistance();
  auto limit = [&](int64_t least, int64_t greatest) -> Value {
    return arith::MinSIOp::create(
        builder, loc,
        arith::MaxSIOp::create(builder, loc, distance, build.integer(least)),
        build.integer(greatest));
  };
  if (most == 0)
    return arith::AddIOp::create(builder, loc, limit(-span, span - 1),
                                 build.integer(span));
  Value limited = limit(-most, most - 1);
  Value size = math::AbsIOp::create(builder, loc, limited);
  Value mid = build.integer(span / 2);
  ScalarBuilder wide(builder, loc, builder.getF64Type());
  // In steps from mid; a bound is a whole number only at most - 1, where the
  // logarithms are within 1e-9 of it.
  double octave =
      double(span / 2 - 1) / std::log2(double(most - 1) / double(span / 2));
  Value place = math::Log2Op::create(
      builder, loc,
      wide.toFloat(arith::MaxSIOp::create(builder, loc, size, mid)));
  place = wide.mul(wide.sub(place, std::log2(double(span / 2))), octave);
  Value steps = arith::FPToSIOp::create(builder, loc, builder.getI32Type(),
                                        wide.add(place, 1 - 1e-9));
  Value own = arith::AddIOp::create(
      builder, loc, arith::MinSIOp::create(builder, loc, size, mid), steps);
  Value middle = build.integer(span);
  return build.select(build.less(limited, 0),
                      arith::SubIOp::create(builder, loc, middle, own),
                      arith::AddIOp::create(builder, loc, middle, own));
}

Value DeBERTaAttr::expand(OpBuilder &builder, Location loc,
                          const PairValues &at, ValueRange captures) const {
  ScalarBuilder build(builder, loc, builder.getF32Type());
  Value ahead = arith::SubIOp::create(builder, loc, at.queryPos, at.keyPos);
  Value back =
      getMirrored()
          ? Value(arith::SubIOp::create(builder, loc, at.keyPos, at.queryPos))
          : ahead;
  return build.add(
      build.read(captures[0], {at.batch, at.head, at.queryIndex,
                               expandBucket(*this, builder, loc, ahead)}),
      build.read(captures[1], {at.batch, at.head, at.keyIndex,
                               expandBucket(*this, builder, loc, back)}));
}

SEXTANT_ATTN_SAMPLE(DeBERTaAttr) {
  const bool isLogarithmic = draw.flag();
  const int64_t span =
      isLogarithmic ? 2 * draw.integer(2, 10) : draw.integer(1, 20);
  for (auto rows : {SampledTensor::Queries, SampledTensor::Keys})
    draw.capture(
        {{SampledTensor::Batches, SampledTensor::Heads, rows, 2 * span}});
  return llvm::formatv(
      "#attn.deberta<span = {0}, max_distance = {1}, mirrored = {2}>", span,
      isLogarithmic ? draw.integer(span / 2 + 2, 100) : 0,
      draw.flag() ? "false" : "true");
}

SEXTANT_ATTN_ENTRY(DeBERTa, DeBERTaAttr)
