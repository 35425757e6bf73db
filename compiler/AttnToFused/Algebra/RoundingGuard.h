//===- RoundingGuard.h - Is the expanded form safe to evaluate? -*- C++ -*-===//
//
// Compares rounding error bounds of separated features and written programs.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_ROUNDINGGUARD_H
#define SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_ROUNDINGGUARD_H

#include "compiler/AttnToFused/Algebra/Placement.h"
#include "compiler/AttnToFused/Algebra/Sampler.h"

namespace sextant::algebra {

/// Median over random pairs of rows of (error bound of E.F and the placed
/// terms) / (error bound of the program as written). Nothing if no sample could
/// be evaluated.
std::optional<double> roundingGrowth(const ScoreProgram &program, Value score,
                                     const EvaluationPlan &query,
                                     const EvaluationPlan &key,
                                     const Placement &placement,
                                     const OpaqueEvaluator &evaluator,
                                     unsigned samples = 60, uint64_t seed = 1);

} // namespace sextant::algebra

#endif // SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_ROUNDINGGUARD_H
