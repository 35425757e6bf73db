//===- Sinks.cpp - Softmax with keys that have no value -------------------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnScalar.h"

#include <cmath>

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Normalizers/Sinks.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Normalizers/Sinks.cpp.inc"

LogicalResult SinkAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                               APFloat logit) {
  if (!logit.isFinite()) // sink_c1
    return emitError() << "'logit' must be finite, got "
                       << logit.convertToDouble();
  return success();
}

bool SinkAttr::isSoftmax() const { return true; }

SmallVector<double> SinkAttr::evaluateExtraLogits(const PairCoordinates &,
                                                  const CaptureReader &,
                                                  TypeRange) const {
  return {getLogit().convertToDouble()};
}

SmallVector<Value> SinkAttr::expandExtraLogits(OpBuilder &builder, Location loc,
                                               const PairValues &,
                                               ValueRange) const {
  ScalarBuilder build(builder, loc, builder.getF32Type());
  return {build.number(getLogit().convertToDouble())};
}

/// Sinks of a head, at most.
static constexpr int64_t kMaxSinks = 64;

/// Sinks of a head by the type of the captured tensor.
static int64_t numSinks(Type type) {
  auto tensor = llvm::cast<RankedTensorType>(type);
  return tensor.getRank() == 1 ? 1 : tensor.getDimSize(1);
}

bool LearnedSinksAttr::isSoftmax() const { return true; }
int64_t LearnedSinksAttr::getNumCaptures() const { return 1; }

LogicalResult
LearnedSinksAttr::verifyCaptures(function_ref<InFlightDiagnostic()> emitError,
                                 TypeRange captures) const {
  SmallVector<int64_t> shape{ShapedType::kDynamic};
  auto tensor = llvm::dyn_cast<RankedTensorType>(captures[0]);
  if (tensor && tensor.getRank() == 2) {
    int64_t sinks = tensor.getDimSize(1);
    if (sinks < 1 || sinks > kMaxSinks) // learned_sinks_c1
      return emitError() << "#attn.learned_sinks expected a fixed number of "
                            "sinks a head within [1, 64], got "
                         << captures[0];
    shape.push_back(sinks);
  }
  return verifyNumbersCapture(emitError, getMnemonic(), "logits, by head", 0,
                              shape, captures);
}

SmallVector<double>
LearnedSinksAttr::evaluateExtraLogits(const PairCoordinates &at,
                                      const CaptureReader &captures,
                                      TypeRange types) const {
  auto tensor = llvm::cast<RankedTensorType>(types[0]);
  if (tensor.getRank() == 1)
    return {captures(0, {at.head})};
  SmallVector<double> logits;
  for (int64_t sink = 0; sink < tensor.getDimSize(1); ++sink)
    logits.push_back(captures(0, {at.head, sink}));
  return logits;
}

SmallVector<Value>
LearnedSinksAttr::expandExtraLogits(OpBuilder &builder, Location loc,
                                    const PairValues &at,
                                    ValueRange captures) const {
  ScalarBuilder build(builder, loc, builder.getF32Type());
  SmallVector<Value> logits;
  for (int64_t sink = 0; sink < numSinks(captures[0].getType()); ++sink) {
    SmallVector<Value> indices{at.head};
    if (llvm::cast<RankedTensorType>(captures[0].getType()).getRank() == 2)
      indices.push_back(build.integer(sink));
    logits.push_back(build.read(captures[0], indices));
  }
  return logits;
}

SEXTANT_ATTN_SAMPLE(SinkAttr) {
  return llvm::formatv("#attn.sink<logit = {0}>", draw.number(-4, 4));
}

SEXTANT_ATTN_SAMPLE(LearnedSinksAttr) {
  SampledTensor logits{{SampledTensor::Heads}};
  if (draw.flag())
    logits.shape.push_back(draw.integer(1, 3));
  draw.capture(logits);
  return "#attn.learned_sinks";
}

SEXTANT_ATTN_ENTRY(Sinks, SinkAttr, LearnedSinksAttr)
