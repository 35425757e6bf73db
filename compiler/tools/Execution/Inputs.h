//===- Inputs.h - The tensors a kernel is run on ----------------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOLS_EXECUTION_INPUTS_H
#define SEXTANT_COMPILER_TOOLS_EXECUTION_INPUTS_H

#include "compiler/tools/Execution/LoadedKernel.h"

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

/// Reads the files or makes random tensors, as the options say: floats are
/// standard normal; an integer tensor of rank 2 or more holds the positions 0,
/// 1, 2, ... along its last dimension; one of rank 1 holds lengths drawn from 1
/// to the largest row count of a float input; a scalar is that count. Ends the
/// process with a message if they do not fit `specs`.
Arrays makeInputs(const ExecutionOptions &options,
                  llvm::ArrayRef<TensorSpec> specs);

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOLS_EXECUTION_INPUTS_H
