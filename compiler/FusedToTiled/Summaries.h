//===- Summaries.h - Bounds of what a mask reads ----------------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_FUSEDTOTILED_SUMMARIES_H
#define SEXTANT_COMPILER_FUSEDTOTILED_SUMMARIES_H

#include "dialect/Attn/IR/Attn.h"

namespace sextant {

/// Builds an attn.summarize for each tensor of which the visible region of `op`
/// sees one element a query or key: positions that are no function of the row
/// numbers, and captured i32 and i1 tensors whose last index, and no other,
/// changes within a batch entry and head. Returns the summaries.
llvm::SmallVector<mlir::Value> summarizeForVisible(mlir::OpBuilder &builder,
                                                   attn::FusedOp op);

} // namespace sextant

#endif // SEXTANT_COMPILER_FUSEDTOTILED_SUMMARIES_H
