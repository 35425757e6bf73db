//===- Passes.h - From the vector form to an object -------------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOBJECT_PASSES_H
#define SEXTANT_COMPILER_TOOBJECT_PASSES_H

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/UB/IR/UBOps.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace sextant {

#define GEN_PASS_DECL
#include "compiler/ToObject/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "compiler/ToObject/Passes.h.inc"

/// Appends the passes that take functions on memrefs and vectors to the LLVM
/// dialect.
void buildFunctionsToLLVM(mlir::OpPassManager &manager);

/// Makes `attn-vector-to-llvm` a named pipeline: the check of the vector form,
/// the way of its functions to the LLVM dialect, target attributes.
void registerVectorToLLVMPipeline();

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOBJECT_PASSES_H
