//===- Pipeline.cpp - The order of the passes -----------------------------===//

#include "compiler/Pipeline/Pipeline.h"
#include "compiler/ToObject/Passes.h"
#include "mlir/Pass/PassRegistry.h"

using namespace mlir;
using namespace sextant;

bool sextant::buildArrow(OpPassManager &manager, Phase to,
                         const TargetSet &targets) {
  switch (to) {
  case Phase::Vector:
  case Phase::Tiled:
  case Phase::Fused:
  default:
    return false;
  }
}

void sextant::buildVectorToLLVM(OpPassManager &manager,
                                const TargetSet &targets) {
  VectorToLLVMOptions options;
  options.tuning = targets.tuning;
  if (!targets.targets.empty())
    options.tunedIsa = targets.targets.front()->isa.str();
  buildVectorToLLVM(manager, options);
}

void sextant::registerPipelines() { registerVectorToLLVMPipeline(); }
