//===- RunOptions.h - What sextant-run is asked to do -----------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOLS_SEXTANT_RUN_RUNOPTIONS_H
#define SEXTANT_COMPILER_TOOLS_SEXTANT_RUN_RUNOPTIONS_H

#include "compiler/tools/Execution/ExecutionOptions.h"

namespace sextant {

inline constexpr llvm::StringLiteral kRunTool("sextant-run");

/// What --show draws.
enum class Picture { None, Mask, Bias, Decay, Tiles };

struct RunOptions : ExecutionOptions {
  /// Whether `file` is a library.
  bool isLibrary = false;
  /// The program to interpret: `file`, or what --program says a library holds.
  std::string program;
  std::vector<std::string> outputs;
  bool reference = false, check = false, bench = false;
  Picture show = Picture::None;
  int64_t head = 0;
};

/// Reads and checks the command line; exits with kExitUsage if it is wrong.
RunOptions parseRunOptions(int argc, char **argv);

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOLS_SEXTANT_RUN_RUNOPTIONS_H
