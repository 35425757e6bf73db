//===- VisiblePairs.h - How many pairs a mask leaves ------------*- C++ -*-===//

#ifndef SEXTANT_DIALECT_ATTN_REFERENCE_VISIBLEPAIRS_H
#define SEXTANT_DIALECT_ATTN_REFERENCE_VISIBLEPAIRS_H

#include "dialect/Attn/IR/Attn.h"
#include "dialect/Attn/Reference/Tensor.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace sextant::attn {

/// The work of one attn.fused in a call.
struct FusedWork {
  FusedOp op;
  /// Visible (query, key) pairs of all heads and batch entries.
  double visiblePairs;
};

/// Counts the visible pairs of every attn.fused of `func`: exactly in up to
/// `rowsPerHead` evenly spaced query rows of each head, scaled to all rows.
/// Inputs as for runReference.
mlir::FailureOr<llvm::SmallVector<FusedWork>>
countVisiblePairs(mlir::func::FuncOp func, llvm::ArrayRef<HostTensor> inputs,
                  int64_t rowsPerHead);

} // namespace sextant::attn

#endif // SEXTANT_DIALECT_ATTN_REFERENCE_VISIBLEPAIRS_H
