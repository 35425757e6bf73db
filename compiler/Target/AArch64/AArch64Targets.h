//===- AArch64Targets.h - NEON ----------------------------------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TARGET_AARCH64_AARCH64TARGETS_H
#define SEXTANT_COMPILER_TARGET_AARCH64_AARCH64TARGETS_H

#include "compiler/Target/Target.h"
#include "llvm/ADT/ArrayRef.h"

namespace sextant {

/// Best first; the last one every AArch64 machine has.
llvm::ArrayRef<Target> aarch64Targets();

} // namespace sextant

#endif // SEXTANT_COMPILER_TARGET_AARCH64_AARCH64TARGETS_H
