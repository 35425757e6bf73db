//===- PairRegions.cpp - Score and visible regions ------------------------===//
//
// All regions see one pair of positions; other position tensors are read.
//
//===----------------------------------------------------------------------===//

#include "compiler/AttnToFused/PairRegions.h"
#include "compiler/AttnToFused/ScalarCloner.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

static PositionsOp source(Value positions) {
  return positions ? positions.getDefiningOp<PositionsOp>() : PositionsOp();
}

RowPositions sextant::choosePositions(const SoftmaxChain &chain,
                                      ArrayRef<ChannelFamily> families) {
  WeightsOpInterface weights = chain.weights;
  if (weights.getQueryPos())
    return {weights.getQueryPos(), weights.getKeyPos()};
  for (Operation *op : chain.maps) {
    auto map = dyn_cast<ScoreMapOp>(op);
    if (map && map.getQueryPos())
      return {map.getQueryPos(), map.getKeyPos()};
    auto select = dyn_cast<SelectScoresOp>(op);
    if (select && select.getQueryPos())
      return {select.getQueryPos(), select.getKeyPos()};
  }
  for (ScaleWeightsOp gate : chain.gates)
    if (gate.getQueryPos())
      return {gate.getQueryPos(), gate.getKeyPos()};
  RowPositions positions;
  for (const ChannelFamily &family : families)
    for (const ChannelNode &node : family.nodes)
      if (auto map = dyn_cast_or_null<RowMapOp>(node.map)) {
        Value &own =
            node.side == RowSide::Query ? positions.query : positions.key;
        if (!own)
          own = map.getPositions();
      }
  // The fused op has both or none. One attn.positions counts both sides, where
  // one of them alone reads it.
  if (auto counted = source(positions.query);
      counted && !positions.key && positions.query == counted.getQueryPos())
    positions.key = counted.getKeyPos();
  if (auto counted = source(positions.key);
      counted && !positions.query && positions.key == counted.getKeyPos())
    positions.query = counted.getQueryPos();
  if (!positions.query || !positions.key)
    return {};
  return positions;
}

/// Gives `region` a block of the pair coordinates, after `scores` scores.
static Block &addPairBlock(Region &region, unsigned scores, Location loc) {
  Block &block = region.emplaceBlock();
  MLIRContext *context = loc.getContext();
  for (unsigned i = 0; i < scores; ++i)
    block.addArgument(Float32Type::get(context), loc);
  for (unsigned i = 0; i < kPairCoordinates; ++i)
    block.addArgument(IntegerType::get(context, 32), loc);
  return block;
}

/// The coordinates that an op with these positions sees, from those of a block.
static SmallVector<Value> coordinates(ScalarCloner &cloner, Location loc,
                                      Value queryPos, Value keyPos,
                                      const RowPositions &positions) {
  SmallVector<Value> at(
      cloner.getBlock().getArguments().take_back(kPairCoordinates));
  Type i32 = cloner.getBuilder().getI32Type();
  if (queryPos && queryPos != positions.query)
    at[4] = cloner.create<ReadOp>(loc, i32, queryPos, ValueRange{at[0], at[2]});
  if (keyPos && keyPos != positions.key)
    at[5] = cloner.create<ReadOp>(loc, i32, keyPos, ValueRange{at[0], at[3]});
  return at;
}

void sextant::buildScoreRegion(const SoftmaxChain &chain,
                               const RowPositions &positions, Region &region) {
  if (chain.maps.empty())
    return;
  Location loc = chain.maps.front()->getLoc();
  ScalarCloner cloner(addPairBlock(region, chain.terms.size(), loc),
                      loc.getContext());
  llvm::DenseMap<Value, Value> scores;
  for (auto [term, dot] : llvm::enumerate(chain.terms))
    scores[ScoresOp(dot).getResult()] = cloner.getBlock().getArgument(term);
  for (Operation *op : chain.maps) {
    if (auto map = dyn_cast<ScoreMapOp>(op)) {
      SmallVector<Value> arguments = coordinates(
          cloner, map.getLoc(), map.getQueryPos(), map.getKeyPos(), positions);
      arguments.insert(arguments.begin(), scores.lookup(map.getScores()));
      scores[map.getResult()] =
          cloner.inlineBody(map.getBody().front(), arguments).front();
      continue;
    }
    auto select = cast<SelectScoresOp>(op);
    SmallVector<Value> arguments =
        coordinates(cloner, select.getLoc(), select.getQueryPos(),
                    select.getKeyPos(), positions);
    Value condition =
        cloner.inlineBody(select.getCondition().front(), arguments).front();
    scores[select.getResult()] = cloner.value<arith::SelectOp>(
        select.getLoc(), condition, scores.lookup(select.getFirst()),
        scores.lookup(select.getSecond()));
  }
  YieldOp::create(cloner.getBuilder(), loc,
                  scores.lookup(WeightsOpInterface(chain.weights).getScores()));
}

void sextant::buildVisibleRegion(const SoftmaxChain &chain,
                                 const RowPositions &positions,
                                 Region &region) {
  WeightsOpInterface weights = chain.weights;
  MaskAttrInterface mask = weights.getMaskAttr();
  if (!mask && weights.getVisible().empty())
    return;
  Location loc = weights.getLoc();
  ScalarCloner cloner(addPairBlock(region, /*scores=*/0, loc),
                      loc.getContext());
  SmallVector<Value> at = coordinates(cloner, loc, weights.getQueryPos(),
                                      weights.getKeyPos(), positions);
  Value visible;
  if (mask) {
    PairValues pair{at[0], at[1], at[2], at[3], at[4], at[5]};
    visible =
        mask.expand(cloner.getBuilder(), loc, pair, weights.getCaptures());
  } else {
    visible = cloner.inlineBody(weights.getVisible().front(), at).front();
  }
  YieldOp::create(cloner.getBuilder(), loc, visible);
}

/// `region` as the body of the weights of a chain, if they are of `OpT`.
template <typename OpT>
static void buildRegionOf(const SoftmaxChain &chain,
                          const RowPositions &positions, Region &region) {
  auto op = dyn_cast<OpT>(WeightsOpInterface(chain.weights).getOperation());
  if (!op)
    return;
  Location loc = op.getLoc();
  ScalarCloner cloner(addPairBlock(region, /*scores=*/1, loc),
                      loc.getContext());
  SmallVector<Value> arguments =
      coordinates(cloner, loc, op.getQueryPos(), op.getKeyPos(), positions);
  arguments.insert(arguments.begin(), cloner.getBlock().getArgument(0));
  SmallVector<Value> yielded =
      cloner.inlineBody(op.getBody().front(), arguments);
  YieldOp::create(cloner.getBuilder(), loc, yielded);
}

void sextant::buildWeightRegion(const SoftmaxChain &chain,
                                const RowPositions &positions, Region &region) {
  buildRegionOf<WeightsOp>(chain, positions, region);
}

void sextant::buildCarryRegion(const SoftmaxChain &chain,
                               const RowPositions &positions, Region &region) {
  buildRegionOf<OrderedWeightsOp>(chain, positions, region);
}

void sextant::buildExtraRegion(const SoftmaxChain &chain, Region &region) {
  SoftmaxOp op = chain.softmax();
  if (!op || op.getExtra().empty())
    return;
  Location loc = op.getLoc();
  Block &block = region.emplaceBlock();
  for (unsigned i = 0; i < kQueryCoordinates; ++i)
    block.addArgument(IntegerType::get(loc.getContext(), 32), loc);
  ScalarCloner cloner(block, loc.getContext());
  // The positions of the softmax are those of the fused op.
  SmallVector<Value> logits =
      cloner.inlineBody(op.getExtra().front(), block.getArguments());
  YieldOp::create(cloner.getBuilder(), loc, logits);
}

void sextant::buildGateRegion(const SoftmaxChain &chain,
                              const RowPositions &positions, Region &region) {
  if (chain.gates.empty())
    return;
  Location loc = chain.gates.front()->getLoc();
  ScalarCloner cloner(addPairBlock(region, /*scores=*/0, loc),
                      loc.getContext());
  Value product;
  for (ScaleWeightsOp gate : chain.gates) {
    SmallVector<Value> at = coordinates(
        cloner, gate.getLoc(), gate.getQueryPos(), gate.getKeyPos(), positions);
    Value factor = cloner.inlineBody(gate.getBody().front(), at).front();
    product =
        product ? cloner.value<arith::MulFOp>(loc, product, factor) : factor;
  }
  YieldOp::create(cloner.getBuilder(), loc, product);
}
