//===- Outputs.h - Where results go -----------------------------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOLS_SEXTANT_RUN_OUTPUTS_H
#define SEXTANT_COMPILER_TOOLS_SEXTANT_RUN_OUTPUTS_H

#include "compiler/tools/Execution/LoadedKernel.h"
#include "compiler/tools/sextant-run/RunOptions.h"

namespace sextant {

/// Writes results to the files of -o.
void writeOutputs(const RunOptions &options, Arrays &outputs);

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOLS_SEXTANT_RUN_OUTPUTS_H
