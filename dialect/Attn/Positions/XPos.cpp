//===- XPos.cpp - Decay with the distance by pairs ----------------------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnSpectrum.h"

#include <cmath>

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/XPos.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/XPos.cpp.inc"

LogicalResult XPosAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                               ScoreSide, APFloat scaleBase, APFloat gamma,
                               int64_t center) {
  double distance = scaleBase.convertToDouble(),
         shift = gamma.convertToDouble();
  if (!std::isfinite(distance) || distance <= 0) // xpos_c1
    return emitError() << "'scale_base' must be finite and > 0, got "
                       << distance;
  if (!std::isfinite(shift) || shift <= 0) // xpos_c2
    return emitError() << "'gamma' must be finite and > 0, got " << shift;
  if (std::abs(center) > (1 << 24)) // xpos_c3
    return emitError() << "'center' must be within [-2^24, 2^24], got "
                       << center;
  return success();
}

bool XPosAttr::hasMagnitude() const { return true; }

double XPosAttr::evaluateMagnitude(int64_t pair, int64_t width,
                                   int64_t position, double) const {
  double gamma = getGamma().convertToDouble();
  double zeta = (2.0 * double(pair) / double(width) + gamma) / (1 + gamma);
  double exponent =
      double(position - getCenter()) / getScaleBase().convertToDouble();
  return std::pow(zeta, getSide() == ScoreSide::Query ? exponent : -exponent);
}

/// zeta^x as 2^(x log2 zeta); the logarithm is a number a pair.
Value XPosAttr::expandMagnitude(OpBuilder &builder, Location loc, Value pair,
                                int64_t width, Value position, Value) const {
  SpectrumBuilder build(builder, loc);
  double gamma = getGamma().convertToDouble();
  double slope = 2.0 / double(width) / (1 + gamma);
  Value zeta =
      build.add(build.mul(build.toFloat(pair), slope), gamma / (1 + gamma));
  double sign = getSide() == ScoreSide::Query ? 1.0 : -1.0;
  Value rate = build.mul(math::Log2Op::create(builder, loc, zeta),
                         sign / getScaleBase().convertToDouble());
  Value place = build.sub(build.toFloat(position), double(getCenter()));
  return math::Exp2Op::create(builder, loc, build.mul(place, rate));
}

SEXTANT_ATTN_SAMPLE(XPosAttr) {
  // Farther positions leave the range of the factors.
  draw.limitPositions(1000);
  return llvm::formatv(
      "#attn.xpos<side = {0}, scale_base = {1}, gamma = {2}, center = {3}>",
      stringifyScoreSide(draw.side), draw.number(128, 640),
      draw.number(0.25, 1.25), draw.integer(0, 40));
}

SEXTANT_ATTN_ENTRY(XPos, XPosAttr)
