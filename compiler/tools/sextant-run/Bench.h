//===- Bench.h - How fast a kernel is ---------------------------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOLS_SEXTANT_RUN_BENCH_H
#define SEXTANT_COMPILER_TOOLS_SEXTANT_RUN_BENCH_H

#include "compiler/tools/Execution/LoadedKernel.h"
#include <optional>

namespace sextant {

/// Calls the kernel at least 15 times and prints the median time and its
/// spread; where `flops`, the useful ones of a call, are known, also the rate
/// and its share of the FMA peak, which is measured before and after each call.
/// Time is that of the thread for one thread, else of the clock.
void bench(LoadedKernel &kernel, Arrays &inputs, std::optional<double> flops);

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOLS_SEXTANT_RUN_BENCH_H
