//===- PositionMaps.cpp - Maps of positions, where they are read ----------===//

#include "compiler/AttnToFused/PositionMaps.h"

#include "dialect/Attn/IR/Attn.h"
#include "dialect/Attn/IR/AttnScalar.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

namespace {
/// Positions that a region reads as one of its arguments.
struct Reader {
  MutableOperandRange positions;
  Region *region;
  /// The arguments: the position, and the batch entry and row it belongs to.
  unsigned position, batch, index;
};
} // namespace

/// A mask by name becomes a region, which a map can be moved into.
static void spellOutMask(SoftmaxOp softmax) {
  MaskAttrInterface mask = softmax.getMaskAttr();
  if (!mask)
    return;
  OpBuilder builder(softmax.getContext());
  Location loc = softmax.getLoc();
  buildRegion(builder, loc, softmax.getVisible(), /*elements=*/0,
              kPairCoordinates, [&](ValueRange at) -> SmallVector<Value> {
                PairValues pair{at[0], at[1], at[2], at[3], at[4], at[5]};
                return {mask.expand(builder, loc, pair, softmax.getCaptures())};
              });
  softmax.removeMaskAttr();
  softmax.getCapturesMutable().clear();
}

template <typename OpT>
static void addPairReaders(OpT op, Region &region, unsigned elements,
                           SmallVectorImpl<Reader> &readers) {
  readers.push_back({op.getQueryPosMutable(), &region, elements + 4, elements,
                     elements + 2});
  readers.push_back(
      {op.getKeyPosMutable(), &region, elements + 5, elements, elements + 3});
}

static PositionMapOp mapOf(const Reader &reader) {
  return reader.positions.empty()
             ? PositionMapOp()
             : reader.positions[0].get().getDefiningOp<PositionMapOp>();
}

/// Puts the last map between the region and the positions it maps.
static void inlineMap(Reader &reader, PositionMapOp map) {
  Block &block = reader.region->front();
  OpBuilder builder = OpBuilder::atBlockBegin(&block);
  BlockArgument position = block.getArgument(reader.position);
  IRMapping mapping;
  Block &body = map.getBody().front();
  mapping.map(body.getArguments(),
              ValueRange{position, block.getArgument(reader.batch),
                         block.getArgument(reader.index)});
  SmallPtrSet<Operation *, 8> inlined;
  for (Operation &op : body.without_terminator())
    inlined.insert(builder.clone(op, mapping));
  Value mapped = mapping.lookupOrDefault(body.getTerminator()->getOperand(0));
  position.replaceUsesWithIf(mapped, [&](OpOperand &use) {
    return !inlined.contains(use.getOwner());
  });
  reader.positions.assign(map.getPositions());
}

void sextant::inlinePositionMaps(Operation *root) {
  SmallVector<Reader> readers;
  root->walk([&](Operation *op) {
    if (auto map = dyn_cast<RowMapOp>(op)) {
      unsigned last = map.getBody().front().getNumArguments();
      readers.push_back({map.getPositionsMutable(), &map.getBody(), last - 2,
                         last - 5, last - 3});
    } else if (auto map = dyn_cast<ScoreMapOp>(op)) {
      addPairReaders(map, map.getBody(), /*elements=*/1, readers);
    } else if (auto select = dyn_cast<SelectScoresOp>(op)) {
      addPairReaders(select, select.getCondition(), /*elements=*/0, readers);
    } else if (auto softmax = dyn_cast<SoftmaxOp>(op)) {
      bool mapped = llvm::any_of(softmax->getOperands(), [](Value operand) {
        return operand.getDefiningOp<PositionMapOp>() != nullptr;
      });
      if (mapped)
        spellOutMask(softmax);
      if (!softmax.getVisible().empty())
        addPairReaders(softmax, softmax.getVisible(), /*elements=*/0, readers);
    }
  });
  for (Reader &reader : readers)
    while (PositionMapOp map = mapOf(reader))
      inlineMap(reader, map);
}
