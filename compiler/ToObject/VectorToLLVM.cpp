//===- VectorToLLVM.cpp - The passes from vectors to the LLVM dialect -----===//

#include "compiler/ToObject/Passes.h"
#include "mlir/Conversion/AffineToStandard/AffineToStandard.h"
#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVMPass.h"
#include "mlir/Conversion/IndexToLLVM/IndexToLLVM.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MemRefToLLVM/MemRefToLLVM.h"
#include "mlir/Conversion/ReconcileUnrealizedCasts/ReconcileUnrealizedCasts.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Conversion/UBToLLVM/UBToLLVM.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVMPass.h"
#include "mlir/Conversion/VectorToSCF/VectorToSCF.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace sextant;

void sextant::buildFunctionsToLLVM(OpPassManager &manager) {
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());

  // A transfer of more than one dimension would otherwise become a loop over
  // a stack slot, allocated anew in every iteration of the loop around it.
  VectorTransferToSCFOptions transfers;
  transfers.enableFullUnroll();
  manager.addNestedPass<func::FuncOp>(createConvertVectorToSCFPass(transfers));

  // The two before it make affine ops.
  manager.addPass(memref::createExpandStridedMetadataPass());
  manager.addPass(createLowerAffinePass());
  manager.addPass(createSCFToControlFlowPass());

  manager.addPass(createConvertVectorToLLVMPass());
  manager.addPass(createConvertMathToLLVMPass());
  // Before arith: memref.dim of a constant is then a field, not a stack slot.
  manager.addPass(createFinalizeMemRefToLLVMConversionPass());
  manager.addPass(createArithToLLVMConversionPass());
  manager.addPass(createConvertFuncToLLVMPass());
  manager.addPass(createConvertControlFlowToLLVMPass());
  manager.addPass(createConvertIndexToLLVMPass());
  manager.addPass(createUBToLLVMConversionPass());
  manager.addPass(createReconcileUnrealizedCastsPass());
}

void sextant::buildVectorToLLVM(OpPassManager &manager,
                                const VectorToLLVMOptions &options) {
  manager.addPass(createVerifyVectorFormPass());
  buildFunctionsToLLVM(manager);
  TargetAttributesPassOptions attributes;
  attributes.tuning = options.tuning;
  attributes.tunedIsa = options.tunedIsa;
  manager.addPass(createTargetAttributesPass(attributes));
}

void sextant::registerVectorToLLVMPipeline() {
  PassPipelineRegistration<>(
      "attn-vector-to-llvm", "Take the vector form to the LLVM dialect",
      [](OpPassManager &manager) { buildVectorToLLVM(manager, {}); });
}
