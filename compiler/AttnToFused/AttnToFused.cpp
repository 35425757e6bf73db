//===- AttnToFused.cpp - The pass attn-to-fused ---------------------------===//
//
// Expand, inline, separate, build: one chain after the other, so that a chain
// may read the result of an earlier one.
//
//===----------------------------------------------------------------------===//

#include "compiler/AttnToFused/BuildFused.h"
#include "compiler/AttnToFused/ExpandShorthands.h"
#include "compiler/AttnToFused/Explain.h"
#include "compiler/AttnToFused/FoldExtents.h"
#include "compiler/AttnToFused/FoldFactors.h"
#include "compiler/AttnToFused/MaskLikeMaps.h"
#include "compiler/AttnToFused/Passes.h"
#include "compiler/AttnToFused/PositionMaps.h"

namespace sextant {
#define GEN_PASS_DEF_ATTNTOFUSED
#define GEN_PASS_DEF_EXPLAINATTENTION
#include "compiler/AttnToFused/Passes.h.inc"
} // namespace sextant

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

/// Replaces the chain by its fused op. The analysis ends here: its programs
/// use values of the function.
static LogicalResult fuse(const SoftmaxChain &chain, FuseObserver observe) {
  for (Operation *op : chain.maps)
    if (auto map = dyn_cast<ScoreMapOp>(op))
      warnOfMaskLikeMap(map);
  FailureOr<FusedAnalysis> analysis = analyzeChain(chain);
  if (failed(analysis))
    return failure();
  FailureOr<FusedOp> fused = buildFused(*analysis);
  if (failed(fused))
    return failure();
  if (observe)
    observe(*analysis, *fused);
  SoftmaxChain &ops = analysis->chain;
  if (Value rowResult = ops.rowResult())
    rowResult.replaceAllUsesWith(fused->getRowResult());
  Value result = ops.result();
  result.replaceAllUsesWith(fused->getResult());
  // The sum, its maps and the conversions between them: each read by the next.
  SmallVector<Operation *> replaced{ops.sum};
  while (replaced.back() != result.getDefiningOp())
    replaced.push_back(*replaced.back()->user_begin());
  for (Operation *op : llvm::reverse(replaced))
    op->erase();
  return success();
}

/// Positions need the extents of rows only: lets them read the tensor a row was
/// computed from, so that no row is kept alive for its extent.
static void forwardExtents(Operation *root) {
  root->walk([](PositionsOp op) {
    for (OpOperand &operand : op->getOpOperands()) {
      auto source = [&]() -> Operation * {
        return operand.get().getDefiningOp();
      };
      while (isa_and_nonnull<RowMapOp, SliceOp, ConcatOp, ConvertOp>(source()))
        operand.set(source()->getOperand(0));
    }
  });
}

LogicalResult sextant::verifyFusedForm(Operation *root) {
  WalkResult result = root->walk([](Operation *op) {
    if (isa<ExpandOpInterface, PositionMapOp, ScoresOp, SelectScoresOp,
            ScoreMapOp, WeightsOpInterface, ScaleWeightsOp, WeightedSumOp,
            PairKeysOp>(op)) {
      op->emitOpError("does not occur in the fused form");
      return WalkResult::interrupt();
    }
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

LogicalResult sextant::fuseAttention(Operation *root, FuseObserver observe) {
  // Before rows that are alike become one, and positions part of what reads
  // them.
  if (failed(foldExtents(root)) || failed(expandShorthands(root)))
    return failure();
  inlinePositionMaps(root);
  forwardExtents(root);
  foldFactors(root);
  FailureOr<std::vector<SoftmaxChain>> chains = findSoftmaxChains(root);
  if (failed(chains))
    return failure();
  for (const SoftmaxChain &chain : *chains)
    if (failed(fuse(chain, observe)))
      return failure();
  simplify(root);
  return verifyFusedForm(root);
}

namespace {
struct AttnToFusedPass
    : public sextant::impl::AttnToFusedBase<AttnToFusedPass> {
  void runOnOperation() override {
    if (failed(fuseAttention(getOperation())))
      signalPassFailure();
  }
};

struct ExplainAttentionPass
    : public sextant::impl::ExplainAttentionBase<ExplainAttentionPass> {
  void runOnOperation() override {
    markAllAnalysesPreserved();
    if (failed(explainModule(getOperation(), llvm::outs())))
      signalPassFailure();
  }
};
} // namespace
