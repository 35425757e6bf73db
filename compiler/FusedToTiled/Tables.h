//===- Tables.h - What need not be computed for a pair ----------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_FUSEDTOTILED_TABLES_H
#define SEXTANT_COMPILER_FUSEDTOTILED_TABLES_H

#include "dialect/Attn/IR/Attn.h"

namespace sextant {

/// Tabulates the largest values of the score, weight and gate regions of `op`
/// that follow from one row, or from the head and the distance queryPos -
/// keyPos, and reads them back in the region. A table has the axes that its
/// value depends on and no other; what a load would replace at no gain stays.
/// Distances count where both positions are functions of the row numbers.
///
///   %d = arith.subi %m, %n                 %i = arith.addi %d, %origin
///   %y = f(%head, %d)           -->        %y = attn.read %strip[%head, %i]
///
///   %y = f(%batch, %keyIndex)   -->        %y = attn.read %t[%batch, 0, %j]
void tabulatePairValues(mlir::OpBuilder &builder, attn::FusedOp op);

} // namespace sextant

#endif // SEXTANT_COMPILER_FUSEDTOTILED_TABLES_H
