//===- GenericTarget.h - The baseline every x86-64 machine has --*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TARGET_GENERIC_GENERICTARGET_H
#define SEXTANT_COMPILER_TARGET_GENERIC_GENERICTARGET_H

#include "compiler/Target/Target.h"

namespace sextant {

/// SSE2: four lanes, sixteen registers, neither fma nor round.
Target makeGenericTarget();

} // namespace sextant

#endif // SEXTANT_COMPILER_TARGET_GENERIC_GENERICTARGET_H
