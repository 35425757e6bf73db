//===- Magnitude.cpp - A constant factor of rotated channels ------------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnSpectrum.h"

#include <cmath>

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/Magnitude.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/Magnitude.cpp.inc"

LogicalResult
MagnitudeAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                      APFloat factor) {
  double value = factor.convertToDouble();
  if (!std::isfinite(value) || value <= 0) // magnitude_c1
    return emitError() << "expected a magnitude that is finite and > 0, got "
                       << value;
  return success();
}

bool MagnitudeAttr::hasMagnitude() const { return true; }

double MagnitudeAttr::evaluateMagnitude(int64_t, int64_t, int64_t,
                                        double) const {
  return getFactor().convertToDouble();
}

Value MagnitudeAttr::expandMagnitude(OpBuilder &builder, Location loc, Value,
                                     int64_t, Value, Value) const {
  return SpectrumBuilder(builder, loc).number(getFactor().convertToDouble());
}

SEXTANT_ATTN_SAMPLE(MagnitudeAttr) {
  return llvm::formatv("#attn.magnitude<{0}>", draw.number(0.5, 2.5));
}

SEXTANT_ATTN_ENTRY(Magnitude, MagnitudeAttr)
