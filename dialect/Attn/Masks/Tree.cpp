//===- Tree.cpp - Ancestors in a tree of drafts ---------------------------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnPredicate.h"

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Masks/Tree.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Masks/Tree.cpp.inc"

/// Words of a row of bits.
static constexpr int64_t kMostWords = 64;

LogicalResult TreeAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                               std::optional<int64_t> bits,
                               std::optional<int64_t> ends) {
  if (bits.has_value() == ends.has_value()) // tree_c1
    return emitError() << "expected either 'bits' or 'ends', got "
                       << (bits ? "both" : "neither");
  return bits ? verifyPlace(emitError, "bits", *bits) // tree_c2
              : verifyPlace(emitError, "ends", *ends);
}

int64_t TreeAttr::getNumCaptures() const {
  return (getBits() ? *getBits() : *getEnds()) + 1;
}

bool TreeAttr::usesPositions() const { return false; }

LogicalResult
TreeAttr::verifyCaptures(function_ref<InFlightDiagnostic()> emitError,
                         TypeRange captures) const {
  if (getEnds())
    return verifyIntegerCapture(emitError, getMnemonic(), *getEnds(),
                                /*rank=*/2, captures);
  if (failed(verifyIntegerCapture(emitError, getMnemonic(), *getBits(),
                                  /*rank=*/3, captures)))
    return failure();
  int64_t words =
      llvm::cast<RankedTensorType>(captures[*getBits()]).getDimSize(2);
  if (words >= 1 && words <= kMostWords)
    return success();
  // tree_c3
  InFlightDiagnostic error = emitError();
  error << "#attn." << getMnemonic() << " expected captured tensor "
        << *getBits() << " of 1 to " << kMostWords
        << " words in its last extent, got ";
  if (ShapedType::isDynamic(words))
    return error << "a dynamic extent";
  return error << words;
}

bool TreeAttr::evaluate(const PairCoordinates &at,
                        const CaptureReader &captures) const {
  int64_t node = at.keyIndex - (at.keys - at.queries);
  if (node < 0)
    return true;
  if (getEnds())
    return node <= at.queryIndex &&
           double(at.queryIndex) < captures(*getEnds(), {at.batch, node});
  auto word =
      int32_t(captures(*getBits(), {at.batch, at.queryIndex, node / 32}));
  return (uint32_t(word) >> (node % 32)) & 1;
}

Value TreeAttr::expand(OpBuilder &builder, Location loc, const PairValues &at,
                       ValueRange captures) const {
  PredicateBuilder p(builder, loc);
  Value before =
      p.sub(p.extent(ExtentKind::Keys), p.extent(ExtentKind::Queries));
  Value node = p.sub(at.keyIndex, before);
  Value isBefore = p.less(node, p.integer(0));
  if (getEnds()) {
    Value end = p.read(captures[*getEnds()], {at.batch, node});
    return p.either(isBefore, p.within(node, at.queryIndex, end));
  }
  Value bits = captures[*getBits()];
  Value word = p.read(bits, {at.batch, at.queryIndex, p.div(node, 32)});
  Value bit = p.bit(word, p.mod(node, 32));
  return p.either(isBefore, bit);
}

SEXTANT_ATTN_SAMPLE(TreeAttr) {
  if (draw.flag())
    // Every subtree lasts until the end: a chain.
    return llvm::formatv(
        "#attn.tree<ends = {0}>",
        draw.capture({{SampledTensor::Batches, SampledTensor::Queries},
                      SampledTensor::Integers,
                      1000,
                      1000}));
  return llvm::formatv(
      "#attn.tree<bits = {0}>",
      draw.capture(
          {{SampledTensor::Batches, SampledTensor::Queries, draw.integer(1, 4)},
           SampledTensor::Integers,
           -2147483647,
           2147483647}));
}

SEXTANT_ATTN_ENTRY(Tree, TreeAttr)
