//===- Phases.h - The phases of compilation, in order -----------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_PIPELINE_PHASES_H
#define SEXTANT_COMPILER_PIPELINE_PHASES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <optional>

namespace sextant {

/// A form of the program; a later one compares greater.
enum class Phase {
#define SEXTANT_PHASE(Enum, Word, Description) Enum,
#include "compiler/Pipeline/Phases.def"
};

struct PhaseInfo {
  Phase phase;
  llvm::StringRef word;
  llvm::StringRef description;
};

/// All phases in order.
llvm::ArrayRef<PhaseInfo> allPhases();

/// The word of a phase: "fused".
llvm::StringRef phaseWord(Phase phase);

/// The phase of a word.
std::optional<Phase> parsePhase(llvm::StringRef word);

} // namespace sextant

#endif // SEXTANT_COMPILER_PIPELINE_PHASES_H
