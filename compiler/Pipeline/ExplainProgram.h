//===- ExplainProgram.h - What is known of a program ------------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_PIPELINE_EXPLAINPROGRAM_H
#define SEXTANT_COMPILER_PIPELINE_EXPLAINPROGRAM_H

#include "compiler/Target/TargetRegistry.h"
#include "compiler/TiledToVector/Coverage.h"

namespace sextant {

/// Writes the report of sextantc --explain of a module in the attn form, which
/// stays as it is: the factored form, the masks and, for `extents` if there are
/// any, tiles, FLOPs and bytes. Each part starts with "@" and the function's
/// name. Warnings come when the module itself is compiled; errors come.
mlir::LogicalResult explainProgram(mlir::ModuleOp module,
                                   const TargetSet &targets,
                                   const NamedExtents &extents,
                                   llvm::raw_ostream &os);

} // namespace sextant

#endif // SEXTANT_COMPILER_PIPELINE_EXPLAINPROGRAM_H
