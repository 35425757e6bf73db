//===- Machine.h - Where a result was measured ------------------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOLS_SEXTANT_BENCH_MACHINE_H
#define SEXTANT_COMPILER_TOOLS_SEXTANT_BENCH_MACHINE_H

#include "llvm/Support/JSON.h"

namespace sextant {

/// CPU, clock, caches, load and compiler; nothing that names the host.
llvm::json::Object describeMachine();

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOLS_SEXTANT_BENCH_MACHINE_H
