//===- BenchOptions.h - What sextant-bench is asked to do -------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOLS_SEXTANT_BENCH_BENCHOPTIONS_H
#define SEXTANT_COMPILER_TOOLS_SEXTANT_BENCH_BENCHOPTIONS_H

#include "llvm/ADT/StringRef.h"
#include <string>

namespace sextant {

inline constexpr llvm::StringLiteral kBenchTool("sextant-bench");

struct BenchOptions {
  /// The suite of cases.
  std::string suite;
  /// A regular expression that names must match.
  std::string filter;
  /// Print names and stop.
  bool list = false;
  /// Compare with the limits of the suite, and repeat what breaks one.
  bool check = false;
  /// Where results go; "-" is standard output, empty nowhere.
  std::string json, markdown;
  /// Where libraries and the expanded cases go, instead of measuring.
  std::string prepare;
  /// Calls a process times at least, seconds after which it stops unless it
  /// has fewer, and processes a case.
  int repeat = 15;
  double seconds = 1;
  int processes = 3;
  /// Replaces what the cases say; 0 for what they say.
  int32_t threads = 0;
  /// A sextant_isa, auto for the best, and the target that makes it.
  int32_t isa = 0;
  std::string target;
  /// Words put before the command of a process, such as `taskset -c 1`.
  std::string launcher;

  /// Set in the processes that measure: the case, and where libraries and the
  /// result go.
  std::string worker, scratch;
  uint64_t seed = 0;
};

/// Reads and checks the command line; exits with kExitUsage if it is wrong.
BenchOptions parseBenchOptions(int argc, char **argv);

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOLS_SEXTANT_BENCH_BENCHOPTIONS_H
