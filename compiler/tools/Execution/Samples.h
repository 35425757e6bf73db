//===- Samples.h - Timed calls beside what the machine can do ---*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOLS_EXECUTION_SAMPLES_H
#define SEXTANT_COMPILER_TOOLS_EXECUTION_SAMPLES_H

#include "compiler/tools/Execution/LoadedKernel.h"
#include "runtime/CPU/PeakMeter.h"

namespace sextant {

/// What limits a kernel: the thing its rate is compared with.
enum class CeilingKind {
  /// f32 multiply-adds, with the vectors of the instruction set that runs.
  Fma,
  /// Dot products of bf16, the widest there are; multiply-adds without any.
  Bf16Dot,
  /// Reading the inputs, those of all sets in turn, as calls do.
  Read
};

/// Calls of one kernel, timed. Several sets of tensors are taken in turn, so
/// that no call finds its own tensors as the last one left them.
class TimedKernel {
public:
  TimedKernel(LoadedKernel &kernel, llvm::ArrayRef<Arrays *> inputSets);

  /// One whole call: workspace size, checks, prologue, kernel. In seconds of
  /// this thread for one thread, else of the clock.
  double call();

  /// What the threads together reach now, for about `milliseconds`: Gflop/s or
  /// GB/s.
  runtime::Rate ceiling(CeilingKind kind, double milliseconds);

private:
  LoadedKernel &kernel;
  llvm::SmallVector<Arrays *> inputSets;
  std::vector<Arrays> outputSets;
  size_t next = 0;
};

/// One call and the rates measured before and after it: the ceiling is what
/// they sustained (their mean), the peak the better of their best parts.
struct Sample {
  double seconds, ceiling, peak;
};

/// How often to call.
struct SamplePlan {
  int leastCalls = 15, mostCalls = 200;
  /// Between the two, calls go on until they took this long.
  double enoughSeconds = 1.0;

  bool wantsMore(size_t calls, double seconds) const {
    return int(calls) < leastCalls ||
           (int(calls) < mostCalls && seconds < enoughSeconds);
  }
};

std::vector<Sample> sampleCalls(TimedKernel &kernel, CeilingKind kind,
                                const SamplePlan &plan);

/// The value below which `share` of the sorted `values` lie.
double quantile(llvm::ArrayRef<double> values, double share);

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOLS_EXECUTION_SAMPLES_H
