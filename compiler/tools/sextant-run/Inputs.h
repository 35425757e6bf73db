//===- Inputs.h - The tensors a kernel is run on ----------------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOLS_SEXTANT_RUN_INPUTS_H
#define SEXTANT_COMPILER_TOOLS_SEXTANT_RUN_INPUTS_H

#include "compiler/tools/sextant-run/LoadedKernel.h"

namespace sextant {

/// What an argument must be; -1 is an extent that the call decides.
struct TensorSpec {
  std::string name;
  DLDataType type;
  llvm::SmallVector<int64_t, 5> extents;
};

/// The arguments of a kernel, and of a function of tensors.
std::vector<TensorSpec> inputSpecs(const sextant_kernel_info &info);
std::vector<TensorSpec> inputSpecs(mlir::func::FuncOp function);

/// Reads the files or makes random tensors, as the options say. Ends the
/// process with a message if they do not fit `specs`.
Arrays makeInputs(const RunOptions &options, llvm::ArrayRef<TensorSpec> specs);

/// Writes results to the files of -o.
void writeOutputs(const RunOptions &options, Arrays &outputs);

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOLS_SEXTANT_RUN_INPUTS_H
