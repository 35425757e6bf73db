//===- Samples.cpp - Timed calls beside what the machine can do -----------===//

#include "compiler/tools/Execution/Samples.h"
#include "runtime/CPU/PeakMeter.h"
#include <ctime>
#include <numeric>

using namespace sextant;

static constexpr double kCeilingMilliseconds = 5;

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

/// Of the part of every array that falls to `thread` of `threads`, read in one
/// go: GB/s.
static double readShare(Arrays &arrays, int32_t thread, int32_t threads,
                        int32_t isa) {
  double bytes = 0, nanoseconds = 0;
  for (runtime::NpyArray &array : arrays) {
    const size_t part = array.bytes() / threads;
    const double rate = runtime::measureReadGigabytes(
        static_cast<const char *>(array.data.get()) + thread * part, part, isa,
        kCeilingMilliseconds / arrays.size());
    if (rate == 0)
      continue;
    bytes += part;
    nanoseconds += part / rate;
  }
  return bytes > 0 ? bytes / nanoseconds : 0;
}

double TimedKernel::ceiling(CeilingKind kind) {
  const int32_t isa = kernel.isa(), threads = kernel.threads();
  std::vector<double> rates(threads);
  kernel.onEachThread([&](int32_t thread) {
    double &rate = rates[thread];
    if (kind == CeilingKind::Read)
      rate = readShare(*inputSets.front(), thread, threads, isa);
    if (kind == CeilingKind::Bf16Dot)
      rate = runtime::measurePeakBf16Gflops(kCeilingMilliseconds);
    if (kind != CeilingKind::Read && rate == 0)
      rate = runtime::measurePeakGflops(isa, kCeilingMilliseconds);
  });
  return std::accumulate(rates.begin(), rates.end(), 0.0);
}

std::vector<Sample> sextant::sampleCalls(TimedKernel &kernel, CeilingKind kind,
                                         const SamplePlan &plan) {
  std::vector<Sample> samples;
  double total = 0, before = kernel.ceiling(kind);
  while (plan.wantsMore(samples.size(), total)) {
    const double time = kernel.call();
    const double after = kernel.ceiling(kind);
    samples.push_back({time, std::max(before, after)});
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
