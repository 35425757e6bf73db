//===- Compiler.h - A module from one phase to another ----------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_PIPELINE_COMPILER_H
#define SEXTANT_COMPILER_PIPELINE_COMPILER_H

#include "compiler/Pipeline/Phases.h"
#include "compiler/Target/TargetRegistry.h"
#include "compiler/ToObject/CodeGen.h"
#include "compiler/ToObject/EntryDescription.h"
#include "mlir/Support/Timing.h"

namespace llvm {
class MemoryBufferRef;
}

namespace sextant {

/// What to do and whom to tell.
struct CompileRequest {
  Phase from = Phase::Attn;
  Phase to = Phase::So;
  TargetSet targets;
  /// With Phase::Obj: the objects are not merged, for a caller who links them.
  bool apart = false;
  /// Called with the form of each phase passed, the last one included.
  std::function<void(Phase, llvm::StringRef)> onPhase;
  /// Children of it are the steps; may be empty.
  mlir::TimingScope *timing = nullptr;
};

/// Why there is no result.
enum class CompileStatus {
  Done,
  /// The input is at fault; a diagnostic says how.
  Rejected,
  /// A phase made what the next one refuses: a defect of Sextant.
  Defect
};

struct CompileResult {
  CompileStatus status = CompileStatus::Done;
  /// The form of the phase `to`: text, object or shared object.
  Bytes output;
  /// Instead, with CompileRequest::apart: objects that are complete together.
  std::vector<Bytes> objects;
  /// The kernels, where the vector form was passed or is the input.
  std::vector<EntryDescription> entries;
};

/// Compiles `module`, a program in the form `request.from`, which is at most
/// vector. Diagnostics go to the module's context.
CompileResult compile(mlir::ModuleOp module, const CompileRequest &request);

/// Compiles LLVM IR text, such as --emit=llvm writes, to asm, obj or so.
/// Messages are appended to `error`.
CompileResult compileLLVM(llvm::MemoryBufferRef text,
                          const CompileRequest &request, std::string &error);

} // namespace sextant

#endif // SEXTANT_COMPILER_PIPELINE_COMPILER_H
