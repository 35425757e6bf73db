//===- SoftmaxChains.h - The attentions of a function -----------*- C++ -*-===//
//
// Finds scores, maps, selects, weights and weighted sum that become one kernel.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_ATTNTOFUSED_SOFTMAXCHAINS_H
#define SEXTANT_COMPILER_ATTNTOFUSED_SOFTMAXCHAINS_H

#include "dialect/Attn/IR/Attn.h"

namespace sextant {

/// weighted_sum(scale_weights*(softmax(s)), v), or with attn.weights or
/// attn.ordered_weights in place of the softmax. s is a tree whose branches may
/// share nodes: attn.scores at the leaves, an attn.score_map or
/// attn.select_scores at every other node.
struct SoftmaxChain {
  /// The leaves, left to right: the terms of the fused op.
  llvm::SmallVector<attn::ScoresOp> terms;
  /// The other nodes; what a node reads comes before it.
  llvm::SmallVector<mlir::Operation *> maps;
  attn::WeightsOpInterface weights;
  /// In the order of application.
  llvm::SmallVector<attn::ScaleWeightsOp> gates;
  attn::WeightedSumOp sum;
  /// What is made of the sum, in the order of application (OutputMaps.h).
  llvm::SmallVector<attn::RowMapOp> outputMaps;

  /// The softmax, or null.
  attn::SoftmaxOp softmax() const {
    return llvm::dyn_cast<attn::SoftmaxOp>(
        const_cast<attn::WeightsOpInterface &>(weights).getOperation());
  }
  /// What the fused op computes.
  mlir::Value result() const {
    return outputMaps.empty()
               ? const_cast<attn::WeightedSumOp &>(sum).getResult()
               : const_cast<attn::RowMapOp &>(outputMaps.back()).getResult();
  }
  /// The log-sum-exp or remainder of the rows, or null.
  mlir::Value rowResult() const {
    mlir::Operation *op =
        const_cast<attn::WeightsOpInterface &>(weights).getOperation();
    return op->getNumResults() > 1 ? op->getResult(1) : mlir::Value();
  }
};

/// True for an op that makes rows of rows: as many, of the same heads.
bool isRowOp(mlir::Operation *op);

/// The chains below `root` in program order. Emits an error for every tensor
/// over (query, key) pairs that would have to be stored: a result of the
/// function, an operand of an unknown op, or one with two consumers.
mlir::FailureOr<std::vector<SoftmaxChain>>
findSoftmaxChains(mlir::Operation *root);

/// The size of a tensor over (query, key) pairs, for messages:
/// "B*H*M*N*64 elements", or a number and bytes if all extents are known.
std::string describeSize(mlir::RankedTensorType type);

} // namespace sextant

#endif // SEXTANT_COMPILER_ATTNTOFUSED_SOFTMAXCHAINS_H
