//===- Documents.cpp - Packed documents by segment ids --------------------===//

#include "dialect/Attn/IR/AttnEntry.h"

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Masks/Documents.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Masks/Documents.cpp.inc"

LogicalResult
DocumentsAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                      int64_t query, int64_t key) {
  for (auto [name, place] : {std::pair("query", query), {"key", key}})
    if (place < 0 || place > 255) // documents_c1
      return emitError() << "'" << name << "' must be within [0, 256), got "
                         << place;
  return success();
}

int64_t DocumentsAttr::getNumCaptures() const {
  return std::max(getQuery(), getKey()) + 1;
}

bool DocumentsAttr::usesPositions() const { return false; }

LogicalResult
DocumentsAttr::verifyCaptures(function_ref<InFlightDiagnostic()> emitError,
                              TypeRange captures) const {
  for (int64_t place : {getQuery(), getKey()})
    if (failed(verifyIntegerCapture(emitError, "documents", place, /*rank=*/2,
                                    captures)))
      return failure();
  return success();
}

bool DocumentsAttr::evaluate(const PairCoordinates &at,
                             const CaptureReader &captures) const {
  return captures(getQuery(), {at.batch, at.queryIndex}) ==
         captures(getKey(), {at.batch, at.keyIndex});
}

Value DocumentsAttr::expand(OpBuilder &builder, Location loc,
                            const PairValues &at, ValueRange captures) const {
  auto segment = [&](int64_t place, Value index) -> Value {
    return ReadOp::createMatched(builder, loc, builder.getI32Type(),
                                 captures[place], ValueRange{at.batch, index});
  };
  Value ofQuery = segment(getQuery(), at.queryIndex);
  Value ofKey = segment(getKey(), at.keyIndex);
  return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, ofQuery,
                               ofKey);
}

SEXTANT_ATTN_SAMPLE(DocumentsAttr) {
  auto tokens = [&](SampledTensor::Extent rows) {
    return draw.capture(
        {{SampledTensor::Batches, rows}, SampledTensor::Segments});
  };
  const int64_t query = tokens(SampledTensor::Queries);
  return llvm::formatv("#attn.documents<query = {0}, key = {1}>", query,
                       tokens(SampledTensor::Keys));
}

SEXTANT_ATTN_ENTRY(Documents, DocumentsAttr)
