//===- X86Targets.h - The levels of x86-64 ----------------------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TARGET_X86_X86TARGETS_H
#define SEXTANT_COMPILER_TARGET_X86_X86TARGETS_H

#include "compiler/Target/Target.h"
#include "llvm/ADT/ArrayRef.h"

namespace sextant {

/// Best first; the last one every x86-64 machine has.
llvm::ArrayRef<Target> x86Targets();

} // namespace sextant

#endif // SEXTANT_COMPILER_TARGET_X86_X86TARGETS_H
