//===- KernelTable.h - A kernel's tables and exported functions -*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOBJECT_KERNELTABLE_H
#define SEXTANT_COMPILER_TOOBJECT_KERNELTABLE_H

#include "compiler/ToObject/EntryDescription.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"

namespace sextant {

/// Adds to `module`, which holds the functions of `entry`, the constant
/// `sextant_kernel` of runtime/Artifact/Kernel.h, for each of those functions
/// one that takes a `sextant_frame`, and the three exported functions. Makes
/// everything but the latter internal. Fails if a function is missing or has
/// another type than attn.entry promises.
llvm::Error addKernel(llvm::Module &module, const EntryDescription &entry);

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOBJECT_KERNELTABLE_H
