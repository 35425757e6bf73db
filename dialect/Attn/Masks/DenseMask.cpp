//===- DenseMask.cpp - What a tensor of the caller says -------------------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnPredicate.h"

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Masks/DenseMask.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Masks/DenseMask.cpp.inc"

LogicalResult
DenseMaskAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                      int64_t capture) {
  return verifyPlace(emitError, "capture", capture); // dense_mask_c1
}

int64_t DenseMaskAttr::getNumCaptures() const { return getCapture() + 1; }

bool DenseMaskAttr::usesPositions() const { return false; }

LogicalResult
DenseMaskAttr::verifyCaptures(function_ref<InFlightDiagnostic()> emitError,
                              TypeRange captures) const {
  return verifyIntegerCapture(emitError, getMnemonic(), getCapture(),
                              /*rank=*/4, captures, /*bits=*/1);
}

bool DenseMaskAttr::evaluate(const PairCoordinates &at,
                             const CaptureReader &captures) const {
  return captures(getCapture(),
                  {at.batch, at.head, at.queryIndex, at.keyIndex}) != 0;
}

Value DenseMaskAttr::expand(OpBuilder &builder, Location loc,
                            const PairValues &at, ValueRange captures) const {
  PredicateBuilder p(builder, loc);
  return p.read(captures[getCapture()],
                {at.batch, at.head, at.queryIndex, at.keyIndex});
}

SEXTANT_ATTN_SAMPLE(DenseMaskAttr) {
  return llvm::formatv(
      "#attn.dense_mask<capture = {0}>",
      draw.capture({{draw.flag() ? 1 : SampledTensor::Batches,
                     draw.flag() ? 1 : SampledTensor::Heads,
                     SampledTensor::Queries, SampledTensor::Keys},
                    SampledTensor::Flags}));
}

SEXTANT_ATTN_ENTRY(DenseMask, DenseMaskAttr)
