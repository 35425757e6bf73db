//===- SharedValues.h - What rows need for every head -----------*- C++ -*-===//
//
// Angles, and whatever else a feature region computes from the row but not from
// the head, are worth computing once for all heads: a cosine costs as much as
// dozens of multiplications.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_TILEDTOVECTOR_SHAREDVALUES_H
#define SEXTANT_COMPILER_TILEDTOVECTOR_SHAREDVALUES_H

#include "dialect/Attn/IR/Attn.h"

namespace sextant {

/// An op of a feature region whose results are kept. Result r of group g lies
/// in row `row + r * count + g` of the table.
struct SharedValue {
  mlir::Block *block;
  mlir::Operation *op;
  int64_t count;
  int64_t row;
};

/// The costly ops that depend on the row and not on the head or a member, where
/// something that does depend on them reads the result. Their rows of the table
/// begin at `firstRow`.
llvm::SmallVector<SharedValue> findSharedValues(attn::TileFeaturesOp op,
                                                int64_t firstRow);
llvm::SmallVector<SharedValue> findSharedValues(attn::RowFeaturesOp op);

/// Those of a block.
llvm::SmallVector<SharedValue> ofBlock(llvm::ArrayRef<SharedValue> values,
                                       mlir::Block &block);

/// Rows of a table that holds them.
int64_t sharedRows(llvm::ArrayRef<SharedValue> values);

} // namespace sextant

#endif // SEXTANT_COMPILER_TILEDTOVECTOR_SHAREDVALUES_H
