//===- Strips.h - What a score map computes from the distance ---*- C++ -*-===//

#ifndef SEXTANT_COMPILER_FUSEDTOTILED_STRIPS_H
#define SEXTANT_COMPILER_FUSEDTOTILED_STRIPS_H

#include "dialect/Attn/IR/Attn.h"

namespace sextant {

/// Tabulates the largest values of the score `block` that depend on the head
/// and the distance queryPos - keyPos alone, and reads them back in the block.
/// `positions` gives the distance as a function of the row numbers. Builds
/// attn.tabulate ops with `builder`; returns the strips, captured by the block.
///
///   %d = arith.subi %m, %n                 %i = arith.addi %d, %origin
///   %y = f(%head, %d)           -->        %y = attn.read %strip[%head, %i]
llvm::SmallVector<mlir::Value> tabulateDistances(mlir::OpBuilder &builder,
                                                 mlir::Block &block,
                                                 attn::PositionsOp positions,
                                                 mlir::Value query,
                                                 mlir::Value key);

} // namespace sextant

#endif // SEXTANT_COMPILER_FUSEDTOTILED_STRIPS_H
