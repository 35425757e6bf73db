//===- SoftmaxChains.cpp - The attentions of a function -------------------===//
//
// Checks that pair tensors stay virtual, then walks back from the sums.
//
//===----------------------------------------------------------------------===//

#include "compiler/AttnToFused/SoftmaxChains.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

/// "3.5 GiB".
static std::string describeBytes(double bytes) {
  const char *units[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB"};
  unsigned unit = 0;
  while (bytes >= 1024 && unit + 1 < std::size(units)) {
    bytes /= 1024;
    ++unit;
  }
  std::string text;
  llvm::raw_string_ostream os(text);
  os << llvm::format(unit && bytes < 10 ? "%.1f " : "%.0f ", bytes)
     << units[unit];
  return text;
}

std::string sextant::describeSize(RankedTensorType type) {
  static constexpr const char *letters[] = {"B", "H", "M", "N", "D"};
  std::string text;
  llvm::raw_string_ostream os(text);
  double elements = 1;
  for (auto [axis, extent] : llvm::enumerate(type.getShape())) {
    os << (axis ? "*" : "");
    if (ShapedType::isDynamic(extent))
      os << letters[axis];
    else
      os << extent;
    elements *= extent;
  }
  os << " elements";
  if (type.hasStaticShape())
    os << ", " << describeBytes(elements * type.getElementTypeBitWidth() / 8.0);
  return text;
}

bool sextant::isRowOp(Operation *op) {
  return isa<RowMapOp, SliceOp, ConcatOp, ConvertOp>(op);
}

/// What the pair tensor is, or null for a tensor that may be stored.
static const char *virtualKind(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return nullptr;
  if (isa<ScoresOp, SelectScoresOp, ScoreMapOp>(op))
    return "scores";
  if (isa<ScaleWeightsOp>(op))
    return "weights";
  if (auto weights = dyn_cast<WeightsOpInterface>(op))
    return value == weights.getWeights() ? "weights" : nullptr;
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (type && type.getRank() == 5 && (isa<PairKeysOp>(op) || isRowOp(op)))
    return "per-query keys";
  return nullptr;
}

static bool mayConsume(OpOperand &use) {
  Operation *user = use.getOwner();
  Operation *op = use.get().getDefiningOp();
  if (isa<ScoresOp, SelectScoresOp, ScoreMapOp>(op))
    return isa<SelectScoresOp, ScoreMapOp, WeightsOpInterface>(user);
  if (isa<WeightsOpInterface, ScaleWeightsOp>(op))
    return isa<ScaleWeightsOp, WeightedSumOp>(user);
  return isa<PairKeysOp, ScoresOp>(user) || isRowOp(user);
}

static LogicalResult verifyVirtual(Value value, const char *kind) {
  auto type = cast<RankedTensorType>(value.getType());
  for (OpOperand &use : value.getUses())
    if (!mayConsume(use)) {
      InFlightDiagnostic diag =
          emitError(value.getLoc())
          << "the " << kind
          << " would have to be stored: " << describeSize(type);
      diag.attachNote(use.getOwner()->getLoc())
          << "'" << use.getOwner()->getName() << "' needs them in memory";
      return diag;
    }
  // Keys and scores are recomputed wherever they are read, by the attention
  // that reads them, as if each had its own: two that are alike have become
  // one.
  const unsigned consumers = range_size(value.getUses());
  if (consumers > 1 &&
      isa<WeightsOpInterface, ScaleWeightsOp>(value.getDefiningOp())) {
    InFlightDiagnostic diag =
        emitError(value.getLoc())
        << "expected one consumer of the " << kind << ", got " << consumers
        << "; keeping them for both takes " << describeSize(type);
    for (Operation *user : value.getUsers())
      diag.attachNote(user->getLoc()) << "consumed here";
    return diag;
  }
  return success();
}

/// Adds `scores` and what they are made of to the chain, each op once.
static LogicalResult addScores(Value scores, SoftmaxChain &chain) {
  Operation *op = scores.getDefiningOp();
  if (llvm::is_contained(chain.maps, op) ||
      llvm::any_of(chain.terms,
                   [&](ScoresOp term) { return term.getOperation() == op; }))
    return success();
  if (auto dot = dyn_cast_or_null<ScoresOp>(op)) {
    chain.terms.push_back(dot);
    return success();
  }
  SmallVector<Value, 2> operands;
  if (auto select = dyn_cast_or_null<SelectScoresOp>(op))
    operands = {select.getFirst(), select.getSecond()};
  else if (auto map = dyn_cast_or_null<ScoreMapOp>(op))
    operands = {map.getScores()};
  else
    return chain.weights->emitOpError(
        "expected its scores to come from attn.scores in this function");
  for (Value operand : operands)
    if (failed(addScores(operand, chain)))
      return failure();
  chain.maps.push_back(op);
  return success();
}

static FailureOr<SoftmaxChain> chainOf(WeightedSumOp sum) {
  SoftmaxChain chain;
  chain.sum = sum;
  Value weights = sum.getWeights();
  while (auto gate = weights.getDefiningOp<ScaleWeightsOp>()) {
    chain.gates.insert(chain.gates.begin(), gate);
    weights = gate.getWeights();
  }
  chain.weights = dyn_cast_or_null<WeightsOpInterface>(weights.getDefiningOp());
  if (!chain.weights)
    return sum.emitOpError("expected its weights to come from attn.softmax, "
                           "attn.weights or attn.ordered_weights in this "
                           "function");
  if (failed(addScores(chain.weights.getScores(), chain)))
    return failure();
  return chain;
}

FailureOr<std::vector<SoftmaxChain>>
sextant::findSoftmaxChains(Operation *root) {
  bool valid = true;
  std::vector<SoftmaxChain> chains;
  root->walk([&](Operation *op) {
    for (Value result : op->getResults())
      if (const char *kind = virtualKind(result))
        valid &= succeeded(verifyVirtual(result, kind));
    if (isa<WeightsOpInterface, ScaleWeightsOp>(op) &&
        op->getResult(0).use_empty()) {
      op->emitOpError("expected an attn.weighted_sum of its weights");
      valid = false;
    }
    if (auto sum = dyn_cast<WeightedSumOp>(op)) {
      FailureOr<SoftmaxChain> chain = chainOf(sum);
      valid &= succeeded(chain);
      if (succeeded(chain))
        chains.push_back(*chain);
    }
  });
  if (!valid)
    return failure();
  return chains;
}
