//===- Backend.h - From the vector form to objects --------------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_PIPELINE_BACKEND_H
#define SEXTANT_COMPILER_PIPELINE_BACKEND_H

#include "compiler/Pipeline/Compiler.h"
#include "llvm/IR/LLVMContext.h"
#include <list>

namespace sextant {

/// What can be done with a program in the vector form. The functions of each
/// instruction set are some shares, of about the same size where that can be,
/// and the tables are one; shares become objects on as many threads as the MLIR
/// context has.
class Backend {
public:
  Backend(const CompileRequest &request,
          llvm::ArrayRef<EntryDescription> entries, mlir::Location location);
  ~Backend();

  /// Takes the functions out of `module`, which is verified, and makes an
  /// object of every share. With `keepsCode` the LLVM IR stays for `code`; the
  /// shares then have one LLVM context, and take turns. Fails after
  /// diagnostics.
  mlir::LogicalResult run(mlir::ModuleOp module, bool keepsCode);

  /// Optimised LLVM IR of all shares in one module; to be taken once.
  llvm::Expected<std::unique_ptr<llvm::Module>> code();

  /// A target of the architecture that the program is for.
  const Target &target() const;

  /// The objects, in the order of targets; the tables come last.
  llvm::ArrayRef<Bytes> objects() const { return made; }

private:
  struct Share;
  mlir::LogicalResult runShare(Share &share, mlir::TimingScope &timing);
  llvm::Error emit(Share &share, mlir::TimingScope &timing);

  const CompileRequest &request;
  llvm::ArrayRef<EntryDescription> entries;
  /// Of what has no place in the program.
  mlir::Location location;
  bool keepsCode = false;
  /// Of the code that is kept; it can be linked in one context only.
  llvm::LLVMContext common;
  std::list<Share> shares;
  std::vector<Bytes> made;
};

} // namespace sextant

#endif // SEXTANT_COMPILER_PIPELINE_BACKEND_H
