//===- Passes.h - From the fused form to the tiled form ---------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_FUSEDTOTILED_PASSES_H
#define SEXTANT_COMPILER_FUSEDTOTILED_PASSES_H

#include "dialect/Attn/IR/Attn.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace sextant {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "compiler/FusedToTiled/Passes.h.inc"

} // namespace sextant

#endif // SEXTANT_COMPILER_FUSEDTOTILED_PASSES_H
