//===- Results.h - What was measured ----------------------------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOLS_SEXTANT_BENCH_RESULTS_H
#define SEXTANT_COMPILER_TOOLS_SEXTANT_BENCH_RESULTS_H

#include "compiler/tools/sextant-bench/Suite.h"

namespace sextant {

/// What one process found out about a case.
struct ProcessResult {
  std::string library, entry, isa;
  std::vector<std::string> argumentTypes;
  /// Of a call; 0 where they are not known.
  double flops = 0, bytes = 0;
  /// Without a baseline: calls beside the ceiling.
  std::vector<Sample> samples;
  /// With one: calls in turn, subject and baseline.
  std::vector<std::pair<double, double>> pairs;
};

llvm::json::Value toJSON(const ProcessResult &result);
bool fromJSON(const llvm::json::Value &value, ProcessResult &result,
              llvm::json::Path path);

struct CaseResult {
  const BenchCase *what;
  /// Why there is no result; empty if there is one.
  std::string refused;
  std::vector<ProcessResult> processes;
};

/// Where a number lies over all calls of all processes; `median` is that of the
/// processes' medians.
struct Spread {
  double least, lower, median, upper, most;
};
Spread spreadOf(llvm::ArrayRef<std::vector<double>> processes);

/// Seconds of the subject; shares of the ceiling and of the peak (empty where
/// the work is not known), the ceilings and peaks; ratios to the baseline. One
/// list a process.
using Series = std::vector<std::vector<double>>;
Series timesOf(const CaseResult &result);
Series sharesOf(const CaseResult &result);
Series sharesOfPeak(const CaseResult &result);
Series ceilingsOf(const CaseResult &result);
Series peaksOf(const CaseResult &result);
Series ratiosOf(const CaseResult &result);

/// Of a call, in the unit of the ceiling: flops, or bytes.
double workOf(const CaseResult &result);

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOLS_SEXTANT_BENCH_RESULTS_H
