//===- Extents.cpp - Which extents of a kernel's tensors are equal --------===//

#include "compiler/TiledToVector/Extents.h"
#include "dialect/Attn/IR/TensorNames.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

Extents::Extents(func::FuncOp function) : function(function) {
  auto insert = [&](Value value) {
    if (auto type = llvm::dyn_cast<RankedTensorType>(value.getType()))
      for (int64_t axis = 0; axis < type.getRank(); ++axis)
        classes.insert(extent(value, axis));
  };
  Block &body = function.getBody().front();
  for (BlockArgument argument : body.getArguments())
    insert(argument);
  for (Operation &op : body)
    for (Value result : op.getResults())
      insert(result);
  for (Operation &op : body) {
    mergeOp(op);
    mergeReads(op);
  }
  // The words of attention first; what is left gets a number.
  for (auto tiles : body.getOps<ForTilesOp>())
    nameOp(*tiles);
  for (Operation &op : body)
    nameOp(op);
  for (BlockArgument argument : body.getArguments())
    if (auto type = llvm::dyn_cast<RankedTensorType>(argument.getType()))
      for (int64_t axis = 0; axis < type.getRank(); ++axis)
        if (type.isDynamicDim(axis))
          name(argument, axis, "X");
}

void Extents::merge(Value a, unsigned axisA, Value b, unsigned axisB) {
  if (a && b)
    classes.unionSets(extent(a, axisA), extent(b, axisB));
}

void Extents::mergeOp(Operation &op) {
  if (auto rows = llvm::dyn_cast<RowFeaturesOp>(op)) {
    for (Value input : rows.getInputs())
      for (unsigned axis : {0, 1, 2})
        merge(input, axis, rows.getResult(), axis);
    merge(rows.getPositions(), 0, rows.getResult(), 0);
    merge(rows.getPositions(), 1, rows.getResult(), 2);
    return;
  }
  if (auto reduce = llvm::dyn_cast<RowReduceOp>(op)) {
    for (unsigned axis : {0, 1, 2})
      merge(reduce.getInput(), axis, reduce.getResult(), axis);
    return;
  }
  if (auto parts = llvm::dyn_cast<MergeOp>(op)) {
    for (unsigned axis : {0, 1, 2}) {
      for (Value part : parts.getOperands())
        merge(part, axis, parts.getResult(), axis);
      merge(parts.getLse(), axis, parts.getResult(), axis);
    }
    return;
  }
  if (auto project = llvm::dyn_cast<ProjectOp>(op)) {
    Value result = project.getResult(), table = project.getTable();
    for (unsigned axis : {0, 2})
      merge(project.getInput(), axis, result, axis);
    if (extentOf(table, 0) == 1)
      merge(project.getInput(), 1, result, 1);
    else
      merge(table, 0, result, 1);
    return;
  }
  if (auto tiles = llvm::dyn_cast<ForTilesOp>(op)) {
    Value query = tiles.getQuery().front();
    for (unsigned axis : {0, 1, 2}) {
      for (Value other : tiles.getQuery())
        merge(query, axis, other, axis);
      merge(query, axis, tiles.getResult(), axis);
      merge(query, axis, tiles.getRowResult(), axis);
    }
    merge(query, 0, tiles.getValue(), 0);
    for (Value key : tiles.getKeys()) {
      merge(query, 0, key, 0);
      merge(key, 2, tiles.getValue(), 2);
    }
    merge(tiles.getQueryPos(), 0, query, 0);
    merge(tiles.getQueryPos(), 1, query, 2);
    merge(tiles.getKeyPos(), 0, query, 0);
    merge(tiles.getKeyPos(), 1, tiles.getKey(), 2);
    return;
  }
  if (auto positions = llvm::dyn_cast<PositionsOp>(op)) {
    merge(positions.getQueryPos(), 0, positions.getQuery(), 0);
    merge(positions.getQueryPos(), 1, positions.getQuery(), 2);
    merge(positions.getKeyPos(), 0, positions.getKey(), 0);
    merge(positions.getKeyPos(), 1, positions.getKey(), 2);
    merge(positions.getOffset(), 0, positions.getQuery(), 0);
    merge(positions.getLengths(), 0, positions.getQuery(), 0);
    merge(positions.getQuery(), 0, positions.getKey(), 0);
  }
}

/// Captured tensors that are read by a coordinate, matched: as long as it.
void Extents::mergeReads(Operation &op) {
  op.walk([&](ReadOp read) {
    read.forEachMatch([&](unsigned axis, unsigned argument) {
      Block *block = read->getBlock();
      Operation *holder = block->getParentOp();
      auto match = [&](Value rows, unsigned rowAxis) {
        merge(read.getTensor(), axis, rows, rowAxis);
      };
      // Batch, head, row number, of what a row of `rows` is made for.
      auto matchRow = [&](unsigned first, Value rows) {
        if (argument >= first && argument < first + 3)
          match(rows, argument - first);
      };
      if (auto rows = llvm::dyn_cast<RowFeaturesOp>(holder)) {
        matchRow(block->getNumArguments() - kRowCoordinates, rows.getResult());
      } else if (auto table = llvm::dyn_cast<TabulateRowsOp>(holder)) {
        Value query = table.getQuery();
        if (argument == 2)
          match(table.getKeys() ? table.getKey() : query, 2);
        else
          matchRow(0, query);
      } else if (auto band = llvm::dyn_cast<TabulateBandOp>(holder)) {
        if (argument == 2)
          match(band.getKeys() ? band.getKey() : band.getQuery(), 2);
        else
          matchRow(0, band.getQuery());
      } else if (auto strip = llvm::dyn_cast<TabulateOp>(holder)) {
        if (argument == 0)
          match(strip.getQuery(), 1);
      } else if (auto tiles = holder->getParentOfType<ForTilesOp>()) {
        Value query = tiles.getQuery().front();
        // Extra logits: batch, head, queryIndex, queryPos; an output element
        // has them behind it.
        if (auto last = dyn_cast<FinalizeOp>(holder))
          return matchRow(block->getParent() == &last.getOutput(), query);
        if (isa<TileFeaturesOp>(holder))
          return matchRow(block->getNumArguments() - kRowCoordinates, query);
        const unsigned first = block->getNumArguments() - kPairCoordinates;
        if (argument == first + 3)
          match(tiles.getKey(), 2);
        else
          matchRow(first, query);
      }
    });
  });
}

void Extents::name(Value tensor, unsigned axis, StringRef preferred) {
  Extent leader = classes.getLeaderValue(extent(tensor, axis));
  if (names.count(leader))
    return;
  std::string unique = preferred.str();
  for (unsigned i = 1; !used.insert(unique).second; ++i)
    unique = preferred.str() + std::to_string(i);
  names[leader] = unique;
}

void Extents::nameOp(Operation &op) {
  if (auto tiles = llvm::dyn_cast<ForTilesOp>(op)) {
    Value query = tiles.getQuery().front();
    name(query, 0, "B");
    name(query, 1, "H");
    name(query, 2, "M");
    for (Value key : tiles.getKeys())
      name(key, 1, "G");
    name(tiles.getKey(), 2, "N");
    name(tiles.getValue(), 1, "Gv");
  } else if (auto rows = llvm::dyn_cast<RowFeaturesOp>(op)) {
    name(rows.getResult(), 0, "B");
    name(rows.getResult(), 1, "H");
    name(rows.getResult(), 2, "L");
  } else if (auto parts = llvm::dyn_cast<MergeOp>(op)) {
    name(parts.getResult(), 0, "B");
    name(parts.getResult(), 1, "H");
    name(parts.getResult(), 2, "M");
  } else if (isa<RowReduceOp, ProjectOp>(op)) {
    name(op.getResult(0), 0, "B");
    name(op.getResult(0), 1, "H");
    name(op.getResult(0), 2, "L");
    name(op.getOperand(0), 1, "G");
  }
}

namespace {
/// Rows whose heads several heads of `rows` may share.
struct SharedHeads {
  Operation *op;
  Value rows, shared;
  StringRef what; // the heads of `rows`
};
} // namespace

static SmallVector<SharedHeads> sharedHeads(func::FuncOp function) {
  SmallVector<SharedHeads> all;
  for (Operation &op : function.getBody().front()) {
    if (auto project = llvm::dyn_cast<ProjectOp>(op))
      all.push_back(
          {&op, project.getResult(), project.getInput(), "table heads"});
    auto tiles = llvm::dyn_cast<ForTilesOp>(op);
    if (!tiles)
      continue;
    SmallVector<Value> rows(tiles.getKeys());
    rows.push_back(tiles.getValue());
    for (Value shared : rows)
      all.push_back({&op, tiles.getQuery().front(), shared, "query heads"});
  }
  return all;
}

/// " (extent 1 of 'table')" for an argument that has a name.
std::string Extents::describeTensor(const Extent &at) const {
  auto argument =
      llvm::dyn_cast<BlockArgument>(Value::getFromOpaquePointer(at.first));
  const StringRef name = argument ? sourceName(argument) : StringRef();
  if (name.empty())
    return "";
  return " (extent " + std::to_string(at.second) + " of '" + name.str() + "')";
}

LogicalResult Extents::verify() {
  llvm::MapVector<Extent, std::pair<Extent, int64_t>> fixed;
  for (const auto *member : classes) {
    Extent at = member->getData();
    Value tensor = Value::getFromOpaquePointer(at.first);
    int64_t size = extentOf(tensor, at.second);
    if (ShapedType::isDynamic(size))
      continue;
    Extent leader = classes.getLeaderValue(at);
    auto [it, isNew] = fixed.insert({leader, {at, size}});
    if (!isNew && it->second.second != size)
      return function.emitOpError()
             << "needs equal extents that are fixed at " << it->second.second
             << describeTensor(it->second.first) << " and " << size
             << describeTensor(at);
  }
  for (const SharedHeads &own : sharedHeads(function)) {
    auto heads = llvm::dyn_cast<IntegerAttr>(describe(own.rows, 1));
    auto others = llvm::dyn_cast<IntegerAttr>(describe(own.shared, 1));
    if (!heads || !others)
      continue;
    // No heads share no heads.
    if (others.getInt() == 0 ? heads.getInt() != 0
                             : heads.getInt() % others.getInt() != 0)
      return own.op->emitOpError()
             << "expected " << own.what << " that are a multiple of "
             << others.getInt() << ", got " << heads.getInt();
  }
  return success();
}

Attribute Extents::describe(Value tensor, unsigned axis) {
  Builder builder(function.getContext());
  Extent at = extent(tensor, axis);
  auto leader = classes.findLeader(at);
  for (auto it = leader; it != classes.member_end(); ++it) {
    int64_t size = extentOf(Value::getFromOpaquePointer(it->first), it->second);
    if (!ShapedType::isDynamic(size))
      return builder.getI64IntegerAttr(size);
  }
  return builder.getStringAttr(names.lookup(*leader));
}

SmallVector<Attribute> Extents::relations() {
  SmallVector<Attribute> result;
  for (const SharedHeads &own : sharedHeads(function)) {
    auto heads = llvm::dyn_cast<StringAttr>(describe(own.rows, 1));
    auto others = llvm::dyn_cast<StringAttr>(describe(own.shared, 1));
    if (!heads || !others || heads == others)
      continue;
    auto relation =
        RelationAttr::get(function.getContext(), RelationKind::MultipleOf,
                          heads.getValue(), others.getValue());
    if (!llvm::is_contained(result, relation))
      result.push_back(relation);
  }
  return result;
}
