//===- ScoreOps.cpp - Verifiers from the scores to the output
//---------------===//
//
// Labels such as scores_c1 name the constraints of docs/Spec.md.
//
//===----------------------------------------------------------------------===//

#include "dialect/Attn/IR/Attn.h"
#include "dialect/Attn/IR/AttnRegions.h"
#include "dialect/Attn/IR/AttnVerify.h"

#include "mlir/IR/PatternMatch.h"

#include <cmath>

using namespace mlir;
using namespace sextant::attn;

/// What scores are multiplied by (scores_c1).
static LogicalResult verifyScale(Operation *op, const APFloat &scale) {
  double value = scale.convertToDouble();
  if (std::isfinite(value) && value > 0)
    return success();
  InFlightDiagnostic diag =
      op->emitOpError() << "expected 'scale' finite and > 0, got "
                        << FloatAttr::get(Float64Type::get(op->getContext()),
                                          scale);
  if (value == 0)
    diag.attachNote()
        << "scale 0 makes attention uniform over the visible keys";
  return diag;
}

LogicalResult ScoresOp::verify() {
  if (failed(verifyScale(*this, getScale())))
    return failure();
  return verifyQueryKey(*this, getQuery(), getKey());
}

LogicalResult RotaryScoresOp::verify() {
  if (failed(verifyScale(*this, getScale())) ||
      failed(verifyQueryKey(*this, getQuery(), getKey())) ||
      failed(
          verifyPairPositions(*this, getResult(), getQueryPos(), getKeyPos())))
    return failure();
  RotaryAttrInterface rotation = getDistance().getRotation();
  // A branch has positions of its own, so what reads a row's position or length
  // besides the angle has no one meaning.
  if (rotation.needsLength() || rotation.hasMagnitude() ||
      rotation.getNumAxes() != 0) // rotary_scores_c1
    return emitOpError("expected a rotation whose only use of a position is "
                       "the angle: no scaling by length, no magnitude, one "
                       "axis; got ")
           << rotation;
  return rotation.verifyChannels([&] { return emitOpError(); },
                                 channelsOf(getQuery()));
}

LogicalResult SelectScoresOp::verify() {
  return verifyPairPositions(*this, getResult(), getQueryPos(), getKeyPos());
}

LogicalResult SelectScoresOp::verifyRegions() {
  if (failed(verifyPredicateRegion(*this, getCondition(), "condition",
                                   bool(getQueryPos()))))
    return failure();
  return verifyOutsideValues(*this, getCondition());
}

LogicalResult BiasOp::verify() {
  if (getBias().usesPositions() && !getQueryPos()) // bias_c1
    return emitOpError("expected positions ('at (%queryPos, %keyPos)') for the "
                       "bias");
  if (failed(verifyPairPositions(*this, getScores(), getQueryPos(),
                                 getKeyPos())) ||
      failed(verifyCaptures(*this, getCaptures(), getBias().getNumCaptures())))
    return failure();
  return getBias().verifyCaptures([&] { return emitOpError(); },
                                  TypeRange(getCaptures()));
}

LogicalResult ScoreMapOp::verify() {
  return verifyPairPositions(*this, getScores(), getQueryPos(), getKeyPos());
}

LogicalResult ScoreMapOp::verifyRegions() {
  if (failed(verifyPairNumber(*this, getBody(), /*elements=*/1,
                              bool(getQueryPos())))) // score_map_c1
    return failure();
  return verifyOutsideValues(*this, getBody());
}

/// score_map (s) { yield s } --> s
OpFoldResult ScoreMapOp::fold(FoldAdaptor) {
  if (getBody().empty())
    return {};
  Block &block = getBody().front();
  bool identity = block.back().getNumOperands() == 1 &&
                  block.back().getOperand(0) == block.getArgument(0);
  return identity ? getScores() : Value();
}

LogicalResult SoftcapOp::verify() {
  double cap = getCap().convertToDouble();
  if (!std::isfinite(cap) || cap <= 0) // softcap_c1
    return emitOpError() << "expected 'cap' finite and > 0, got "
                         << getCapAttr() << "; omit the op for no cap";
  return success();
}

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

/// Which keys a query sees, by a mask or a region, and what both read.
static LogicalResult verifyMask(WeightsOpInterface op) {
  auto emitError = [&] { return op->emitOpError(); };
  if (failed(verifyPairPositions(op, op.getScores(), op.getQueryPos(),
                                 op.getKeyPos())))
    return failure();
  if (MaskAttrInterface mask = op.getMaskAttr()) {
    if (!op.getVisible().empty()) // softmax_c1
      return emitError() << "expected a mask attribute or a visible region, "
                            "got both";
    if (mask.usesPositions() && !op.getQueryPos()) // softmax_c2
      return emitError() << "expected positions ('at (%queryPos, %keyPos)') "
                            "for the mask";
    if (failed(mask.verifyCaptures(emitError, TypeRange(op.getCaptures()))))
      return failure();
  } else if (!op.getCaptures().empty()) { // softmax_c3
    return emitError() << "'captures' are read by a mask attribute: a region "
                          "reads tensors by attn.read";
  }
  return verifyCaptureElements(op, op.getCaptures());
}

static LogicalResult verifyMaskRegion(WeightsOpInterface op) {
  if (op.getVisible().empty())
    return success();
  if (failed(verifyPredicateRegion(op, op.getVisible(), "visible",
                                   bool(op.getQueryPos()))))
    return failure();
  return verifyOutsideValues(op, op.getVisible());
}

LogicalResult SoftmaxOp::verify() {
  if (failed(verifyMask(*this)))
    return failure();
  if (getHasLse() != bool(getLse())) // softmax_c4
    return emitOpError("expected a second result exactly with 'lse'");
  return success();
}

LogicalResult SoftmaxOp::verifyRegions() {
  if (failed(verifyMaskRegion(*this)))
    return failure();
  if (getExtra().empty())
    return success();
  if (failed(verifyExtraLogits(*this, getExtra(), bool(getQueryPos()))))
    return failure();
  return verifyOutsideValues(*this, getExtra());
}

LogicalResult WeightsOp::verify() { return verifyMask(*this); }

LogicalResult WeightsOp::verifyRegions() {
  if (failed(verifyMaskRegion(*this)) ||
      failed(verifyPairNumber(*this, getBody(), /*elements=*/1,
                              bool(getQueryPos())))) // weights_c1
    return failure();
  return verifyOutsideValues(*this, getBody());
}

LogicalResult OrderedWeightsOp::verify() {
  if (failed(verifyMask(*this)))
    return failure();
  if (getHasRemainder() != bool(getRemainder())) // ordered_weights_c2
    return emitOpError("expected a second result exactly with 'remainder'");
  return success();
}

LogicalResult OrderedWeightsOp::verifyRegions() {
  if (failed(verifyMaskRegion(*this)) ||
      failed(verifyKeyShare(*this, getBody(), bool(getQueryPos()))))
    return failure();
  return verifyOutsideValues(*this, getBody());
}

LogicalResult NormalizeOp::verify() {
  if (failed(verifyMask(*this)))
    return failure();
  if ((getHasLse() || getHasRemainder()) != bool(getRowResult())) // softmax_c4
    return emitOpError("expected a second result exactly with 'lse' or "
                       "'remainder'");
  NormalizerAttrInterface normalizer = getNormalizer();
  if (getHasRemainder() && !normalizer.isOrdered()) // normalize_c3
    return emitOpError() << "has no remainder: " << normalizer
                         << " gives no shares of a row; remove 'remainder'";
  if (getHasLse() && !normalizer.isSoftmax()) // normalize_c1
    return emitOpError() << "has no log-sum-exp: " << normalizer
                         << " is no softmax; remove 'lse'";
  int64_t expected = normalizer.getNumCaptures();
  if (int64_t(getParameters().size()) != expected) // normalize_c2
    return emitOpError() << "expected " << expected
                         << " tensors for the normalizer ('with (...)'), got "
                         << getParameters().size();
  if (failed(verifyCaptureElements(*this, getParameters())))
    return failure();
  return normalizer.verifyCaptures([&] { return emitOpError(); },
                                   TypeRange(getParameters()));
}

LogicalResult NormalizeOp::verifyRegions() { return verifyMaskRegion(*this); }

LogicalResult ScaleWeightsOp::verify() {
  return verifyPairPositions(*this, getWeights(), getQueryPos(), getKeyPos());
}

LogicalResult ScaleWeightsOp::verifyRegions() {
  if (failed(verifyPairNumber(*this, getBody(), /*elements=*/0,
                              bool(getQueryPos())))) // scale_weights_c1
    return failure();
  return verifyOutsideValues(*this, getBody());
}

namespace {
/// visible(not (not m)) --> visible(m), and so on
template <typename OpT> struct SimplifyMask : OpRewritePattern<OpT> {
  using OpRewritePattern<OpT>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpT op,
                                PatternRewriter &rewriter) const override {
    MaskAttrInterface mask = op.getMaskAttr();
    if (!mask || mask.simplified() == mask)
      return rewriter.notifyMatchFailure(op, "no simpler mask");
    rewriter.modifyOpInPlace(op, [&] { op.setMaskAttr(mask.simplified()); });
    return success();
  }
};
} // namespace

void SoftmaxOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                            MLIRContext *context) {
  patterns.add<SimplifyMask<SoftmaxOp>>(context);
}

void WeightsOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                            MLIRContext *context) {
  patterns.add<SimplifyMask<WeightsOp>>(context);
}

void OrderedWeightsOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                                   MLIRContext *context) {
  patterns.add<SimplifyMask<OrderedWeightsOp>>(context);
}

void NormalizeOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                              MLIRContext *context) {
  patterns.add<SimplifyMask<NormalizeOp>>(context);
}

LogicalResult WeightedSumOp::verify() {
  if (failed(verifyRow(*this, "value", getValue())))
    return failure();
  // weighted_sum_c1
  if (failed(verifyAgree(*this, "sequence length", "key",
                         extentOf(getWeights(), 3), "value",
                         extentOf(getValue(), 2))) ||
      failed(verifyAgree(*this, "batch extent", "query",
                         extentOf(getWeights(), 0), "value",
                         extentOf(getValue(), 0))))
    return failure();
  return verifyHeads(*this, extentOf(getWeights(), 1), extentOf(getValue(), 1));
}

LogicalResult MergeOp::verify() {
  if (getOutputs().empty() || getOutputs().size() != getLses().size())
    return emitOpError() // merge_c1
           << "expected one lse for each of at least 1 output, got "
           << getLses().size() << " for " << getOutputs().size();
  if (failed(verifyRow(*this, "result", getResult())))
    return failure();
  auto type = llvm::cast<RankedTensorType>(getResult().getType());
  for (Value output : getOutputs()) {
    auto own = llvm::cast<RankedTensorType>(output.getType());
    if (own.getShape().back() != type.getShape().back() ||
        failed(verifyCompatibleShape(own, type)))
      return emitOpError() // merge_c2
             << "expected outputs shaped like the result of type " << type
             << ", got " << own;
  }
  SmallVector<Value> lses(getLses());
  lses.push_back(getLse());
  for (Value lse : lses) {
    auto own = llvm::cast<RankedTensorType>(lse.getType());
    if (failed(
            verifyCompatibleShape(own.getShape(), type.getShape().drop_back())))
      return emitOpError() // merge_c3
             << "expected an lse for each row of " << type << ", got " << own;
  }
  return success();
}
