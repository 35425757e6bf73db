//===- Explain.h - Which template runs, for people --------------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TILEDTOVECTOR_EXPLAIN_H
#define SEXTANT_COMPILER_TILEDTOVECTOR_EXPLAIN_H

#include "compiler/Target/TargetRegistry.h"
#include "mlir/IR/BuiltinOps.h"

namespace sextant {

/// Writes for every kernel of a module in the tiled form which calls take the
/// template for few queries (DecodePlan.h) on the targets of an artifact, or
/// why none does.
void explainTemplates(mlir::ModuleOp module, const TargetSet &set,
                      llvm::raw_ostream &os);

} // namespace sextant

#endif // SEXTANT_COMPILER_TILEDTOVECTOR_EXPLAIN_H
