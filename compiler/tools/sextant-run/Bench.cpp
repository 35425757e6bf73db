//===- Bench.cpp - How fast a kernel is -----------------------------------===//

#include "compiler/tools/sextant-run/Bench.h"
#include "runtime/CPU/PeakMeter.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"
#include <algorithm>
#include <ctime>

using namespace sextant;

static constexpr int kLeastCalls = 15;
static constexpr int kMostCalls = 200;
/// A quick kernel is called until this much time was measured.
static constexpr double kEnoughSeconds = 1.0;
static constexpr double kPeakMilliseconds = 5;

static double seconds(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec + 1e-9 * now.tv_nsec;
}

/// The value below which `share` of the sorted values lie.
static double quantile(const std::vector<double> &sorted, double share) {
  return sorted[static_cast<size_t>(share * (sorted.size() - 1) + 0.5)];
}

void sextant::bench(const RunOptions &options, LoadedKernel &kernel,
                    Arrays &inputs, std::optional<double> flops) {
  // A preempted thread does not run: its own time says what the kernel takes.
  const clockid_t clock =
      options.threads == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC;
  Arrays outputs = kernel.makeOutputs(inputs);
  kernel.call(inputs, outputs);

  std::vector<double> times, shares, peaks;
  double total = 0;
  double before =
      runtime::measurePeakGflops(SEXTANT_ISA_AUTO, kPeakMilliseconds);
  while (int(times.size()) < kLeastCalls ||
         (total < kEnoughSeconds && int(times.size()) < kMostCalls)) {
    const double start = seconds(clock);
    kernel.call(inputs, outputs);
    const double time = seconds(clock) - start;
    const double after =
        runtime::measurePeakGflops(SEXTANT_ISA_AUTO, kPeakMilliseconds);
    const double peak = std::max(before, after) * options.threads;
    before = after;
    times.push_back(time);
    peaks.push_back(peak);
    if (flops)
      shares.push_back(*flops / time * 1e-9 / peak);
    total += time;
  }
  std::sort(times.begin(), times.end());
  std::sort(shares.begin(), shares.end());
  std::sort(peaks.begin(), peaks.end());

  llvm::raw_ostream &os = llvm::outs();
  const double median = quantile(times, 0.5);
  os << "time: " << llvm::format("%.3f", median * 1e3) << " ms median of "
     << times.size() << " calls, "
     << llvm::format("%.1f", 100 *
                                 (quantile(times, 0.9) - quantile(times, 0.1)) /
                                 median)
     << " % from the 10th to the 90th percentile ("
     << (options.threads == 1 ? "thread CPU time" : "wall clock") << ", "
     << options.threads
     << (options.threads == 1 ? " thread)\n" : " threads)\n");
  if (!flops) {
    os << "rate: not known: a library does not hold the program (run "
          "FILE.mlir)\n";
    return;
  }
  os << "rate: " << llvm::format("%.1f", *flops / median * 1e-9)
     << " GFLOP/s useful, of " << llvm::format("%.1f", quantile(peaks, 0.5))
     << " at the FMA peak beside it\n"
     << "share of FMA peak: "
     << llvm::format("%.1f", 100 * quantile(shares, 0.5)) << " %\n";
}
