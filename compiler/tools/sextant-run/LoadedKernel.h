//===- LoadedKernel.h - A kernel that can be called -------------*- C++ -*-===//
//-*-===//

#ifndef SEXTANT_COMPILER_TOOLS_SEXTANT_RUN_LOADEDKERNEL_H
#define SEXTANT_COMPILER_TOOLS_SEXTANT_RUN_LOADEDKERNEL_H

#include "compiler/ToObject/Jit.h"
#include "compiler/tools/sextant-run/Program.h"
#include "runtime/Core/Npy.h"

namespace sextant {

using Arrays = std::vector<runtime::NpyArray>;

/// A loaded library or a program compiled in memory, with the threads and the
/// workspace to run it. Whatever fails ends the process with the exit code
/// that belongs to it.
class LoadedKernel {
public:
  /// Loads LIB.so.
  explicit LoadedKernel(const RunOptions &options);
  /// Compiles `program`; `program` is changed in no way.
  LoadedKernel(const RunOptions &options, Program &program);
  ~LoadedKernel();

  const sextant_kernel_info &info() const { return *kernel; }

  /// Outputs of the right shapes for these inputs, zeroed.
  Arrays makeOutputs(Arrays &inputs);
  /// Allocates the workspace and computes the outputs.
  void call(Arrays &inputs, Arrays &outputs);

private:
  void find(const sextant_manifest &manifest, const RunOptions &options);
  void startThreads(const RunOptions &options);
  void require(sextant_status status);

  sextant_lib *library = nullptr;
  std::unique_ptr<JitLibrary> jit;
  sextant_manifest *ownManifest = nullptr;
  const sextant_kernel_info *kernel = nullptr;
  sextant_fn function = nullptr;
  sextant_workspace_fn workspaceFunction = nullptr;
  sextant_shapes_fn shapesFunction = nullptr;
  sextant_pool *pool = nullptr;
  sextant_launch launch;
  char message[1024];
  std::unique_ptr<void, runtime::NpyArray::Free> workspace;
};

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOLS_SEXTANT_RUN_LOADEDKERNEL_H
