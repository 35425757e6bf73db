//===- Periodic.cpp - The same keys of every period -----------------------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnPredicate.h"

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Masks/Periodic.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Masks/Periodic.cpp.inc"

LogicalResult PeriodicAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                   int64_t period, int64_t first,
                                   int64_t count) {
  if (period < 1 || period > (int64_t(1) << 24)) // periodic_c1
    return emitError() << "'period' must be within [1, 2^24], got " << period;
  if (first < 0 || first >= period) // periodic_c2
    return emitError() << "'first' must be within [0, " << period << "), got "
                       << first;
  if (count < 1 || count > period - first) // periodic_c3
    return emitError() << "'count' must be within [1, " << period - first
                       << "], got " << count;
  return success();
}

bool PeriodicAttr::evaluate(const PairCoordinates &at,
                            const CaptureReader &) const {
  int64_t rest = floorMod(at.keyPos, getPeriod());
  return getFirst() <= rest && rest < getFirst() + getCount();
}

Value PeriodicAttr::expand(OpBuilder &builder, Location loc,
                           const PairValues &at, ValueRange) const {
  PredicateBuilder p(builder, loc);
  return p.within(p.integer(getFirst()), p.floorMod(at.keyPos, getPeriod()),
                  p.integer(getFirst() + getCount()));
}

SEXTANT_ATTN_SAMPLE(PeriodicAttr) {
  const int64_t first = draw.integer(0, 10), count = draw.integer(1, 10);
  return llvm::formatv("#attn.periodic<period = {0}, first = {1}, count = {2}>",
                       first + count + draw.integer(0, 30), first, count);
}

SEXTANT_ATTN_ENTRY(Periodic, PeriodicAttr)
