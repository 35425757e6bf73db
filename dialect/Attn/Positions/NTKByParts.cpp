//===- NTKByParts.cpp - Frequencies slowed by their turns ---------------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnSpectrum.h"

#include <cmath>

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/NTKByParts.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/NTKByParts.cpp.inc"

LogicalResult
NTKByPartsAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                       APFloat factor, int64_t trained, APFloat slow,
                       APFloat fast) {
  if (failed(verifyExtension(emitError, factor.convertToDouble(),
                             trained))) // ntk_by_parts_c1, ntk_by_parts_c2
    return failure();
  return verifyTurns(emitError, slow.convertToDouble(),
                     fast.convertToDouble()); // ntk_by_parts_c3
}

double NTKByPartsAttr::evaluateFrequency(double frequency, double, int64_t,
                                         int64_t, double) const {
  double slow = getSlow().convertToDouble(), fast = getFast().convertToDouble();
  double turns = double(getTrained()) * frequency / (2 * M_PI);
  double slowed = frequency / getFactor().convertToDouble();
  if (turns <= slow)
    return slowed;
  if (turns >= fast)
    return frequency;
  double keep = (turns - slow) / (fast - slow);
  return (1 - keep) * slowed + keep * frequency;
}

Value NTKByPartsAttr::expandFrequency(OpBuilder &builder, Location loc,
                                      Value frequency, Value, Value, int64_t,
                                      Value) const {
  double slow = getSlow().convertToDouble(), fast = getFast().convertToDouble();
  // keep is linear in the frequency: clamp(frequency * rise - start, 0, 1).
  double rise = double(getTrained()) / (2 * M_PI) / (fast - slow);
  double start = slow / (fast - slow);
  SpectrumBuilder build(builder, loc);
  Value keep = build.clamp(build.sub(build.mul(frequency, rise), start));
  return build.blend(frequency, getFactor().convertToDouble(), keep);
}

SEXTANT_ATTN_SAMPLE(NTKByPartsAttr) {
  return llvm::formatv("#attn.ntk_by_parts<factor = {0}, trained = {1}, slow = "
                       "{2}, fast = {3}>",
                       draw.number(1, 16), draw.integer(16, 4096),
                       draw.number(0.25, 2.25), draw.number(3, 35));
}

SEXTANT_ATTN_ENTRY(NTKByParts, NTKByPartsAttr)
