//===- Analysis.cpp - Everything known about one score --------------------===//
//
// The order: evaluate, place, separate, guard, cache form, invariance.
//
//===----------------------------------------------------------------------===//

#include "compiler/AttnToFused/Algebra/Analysis.h"
#include "compiler/AttnToFused/Algebra/Harmonics.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

using namespace sextant::algebra;
using llvm::Expected;

/// Evaluates and separates in one of the two forms; fills the fields of the
/// analysis that depend on the form.
static Expected<ScoreAnalysis> separateAs(Expansion expansion,
                                          ScoreProgram &program, Value score,
                                          const AnalysisOptions &options) {
  Expected<SymbolicValues> values =
      evaluate(program, score, expansion, options.evaluation);
  if (!values)
    return values.takeError();
  AtomTable &table = program.atoms();
  ScoreAnalysis result;
  result.expansion = expansion;
  if (options.placeTerms)
    result.placement = placeTerms(program, score, *values);
  else
    result.placement.features = values->of(score);
  Expected<Separation> separation =
      separate(table, result.placement.features, options.separation);
  if (!separation)
    return separation.takeError();
  result.separation = std::move(*separation);
  result.score = toHarmonics(table, values->of(score));
  result.queryPlan = planEvaluation(table, result.separation.queryFeatures);
  result.keyPlan = planEvaluation(table, result.separation.keyFeatures);
  result.roundingGrowth = roundingGrowth(
      program, score, result.queryPlan, result.keyPlan, result.placement,
      options.opaque, options.guardSamples, options.seed);
  return result;
}

/// Keeps the refusals that a less expanded form cannot lift.
static llvm::Error keepFinal(llvm::Error error, std::string &reason) {
  return llvm::handleErrors(
      std::move(error), [&](std::unique_ptr<Refusal> refusal) -> llvm::Error {
        if (refusal->reason != RefusalReason::TooManyTerms &&
            refusal->reason != RefusalReason::TooWide)
          return llvm::Error(std::move(refusal));
        reason = refusal->message;
        return llvm::Error::success();
      });
}

/// Adds the sampled rank to the refusal.
static llvm::Error withEvidence(llvm::Error error, const ScoreProgram &program,
                                Value score, const AnalysisOptions &options) {
  return llvm::handleErrors(
      std::move(error), [&](std::unique_ptr<Refusal> refusal) -> llvm::Error {
        if (std::optional<unsigned> rank =
                sampledRank(program, score, options.opaque, options.rankSamples,
                            options.seed)) {
          refusal->sampledRank = *rank;
          refusal->sampleSize = options.rankSamples;
        }
        return llvm::Error(std::move(refusal));
      });
}

/// The expanded form unless a guard trips or it would round badly.
static Expected<ScoreAnalysis> chooseForm(ScoreProgram &program, Value score,
                                          const AnalysisOptions &options) {
  std::string reason;
  Expected<ScoreAnalysis> full =
      separateAs(Expansion::Full, program, score, options);
  bool expandable = static_cast<bool>(full);
  if (!full)
    if (llvm::Error error = keepFinal(full.takeError(), reason))
      return std::move(error);

  Expected<ScoreAnalysis> coarse =
      separateAs(Expansion::Coarse, program, score, options);
  if (!coarse) {
    if (!expandable)
      return coarse.takeError();
    llvm::consumeError(coarse.takeError());
    return full;
  }
  coarse->coarseWidth = coarse->separation.width();
  if (expandable) {
    full->coarseWidth = coarse->coarseWidth;
    // Both are the same function; the expansion hides nothing from proofs.
    coarse->score = full->score;
    double growth = full->roundingGrowth.value_or(1);
    if (growth <= options.growthLimit)
      return full;
    llvm::raw_string_ostream(reason)
        << "the expanded form would lose a factor "
        << llvm::format("%.0e", growth) << " in accuracy";
  }
  coarse->coarseReason = std::move(reason);
  return coarse;
}

Expected<ScoreAnalysis>
sextant::algebra::analyze(ScoreProgram &program, Value score,
                          const AnalysisOptions &options) {
  Expected<ScoreAnalysis> chosen = chooseForm(program, score, options);
  if (!chosen)
    return withEvidence(chosen.takeError(), program, score, options);
  ScoreAnalysis &result = *chosen;
  const AtomTable &table = program.atoms();
  result.cache = cacheForm(table, result.separation.keyFeatures);
  result.orbit = findOrbit(table, result.separation.keyFeatures);
  result.invariance = testInvariance(table, result.score);
  if (result.invariance.verdict == Verdict::NotInvariant ||
      result.invariance.verdict == Verdict::Unknown)
    result.invariance.witness = findShiftWitness(
        program, score, options.opaque, options.witnessDraws, options.seed);
  result.sampledRank = sampledRank(program, score, options.opaque,
                                   options.rankSamples, options.seed);
  return chosen;
}
