//===- SharedValues.cpp - What rows need for every head -------------------===//

#include "compiler/TiledToVector/SharedValues.h"

#include "dialect/Attn/IR/AttnRegions.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

namespace {
/// What a value of a feature region depends on, and what it took.
struct Dependence {
  bool own = false;    // the head or a member
  bool row = false;    // the row's number or position
  bool costly = false; // more than a few instructions
};
} // namespace

template <typename GroupAttr>
static SmallVector<SharedValue>
findValues(ArrayAttr groups, MutableArrayRef<Region> bodies, int64_t firstRow) {
  SmallVector<SharedValue> shared;
  int64_t row = firstRow;
  for (auto [attr, region] : llvm::zip_equal(groups, bodies)) {
    Block &block = region.front();
    int64_t count = llvm::cast<GroupAttr>(attr).getCount();
    llvm::DenseMap<Value, Dependence> known;
    auto coordinates = block.getArguments().take_back(kRowCoordinates);
    for (BlockArgument member : block.getArguments().drop_back(kRowCoordinates))
      known[member].own = true;
    known[coordinates[1]].own = true; // head
    known[coordinates[2]].row = known[coordinates[3]].row = true;
    for (Operation &inner : block.without_terminator()) {
      Dependence sum;
      sum.costly = isElementaryFunction(&inner);
      for (Value operand : inner.getOperands()) {
        Dependence other = known.lookup(operand);
        sum.own |= other.own;
        sum.row |= other.row;
        sum.costly |= other.costly;
      }
      for (Value result : inner.getResults())
        known[result] = sum;
    }
    for (Operation &inner : block.without_terminator()) {
      Dependence at = known.lookup(inner.getResult(0));
      bool isRead = llvm::any_of(inner.getUsers(), [&](Operation *user) {
        return user == block.getTerminator() ||
               known.lookup(user->getResult(0)).own;
      });
      bool isF32 = llvm::all_of(inner.getResultTypes(),
                                [](Type type) { return type.isF32(); });
      if (at.own || !at.row || !at.costly || !isRead || !isF32)
        continue;
      shared.push_back({&block, &inner, count, row});
      row += count * inner.getNumResults();
    }
  }
  return shared;
}

SmallVector<SharedValue> sextant::findSharedValues(TileFeaturesOp op,
                                                   int64_t firstRow) {
  return findValues<ChannelGroupAttr>(op.getGroups(), op.getBodies(), firstRow);
}

SmallVector<SharedValue> sextant::findSharedValues(RowFeaturesOp op) {
  return findValues<RowGroupAttr>(op.getGroups(), op.getBodies(),
                                  /*firstRow=*/0);
}

SmallVector<SharedValue> sextant::ofBlock(ArrayRef<SharedValue> values,
                                          Block &block) {
  SmallVector<SharedValue> own;
  llvm::copy_if(values, std::back_inserter(own),
                [&](const SharedValue &v) { return v.block == &block; });
  return own;
}

int64_t sextant::sharedRows(ArrayRef<SharedValue> values) {
  if (values.empty())
    return 0;
  const SharedValue &last = values.back();
  return last.row + last.count * last.op->getNumResults();
}
