//===- ExecutionOptions.h - What to run, on what ----------------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOLS_EXECUTION_EXECUTIONOPTIONS_H
#define SEXTANT_COMPILER_TOOLS_EXECUTION_EXECUTIONOPTIONS_H

#include "compiler/Pipeline/Phases.h"
#include "compiler/Target/TargetRegistry.h"
#include "compiler/tools/Driver/InputGuard.h"
#include "llvm/ADT/SmallVector.h"
#include <optional>
#include <string>
#include <vector>

namespace sextant {

using Shape = llvm::SmallVector<int64_t, 5>;

/// "1x8x2048x64" as extents, "" as those of a scalar; none if it is no shape.
std::optional<Shape> parseShape(llvm::StringRef text);

/// One kernel, and the tensors and threads it gets.
struct ExecutionOptions {
  /// The program or the library.
  std::string file;
  /// The kernel; empty for the only one.
  std::string entry;
  /// The form the program is in: attn or fused.
  Phase from = Phase::Attn;
  TargetSet targets;
  InputLimits limits;
  /// Inputs are read from `inputs` or made, one shape for each argument.
  bool isRandom = false;
  std::vector<std::string> inputs;
  std::vector<Shape> shapes;
  uint64_t seed = 0;
  int32_t threads = 1;
  /// A sextant_isa; auto takes what SEXTANT_ISA says.
  int32_t isa = 0;
};

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOLS_EXECUTION_EXECUTIONOPTIONS_H
