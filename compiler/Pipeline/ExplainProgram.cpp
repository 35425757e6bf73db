//===- ExplainProgram.cpp - What is known of a program --------------------===//

#include "compiler/Pipeline/ExplainProgram.h"
#include "compiler/AttnToFused/Explain.h"
#include "compiler/Pipeline/Compiler.h"
#include "compiler/TiledToVector/Explain.h"
#include "compiler/TiledToVector/MaskFacts.h"

#include "mlir/IR/Diagnostics.h"

using namespace mlir;
using namespace sextant;

LogicalResult sextant::explainProgram(ModuleOp module, const TargetSet &targets,
                                      const NamedExtents &extents,
                                      llvm::raw_ostream &os) {
  if (failed(explainModule(module, os)))
    return failure();
  OwningOpRef<ModuleOp> tiled = module.clone();
  ScopedDiagnosticHandler quiet(
      module.getContext(), [](Diagnostic &diag) -> LogicalResult {
        return success(diag.getSeverity() != DiagnosticSeverity::Error);
      });
  CompileRequest request;
  request.to = Phase::Tiled;
  request.targets = targets;
  if (compile(*tiled, request).status != CompileStatus::Done)
    return failure();
  explainMasks(*tiled, os);
  explainTemplates(*tiled, targets, os);
  if (extents.empty())
    return success();
  return explainExtents(*tiled, *targets.targets.front(), extents, os);
}
