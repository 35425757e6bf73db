//===- FoldFactors.h - Factors of scores ------------------------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_ATTNTOFUSED_FOLDFACTORS_H
#define SEXTANT_COMPILER_ATTNTOFUSED_FOLDFACTORS_H

#include "mlir/IR/Operation.h"

namespace sextant {
/// Moves a constant by which a score map multiplies the dot product, before all
/// else, into the scale of attn.scores: once a query row instead of once a
/// pair.
void foldFactors(mlir::Operation *root);
} // namespace sextant

#endif // SEXTANT_COMPILER_ATTNTOFUSED_FOLDFACTORS_H
