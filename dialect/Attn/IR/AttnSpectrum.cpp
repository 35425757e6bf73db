//===- AttnSpectrum.cpp - What links of a scaling chain share -------------===//

#include "dialect/Attn/IR/AttnSpectrum.h"

#include <cmath>

using namespace mlir;
using namespace sextant::attn;

LogicalResult
sextant::attn::verifyExtension(function_ref<InFlightDiagnostic()> emitError,
                               double factor, int64_t trained) {
  if (!std::isfinite(factor) || factor < 1)
    return emitError() << "'factor' must be finite and >= 1, got " << factor;
  if (trained < 1 || trained > (1 << 24))
    return emitError() << "'trained' must be within [1, 2^24], got " << trained;
  return success();
}

LogicalResult
sextant::attn::verifyTurns(function_ref<InFlightDiagnostic()> emitError,
                           double slow, double fast) {
  if (slow > 0 && slow < fast && std::isfinite(fast))
    return success();
  return emitError() << "expected 0 < slow < fast, finite, got slow = " << slow
                     << " and fast = " << fast;
}

Value SpectrumBuilder::blend(Value frequency, double factor, Value keep) {
  Value share = add(mul(keep, 1 - 1 / factor), 1 / factor);
  return mul(frequency, share);
}
