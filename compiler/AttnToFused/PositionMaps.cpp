//===- PositionMaps.cpp - Maps of positions, where they are read ----------===//

#include "compiler/AttnToFused/PositionMaps.h"
#include "compiler/AttnToFused/ExpandShorthands.h"

#include "dialect/Attn/IR/Attn.h"
#include "dialect/Attn/IR/AttnScalar.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

namespace {
/// A region that reads positions as one of its arguments.
struct ReadingRegion {
  Region *region;
  /// The arguments: the position, and the batch entry and row it belongs to.
  unsigned position, batch, index;
};

/// An operand of positions, and all that reads it.
struct Reader {
  MutableOperandRange positions;
  SmallVector<ReadingRegion, 2> regions;
};
} // namespace

/// A mask by name becomes a region, which a map can be moved into.
template <typename OpT> static void spellOutMask(OpT op) {
  MaskAttrInterface mask = op.getMaskAttr();
  if (!mask)
    return;
  OpBuilder builder(op.getContext());
  Location loc = op.getLoc();
  buildRegion(builder, loc, op.getVisible(), /*elements=*/0, kPairCoordinates,
              [&](ValueRange at) -> SmallVector<Value> {
                PairValues pair{at[0], at[1], at[2], at[3], at[4], at[5]};
                return {mask.expand(builder, loc, pair, op.getCaptures())};
              });
  op.removeMaskAttr();
  op.getCapturesMutable().clear();
}

/// The positions of an op over pairs, which `regions` read behind their
/// elements.
template <typename OpT>
static void addPairReaders(OpT op, ArrayRef<Region *> regions,
                           SmallVectorImpl<Reader> &readers) {
  Reader query{op.getQueryPosMutable(), {}}, key{op.getKeyPosMutable(), {}};
  for (Region *region : regions) {
    if (region->empty())
      continue;
    unsigned first = region->getNumArguments() - kPairCoordinates;
    query.regions.push_back({region, first + 4, first, first + 2});
    key.regions.push_back({region, first + 5, first, first + 3});
  }
  readers.push_back(query);
  readers.push_back(key);
}

template <typename OpT> static bool hasMappedPositions(OpT op) {
  return llvm::any_of(op->getOperands(), [](Value operand) {
    return operand.getDefiningOp<PositionMapOp>() != nullptr;
  });
}

static PositionMapOp mapOf(const Reader &reader) {
  return reader.positions.empty()
             ? PositionMapOp()
             : reader.positions[0].get().getDefiningOp<PositionMapOp>();
}

/// Puts `map` between the region and the positions it maps.
static void inlineMap(const ReadingRegion &reading, PositionMapOp map) {
  Block &block = reading.region->front();
  OpBuilder builder = OpBuilder::atBlockBegin(&block);
  BlockArgument position = block.getArgument(reading.position);
  IRMapping mapping;
  Block &body = map.getBody().front();
  mapping.map(body.getArguments(),
              ValueRange{position, block.getArgument(reading.batch),
                         block.getArgument(reading.index)});
  SmallPtrSet<Operation *, 8> inlined;
  for (Operation &op : body.without_terminator())
    inlined.insert(builder.clone(op, mapping));
  Value mapped = mapping.lookupOrDefault(body.getTerminator()->getOperand(0));
  position.replaceUsesWithIf(mapped, [&](OpOperand &use) {
    return !inlined.contains(use.getOwner());
  });
}

void sextant::inlinePositionMaps(Operation *root) {
  SmallVector<Reader> readers;
  root->walk([&](Operation *op) {
    if (auto map = dyn_cast<RowMapOp>(op)) {
      unsigned first =
          map.getBody().getNumArguments() - RowMapOp::kNumCoordinates;
      readers.push_back({map.getPositionsMutable(),
                         {{&map.getBody(), first + 3, first, first + 2}}});
    } else if (auto map = dyn_cast<ScoreMapOp>(op)) {
      addPairReaders(map, {&map.getBody()}, readers);
    } else if (auto select = dyn_cast<SelectScoresOp>(op)) {
      addPairReaders(select, {&select.getCondition()}, readers);
    } else if (auto gate = dyn_cast<ScaleWeightsOp>(op)) {
      addPairReaders(gate, {&gate.getBody()}, readers);
    } else if (auto weights = dyn_cast<WeightsOp>(op)) {
      if (hasMappedPositions(weights))
        spellOutMask(weights);
      addPairReaders(weights, {&weights.getVisible(), &weights.getBody()},
                     readers);
    } else if (auto weights = dyn_cast<OrderedWeightsOp>(op)) {
      if (hasMappedPositions(weights))
        spellOutMask(weights);
      addPairReaders(weights, {&weights.getVisible(), &weights.getBody()},
                     readers);
    } else if (auto softmax = dyn_cast<SoftmaxOp>(op)) {
      if (hasMappedPositions(softmax))
        spellOutMask(softmax);
      addPairReaders(softmax, {&softmax.getVisible()}, readers);
      // (batch, head, queryIndex, queryPos)
      if (Region &extra = softmax.getExtra(); !extra.empty())
        readers[readers.size() - 2].regions.push_back({&extra, 3, 0, 2});
    }
  });
  bool moved = false;
  for (Reader &reader : readers)
    while (PositionMapOp map = mapOf(reader)) {
      moved = true;
      for (const ReadingRegion &reading : reader.regions)
        inlineMap(reading, map);
      reader.positions.assign(map.getPositions());
    }
  if (moved)
    simplify(root);
}
