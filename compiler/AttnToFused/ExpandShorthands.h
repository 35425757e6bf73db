//===- ExpandShorthands.h - Shorthand ops become general ones ---*- C++ -*-===//
//
// Step 0 of attn-to-fused.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_ATTNTOFUSED_EXPANDSHORTHANDS_H
#define SEXTANT_COMPILER_ATTNTOFUSED_EXPANDSHORTHANDS_H

#include "mlir/IR/Operation.h"

namespace sextant {

/// Replaces every op below `root` that offers ExpandOpInterface by its general
/// form, until none is left, then merges equal ops and drops dead ones.
mlir::LogicalResult expandShorthands(mlir::Operation *root);

/// Merges equal pure ops below `root` and erases dead ones.
void simplify(mlir::Operation *root);

} // namespace sextant

#endif // SEXTANT_COMPILER_ATTNTOFUSED_EXPANDSHORTHANDS_H
