//===- GroupTables.cpp - What depends on the channel group alone ----------===//
//
// The values are computed by the folders of the ops themselves, one group
// after the other; a value that an op does not fold stays code.
//
//===----------------------------------------------------------------------===//

#include "compiler/TiledToVector/GroupTables.h"

#include "dialect/Attn/IR/Attn.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

/// A table may be read a whole vector at a time, from any group.
static constexpr int64_t kPadding = 16;

using Constants = llvm::DenseMap<Value, Attribute>;

/// Folds what the group number decides; `constants` holds that number.
static void foldBlock(Block &block, Constants &constants) {
  for (Operation &op : block.without_terminator()) {
    SmallVector<Attribute> operands;
    for (Value operand : op.getOperands()) {
      Attribute value = constants.lookup(operand);
      if (!value)
        matchPattern(operand, m_Constant(&value));
      operands.push_back(value);
    }
    if (isa<arith::ConstantOp>(op) ||
        !llvm::all_of(operands, [](Attribute a) { return bool(a); }) ||
        operands.empty())
      continue;
    SmallVector<OpFoldResult> results;
    Operation *copy = op.clone(); // folding may change the op in place
    bool folded = succeeded(copy->fold(operands, results));
    copy->destroy();
    if (!folded || results.size() != op.getNumResults())
      continue;
    for (auto [result, value] : llvm::zip(op.getResults(), results)) {
      // A choice folds to one of its operands.
      auto attr = llvm::dyn_cast<Attribute>(value);
      if (auto operand = llvm::dyn_cast<Value>(value))
        if (!matchPattern(operand, m_Constant(&attr)))
          attr = constants.lookup(operand);
      if (attr)
        constants[result] = attr;
    }
  }
}

static bool isCheap(Operation *op) {
  return isa<arith::AddIOp, arith::SubIOp, arith::MulIOp, arith::SIToFPOp,
             arith::ConstantOp>(op);
}

static void tabulate(Block &block, int64_t count) {
  BlockArgument group = block.getArguments().back();
  Builder builder(block.getParentOp()->getContext());
  SmallVector<Constants> rows(count);
  for (int64_t g = 0; g < count; ++g) {
    rows[g][group] = builder.getI32IntegerAttr(g);
    foldBlock(block, rows[g]);
  }
  auto isKnown = [&](Value value) {
    return value != group && llvm::all_of(rows, [&](const Constants &row) {
             return row.contains(value);
           });
  };
  // Only what something unknown uses needs a table.
  SmallVector<Value> values;
  for (Operation &op : block.without_terminator())
    for (Value result : op.getResults())
      // Truth values do not lie in memory one by one, as lanes are read.
      if (!isCheap(&op) && !result.getType().isInteger(1) && isKnown(result) &&
          llvm::any_of(result.getUsers(), [&](Operation *user) {
            return user == block.getTerminator() ||
                   !llvm::all_of(user->getResults(), isKnown);
          }))
        values.push_back(result);

  Operation *outside = block.getParentOp();
  while (!isa<func::FuncOp>(outside->getParentOp()))
    outside = outside->getParentOp();
  for (Value value : values) {
    Type element = value.getType();
    SmallVector<Attribute> data;
    for (const Constants &row : rows)
      data.push_back(row.lookup(value));
    Attribute last = data.back();
    data.append(kPadding, last);
    OpBuilder build(outside);
    auto type = RankedTensorType::get({int64_t(data.size())}, element);
    Value table = arith::ConstantOp::create(build, value.getLoc(),
                                            DenseElementsAttr::get(type, data));
    build.setInsertionPointToStart(&block);
    auto read = ReadOp::create(build, value.getLoc(), element, table,
                               ValueRange{group});
    read->setAttr("in_bounds", build.getUnitAttr());
    value.replaceAllUsesWith(read.getResult());
  }
  for (Operation *op = block.getTerminator()->getPrevNode(); op;) {
    Operation *before = op->getPrevNode();
    if (op->use_empty())
      op->erase();
    op = before;
  }
}

void sextant::tabulateGroups(func::FuncOp tiled) {
  tiled.walk([](Operation *op) {
    if (auto rows = llvm::dyn_cast<RowFeaturesOp>(op))
      for (auto [attr, body] :
           llvm::zip_equal(rows.getGroups(), rows.getBodies()))
        tabulate(body.front(), llvm::cast<RowGroupAttr>(attr).getCount());
    if (auto tile = llvm::dyn_cast<TileFeaturesOp>(op))
      for (auto [attr, body] :
           llvm::zip_equal(tile.getGroups(), tile.getBodies()))
        tabulate(body.front(), llvm::cast<ChannelGroupAttr>(attr).getCount());
  });
}
