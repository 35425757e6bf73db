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

/// What a declared angle is computed from, beside the position.
struct AngleSource {
  mlir::Value frequency;
  bool f32Angles;
};

/// A pair program for the algebra. Leaves carry the opaque pointer of their
/// mlir::Value as payload, all other nodes their mlir::Operation.
struct ScoreTranslation {
  algebra::ScoreProgram program;
  algebra::Value score;
  /// The value of each program node, by index; null for helper nodes.
  std::vector<mlir::Value> sources;
  /// Each declared angle by (frequency, axis, rounding): one frequency on two
  /// axes makes two angles. The address of an entry is the symbol's key.
  std::map<std::tuple<const void *, unsigned, bool>, AngleSource> angles;

  /// Whether some angle is that of a product rounded to f32.
  bool roundsAngles() const {
    return llvm::any_of(angles,
                        [](const auto &at) { return at.second.f32Angles; });
  }
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
