//===- UsefulFlops.h - How much work a call needs ---------------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOLS_EXECUTION_USEFULFLOPS_H
#define SEXTANT_COMPILER_TOOLS_EXECUTION_USEFULFLOPS_H

#include "compiler/tools/Execution/LoadedKernel.h"
#include <optional>

namespace sextant {

/// 2 (feature width + value channels) flops for each visible pair of query and
/// key of each head, from the fused form of the program. Pairs are counted in
/// up to 64 evenly spaced query rows of each head and scaled. None if the
/// program has no fused form.
std::optional<double> usefulFlops(const ExecutionOptions &options,
                                  Program &program, Arrays &inputs);

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOLS_EXECUTION_USEFULFLOPS_H
