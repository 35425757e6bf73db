//===- CodeGen.h - From an LLVM module to object code -----------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOBJECT_CODEGEN_H
#define SEXTANT_COMPILER_TOOBJECT_CODEGEN_H

#include "compiler/Target/Target.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"
#include <memory>

namespace sextant {

using Bytes = llvm::SmallVector<char, 0>;

/// A code generator for position-independent code of the baseline of `target`;
/// functions that carry a CPU of their own override it.
llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
createTargetMachine(const Target &target);

/// Runs the optimisations that kernels need: they are vectors and unrolled
/// already, and looking for more takes most of the compile time.
llvm::Error optimizeModule(llvm::Module &module, llvm::TargetMachine &machine);

/// Assembly text of `module`.
llvm::Expected<Bytes> emitAssembly(llvm::Module &module,
                                   llvm::TargetMachine &machine);

/// A relocatable object of `module` alone.
llvm::Expected<Bytes> emitObject(llvm::Module &module,
                                 llvm::TargetMachine &machine);

/// `objects`, as those who link take them.
llvm::SmallVector<llvm::StringRef> references(llvm::ArrayRef<Bytes> objects);

/// `objects` and the artifact library of the architecture of `target`, which
/// together leave no symbol undefined. Fails, naming the symbol, if generated
/// code calls a function that no artifact has (of libm, say).
llvm::Expected<llvm::SmallVector<llvm::StringRef>>
completeObjects(llvm::ArrayRef<Bytes> objects, const Target &target);

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOBJECT_CODEGEN_H
