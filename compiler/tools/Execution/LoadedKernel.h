//===- LoadedKernel.h - A kernel that can be called -------------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOLS_EXECUTION_LOADEDKERNEL_H
#define SEXTANT_COMPILER_TOOLS_EXECUTION_LOADEDKERNEL_H

#include "compiler/Pipeline/Compiler.h"
#include "compiler/ToObject/Jit.h"
#include "compiler/tools/Execution/Program.h"
#include "runtime/Core/Npy.h"

namespace sextant {

using Arrays = std::vector<runtime::NpyArray>;

/// What the function of `program` that the options name compiles to: a shared
/// object or, with Phase::Obj, objects apart. `program` is changed in no way. A
/// program that is refused ends the process, after diagnostics.
CompileResult compileProgram(const ExecutionOptions &options, Program &program,
                             Phase to);

/// A loaded library or a program compiled in memory, with the threads and the
/// workspace to run it. Whatever fails ends the process with the exit code
/// that belongs to it.
class LoadedKernel {
public:
  /// Loads LIB.so.
  explicit LoadedKernel(const ExecutionOptions &options);
  /// Compiles `program`.
  LoadedKernel(const ExecutionOptions &options, Program &program);
  ~LoadedKernel();

  const sextant_kernel_info &info() const { return *kernel; }
  /// The sextant_isa that calls run: the one asked for, or the best there is.
  int32_t isa() const;
  int32_t threads() const { return launch.threads; }

  /// Runs `work` once on each thread, at the same time; returns when all are
  /// done.
  void onEachThread(llvm::function_ref<void(int32_t thread)> work);

  /// Outputs of the right shapes for these inputs, zeroed.
  Arrays makeOutputs(Arrays &inputs);
  /// Allocates the workspace and computes the outputs.
  void call(Arrays &inputs, Arrays &outputs);

private:
  void find(const sextant_manifest &manifest, const ExecutionOptions &options);
  void startThreads(const ExecutionOptions &options);
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

#endif // SEXTANT_COMPILER_TOOLS_EXECUTION_LOADEDKERNEL_H
