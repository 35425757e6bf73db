//===- SampledRank.h - Numeric evidence about a score -----------*- C++ -*-===//
//
// Sampled rank, rounding growth and witnesses, from evaluation on random rows.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_SAMPLEDRANK_H
#define SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_SAMPLEDRANK_H

#include "compiler/AttnToFused/Algebra/Sampler.h"

namespace sextant::algebra {

/// Numeric rank of a `size` x `size` matrix of scores: a lower bound, up to its
/// threshold, on the width of any exact form; capped by the size. Nothing if
/// the program cannot be evaluated on the sample.
std::optional<unsigned> sampledRank(const ScoreProgram &program, Value score,
                                    const OpaqueEvaluator &evaluator,
                                    unsigned size = 12, uint64_t seed = 1);

/// Draws rows, positions and shifts and returns the first pair of scores that
/// differ by more than rounding, as text; empty if none was found.
std::string findShiftWitness(const ScoreProgram &program, Value score,
                             const OpaqueEvaluator &evaluator,
                             unsigned draws = 50, uint64_t seed = 1);

} // namespace sextant::algebra

#endif // SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_SAMPLEDRANK_H
