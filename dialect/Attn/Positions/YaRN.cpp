//===- YaRN.cpp - Yet another RoPE extension ----------------------------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnSpectrum.h"

#include <cmath>

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/YaRN.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/YaRN.cpp.inc"

LogicalResult YaRNAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                               APFloat factor, int64_t trained, APFloat slow,
                               APFloat fast, bool) {
  if (failed(verifyExtension(emitError, factor.convertToDouble(),
                             trained))) // yarn_c1, yarn_c2
    return failure();
  return verifyTurns(emitError, slow.convertToDouble(),
                     fast.convertToDouble()); // yarn_c3
}

double YaRNAttr::evaluateFrequency(double frequency, double base, int64_t pair,
                                   int64_t width, double) const {
  auto pairOf = [&](double turns) {
    return double(width) * std::log(double(getTrained()) / (turns * 2 * M_PI)) /
           (2 * std::log(base));
  };
  double first = pairOf(getFast().convertToDouble());
  double last = pairOf(getSlow().convertToDouble());
  if (getTruncate()) {
    first = std::floor(first);
    last = std::ceil(last);
  }
  first = std::max(first, 0.0);
  last = std::min(last, double(width - 1));
  if (first == last)
    last += 0.001;
  double slowed = std::clamp((double(pair) - first) / (last - first), 0.0, 1.0);
  return slowed * frequency / getFactor().convertToDouble() +
         (1 - slowed) * frequency;
}

Value YaRNAttr::expandFrequency(OpBuilder &builder, Location loc,
                                Value frequency, Value base, Value pair,
                                int64_t width, Value) const {
  SpectrumBuilder build(builder, loc);
  // pair(t) = log2(trained / (2 pi t)) * (width / 2) / log2(base)
  Value logBase = builder.createOrFold<math::Log2Op>(loc, base);
  auto pairOf = [&](const APFloat &turns) {
    double log =
        std::log2(double(getTrained()) / (2 * M_PI * turns.convertToDouble()));
    return build.div(build.number(log * double(width) / 2), logBase);
  };
  Value first = pairOf(getFast()), last = pairOf(getSlow());
  if (getTruncate()) {
    first = build.floor(first);
    last = build.ceil(last);
  }
  first = build.max(first, build.number(0));
  last = build.min(last, build.number(double(width - 1)));
  Value wide = build.sub(last, first);
  wide = build.select(build.equal(wide, build.number(0)), build.number(0.001),
                      wide);
  Value slowed =
      build.clamp(build.div(build.sub(build.toFloat(pair), first), wide));
  return build.blend(frequency, getFactor().convertToDouble(),
                     build.sub(build.number(1), slowed));
}

SEXTANT_ATTN_SAMPLE(YaRNAttr) {
  return llvm::formatv("#attn.yarn<factor = {0}, trained = {1}, slow = {2}, "
                       "fast = {3}, truncate = {4}>",
                       draw.number(1, 16), draw.integer(16, 4096),
                       draw.number(0.25, 2.25), draw.number(3, 35),
                       draw.flag() ? "false" : "true");
}

SEXTANT_ATTN_ENTRY(YaRN, YaRNAttr)
