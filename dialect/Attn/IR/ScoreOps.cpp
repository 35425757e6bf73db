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
  InFlightDiagnostic diag = op->emitOpError()
                            << "expected 'scale' finite and > 0, got "
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
      failed(verifyPairPositions(*this, getResult(), getQueryPos(),
                                 getKeyPos())))
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
  if (failed(verifyScalarRegion(*this, getBody(), /*elements=*/1,
                                kPairCoordinates)))
    return failure();
  unsigned yields = getBody().front().getTerminator()->getNumOperands();
  if (yields != 1) // score_map_c1
    return emitOpError("expected the region to yield one value, got ")
           << yields;
  if (failed(verifyOutsideValues(*this, getBody())))
    return failure();
  return verifyPositionUses(*this, getBody(), bool(getQueryPos()));
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

LogicalResult SoftmaxOp::verify() {
  if (failed(
          verifyPairPositions(*this, getScores(), getQueryPos(), getKeyPos())))
    return failure();
  if (getMaskAttr()) {
    if (!getVisible().empty()) // softmax_c1
      return emitOpError("expected a mask attribute or a visible region, got "
                         "both");
    if (getMaskAttr().usesPositions() && !getQueryPos()) // softmax_c2
      return emitOpError("expected positions ('at (%queryPos, %keyPos)') for "
                         "the mask");
    if (failed(getMaskAttr().verifyCaptures([&] { return emitOpError(); },
                                            TypeRange(getCaptures()))))
      return failure();
  } else if (!getCaptures().empty()) { // softmax_c3
    return emitOpError(
        "'captures' are read by a mask attribute: a region reads "
        "tensors by attn.read");
  }
  if (failed(verifyCaptureElements(*this, getCaptures())))
    return failure();
  if (getHasLse() != bool(getLse())) // softmax_c4
    return emitOpError("expected a second result exactly with 'lse'");
  return success();
}

LogicalResult SoftmaxOp::verifyRegions() {
  if (getVisible().empty())
    return success();
  if (failed(verifyPredicateRegion(*this, getVisible(), "visible",
                                   bool(getQueryPos()))))
    return failure();
  return verifyOutsideValues(*this, getVisible());
}

namespace {
/// visible(not (not m)) --> visible(m), and so on
struct SimplifyMask : OpRewritePattern<SoftmaxOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SoftmaxOp op,
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
  patterns.add<SimplifyMask>(context);
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
