//===- LongRoPE.cpp - Factors of each frequency, by length --------------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnSpectrum.h"

#include <cmath>

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/LongRoPE.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/LongRoPE.cpp.inc"

static LogicalResult verifyFactors(function_ref<InFlightDiagnostic()> emitError,
                                   StringRef name, DenseF64ArrayAttr factors) {
  for (auto [pair, factor] : llvm::enumerate(factors.asArrayRef()))
    if (!std::isfinite(factor) || factor <= 0) // long_rope_c1
      return emitError() << "'" << name << "' must be finite and > 0, got "
                         << factor << " for pair " << pair;
  return success();
}

LogicalResult LongRoPEAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                   DenseF64ArrayAttr shortFactors,
                                   DenseF64ArrayAttr longFactors,
                                   std::optional<int64_t> trained) {
  if (shortFactors &&
      failed(verifyFactors(emitError, "short_factors", shortFactors)))
    return failure();
  if (failed(verifyFactors(emitError, "long_factors", longFactors)))
    return failure();
  if (bool(shortFactors) != trained.has_value()) // long_rope_c2
    return emitError() << "'short_factors' and 'trained' come together, got "
                       << (trained ? "'trained'" : "'short_factors'")
                       << " alone";
  if (trained && (*trained < 1 || *trained > (1 << 24))) // long_rope_c3
    return emitError() << "'trained' must be within [1, 2^24], got "
                       << *trained;
  return success();
}

bool LongRoPEAttr::needsLength() const { return getTrained().has_value(); }

LogicalResult
LongRoPEAttr::verifyWidth(function_ref<InFlightDiagnostic()> emitError,
                          int64_t width) const {
  auto check = [&](StringRef name, DenseF64ArrayAttr factors) -> LogicalResult {
    if (!factors || factors.size() == width / 2)
      return success();
    return emitError() << "#attn.long_rope expected " << width / 2
                       << " numbers in '" << name << "', one a pair, got "
                       << factors.size(); // long_rope_c4
  };
  if (failed(check("short_factors", getShortFactors())))
    return failure();
  return check("long_factors", getLongFactors());
}

double LongRoPEAttr::evaluateFrequency(double frequency, double, int64_t pair,
                                       int64_t, double length) const {
  bool isShort = getTrained() && length <= double(*getTrained());
  return frequency / (isShort ? getShortFactors() : getLongFactors())[pair];
}

Value LongRoPEAttr::expandFrequency(OpBuilder &builder, Location loc,
                                    Value frequency, Value, Value pair, int64_t,
                                    Value length) const {
  SpectrumBuilder build(builder, loc);
  Value factor = build.lookup(getLongFactors().asArrayRef(), pair);
  if (getTrained())
    factor = build.select(build.less(length, int32_t(*getTrained() + 1)),
                          build.lookup(getShortFactors().asArrayRef(), pair),
                          factor);
  return build.div(frequency, factor);
}

SEXTANT_ATTN_SAMPLE(LongRoPEAttr) {
  auto factors = [&] {
    std::string text;
    for (int64_t pair = 0; pair < draw.channels / 2; ++pair)
      text += (pair ? ", " : "") + draw.number(1, 17);
    return text;
  };
  std::string extended = llvm::formatv("long_factors = [{0}]", factors()).str();
  if (draw.flag())
    return "#attn.long_rope<" + extended + ">";
  return llvm::formatv(
      "#attn.long_rope<short_factors = [{0}], {1}, trained = {2}>", factors(),
      extended, draw.integer(1, 200));
}

SEXTANT_ATTN_ENTRY(LongRoPE, LongRoPEAttr)
