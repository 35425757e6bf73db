//===- FusedAnalysis.h - What is known about one attention ------*- C++ -*-===//
//
// The separated form of a softmax chain, for the pass and for --explain.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_ATTNTOFUSED_FUSEDANALYSIS_H
#define SEXTANT_COMPILER_ATTNTOFUSED_FUSEDANALYSIS_H

#include "compiler/AttnToFused/ScoreTranslation.h"
#include "compiler/AttnToFused/SoftmaxChains.h"

namespace sextant {

/// One family of channel groups, separated.
struct SeparatedFamily {
  ChannelFamily family;
  PairProgram pair;
  ScoreTranslation translation;
  algebra::ScoreAnalysis analysis;
  /// Query terms that softmax cancels were left out.
  bool droppedRowConstant = false;

  unsigned width() const { return analysis.separation.width(); }
};

/// The families of one attn.scores.
struct SeparatedTerm {
  attn::ScoresOp scores;
  std::vector<SeparatedFamily> families;
};

struct FusedAnalysis {
  SoftmaxChain chain;
  RowPositions positions;
  std::vector<SeparatedTerm> terms;
};

/// Separates the scores of a chain. Emits an error that names the op at fault,
/// the evidence and the memory of the unseparated form; warns where pairings of
/// channels disagree and where positions become features.
mlir::FailureOr<FusedAnalysis> analyzeChain(const SoftmaxChain &chain);

} // namespace sextant

#endif // SEXTANT_COMPILER_ATTNTOFUSED_FUSEDANALYSIS_H
