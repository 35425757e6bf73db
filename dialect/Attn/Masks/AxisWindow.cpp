//===- AxisWindow.cpp - Keys near the query along one axis ----------------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnPredicate.h"

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Masks/AxisWindow.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Masks/AxisWindow.cpp.inc"

LogicalResult
AxisWindowAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                       int64_t query, int64_t key, int64_t back,
                       int64_t ahead) {
  if (failed(verifyPlace(emitError, "query", query)) || // axis_window_c1
      failed(verifyPlace(emitError, "key", key)))
    return failure();
  for (auto [name, reach] : {std::pair("back", back), {"ahead", ahead}})
    if (reach < 0 || reach > INT32_MAX) // axis_window_c2
      return emitError() << "'" << name << "' must be within [0, 2^31), got "
                         << reach;
  return success();
}

int64_t AxisWindowAttr::getNumCaptures() const {
  return std::max(getQuery(), getKey()) + 1;
}

bool AxisWindowAttr::usesPositions() const { return false; }

LogicalResult
AxisWindowAttr::verifyCaptures(function_ref<InFlightDiagnostic()> emitError,
                               TypeRange captures) const {
  for (int64_t place : {getQuery(), getKey()})
    if (failed(verifyIntegerCapture(emitError, getMnemonic(), place, /*rank=*/2,
                                    captures)))
      return failure();
  return success();
}

bool AxisWindowAttr::evaluate(const PairCoordinates &at,
                              const CaptureReader &captures) const {
  double distance = captures(getQuery(), {at.batch, at.queryIndex}) -
                    captures(getKey(), {at.batch, at.keyIndex});
  return distance <= double(getBack()) && -distance <= double(getAhead());
}

Value AxisWindowAttr::expand(OpBuilder &builder, Location loc,
                             const PairValues &at, ValueRange captures) const {
  PredicateBuilder p(builder, loc);
  Value distance =
      p.sub(p.read(captures[getQuery()], {at.batch, at.queryIndex}),
            p.read(captures[getKey()], {at.batch, at.keyIndex}));
  return p.both(p.atMost(distance, p.integer(getBack())),
                p.atMost(p.integer(-getAhead()), distance));
}

SEXTANT_ATTN_SAMPLE(AxisWindowAttr) {
  auto tokens = [&](SampledTensor::Extent rows) {
    return draw.capture(
        {{SampledTensor::Batches, rows}, SampledTensor::Integers, -5, 30});
  };
  const int64_t query = tokens(SampledTensor::Queries);
  const int64_t key = tokens(SampledTensor::Keys);
  return llvm::formatv("#attn.axis_window<query = {0}, key = {1}, back = {2}, "
                       "ahead = {3}>",
                       query, key, draw.integer(0, 10), draw.integer(0, 10));
}

SEXTANT_ATTN_ENTRY(AxisWindow, AxisWindowAttr)
