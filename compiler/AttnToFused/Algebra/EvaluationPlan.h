//===- EvaluationPlan.h - Arithmetic for features ---------------*- C++ -*-===//
//
// A straight-line plan that computes features from atoms.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_EVALUATIONPLAN_H
#define SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_EVALUATIONPLAN_H

#include "compiler/AttnToFused/Algebra/Atom.h"

namespace sextant::algebra {

enum class PlanOp : uint8_t { Constant, Atom, Add, Sub, Mul, Neg };

struct PlanNode {
  PlanOp op = PlanOp::Constant;
  Rational constant;
  AtomId atom;
  /// The power of a decay atom; 1 for every other atom.
  int exponent = 1;
  /// Indices of earlier nodes; Neg has only `left`.
  unsigned left = 0, right = 0;
};

/// Nodes in evaluation order, each computed once.
struct EvaluationPlan {
  std::vector<PlanNode> nodes;
  /// The node of each polynomial.
  std::vector<unsigned> results;

  /// Additions, subtractions, multiplications and negations.
  unsigned operationCount() const;
};

/// Plans the polynomials together: content times position, common factors in
/// front, shared content computed once (up to sign), and y^2 - x^2 as
/// (y - x) * (y + x) and 1 + cos 2a as 2 cos^2 a, which do not cancel.
EvaluationPlan planEvaluation(const AtomTable &table,
                              llvm::ArrayRef<Polynomial> polynomials);

} // namespace sextant::algebra

#endif // SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_EVALUATIONPLAN_H
