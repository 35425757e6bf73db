//===- Pipeline.h - The order of the passes ---------------------*- C++ -*-===//
//
// The only place that says which passes lead from one form to the next.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_PIPELINE_PIPELINE_H
#define SEXTANT_COMPILER_PIPELINE_PIPELINE_H

#include "compiler/Pipeline/Phases.h"
#include "compiler/Target/TargetRegistry.h"
#include "mlir/Pass/PassManager.h"

namespace sextant {

/// Appends the arrow that ends in the form `to` (fused, tiled or vector),
/// with the verifier of that form as its last pass. False if this build has no
/// such arrow.
bool buildArrow(mlir::OpPassManager &manager, Phase to,
                const TargetSet &targets);

/// Appends the passes that take functions of the vector form, verified, to the
/// LLVM dialect.
void buildFunctionsToLLVM(mlir::OpPassManager &manager,
                          const TargetSet &targets);

/// Makes each arrow a named pipeline: `sextant-attn-to-fused` and so on.
void registerPipelines();

} // namespace sextant

#endif // SEXTANT_COMPILER_PIPELINE_PIPELINE_H
