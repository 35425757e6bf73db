//===- Kerple.cpp - Kernelised relative positions -----------------------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnScalar.h"

#include <cmath>

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/Kerple.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/Kerple.cpp.inc"

static LogicalResult
verifyNumbersOfHeads(function_ref<InFlightDiagnostic()> emitError,
                     StringRef name, TypeRange captures) {
  for (int64_t place : {0, 1})
    if (failed(verifyNumbersCapture(emitError, name,
                                    place ? "a, one a head" : "p, one a head",
                                    place, {ShapedType::kDynamic}, captures)))
      return failure();
  return success();
}

int64_t KerpleLogAttr::getNumCaptures() const { return 2; }

LogicalResult
KerpleLogAttr::verifyCaptures(function_ref<InFlightDiagnostic()> emitError,
                              TypeRange captures) const {
  return verifyNumbersOfHeads(emitError, getMnemonic(), captures);
}

double KerpleLogAttr::evaluate(const PairCoordinates &at,
                               const CaptureReader &read) const {
  double p = read(0, {at.head}), a = read(1, {at.head});
  return -p * std::log1p(a * std::abs(double(at.queryPos - at.keyPos)));
}

// The logarithm is good to 4 ulp, 8 units; two products before and behind it.
double KerpleLogAttr::boundSlack(const PairCoordinates &, const CaptureReader &,
                                 double bias) const {
  return 11 * std::abs(bias);
}

Value KerpleLogAttr::expand(OpBuilder &builder, Location loc,
                            const PairValues &at, ValueRange captures) const {
  ScalarBuilder build(builder, loc, builder.getF32Type());
  Value p = build.read(captures[0], at.head);
  Value a = build.read(captures[1], at.head);
  Value scaled = build.mul(a, build.distance(at.queryPos, at.keyPos));
  Value log = math::Log1pOp::create(builder, loc, scaled);
  return arith::NegFOp::create(builder, loc, build.mul(p, log));
}

int64_t KerplePowerAttr::getNumCaptures() const { return 2; }

LogicalResult
KerplePowerAttr::verifyCaptures(function_ref<InFlightDiagnostic()> emitError,
                                TypeRange captures) const {
  return verifyNumbersOfHeads(emitError, getMnemonic(), captures);
}

double KerplePowerAttr::evaluate(const PairCoordinates &at,
                                 const CaptureReader &read) const {
  double p = read(0, {at.head}), a = read(1, {at.head});
  double distance = std::abs(double(at.queryPos - at.keyPos));
  return distance == 0 ? 0.0 : -a * std::pow(distance, p);
}

// The power is good to 16 ulp.
double KerplePowerAttr::boundSlack(const PairCoordinates &,
                                   const CaptureReader &, double bias) const {
  return 34 * std::abs(bias);
}

Value KerplePowerAttr::expand(OpBuilder &builder, Location loc,
                              const PairValues &at, ValueRange captures) const {
  ScalarBuilder build(builder, loc, builder.getF32Type());
  Value p = build.read(captures[0], at.head);
  Value a = build.read(captures[1], at.head);
  Value distance = build.distance(at.queryPos, at.keyPos);
  Value power = math::PowFOp::create(builder, loc, distance, p);
  Value penalty = arith::NegFOp::create(builder, loc, build.mul(a, power));
  return build.select(build.equal(distance, build.number(0)), build.number(0),
                      penalty);
}

/// The two numbers a head.
static void sampleCaptures(EntrySampler &draw) {
  for (int i = 0; i < 2; ++i)
    draw.capture({{SampledTensor::Heads}, SampledTensor::Numbers, 0.01, 1.5});
}

SEXTANT_ATTN_SAMPLE(KerpleLogAttr) {
  sampleCaptures(draw);
  return "#attn.kerple_log";
}

SEXTANT_ATTN_SAMPLE(KerplePowerAttr) {
  sampleCaptures(draw);
  return "#attn.kerple_power";
}

SEXTANT_ATTN_ENTRY(Kerple, KerpleLogAttr, KerplePowerAttr)
