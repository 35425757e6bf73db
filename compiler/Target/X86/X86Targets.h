//===- X86Targets.h - The x86-64 microarchitecture levels -------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TARGET_X86_X86TARGETS_H
#define SEXTANT_COMPILER_TARGET_X86_X86TARGETS_H

#include "compiler/Target/Target.h"

namespace sextant {

/// AVX2 and FMA: eight lanes, sixteen registers.
Target makeX86V3Target();

/// AVX-512 F, VL, DQ, BW, CD: sixteen lanes, thirty-two registers.
Target makeX86V4Target();

} // namespace sextant

#endif // SEXTANT_COMPILER_TARGET_X86_X86TARGETS_H
