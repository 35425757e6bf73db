//===- Evaluate.h - Score programs over polynomials -------------*- C++ -*-===//
//
// Symbolic evaluation of a score program.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_EVALUATE_H
#define SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_EVALUATE_H

#include "compiler/AttnToFused/Algebra/Refusal.h"
#include "compiler/AttnToFused/Algebra/ScoreProgram.h"

namespace sextant::algebra {

/// How products of sums are evaluated.
enum class Expansion {
  /// Multiply out. Finds every identity, so the width is least.
  Full,
  /// A one-sided sum that enters a product becomes one atom. Sound, maybe
  /// wider, and each atom is computed as its author wrote it.
  Coarse,
};

/// Guards against programs whose expansion explodes.
struct EvaluationLimits {
  unsigned terms = 4096;
  unsigned degree = 64;
};

/// The polynomial of every value that `score` depends on; `of` indexes it.
class SymbolicValues {
public:
  const Polynomial &of(Value value) const { return values[value.index]; }

private:
  friend class SymbolicEvaluator;
  std::vector<Polynomial> values;
};

/// Fails with a Refusal that names the value at fault.
llvm::Expected<SymbolicValues> evaluate(ScoreProgram &program, Value score,
                                        Expansion expansion,
                                        const EvaluationLimits &limits = {});

} // namespace sextant::algebra

#endif // SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_EVALUATE_H
