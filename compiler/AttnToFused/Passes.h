//===- Passes.h - From the attn form to the fused form ----------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_ATTNTOFUSED_PASSES_H
#define SEXTANT_COMPILER_ATTNTOFUSED_PASSES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace sextant {

#define GEN_PASS_DECL
#include "compiler/AttnToFused/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#define GEN_PASS_REGISTRATION_PREFIX AttnToFused
#include "compiler/AttnToFused/Passes.h.inc"

/// Errors at every op below `root` that the fused form does not have: a
/// shorthand, or a tensor over (query, key) pairs.
mlir::LogicalResult verifyFusedForm(mlir::Operation *root);

} // namespace sextant

#endif // SEXTANT_COMPILER_ATTNTOFUSED_PASSES_H
