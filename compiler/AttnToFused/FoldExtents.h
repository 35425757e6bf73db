//===- FoldExtents.h - Extents that features do not know -------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_ATTNTOFUSED_FOLDEXTENTS_H
#define SEXTANT_COMPILER_ATTNTOFUSED_FOLDEXTENTS_H

#include "dialect/Attn/IR/Attn.h"

namespace sextant {
/// Replaces every attn.extent whose value the fused form could not tell any
/// more. Channels become constants, as features have others than rows.
/// Fails with an error for rows that read a dynamic extent of an attention and
/// will be computed in places that know another one: rows that are a result as
/// well, and rows of several attentions. Maps that are alike and read extents
/// of different attentions are told apart, so that they stay two.
mlir::LogicalResult foldExtents(mlir::Operation *root);
} // namespace sextant

#endif // SEXTANT_COMPILER_ATTNTOFUSED_FOLDEXTENTS_H
