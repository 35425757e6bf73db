//===- RoundingGuard.cpp - Is the expanded form safe to evaluate? ---------===//
//
// Running error analysis of the two ways to compute a score.
//
//===----------------------------------------------------------------------===//

#include "compiler/AttnToFused/Algebra/RoundingGuard.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>

using namespace sextant::algebra;

std::optional<double> sextant::algebra::roundingGrowth(
    const ScoreProgram &program, Value score, const EvaluationPlan &query,
    const EvaluationPlan &key, const Placement &placement,
    const OpaqueEvaluator &evaluator, unsigned samples, uint64_t seed) {
  std::vector<double> ratios;
  for (unsigned sample = 0; sample < samples; ++sample) {
    Sampler sampler(program, evaluator, seed + sample);
    sampler.selectRows(sample, sample);
    NumericEvaluator numeric(program, sampler);
    Rounded separated = numeric.dot(query, key);
    for (const Polynomial *placed :
         {&placement.rowConstant, &placement.keyBias, &placement.positionTerms})
      separated = separated + numeric.polynomial(*placed);
    for (const SignedValue &addend : placement.asWritten) {
      Rounded value = numeric.score(addend.value);
      separated = addend.negative ? separated - value : separated + value;
    }
    double ratio = separated.error / numeric.score(score).error;
    if (std::isfinite(ratio))
      ratios.push_back(ratio);
  }
  if (ratios.empty())
    return std::nullopt;
  llvm::sort(ratios);
  return ratios[ratios.size() / 2];
}
