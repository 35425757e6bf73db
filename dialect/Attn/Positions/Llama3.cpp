//===- Llama3.cpp - Scaling of Llama 3.1 frequencies --------------------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnSpectrum.h"

#include <cmath>

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/Llama3.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/Llama3.cpp.inc"

LogicalResult Llama3Attr::verify(function_ref<InFlightDiagnostic()> emitError,
                                 APFloat factor, int64_t trained, APFloat low,
                                 APFloat high) {
  if (failed(verifyExtension(emitError, factor.convertToDouble(),
                             trained))) // llama3_c1, llama3_c2
    return failure();
  double least = low.convertToDouble(), most = high.convertToDouble();
  if (!(least > 0 && least <= most && std::isfinite(most))) // llama3_c3
    return emitError() << "expected 0 < low <= high, finite, got low = "
                       << least << " and high = " << most;
  return success();
}

double Llama3Attr::evaluateFrequency(double frequency, double, int64_t, int64_t,
                                     double) const {
  double low = getLow().convertToDouble(), high = getHigh().convertToDouble();
  double wavelength = 2 * M_PI / frequency;
  double slowed = frequency / getFactor().convertToDouble();
  if (wavelength > double(getTrained()) / low)
    return slowed;
  if (wavelength <= double(getTrained()) / high)
    return frequency;
  double keep = (double(getTrained()) / wavelength - low) / (high - low);
  return (1 - keep) * slowed + keep * frequency;
}

Value Llama3Attr::expandFrequency(OpBuilder &builder, Location loc,
                                  Value frequency, Value, Value, int64_t,
                                  Value) const {
  double low = getLow().convertToDouble(), high = getHigh().convertToDouble();
  double factor = getFactor().convertToDouble();
  SpectrumBuilder build(builder, loc);
  Value turns = build.mul(frequency, double(getTrained()) / (2 * M_PI));
  Value keep;
  if (low == high) // a step
    keep = build.select(build.less(turns, build.number(low)), build.number(0),
                        build.number(1));
  else
    keep = build.clamp(build.mul(build.sub(turns, low), 1 / (high - low)));
  return build.blend(frequency, factor, keep);
}

SEXTANT_ATTN_SAMPLE(Llama3Attr) {
  return llvm::formatv("#attn.llama3<factor = {0}, trained = {1}, low = {2}, "
                       "high = {3}>",
                       draw.number(1, 16), draw.integer(16, 4096),
                       draw.number(0.5, 2.5), draw.number(2.5, 6.5));
}

SEXTANT_ATTN_ENTRY(Llama3, Llama3Attr)
