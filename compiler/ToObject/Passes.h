//===- Passes.h - From the vector form to an object -------------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOBJECT_PASSES_H
#define SEXTANT_COMPILER_TOOBJECT_PASSES_H

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace sextant {

#define GEN_PASS_DECL
#include "compiler/ToObject/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "compiler/ToObject/Passes.h.inc"

/// What buildVectorToLLVM is told.
struct VectorToLLVMOptions {
  /// CPU to tune functions of `tunedIsa` for; empty for none.
  std::string tuning, tunedIsa;
};

/// Appends the passes that take functions on memrefs and vectors to the LLVM
/// dialect.
void buildFunctionsToLLVM(mlir::OpPassManager &manager);

/// Appends the passes that take the vector form to the LLVM dialect: first the
/// check of the form, last the target attributes.
void buildVectorToLLVM(mlir::OpPassManager &manager,
                       const VectorToLLVMOptions &options);

/// Makes `attn-vector-to-llvm` a named pipeline.
void registerVectorToLLVMPipeline();

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOBJECT_PASSES_H
