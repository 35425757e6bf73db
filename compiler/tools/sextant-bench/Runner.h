//===- Runner.h - Processes that measure ------------------------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOLS_SEXTANT_BENCH_RUNNER_H
#define SEXTANT_COMPILER_TOOLS_SEXTANT_BENCH_RUNNER_H

#include "compiler/tools/sextant-bench/BenchOptions.h"
#include "compiler/tools/sextant-bench/Results.h"

namespace sextant {

/// Starts this tool again for each process of each case and collects what they
/// print. A process that crashes ends this one.
class Runner {
public:
  /// `self` is the path of this tool.
  Runner(const BenchOptions &options, std::string self);
  ~Runner() { cleanUp(); }

  CaseResult run(const BenchCase &what);

private:
  void cleanUp();
  bool runProcess(uint64_t number, CaseResult &result);

  const BenchOptions &options;
  std::string self, scratch;
  llvm::SmallVector<std::string> launcher;
};

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOLS_SEXTANT_BENCH_RUNNER_H
