//===- RunOptions.h - What sextant-run is asked to do -----------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOLS_SEXTANT_RUN_RUNOPTIONS_H
#define SEXTANT_COMPILER_TOOLS_SEXTANT_RUN_RUNOPTIONS_H

#include "compiler/Pipeline/Phases.h"
#include "compiler/Target/TargetRegistry.h"
#include "compiler/tools/Driver/InputGuard.h"
#include "llvm/ADT/SmallVector.h"
#include <string>
#include <vector>

namespace sextant {

inline constexpr llvm::StringLiteral kRunTool("sextant-run");

struct RunOptions {
  /// The program or the library, and whether it is a library.
  std::string file;
  bool isLibrary = false;
  std::vector<std::string> inputs, outputs;
  std::string entry;
  /// The form the program is in: attn or fused.
  Phase from = Phase::Attn;
  TargetSet targets;
  InputLimits limits;
  bool reference = false, check = false, bench = false;
  bool isRandom = false;
  std::vector<llvm::SmallVector<int64_t, 5>> shapes;
  uint64_t seed = 0;
  int32_t threads = 1;
};

/// Reads and checks the command line; exits with kExitUsage if it is wrong.
RunOptions parseRunOptions(int argc, char **argv);

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOLS_SEXTANT_RUN_RUNOPTIONS_H
