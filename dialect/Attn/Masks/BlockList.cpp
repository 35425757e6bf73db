//===- BlockList.cpp - Blocks of keys that a tensor lists -----------------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnPredicate.h"

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Masks/BlockList.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Masks/BlockList.cpp.inc"

/// Places of a list: each is a comparison in the kernel.
static constexpr int64_t kMostBlocks = 16;

LogicalResult
BlockListAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                      int64_t size, int64_t capture) {
  if (size < 1 || size > (int64_t(1) << 24)) // block_list_c1
    return emitError() << "'size' must be within [1, 2^24], got " << size;
  return verifyPlace(emitError, "capture", capture); // block_list_c2
}

int64_t BlockListAttr::getNumCaptures() const { return getCapture() + 1; }

bool BlockListAttr::usesPositions() const { return false; }

LogicalResult
BlockListAttr::verifyCaptures(function_ref<InFlightDiagnostic()> emitError,
                              TypeRange captures) const {
  if (failed(verifyIntegerCapture(emitError, getMnemonic(), getCapture(),
                                  /*rank=*/4, captures)))
    return failure();
  int64_t places =
      llvm::cast<RankedTensorType>(captures[getCapture()]).getDimSize(3);
  if (places >= 1 && places <= kMostBlocks)
    return success();
  // block_list_c3
  InFlightDiagnostic error = emitError();
  error << "#attn." << getMnemonic() << " expected captured tensor "
        << getCapture() << " to list 1 to " << kMostBlocks
        << " blocks in its last extent, got ";
  if (ShapedType::isDynamic(places))
    return error << "a dynamic extent";
  return error << places;
}

bool BlockListAttr::evaluate(const PairCoordinates &at,
                             const CaptureReader &captures) const {
  // A read clamps, so places past the end repeat the last one.
  for (int64_t place = 0; place < kMostBlocks; ++place)
    if (captures(getCapture(), {at.batch, at.head, at.queryIndex / getSize(),
                                place}) == double(at.keyIndex / getSize()))
      return true;
  return false;
}

Value BlockListAttr::expand(OpBuilder &builder, Location loc,
                            const PairValues &at, ValueRange captures) const {
  PredicateBuilder p(builder, loc);
  Value list = captures[getCapture()];
  Value row = p.div(at.queryIndex, getSize());
  Value block = p.div(at.keyIndex, getSize());
  Value seen;
  for (int64_t place = 0; place < extentOf(list, 3); ++place) {
    Value listed = p.read(list, {at.batch, at.head, row, p.integer(place)});
    Value same = p.equal(listed, block);
    seen = seen ? p.either(seen, same) : same;
  }
  return seen;
}

SEXTANT_ATTN_SAMPLE(BlockListAttr) {
  const int64_t blocks =
      draw.capture({{SampledTensor::Batches, SampledTensor::Heads,
                     SampledTensor::Any, draw.integer(1, 4)},
                    SampledTensor::Integers,
                    -1,
                    6});
  return llvm::formatv("#attn.block_list<size = {0}, capture = {1}>",
                       draw.integer(2, 40), blocks);
}

SEXTANT_ATTN_ENTRY(BlockList, BlockListAttr)
