//===- Worker.h - One case, measured in this process ------------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOLS_SEXTANT_BENCH_WORKER_H
#define SEXTANT_COMPILER_TOOLS_SEXTANT_BENCH_WORKER_H

#include "compiler/tools/sextant-bench/BenchOptions.h"
#include "compiler/tools/sextant-bench/Results.h"

namespace sextant {

/// Compiles what is not yet in the scratch folder and, unless --prepare is
/// given, calls it. Programs that are refused end the process.
ProcessResult runWorker(const BenchOptions &options, const BenchCase &what);

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOLS_SEXTANT_BENCH_WORKER_H
