//===- AttnExtents.cpp - The attention whose extents an op reads ----------===//

#include "dialect/Attn/IR/AttnExtents.h"

#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/DenseSet.h"

using namespace mlir;
using namespace sextant::attn;

/// An op between scores and the sum of values.
static bool isPartOfAttention(Operation *op) {
  return isa<SelectScoresOp, BiasOp, ScoreMapOp, SoftcapOp, WeightsOpInterface,
             ScaleWeightsOp, DropoutOp, WeightedSumOp>(op);
}

static bool isAttention(Operation *op) {
  return isa<ScoresOp, RotaryScoresOp, FusedOp, ForTilesOp>(op);
}

Operation *sextant::attn::firstScores(Operation *op) {
  while (isPartOfAttention(op)) {
    Operation *source = op->getOperand(0).getDefiningOp();
    if (!source || !(isPartOfAttention(source) || isAttention(source)))
      break;
    op = source;
  }
  return op;
}

namespace {
/// Follows rows to the attentions that read them.
class ReaderSearch {
public:
  Readers find(Operation *op);

private:
  /// What rows are as far as is known: where that is nothing yet, what their
  /// next reader takes them for.
  using Role = std::optional<RowRole>;

  void reach(Operation *op, Role role) {
    if (seen.insert({op, role ? int(*role) : -1}).second)
      reached.push_back({op, role});
  }
  void read(Operation *attention, RowRole role) {
    if (found.insert({attention, int(role)}).second)
      readers.attentions.push_back({attention, role});
  }
  void follow(OpOperand &use, Role role);

  Readers readers;
  SmallVector<std::pair<Operation *, Role>> reached;
  llvm::DenseSet<std::pair<Operation *, int>> seen, found;
};
} // namespace

/// True if the result of the op that reads `use` has its rows: as many, of the
/// same heads.
static bool keepsRows(OpOperand &use) {
  Operation *op = use.getOwner();
  if (auto map = dyn_cast<RowMapOp>(op))
    return use.get() != map.getPositions();
  if (isa<RotateOp, EncodeOp>(op))
    return use.getOperandNumber() == 0;
  if (auto merge = dyn_cast<MergeOp>(op))
    return use.getOperandNumber() < merge.getOutputs().size();
  return isa<SliceOp, ConcatOp, ConvertOp, CollinearCoefficientsOp,
             DuplicateOp>(op);
}

/// The op of the function that `op` is, or whose region it is in.
static Operation *opOfFunction(Operation *op) {
  while (op->getParentOp() && !isa<FunctionOpInterface>(op->getParentOp()))
    op = op->getParentOp();
  return op;
}

/// True if `op` is in the map of the output of an attention in one piece: one
/// more op of the function, which came to stand there.
static bool isOfOutputMap(Operation *op) {
  for (Region *region = op->getParentRegion(); region;
       region = region->getParentRegion()) {
    if (auto fused = dyn_cast<FusedOp>(region->getParentOp()))
      return region == &fused.getOutput();
    if (auto last = dyn_cast<FinalizeOp>(region->getParentOp()))
      return region == &last.getOutput();
  }
  return false;
}

/// True for the list of what the regions of an attention in one piece read:
/// the reads themselves say what for.
template <typename OpT> static bool isCapture(OpT op, OpOperand &use) {
  OperandRange captures = op.getCaptures();
  const unsigned place = use.getOperandNumber();
  return !captures.empty() && place >= captures.getBeginOperandIndex() &&
         place < captures.getBeginOperandIndex() + captures.size();
}

void ReaderSearch::follow(OpOperand &use, Role role) {
  Operation *owner = use.getOwner(), *op = opOfFunction(owner);
  const bool isRead = op != owner;
  if (isa<FusedOp, ForTilesOp>(op)) {
    auto fused = dyn_cast<FusedOp>(op);
    if (isRead  ? isOfOutputMap(owner)
        : fused ? isCapture(fused, use)
                : isCapture(cast<ForTilesOp>(op), use)) {
      if (isRead)
        reach(op, RowRole::Other);
      return;
    }
    read(op, RowRole::Other);
    return;
  }
  if (isRead) {
    if (isPartOfAttention(op))
      read(firstScores(op), RowRole::Other);
    else
      reach(op, RowRole::Other);
    return;
  }
  if (isa<ScoresOp, RotaryScoresOp>(op)) {
    constexpr RowRole roles[] = {RowRole::Query, RowRole::Key, RowRole::Other,
                                 RowRole::Other};
    read(op, role.value_or(roles[use.getOperandNumber()]));
  } else if (auto sum = dyn_cast<WeightedSumOp>(op)) {
    read(firstScores(op), role.value_or(RowRole::Value));
  } else if (isPartOfAttention(op)) {
    read(firstScores(op), RowRole::Other);
  } else if (op->hasTrait<OpTrait::ReturnLike>()) {
    readers.isReturned = true;
  } else if (isa<PairKeysOp, CollinearKeysOp>(op)) {
    reach(op, role.value_or(use.getOperandNumber() == 0 ? RowRole::Query
                                                        : RowRole::Key));
  } else if (!isa<PositionsOp>(op)) {
    // Positions are those of any rows that are as many.
    reach(op, keepsRows(use) ? role : RowRole::Other);
  }
}

Readers ReaderSearch::find(Operation *op) {
  if (isPartOfAttention(op) || isAttention(op)) {
    read(firstScores(op), RowRole::Other);
    return readers;
  }
  reach(op, std::nullopt);
  for (unsigned i = 0; i < reached.size(); ++i) {
    auto [at, role] = reached[i];
    // Beside rows, an attention gives numbers that are no rows of a map.
    ResultRange results = at->getResults();
    for (Value result : isAttention(at) ? results.take_front() : results)
      for (OpOperand &use : result.getUses())
        follow(use, role);
  }
  llvm::sort(readers.attentions, [](const ReadingAttention &a,
                                    const ReadingAttention &b) {
    return a.op == b.op ? a.role < b.role : a.op->isBeforeInBlock(b.op);
  });
  return readers;
}

Readers sextant::attn::findReaders(Operation *op) {
  return ReaderSearch().find(op);
}

MultipliedRows sextant::attn::multipliedRows(Operation *scores) {
  if (!isa_and_nonnull<ScoresOp, RotaryScoresOp>(scores))
    return {};
  return {scores->getOperand(0), scores->getOperand(1)};
}

Value sextant::attn::rootOf(Value rows) {
  while (Operation *op = rows.getDefiningOp()) {
    if (isa<PairKeysOp, CollinearKeysOp>(op))
      rows = op->getOperand(1);
    else if (isa<RowMapOp, SliceOp, ConcatOp, ConvertOp, RotateOp, EncodeOp,
                 CollinearCoefficientsOp, DuplicateOp, MergeOp>(op))
      rows = op->getOperand(0);
    else if (Value query = multipliedRows(firstScores(op)).query;
             query && isa<WeightedSumOp>(op))
      rows = query;
    else
      break;
  }
  return rows;
}
