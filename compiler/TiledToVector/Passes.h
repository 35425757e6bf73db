//===- Passes.h - From the tiled form to the vector form --------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TILEDTOVECTOR_PASSES_H
#define SEXTANT_COMPILER_TILEDTOVECTOR_PASSES_H

#include "dialect/Attn/IR/Attn.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace sextant {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "compiler/TiledToVector/Passes.h.inc"

} // namespace sextant

#endif // SEXTANT_COMPILER_TILEDTOVECTOR_PASSES_H
