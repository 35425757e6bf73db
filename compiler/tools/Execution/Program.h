//===- Program.h - The function a file defines ------------------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOLS_EXECUTION_PROGRAM_H
#define SEXTANT_COMPILER_TOOLS_EXECUTION_PROGRAM_H

#include "compiler/tools/Execution/ExecutionOptions.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace sextant {

/// The program that the options name, in the attn or the fused form. Reading
/// one that is wrong ends the process with kExitRejected, after diagnostics.
class Program {
public:
  explicit Program(const ExecutionOptions &options);

  /// The function that --entry names, or the only one.
  mlir::func::FuncOp function() { return entry; }
  mlir::ModuleOp module() { return *parsed; }

private:
  mlir::DialectRegistry registry;
  mlir::MLIRContext context;
  std::string text;
  llvm::SourceMgr sources;
  std::unique_ptr<mlir::SourceMgrDiagnosticHandler> diagnostics;
  mlir::OwningOpRef<mlir::ModuleOp> parsed;
  mlir::func::FuncOp entry;
};

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOLS_EXECUTION_PROGRAM_H
