//===- DynamicNTK.cpp - NTK scaling by the running length -----------------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnSpectrum.h"

#include <cmath>

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/DynamicNTK.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/DynamicNTK.cpp.inc"

LogicalResult
DynamicNTKAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                       APFloat factor, int64_t trained) {
  // dynamic_ntk_c1, dynamic_ntk_c2
  return verifyExtension(emitError, factor.convertToDouble(), trained);
}

bool DynamicNTKAttr::needsLength() const { return true; }

LogicalResult
DynamicNTKAttr::verifyWidth(function_ref<InFlightDiagnostic()> emitError,
                            int64_t width) const {
  if (width <= 2) // dynamic_ntk_c3
    return emitError()
           << "#attn.dynamic_ntk needs more than 2 rotary dims, got " << width;
  return success();
}

double DynamicNTKAttr::evaluateBase(double base, int64_t width,
                                    double length) const {
  if (length <= double(getTrained()))
    return base;
  double factor = getFactor().convertToDouble();
  double bracket = factor * length / double(getTrained()) - (factor - 1);
  return base * std::pow(bracket, double(width) / double(width - 2));
}

/// bracket^p as 2^(p log2 bracket); the bracket is at least 1.
Value DynamicNTKAttr::expandBase(OpBuilder &builder, Location loc, Value base,
                                 int64_t width, Value length) const {
  SpectrumBuilder build(builder, loc);
  double factor = getFactor().convertToDouble();
  Value grown = build.mul(build.toFloat(length), factor / double(getTrained()));
  Value bracket = build.max(build.sub(grown, factor - 1), build.number(1));
  Value exponent = build.mul(math::Log2Op::create(builder, loc, bracket),
                             double(width) / double(width - 2));
  return build.mul(base, math::Exp2Op::create(builder, loc, exponent));
}

SEXTANT_ATTN_SAMPLE(DynamicNTKAttr) {
  if (draw.channels <= 2)
    return "";
  return llvm::formatv("#attn.dynamic_ntk<factor = {0}, trained = {1}>",
                       draw.number(1, 8), draw.integer(1, 200));
}

SEXTANT_ATTN_ENTRY(DynamicNTK, DynamicNTKAttr)
