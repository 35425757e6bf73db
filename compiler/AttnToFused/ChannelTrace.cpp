//===- ChannelTrace.cpp - What one channel of a row tensor is -------------===//
//
// One rule for each op that moves or maps channels.
//
//===----------------------------------------------------------------------===//

#include "compiler/AttnToFused/ChannelTrace.h"

#include "llvm/ADT/SmallPtrSet.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

SmallVector<bool> sextant::usedArguments(Block &block, Value value) {
  SmallVector<bool> used(block.getNumArguments());
  SmallVector<Value> worklist{value};
  llvm::SmallPtrSet<Value, 16> seen;
  while (!worklist.empty()) {
    Value next = worklist.pop_back_val();
    if (!seen.insert(next).second)
      continue;
    if (auto argument = dyn_cast<BlockArgument>(next)) {
      if (argument.getOwner() == &block)
        used[argument.getArgNumber()] = true;
    } else if (next.getDefiningOp()->getBlock() == &block) {
      llvm::append_range(worklist, next.getDefiningOp()->getOperands());
    }
  }
  return used;
}

static int64_t channelsOf(Value tensor) {
  return cast<RankedTensorType>(tensor.getType()).getShape().back();
}

/// The channels of pair `pair` among `channels`.
static std::pair<int64_t, int64_t> pairChannels(PairLayout layout, int64_t pair,
                                                int64_t channels) {
  if (layout == PairLayout::Half)
    return {pair, pair + channels / 2};
  return {2 * pair, 2 * pair + 1};
}

FailureOr<unsigned> ChannelTrace::traceRowMap(RowMapOp op, int64_t channel,
                                              RowSide side) {
  Block &body = op.getBody().front();
  unsigned yields = body.getTerminator()->getNumOperands();
  ChannelNode node;
  node.side = side;
  node.map = op;
  int64_t group = channel;
  if (yields == 2) {
    int64_t groups = channelsOf(op.getResult()) / 2;
    bool half = *op.getLayout() == PairLayout::Half;
    group = half ? channel % groups : channel / 2;
    node.yield = half ? channel / groups : channel % 2;
  }
  SmallVector<bool> used =
      usedArguments(body, body.getTerminator()->getOperand(node.yield));
  if (used.back())
    node.number = group;

  for (Value input : op.getInputs()) {
    int64_t channels = channelsOf(input);
    SmallVector<int64_t, 2> members{group};
    if (op.getPairs()) {
      auto [first, second] = pairChannels(*op.getLayout(), group, channels);
      members = {first, second};
    }
    for (int64_t member : members) {
      unsigned operand = ChannelNode::kUnused;
      if (used[node.operands.size()]) {
        FailureOr<unsigned> traced = trace(input, member, side);
        if (failed(traced))
          return failure();
        operand = *traced;
      }
      node.operands.push_back(operand);
    }
  }
  nodes.push_back(std::move(node));
  return nodes.size() - 1;
}

FailureOr<unsigned> ChannelTrace::tracePairKeys(PairKeysOp op,
                                                int64_t channel) {
  Block &body = op.getBody().front();
  SmallVector<bool> used =
      usedArguments(body, body.getTerminator()->getOperand(0));
  ChannelNode node;
  node.side = RowSide::Key;
  node.map = op;
  for (auto [i, input] : llvm::enumerate(op->getOperands())) {
    unsigned operand = ChannelNode::kUnused;
    if (used[i]) {
      FailureOr<unsigned> traced =
          trace(input, channel, i == 0 ? RowSide::Query : RowSide::Key);
      if (failed(traced))
        return failure();
      operand = *traced;
    }
    node.operands.push_back(operand);
  }
  nodes.push_back(std::move(node));
  return nodes.size() - 1;
}

FailureOr<unsigned> ChannelTrace::trace(Value tensor, int64_t channel,
                                        RowSide side) {
  // slice and concat only rename channels, convert changes no value.
  while (Operation *op = tensor.getDefiningOp()) {
    if (auto slice = dyn_cast<SliceOp>(op)) {
      channel += slice.getOffset();
      tensor = slice.getInput();
      continue;
    }
    if (auto convert = dyn_cast<ConvertOp>(op)) {
      tensor = convert.getInput();
      continue;
    }
    auto concat = dyn_cast<ConcatOp>(op);
    if (!concat)
      break;
    for (Value input : concat.getInputs()) {
      tensor = input;
      if (channel < channelsOf(input))
        break;
      channel -= channelsOf(input);
    }
  }

  auto key = std::make_tuple(tensor.getAsOpaquePointer(), channel, side);
  if (auto found = known.find(key); found != known.end())
    return found->second;
  FailureOr<unsigned> node = failure();
  Operation *op = tensor.getDefiningOp();
  if (auto map = dyn_cast_or_null<RowMapOp>(op)) {
    node = traceRowMap(map, channel, side);
  } else if (auto keys = dyn_cast_or_null<PairKeysOp>(op)) {
    node = tracePairKeys(keys, channel);
  } else if (cast<RankedTensorType>(tensor.getType()).getRank() != 4) {
    return emitError(tensor.getLoc())
           << "keys of (query, key) pairs must be computed here, by "
              "attn.pair_keys: expected rows of rank 4, got "
           << tensor.getType();
  } else {
    ChannelNode leaf;
    leaf.side = side;
    leaf.tensor = tensor;
    leaf.number = channel;
    nodes.push_back(std::move(leaf));
    node = nodes.size() - 1;
  }
  if (succeeded(node))
    known[key] = *node;
  return node;
}
