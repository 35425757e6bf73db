//===- OutputMaps.cpp - Maps of the output of an attention ----------------===//

#include "compiler/AttnToFused/OutputMaps.h"
#include "compiler/AttnToFused/ScalarCloner.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

/// The op that alone reads `rows`, or null.
static Operation *onlyReader(Value rows) {
  if (rows.use_empty())
    return nullptr;
  Operation *reader = *rows.user_begin();
  bool isOnly = llvm::all_of(rows.getUsers(),
                             [&](Operation *user) { return user == reader; });
  return isOnly ? reader : nullptr;
}

/// True if the map may be computed element by element where the output is
/// stored. An extent of its region is one of its rows, which the regions of an
/// attention do not know.
static bool isElementwise(RowMapOp map) {
  Block &block = map.getBody().front();
  return !map.getPairs() && block.getTerminator()->getNumOperands() == 1 &&
         block.getOps<ExtentOp>().empty();
}

/// Positions that are counted are stored nowhere: the region has those of the
/// fused op, others it must find in a tensor.
static bool hasPositions(RowMapOp map, const RowPositions &positions) {
  Value own = map.getPositions();
  return !own || own == positions.query || !own.getDefiningOp<PositionsOp>();
}

/// The fused op takes the place of the map: what reads its second result, in
/// the map too, must come behind it.
static bool comesBefore(RowMapOp map, Value rowResult) {
  return !rowResult || llvm::all_of(rowResult.getUsers(), [&](Operation *user) {
    Operation *own = map->getBlock()->findAncestorOpInBlock(*user);
    return own && map->isBeforeInBlock(own);
  });
}

SmallVector<RowMapOp> sextant::findOutputMaps(const SoftmaxChain &chain,
                                              const RowPositions &positions) {
  SmallVector<RowMapOp> maps;
  WeightedSumOp sum = chain.sum;
  Value rows = sum.getResult();
  while (Operation *reader = onlyReader(rows)) {
    if (auto map = dyn_cast<RowMapOp>(reader)) {
      if (!isElementwise(map) || !hasPositions(map, positions) ||
          !comesBefore(map, chain.rowResult()))
        break;
      maps.push_back(map);
    } else if (!isa<ConvertOp>(reader)) {
      break;
    }
    rows = reader->getResult(0);
  }
  return maps;
}

/// True if `rows` is `source`, perhaps of another element type.
static bool isConversionOf(Value rows, Value source) {
  while (rows != source) {
    auto convert = rows.getDefiningOp<ConvertOp>();
    if (!convert)
      return false;
    rows = convert.getInput();
  }
  return true;
}

void sextant::buildOutputRegion(const SoftmaxChain &chain,
                                const RowPositions &positions, Region &region) {
  if (chain.outputMaps.empty())
    return;
  WeightedSumOp sum = chain.sum;
  Location loc = sum.getLoc();
  Block &block = region.emplaceBlock();
  block.addArgument(Float32Type::get(loc.getContext()), loc);
  for (unsigned i = 0; i < kRowCoordinates; ++i)
    block.addArgument(IntegerType::get(loc.getContext(), 32), loc);
  ScalarCloner cloner(block, loc.getContext());
  OpBuilder &builder = cloner.getBuilder();
  auto at = block.getArguments().drop_front();
  Value element = block.getArgument(0), rows = sum.getResult();
  for (RowMapOp map : chain.outputMaps) {
    SmallVector<Value> arguments;
    for (Value input : map.getInputs())
      arguments.push_back(isConversionOf(input, rows)
                              ? element
                              : ReadOp::createMatched(
                                    builder, map.getLoc(), builder.getF32Type(),
                                    input, {at[0], at[1], at[2], at[4]})
                                    .getResult());
    llvm::append_range(arguments, at);
    Value own = map.getPositions();
    if (own && own != positions.query)
      arguments[arguments.size() - 2] = cloner.create<ReadOp>(
          map.getLoc(), builder.getI32Type(), own, ValueRange{at[0], at[2]});
    element = cloner.inlineBody(map.getBody().front(), arguments).front();
    rows = map.getResult();
  }
  YieldOp::create(builder, loc, element);
}
