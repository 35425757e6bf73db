//===- Dialects.cpp - The dialects Sextant's programs may use -------------===//

#include "compiler/Pipeline/Dialects.h"
#include "compiler/AttnToFused/Passes.h"
#include "compiler/FusedToTiled/Passes.h"
#include "compiler/Pipeline/Pipeline.h"
#include "compiler/TiledToVector/Passes.h"
#include "compiler/ToObject/LLVMModule.h"
#include "compiler/ToObject/Passes.h"
#include "dialect/Attn/IR/Attn.h"
#include "dialect/Attn/Transforms/Passes.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Index/IR/IndexDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/UB/IR/UBOps.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Transforms/Passes.h"

void sextant::registerDialects(mlir::DialectRegistry &registry) {
  registry.insert<attn::AttnDialect, mlir::arith::ArithDialect,
                  mlir::cf::ControlFlowDialect, mlir::func::FuncDialect,
                  mlir::index::IndexDialect, mlir::LLVM::LLVMDialect,
                  mlir::math::MathDialect, mlir::memref::MemRefDialect,
                  mlir::scf::SCFDialect, mlir::tensor::TensorDialect,
                  mlir::ub::UBDialect, mlir::vector::VectorDialect>();
  registerLLVMTranslations(registry);
}

void sextant::registerPasses() {
  mlir::registerTransformsPasses();
  attn::registerAttnTransformsPasses();
  registerAttnToFusedPasses();
  registerFusedToTiledPasses();
  registerTiledToVectorPasses();
  registerToObjectPasses();
  registerPipelines();
}
