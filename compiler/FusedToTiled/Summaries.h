//===- Summaries.h - Bounds of what a mask reads ----------------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_FUSEDTOTILED_SUMMARIES_H
#define SEXTANT_COMPILER_FUSEDTOTILED_SUMMARIES_H

#include "dialect/Attn/IR/Attn.h"
#include "llvm/ADT/SetVector.h"

namespace sextant {

/// Adds the tensors of which the visible region of `op` sees one element a
/// query or key: positions that are no function of the row numbers, and
/// captured i32 and i1 tensors whose last index, and no other, changes within a
/// batch entry and head.
void collectSummarized(attn::FusedOp op, llvm::SetVector<mlir::Value> &sources);

/// An attn.summarize of each.
llvm::SmallVector<mlir::Value> summarize(mlir::OpBuilder &builder,
                                         mlir::Location loc,
                                         llvm::ArrayRef<mlir::Value> sources);

} // namespace sextant

#endif // SEXTANT_COMPILER_FUSEDTOTILED_SUMMARIES_H
