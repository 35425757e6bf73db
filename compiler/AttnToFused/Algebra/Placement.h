//===- Placement.h - Terms that should not become features ------*- C++ -*-===//
//
// Splits a score into features, row constants, key biases and position terms.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_PLACEMENT_H
#define SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_PLACEMENT_H

#include "compiler/AttnToFused/Algebra/Evaluate.h"

namespace sextant::algebra {

/// An addend of the score, kept as its author wrote it.
struct SignedValue {
  Value value;
  bool negative;
};

/// score = features + rowConstant + keyBias + positionTerms + sum of
/// asWritten. Over several groups of one program, add the parts up: all row
/// constants make one feature with key part 1, all key biases one with query
/// part 1.
struct Placement {
  /// Terms that read both rows and content of at least one: to be separated.
  Polynomial features;
  /// Content of the query row only: softmax drops it, a log-sum-exp or an
  /// extra logit does not.
  Polynomial rowConstant;
  /// Content of the key row only.
  Polynomial keyBias;
  /// No content on either side: as features they would lose the precision of
  /// large positions, so they stay in the score region. Of those that are
  /// whole addends of the program, `asWritten` has the program values and
  /// `positionTerms` has nothing.
  Polynomial positionTerms;
  std::vector<SignedValue> asWritten;
};

/// Splits the polynomial of a score; `asWritten` stays empty.
Placement placeTerms(const AtomTable &table, const Polynomial &score);

/// Splits a score after setting aside the addends of the program without
/// content.
Placement placeTerms(const ScoreProgram &program, Value score,
                     const SymbolicValues &values);

} // namespace sextant::algebra

#endif // SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_PLACEMENT_H
