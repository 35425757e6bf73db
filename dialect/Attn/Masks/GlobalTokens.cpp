//===- GlobalTokens.cpp - Tokens that see and are seen by all -------------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnPredicate.h"

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Masks/GlobalTokens.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Masks/GlobalTokens.cpp.inc"

LogicalResult GlobalTokensAttr::verify(
    function_ref<InFlightDiagnostic()> emitError, std::optional<int64_t> first,
    std::optional<int64_t> query, std::optional<int64_t> key) {
  if (query.has_value() != key.has_value() ||
      first.has_value() == query.has_value()) // global_tokens_c1
    return emitError() << "expected either 'first' or 'query' and 'key'";
  if (first && (*first < 1 || *first > INT32_MAX)) // global_tokens_c2
    return emitError() << "'first' must be within [1, 2^31), got " << *first;
  if (first)
    return success();
  if (failed(verifyPlace(emitError, "query", *query))) // global_tokens_c3
    return failure();
  return verifyPlace(emitError, "key", *key);
}

int64_t GlobalTokensAttr::getNumCaptures() const {
  return getFirst() ? 0 : std::max(*getQuery(), *getKey()) + 1;
}

bool GlobalTokensAttr::usesPositions() const { return bool(getFirst()); }

LogicalResult
GlobalTokensAttr::verifyCaptures(function_ref<InFlightDiagnostic()> emitError,
                                 TypeRange captures) const {
  if (getFirst())
    return success();
  for (int64_t place : {*getQuery(), *getKey()})
    if (failed(verifyIntegerCapture(emitError, getMnemonic(), place, /*rank=*/2,
                                    captures, /*bits=*/1)))
      return failure();
  return success();
}

bool GlobalTokensAttr::evaluate(const PairCoordinates &at,
                                const CaptureReader &captures) const {
  if (getFirst())
    return std::min(at.queryPos, at.keyPos) < *getFirst();
  return captures(*getQuery(), {at.batch, at.queryIndex}) != 0 ||
         captures(*getKey(), {at.batch, at.keyIndex}) != 0;
}

Value GlobalTokensAttr::expand(OpBuilder &builder, Location loc,
                               const PairValues &at,
                               ValueRange captures) const {
  PredicateBuilder p(builder, loc);
  if (getFirst()) {
    Value first = p.integer(*getFirst());
    return p.either(p.less(at.queryPos, first), p.less(at.keyPos, first));
  }
  return p.either(p.read(captures[*getQuery()], {at.batch, at.queryIndex}),
                  p.read(captures[*getKey()], {at.batch, at.keyIndex}));
}

SEXTANT_ATTN_SAMPLE(GlobalTokensAttr) {
  if (!draw.flag())
    return llvm::formatv("#attn.global_tokens<first = {0}>",
                         draw.integer(1, 70));
  auto tokens = [&](SampledTensor::Extent rows) {
    return draw.capture({{SampledTensor::Batches, rows}, SampledTensor::Flags});
  };
  const int64_t query = tokens(SampledTensor::Queries);
  return llvm::formatv("#attn.global_tokens<query = {0}, key = {1}>", query,
                       tokens(SampledTensor::Keys));
}

SEXTANT_ATTN_ENTRY(GlobalTokens, GlobalTokensAttr)
