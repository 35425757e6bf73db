//===- ScoreTranslation.h - Scalar IR as a score program --------*- C++ -*-===//
//
// Hands a pair program to the algebra, and remembers what came from where.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_ATTNTOFUSED_SCORETRANSLATION_H
#define SEXTANT_COMPILER_ATTNTOFUSED_SCORETRANSLATION_H

#include "compiler/AttnToFused/Algebra/Analysis.h"
#include "compiler/AttnToFused/PairProgram.h"

namespace sextant {

/// A pair program for the algebra. Leaves carry the opaque pointer of their
/// mlir::Value as payload, all other nodes their mlir::Operation.
struct ScoreTranslation {
  algebra::ScoreProgram program;
  algebra::Value score;
  /// The value of each program node, by index; null for helper nodes.
  std::vector<mlir::Value> sources;
  /// The frequency of each declared angle by (frequency, axis): one frequency
  /// on two axes makes two angles. The address of an entry is the symbol's key.
  std::map<std::pair<const void *, unsigned>, mlir::Value> frequencies;

  mlir::Value source(algebra::Value value) const {
    return value.index < sources.size() ? sources[value.index] : mlir::Value();
  }
};

ScoreTranslation translateScore(PairProgram &pair,
                                const RowPositions &positions);

/// Computes opaque nodes of a translation by folding their op on constants.
double foldOpaque(const algebra::ProgramNode &node,
                  llvm::ArrayRef<double> operands);

} // namespace sextant

#endif // SEXTANT_COMPILER_ATTNTOFUSED_SCORETRANSLATION_H
