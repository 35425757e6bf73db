//===- LLVMModule.h - The LLVM module of an artifact ------------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOBJECT_LLVMMODULE_H
#define SEXTANT_COMPILER_TOOBJECT_LLVMMODULE_H

#include "compiler/ToObject/EntryDescription.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"
#include <memory>

namespace sextant {

/// Makes what mlir::translateModuleToLLVMIR needs known to `registry`.
void registerLLVMTranslations(mlir::DialectRegistry &registry);

/// Translates a module of the LLVM dialect that holds functions of `entries`
/// for one target. Only what the tables refer to is visible to other objects.
llvm::Expected<std::unique_ptr<llvm::Module>>
translateToLLVM(mlir::ModuleOp module, llvm::ArrayRef<EntryDescription> entries,
                const Target &target, llvm::LLVMContext &context);

/// Tables, exported functions and manifest of `entries`: what an artifact holds
/// besides the functions of its targets. Only what callers and loaders look for
/// is exported.
llvm::Expected<std::unique_ptr<llvm::Module>>
makeTables(llvm::ArrayRef<EntryDescription> entries,
           llvm::LLVMContext &context);

/// Reads LLVM IR text, such as --emit=llvm writes.
llvm::Expected<std::unique_ptr<llvm::Module>>
parseLLVM(llvm::MemoryBufferRef text, llvm::LLVMContext &context);

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOBJECT_LLVMMODULE_H
