//===- Explain.h - Which template runs, for people --------------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TILEDTOVECTOR_EXPLAIN_H
#define SEXTANT_COMPILER_TILEDTOVECTOR_EXPLAIN_H

#include "compiler/Target/TargetRegistry.h"

namespace sextant {

/// Prints the rule of DecodePlan.h for the targets of an artifact.
void explainDecodeRule(const TargetSet &set, llvm::raw_ostream &os);

} // namespace sextant

#endif // SEXTANT_COMPILER_TILEDTOVECTOR_EXPLAIN_H
