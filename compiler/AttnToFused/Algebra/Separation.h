//===- Separation.h - Score = E(query) . F(key) -----------------*- C++ -*-===//
//
// Exact separation of a score polynomial into query and key features.
//
// How the library is used. A caller that wants to turn a pairwise score into a
// dot product of row features goes through four steps:
//
//   1. Write the score of one channel group as a ScoreProgram: one call for
//      each scalar operation, with the caller's own ids as payloads.
//        ScoreProgram program;
//        Value x = program.input(Side::Query, {"x", valueOfX});
//        auto [c, s] = program.turn(Side::Query, program.angle(attr, ""));
//        ...
//      Rotations are announced by `turn`, or found in `rotationBy` and `exp`
//      when an angle is position * parameter. An op that is no polynomial is
//      `opaque`; it is refused later if it reads both rows.
//   2. Call `analyze(program, score, options)` (Analysis.h). It evaluates the
//      program over polynomials, expanded and coarse, separates both, takes the
//      expanded form unless it would round badly, and adds what is known about
//      the result: the terms that should not become features (Placement.h),
//      what a key cache can hold (CacheForm.h), translation invariance
//      (Invariance.h), a lower bound on the width (SampledRank.h).
//      An llvm::Error carries a Refusal (Refusal.h): the value at fault with
//      its payload, the operands, a message.
//   3. Turn features into code with `planEvaluation` (EvaluationPlan.h): a
//      list of constants, atoms, additions, subtractions, multiplications and
//      negations in evaluation order; the node of each feature is in `results`.
//   4. An atom of the plan is a leaf the caller must compute. By kind:
//        Input, Parameter  program[atom.value] has the payload.
//        Opaque, OneSidedSum  the value of `atom.value` as written: clone its
//                      slice. Both read one row only.
//        Reciprocal, Exponential, Cos and Sin with an operand
//                      apply 1/x, exp, cos or sin(harmonic * x) to the plan of
//                      `atom.operands[0]`.
//        Cos, Sin      cos or sin(harmonic * angle * position) on the row;
//                      table[atom.symbol] has the caller's key of the angle, or
//                      the plan-able polynomial `frequency` if it was derived.
//        Decay         base^(exponent * position); exponent is the plan node's.
//        Position      the row's position on the axis table[atom.symbol].
//
// Why the width is least. The score is a sum over C[a][b] f_a(query) g_b(key)
// with independent f and independent g, so every exact form, polynomial or
// not, needs rank C products. Independence holds for generic angles and free
// opaque outputs; hidden relations can only make the result wider than needed,
// never wrong. `separate` multiplies E.F out and compares with the score in
// every build.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_SEPARATION_H
#define SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_SEPARATION_H

#include "compiler/AttnToFused/Algebra/Refusal.h"

namespace sextant::algebra {

struct SeparationLimits {
  /// Most features of one group; 0 means four for each content atom of the
  /// side that has more. Beyond, a dot product costs more than the pairwise
  /// expression.
  unsigned width = 0;
  /// Most bases tried on each side.
  unsigned bases = 400;
};

/// score = sum_i queryFeatures[i] * keyFeatures[i], of least width.
struct Separation {
  /// The score in the harmonic basis.
  Polynomial score;
  /// Functions of the query row (and of parameters).
  std::vector<Polynomial> queryFeatures;
  /// Functions of the key row (and of parameters), with integer coefficients
  /// without common factor; scales are on the query side.
  std::vector<Polynomial> keyFeatures;
  /// Distinct query and key monomials of the score.
  unsigned queryMonomials = 0, keyMonomials = 0;

  unsigned width() const { return queryFeatures.size(); }
};

/// Separates a score in normal form. Fails with TooWide past the width guard.
llvm::Expected<Separation> separate(AtomTable &table, const Polynomial &score,
                                    const SeparationLimits &limits = {});

/// E.F - score: zero for every separation.
Polynomial residual(const Separation &separation);

} // namespace sextant::algebra

#endif // SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_SEPARATION_H
