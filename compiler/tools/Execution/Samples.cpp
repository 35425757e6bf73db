//===- Samples.cpp - Timed calls beside what the machine can do -----------===//

#include "compiler/tools/Execution/Samples.h"
#include <algorithm>
#include <ctime>

using namespace sextant;

/// A ceiling is measured for half as long as a call, within these bounds: a
/// host that is busy for milliseconds at a time slows both alike.
static constexpr double kLeastMilliseconds = 5, kMostMilliseconds = 100;

static double seconds(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec + 1e-9 * now.tv_nsec;
}

TimedKernel::TimedKernel(LoadedKernel &kernel,
                         llvm::ArrayRef<Arrays *> inputSets)
    : kernel(kernel), inputSets(inputSets) {
  for (Arrays *inputs : inputSets) {
    outputSets.push_back(kernel.makeOutputs(*inputs));
    // Allocates the workspace and touches what is written.
    kernel.call(*inputs, outputSets.back());
  }
}

double TimedKernel::call() {
  // A preempted thread does not run: its own time says what the kernel takes.
  const clockid_t clock =
      kernel.threads() == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC;
  const size_t set = next++ % inputSets.size();
  const double start = seconds(clock);
  kernel.call(*inputSets[set], outputSets[set]);
  return seconds(clock) - start;
}

/// The part of every array of `sets` that falls to `thread` of `threads`.
static std::vector<runtime::Stretch> shareOf(llvm::ArrayRef<Arrays *> sets,
                                             int32_t thread, int32_t threads) {
  std::vector<runtime::Stretch> share;
  for (Arrays *arrays : sets)
    for (runtime::NpyArray &array : *arrays) {
      const size_t part = array.bytes() / threads;
      share.push_back(
          {static_cast<const char *>(array.data.get()) + thread * part, part});
    }
  return share;
}

runtime::Rate TimedKernel::ceiling(CeilingKind kind, double milliseconds) {
  const int32_t isa = kernel.isa(), threads = kernel.threads();
  std::vector<runtime::Rate> rates(threads);
  kernel.onEachThread([&](int32_t thread) {
    runtime::Rate &rate = rates[thread];
    if (kind == CeilingKind::Read)
      rate = runtime::measureReads(shareOf(inputSets, thread, threads), isa,
                                   milliseconds);
    if (kind == CeilingKind::Bf16Dot)
      rate = runtime::measureBf16Dots(isa, milliseconds);
    if (kind != CeilingKind::Read && rate.best == 0)
      rate = runtime::measureMultiplyAdds(isa, milliseconds);
  });
  runtime::Rate sum;
  for (const runtime::Rate &rate : rates) {
    sum.sustained += rate.sustained;
    sum.best += rate.best;
  }
  return sum;
}

std::vector<Sample> sextant::sampleCalls(TimedKernel &kernel, CeilingKind kind,
                                         const SamplePlan &plan) {
  std::vector<Sample> samples;
  const double milliseconds = std::clamp(1e3 * kernel.call() / 2,
                                         kLeastMilliseconds, kMostMilliseconds);
  double total = 0;
  runtime::Rate before = kernel.ceiling(kind, milliseconds);
  while (plan.wantsMore(samples.size(), total)) {
    const double time = kernel.call();
    const runtime::Rate after = kernel.ceiling(kind, milliseconds);
    samples.push_back({time, (before.sustained + after.sustained) / 2,
                       std::max(before.best, after.best)});
    before = after;
    total += time;
  }
  return samples;
}

double sextant::quantile(llvm::ArrayRef<double> values, double share) {
  std::vector<double> sorted = values.vec();
  llvm::sort(sorted);
  return sorted[static_cast<size_t>(share * (sorted.size() - 1) + 0.5)];
}
