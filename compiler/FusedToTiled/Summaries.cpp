//===- Summaries.cpp - Bounds of what a mask reads ------------------------===//

#include "compiler/FusedToTiled/Summaries.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

/// The values of `block` that follow from batch entry and head alone.
static llvm::DenseSet<Value> fixedValues(Block &block) {
  llvm::DenseSet<Value> changing;
  for (BlockArgument argument : block.getArguments().drop_front(2))
    changing.insert(argument);
  llvm::DenseSet<Value> fixed{block.getArgument(0), block.getArgument(1)};
  for (Operation &op : block.without_terminator()) {
    bool changes = llvm::any_of(op.getOperands(), [&](Value operand) {
      return changing.contains(operand);
    });
    for (Value result : op.getResults())
      (changes ? changing : fixed).insert(result);
  }
  return fixed;
}

/// A dense mask, indexed by query and key, has no summary: it would take as
/// long as reading the mask.
static bool readsOneAToken(ReadOp read, const llvm::DenseSet<Value> &fixed) {
  auto type = llvm::cast<RankedTensorType>(read.getTensor().getType());
  if (!type.getElementType().isInteger(32) &&
      !type.getElementType().isInteger(1))
    return false;
  // Constants may stand outside the region.
  auto isFixed = [&](Value index) {
    return fixed.contains(index) || index.getDefiningOp<arith::ConstantOp>();
  };
  auto indices = read.getIndices();
  return !indices.empty() && llvm::all_of(indices.drop_back(), isFixed) &&
         !isFixed(indices.back());
}

void sextant::collectSummarized(FusedOp op, llvm::SetVector<Value> &sources) {
  if (op.getVisible().empty())
    return;
  Block &block = op.getVisible().front();
  auto positions = block.getArguments().take_back(2);
  for (auto [argument, tensor] : {std::pair(positions[0], op.getQueryPos()),
                                  std::pair(positions[1], op.getKeyPos())})
    if (tensor && !argument.use_empty() && !tensor.getDefiningOp<PositionsOp>())
      sources.insert(tensor);
  llvm::DenseSet<Value> fixed = fixedValues(block);
  for (ReadOp read : block.getOps<ReadOp>())
    if (readsOneAToken(read, fixed))
      sources.insert(read.getTensor());
}

SmallVector<Value> sextant::summarize(OpBuilder &builder, Location loc,
                                      ArrayRef<Value> sources) {
  SmallVector<Value> summaries;
  for (Value source : sources) {
    auto type = llvm::cast<RankedTensorType>(source.getType());
    summaries.push_back(SummarizeOp::create(
        builder, loc, SummarizeOp::resultTypeOf(type), source));
  }
  return summaries;
}
