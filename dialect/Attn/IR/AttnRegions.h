//===- AttnRegions.h - What scalar regions may contain ----------*- C++ -*-===//

#ifndef SEXTANT_DIALECT_ATTN_IR_ATTNREGIONS_H
#define SEXTANT_DIALECT_ATTN_IR_ATTNREGIONS_H

#include "dialect/Attn/IR/Attn.h"

namespace sextant::attn {

/// Checks a region of `elements` f32 arguments followed by `coordinates` i32
/// ones that yields f32 values: one block, pure ops of the closed list.
mlir::LogicalResult verifyScalarRegion(mlir::Operation *op,
                                       mlir::Region &region, unsigned elements,
                                       unsigned coordinates);

/// Checks a predicate over the pair coordinates, called `name` in messages; it
/// yields one i1.
mlir::LogicalResult verifyPredicateRegion(mlir::Operation *op,
                                          mlir::Region &region,
                                          llvm::StringRef name,
                                          bool hasPositions);

/// Checks a region (position, batch, index) -> i32.
mlir::LogicalResult verifyPositionRegion(mlir::Operation *op,
                                         mlir::Region &region);

/// Checks a region of `elements` f32 arguments and the pair coordinates that
/// yields one number.
mlir::LogicalResult verifyPairNumber(mlir::Operation *op, mlir::Region &region,
                                     unsigned elements, bool hasPositions);

/// Checks a region of a score and the pair coordinates that yields what a key
/// takes and what it leaves (ordered_weights_c1).
mlir::LogicalResult verifyKeyShare(mlir::Operation *op, mlir::Region &region,
                                   bool hasPositions);

/// Checks a region of the coordinates of a query row (batch, head, queryIndex,
/// queryPos) that yields at least one number (extra_c1, extra_c2).
mlir::LogicalResult verifyExtraLogits(mlir::Operation *op, mlir::Region &region,
                                      bool hasPositions);

/// Checks a region of an element of an output row and the coordinates of a row
/// that yields one number (fused_c15, fused_c16).
mlir::LogicalResult verifyOutputMap(mlir::Operation *op, mlir::Region &region,
                                    bool hasPositions);

/// Checks that the trailing queryPos and keyPos of a pair region are unused if
/// the op has no positions.
mlir::LogicalResult verifyPositionUses(mlir::Operation *op,
                                       mlir::Region &region, bool hasPositions);

/// Checks that the region reads nothing from outside but constants and, through
/// attn.read, tensors (region_c6).
mlir::LogicalResult verifyOutsideValues(mlir::Operation *op,
                                        mlir::Region &region);

/// True if `op` may stand in a scalar region: arith, the closed list of math
/// ops, attn.read, attn.extent, attn.cos_sin.
bool isScalarRegionOp(mlir::Operation *op);

/// The closed list, for messages.
llvm::StringRef scalarRegionOps();

/// True for functions that take many instructions: exp, log, cos, ...
bool isElementaryFunction(mlir::Operation *op);

} // namespace sextant::attn

#endif // SEXTANT_DIALECT_ATTN_IR_ATTNREGIONS_H
