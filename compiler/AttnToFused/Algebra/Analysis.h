//===- Analysis.h - Everything known about one score ------------*- C++ -*-===//
//
// The whole analysis of a channel group's score, from program to features.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_ANALYSIS_H
#define SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_ANALYSIS_H

#include "compiler/AttnToFused/Algebra/CacheForm.h"
#include "compiler/AttnToFused/Algebra/Invariance.h"
#include "compiler/AttnToFused/Algebra/RoundingGuard.h"
#include "compiler/AttnToFused/Algebra/SampledRank.h"
#include "compiler/AttnToFused/Algebra/Separation.h"

namespace sextant::algebra {

struct AnalysisOptions {
  EvaluationLimits evaluation;
  SeparationLimits separation;
  /// Without it, programs with opaque ops are not sampled: no rounding guard,
  /// no sampled rank, no witness.
  OpaqueEvaluator opaque;
  /// Keep row constants, key biases and position terms out of the features.
  bool placeTerms = true;
  /// Three bits: how much worse than the program as written the expanded form
  /// may round.
  double growthLimit = 8;
  /// How much is sampled; 0 leaves that evidence out.
  unsigned guardSamples = 60, rankSamples = 12, witnessDraws = 50;
  uint64_t seed = 1;
};

struct ScoreAnalysis {
  /// Which form the features have, and why if it is not the expanded one.
  Expansion expansion = Expansion::Full;
  std::string coarseReason;
  /// The normal form of the whole score, in harmonics.
  Polynomial score;
  Placement placement;
  Separation separation;
  EvaluationPlan queryPlan, keyPlan;
  /// Width without expansion; nothing if that form does not separate.
  std::optional<unsigned> coarseWidth;
  std::optional<double> roundingGrowth;
  std::optional<CacheForm> cache;
  std::optional<Orbit> orbit;
  Invariance invariance{Verdict::Invariant, std::nullopt, ""};
  std::optional<unsigned> sampledRank;
};

/// Fails with a Refusal that carries the sampled rank where there is one.
llvm::Expected<ScoreAnalysis> analyze(ScoreProgram &program, Value score,
                                      const AnalysisOptions &options = {});

} // namespace sextant::algebra

#endif // SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_ANALYSIS_H
