//===- Products.cpp - Which products of a kernel are of bf16 --------------===//

#include "compiler/TiledToVector/Products.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

TileProducts::TileProducts(ForTilesOp op, const Target &target) {
  std::optional<ScheduleAttr> given = op.getSchedule();
  Products products = given ? given->getProducts() : Products::Target;
  bool isUsed = products == Products::BF16 || products == Products::Blocks ||
                (products == Products::Target && target.hasBf16Dot);
  // Keys and values are taken two by two.
  bool isEven =
      !given || (given->getKeyRows() % 2 == 0 && given->getKeyLeaf() % 2 == 0);
  pairsOfFeatures = isUsed && op.getBf16Features();
  // Values that a kernel of this function makes are f32 in memory.
  pairsOfWeights =
      isUsed && isEven && op.getBf16Weights() && isBF16(op.getValue());
  // Keys are taken by blocks of rows, of which leaves are made.
  bool fits = !given || (given->getKeyLeaf() % kBlockRows == 0 &&
                         kBlockRows % given->getKeyRows() == 0);
  bool byBlocks = products == Products::Blocks ||
                  (products == Products::Target && target.hasBlockDot && fits);
  blocksOfFeatures = byBlocks && pairsOfFeatures;
  blocksOfWeights = byBlocks && pairsOfWeights;
}

Type sextant::storedElement(Value tensor, const Target &target) {
  Type element =
      llvm::cast<RankedTensorType>(tensor.getType()).getElementType();
  if (!tensor.getDefiningOp<RowFeaturesOp>() || tensor.use_empty())
    return element;
  for (OpOperand &use : tensor.getUses()) {
    auto tiles = llvm::dyn_cast<ForTilesOp>(use.getOwner());
    if (!tiles || !TileProducts(tiles, target).pairsOfFeatures ||
        llvm::count(tiles->getOperands(), tensor) !=
            llvm::count(tiles.getKeys(), tensor))
      return element;
  }
  return BFloat16Type::get(tensor.getContext());
}
