//===- PRoPE.cpp - Rotation of the fast pairs alone ---------------------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnSpectrum.h"

#include <cmath>

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/PRoPE.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/PRoPE.cpp.inc"

LogicalResult PRoPEAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                APFloat fraction) {
  double value = fraction.convertToDouble();
  if (!(value >= 0 && value <= 1)) // p_rope_c1
    return emitError() << "'fraction' must be within [0, 1], got " << value;
  return success();
}

double PRoPEAttr::evaluateFrequency(double frequency, double, int64_t pair,
                                    int64_t width, double) const {
  double rotated =
      std::floor(getFraction().convertToDouble() * double(width) / 2);
  return double(pair) < rotated ? frequency : 0.0;
}

Value PRoPEAttr::expandFrequency(OpBuilder &builder, Location loc,
                                 Value frequency, Value, Value pair,
                                 int64_t width, Value) const {
  auto rotated = int32_t(getFraction().convertToDouble() * double(width / 2));
  SpectrumBuilder build(builder, loc);
  return build.select(build.less(pair, rotated), frequency, build.number(0));
}

SEXTANT_ATTN_SAMPLE(PRoPEAttr) {
  return llvm::formatv("#attn.p_rope<fraction = {0}>", draw.number(0, 1));
}

SEXTANT_ATTN_ENTRY(PRoPE, PRoPEAttr)
