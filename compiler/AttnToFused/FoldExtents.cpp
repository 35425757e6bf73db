//===- FoldExtents.cpp - Extents that features do not know ----------------===//

#include "compiler/AttnToFused/FoldExtents.h"

#include "compiler/AttnToFused/SoftmaxChains.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

namespace {
/// Where an op meets scores.
struct Meeting {
  ScoresOp scores;
  /// The op computes rows of the keys.
  bool isKey = false;
};
} // namespace

/// The scores that `op` computes with, or whose operands it computes. Without
/// scores for rows that meet none.
static Meeting meetingOf(Operation *op) {
  for (Operation *at = op;
       isa_and_nonnull<SelectScoresOp, ScoreMapOp, WeightsOpInterface,
                       ScaleWeightsOp>(at);) {
    at = at->getOperand(0).getDefiningOp();
    if (auto scores = dyn_cast_or_null<ScoresOp>(at))
      return {scores};
  }
  if (auto scores = dyn_cast<ScoresOp>(op))
    return {scores};
  llvm::SetVector<Operation *> reached;
  reached.insert(op);
  for (unsigned i = 0; i < reached.size(); ++i)
    for (OpOperand &use : reached[i]->getUses()) {
      if (auto scores = dyn_cast<ScoresOp>(use.getOwner()))
        return {scores, use.getOperandNumber() == 1};
      reached.insert(use.getOwner());
    }
  return {};
}

/// True if `op` computes rows that the function returns.
static bool isReturned(Operation *op) {
  llvm::SetVector<Operation *> reached;
  reached.insert(op);
  for (unsigned i = 0; i < reached.size(); ++i)
    for (Operation *user : reached[i]->getUsers()) {
      if (isa<func::ReturnOp>(user))
        return true;
      if (isRowOp(user))
        reached.insert(user);
    }
  return false;
}

/// The extent as its type knows it; ShapedType::kDynamic if it does not.
static int64_t staticExtent(ExtentKind kind, ScoresOp scores) {
  ArrayRef<int64_t> query =
      cast<RankedTensorType>(scores.getQuery().getType()).getShape();
  ArrayRef<int64_t> key =
      cast<RankedTensorType>(scores.getKey().getType()).getShape();
  switch (kind) {
  case ExtentKind::Batch:
    return query[0];
  case ExtentKind::Heads:
    return query[1];
  case ExtentKind::KeyHeads:
    // Keys that depend on the query have its heads.
    return key.size() == 5 ? ShapedType::kDynamic : key[1];
  case ExtentKind::Queries:
    return query[2];
  case ExtentKind::Keys:
    return *(key.end() - 2);
  case ExtentKind::Channels:
    return query.back();
  }
  llvm_unreachable("all kinds are listed");
}

static bool isOfOtherSide(ExtentKind kind, bool isKey) {
  switch (kind) {
  case ExtentKind::Heads:
  case ExtentKind::Queries:
    return isKey;
  case ExtentKind::KeyHeads:
  case ExtentKind::Keys:
    return !isKey;
  default:
    return false;
  }
}

LogicalResult sextant::foldExtents(Operation *root) {
  SmallVector<ExtentOp> extents;
  root->walk([&](ExtentOp op) { extents.push_back(op); });
  for (ExtentOp op : extents) {
    Operation *parent = op->getParentOp();
    const ExtentKind kind = op.getKind();
    const bool isChannels = kind == ExtentKind::Channels;
    if (!isChannels && !isa<RowMapOp>(parent))
      continue;
    Meeting meeting = meetingOf(parent);
    int64_t value = ShapedType::kDynamic;
    if (meeting.scores)
      value = staticExtent(kind, meeting.scores);
    else if (isChannels)
      value = cast<RankedTensorType>(parent->getOperand(0).getType())
                  .getShape()
                  .back();
    if (!isChannels &&
        (!meeting.scores || !isOfOtherSide(kind, meeting.isKey) ||
         !isReturned(parent)))
      continue;
    if (ShapedType::isDynamic(value)) {
      InFlightDiagnostic diag =
          op.emitOpError()
          << "expected an extent of the rows themselves or a static one, as "
             "the rows are a result as well as part of an attention; return "
             "rows that another op computes, without it";
      diag.attachNote(meeting.scores.getLoc()) << "the attention is this one";
      return diag;
    }
    OpBuilder builder(op);
    op.replaceAllUsesWith(Value(arith::ConstantOp::create(
        builder, op.getLoc(), builder.getI32IntegerAttr(int32_t(value)))));
    op.erase();
  }
  return success();
}
