//===- PairRegions.cpp - Score and visible regions ------------------------===//
//
// Both regions see one pair of positions; other position tensors are read.
//
//===----------------------------------------------------------------------===//

#include "compiler/AttnToFused/PairRegions.h"
#include "compiler/AttnToFused/ScalarCloner.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

RowPositions sextant::choosePositions(const SoftmaxChain &chain,
                                      ArrayRef<ChannelFamily> families) {
  SoftmaxOp softmax = chain.softmax;
  if (softmax.getQueryPos())
    return {softmax.getQueryPos(), softmax.getKeyPos()};
  for (ScoreMapOp map : chain.maps)
    if (map.getQueryPos())
      return {map.getQueryPos(), map.getKeyPos()};
  RowPositions positions;
  for (const ChannelFamily &family : families)
    for (const ChannelNode &node : family.nodes)
      if (auto map = dyn_cast_or_null<RowMapOp>(node.map)) {
        Value &own =
            node.side == RowSide::Query ? positions.query : positions.key;
        if (!own)
          own = map.getPositions();
      }
  // The fused op has both or none.
  if (!positions.query || !positions.key)
    return {};
  return positions;
}

/// Gives `region` a block of the pair coordinates, after a score if wanted.
static Block &addPairBlock(Region &region, bool hasScore, Location loc) {
  Block &block = region.emplaceBlock();
  MLIRContext *context = loc.getContext();
  if (hasScore)
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
  ScalarCloner cloner(addPairBlock(region, /*hasScore=*/true, loc),
                      loc.getContext());
  Value score = cloner.getBlock().getArgument(0);
  for (ScoreMapOp map : chain.maps) {
    SmallVector<Value> arguments = coordinates(
        cloner, map.getLoc(), map.getQueryPos(), map.getKeyPos(), positions);
    arguments.insert(arguments.begin(), score);
    score = cloner.inlineBody(map.getBody().front(), arguments).front();
  }
  YieldOp::create(cloner.getBuilder(), loc, score);
}

void sextant::buildVisibleRegion(const SoftmaxChain &chain,
                                 const RowPositions &positions,
                                 Region &region) {
  SoftmaxOp softmax = chain.softmax;
  MaskAttrInterface mask = softmax.getMaskAttr();
  if (!mask && softmax.getVisible().empty())
    return;
  Location loc = softmax.getLoc();
  ScalarCloner cloner(addPairBlock(region, /*hasScore=*/false, loc),
                      loc.getContext());
  SmallVector<Value> at = coordinates(cloner, loc, softmax.getQueryPos(),
                                      softmax.getKeyPos(), positions);
  Value visible;
  if (mask) {
    PairValues pair{at[0], at[1], at[2], at[3], at[4], at[5]};
    visible =
        mask.expand(cloner.getBuilder(), loc, pair, softmax.getCaptures());
  } else {
    visible = cloner.inlineBody(softmax.getVisible().front(), at).front();
  }
  YieldOp::create(cloner.getBuilder(), loc, visible);
}
