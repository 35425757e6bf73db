//===- Passes.h - Passes within the attn form -------------------*- C++ -*-===//

#ifndef SEXTANT_DIALECT_ATTN_TRANSFORMS_PASSES_H
#define SEXTANT_DIALECT_ATTN_TRANSFORMS_PASSES_H

#include "mlir/Pass/Pass.h"

namespace sextant::attn {

#define GEN_PASS_DECL
#include "dialect/Attn/Transforms/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "dialect/Attn/Transforms/Passes.h.inc"

} // namespace sextant::attn

#endif // SEXTANT_DIALECT_ATTN_TRANSFORMS_PASSES_H
