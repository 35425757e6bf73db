//===- Phases.cpp - The phases of compilation, in order -------------------===//

#include "compiler/Pipeline/Phases.h"

using namespace sextant;

llvm::ArrayRef<PhaseInfo> sextant::allPhases() {
  static constexpr PhaseInfo phases[] = {
#define SEXTANT_PHASE(Enum, Word, Description) {Phase::Enum, Word, Description},
#include "compiler/Pipeline/Phases.def"
  };
  return phases;
}

llvm::StringRef sextant::phaseWord(Phase phase) {
  return allPhases()[static_cast<unsigned>(phase)].word;
}

std::optional<Phase> sextant::parsePhase(llvm::StringRef word) {
  for (const PhaseInfo &info : allPhases())
    if (info.word == word)
      return info.phase;
  return std::nullopt;
}
