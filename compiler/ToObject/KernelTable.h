//===- KernelTable.h - A kernel's tables and exported functions -*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOBJECT_KERNELTABLE_H
#define SEXTANT_COMPILER_TOOBJECT_KERNELTABLE_H

#include "compiler/ToObject/EntryDescription.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"

namespace sextant {

/// Adds to `module`, which holds functions of one variant of `entry`, for each
/// of them one that takes a `sextant_frame`; those of its functions that are
/// not here are in another module. Fails if a function has another type than
/// attn.entry promises.
llvm::Error adaptFunctions(llvm::Module &module, const EntryDescription &entry,
                           const VariantDescription &variant);

/// Adds to `module` the constant `sextant_kernel` of runtime/Artifact/Kernel.h,
/// which refers to what adaptFunctions makes, and the three exported functions.
/// Fails if a kernel before it has exported one of their names.
llvm::Error addKernel(llvm::Module &module, const EntryDescription &entry);

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOBJECT_KERNELTABLE_H
