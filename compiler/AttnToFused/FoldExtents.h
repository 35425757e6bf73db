//===- FoldExtents.h - Extents that features do not know -------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_ATTNTOFUSED_FOLDEXTENTS_H
#define SEXTANT_COMPILER_ATTNTOFUSED_FOLDEXTENTS_H

#include "dialect/Attn/IR/Attn.h"

namespace sextant {
/// Replaces every attn.extent whose value the fused form could not tell any
/// more. Channels become constants, as features have others than rows.
/// Fails with an error for rows that are both part of an attention and a result
/// and read a dynamic extent of its other side: stored alone, they no longer
/// know which attention they were part of.
mlir::LogicalResult foldExtents(mlir::Operation *root);
} // namespace sextant

#endif // SEXTANT_COMPILER_ATTNTOFUSED_FOLDEXTENTS_H
