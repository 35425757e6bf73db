//===- Bench.cpp - How fast a kernel is -----------------------------------===//

#include "compiler/tools/sextant-run/Bench.h"
#include "compiler/tools/Execution/Samples.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

using namespace sextant;

void sextant::bench(LoadedKernel &kernel, Arrays &inputs,
                    std::optional<double> flops) {
  TimedKernel timed(kernel, &inputs);
  std::vector<double> times, ceilings, shares, sharesOfPeak;
  for (const Sample &sample :
       sampleCalls(timed, CeilingKind::Fma, SamplePlan())) {
    times.push_back(sample.seconds);
    ceilings.push_back(sample.ceiling);
    if (!flops)
      continue;
    const double rate = *flops / sample.seconds * 1e-9;
    shares.push_back(rate / sample.ceiling);
    sharesOfPeak.push_back(rate / sample.peak);
  }

  llvm::raw_ostream &os = llvm::outs();
  const int32_t threads = kernel.threads();
  const double median = quantile(times, 0.5);
  os << "time: " << llvm::format("%.3f", median * 1e3) << " ms median of "
     << times.size() << " calls, "
     << llvm::format("%.1f", 100 *
                                 (quantile(times, 0.9) - quantile(times, 0.1)) /
                                 median)
     << " % from the 10th to the 90th percentile ("
     << (threads == 1 ? "thread CPU time" : "wall clock") << ", " << threads
     << (threads == 1 ? " thread)\n" : " threads)\n");
  if (!flops) {
    os << "rate: not known: a library does not hold the program (run "
          "FILE.mlir)\n";
    return;
  }
  os << "rate: " << llvm::format("%.1f", *flops / median * 1e-9)
     << " GFLOP/s useful, of " << llvm::format("%.1f", quantile(ceilings, 0.5))
     << " that multiply-adds alone keep up beside it\n"
     << "share of FMA peak: "
     << llvm::format("%.1f", 100 * quantile(shares, 0.5)) << " % kept up, "
     << llvm::format("%.1f", 100 * quantile(sharesOfPeak, 0.5))
     << " % of the best burst\n";
}
