//===- Pipeline.cpp - The order of the passes -----------------------------===//

#include "compiler/Pipeline/Pipeline.h"
#include "compiler/AttnToFused/Passes.h"
#include "compiler/FusedToTiled/Passes.h"
#include "compiler/TiledToVector/Passes.h"
#include "compiler/ToObject/Passes.h"
#include "mlir/Pass/PassRegistry.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace sextant;

bool sextant::buildArrow(OpPassManager &manager, Phase to,
                         const TargetSet &targets) {
  // No arrow has verified a program that begins in the tiled form.
  if (to == Phase::Vector)
    manager.addNestedPass<func::FuncOp>(createVerifyTiledForm());
  switch (to) {
  case Phase::Vector: {
    TiledToVectorOptions options;
    options.target =
        llvm::join(llvm::map_range(targets.targets,
                                   [](const Target *t) { return t->name; }),
                   ",");
    options.baseline = false;
    manager.addPass(createTiledToVector(options));
    return true;
  }
  case Phase::Tiled:
    manager.addNestedPass<func::FuncOp>(createFusedToTiled());
    manager.addNestedPass<func::FuncOp>(createVerifyTiledForm());
    return true;
  case Phase::Fused:
    manager.addNestedPass<func::FuncOp>(createAttnToFused());
    return true;
  default:
    return false;
  }
}

void sextant::buildFunctionsToLLVM(OpPassManager &manager,
                                   const TargetSet &targets) {
  TargetAttributesPassOptions options;
  options.tuning = targets.tuning;
  if (!targets.targets.empty())
    options.tunedIsa = targets.targets.front()->isa.str();
  buildFunctionsToLLVM(manager);
  manager.addPass(createTargetAttributesPass(options));
}

void sextant::registerPipelines() { registerVectorToLLVMPipeline(); }
