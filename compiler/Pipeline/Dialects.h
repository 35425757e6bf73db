//===- Dialects.h - The dialects Sextant's programs may use -----*- C++ -*-===//

#ifndef SEXTANT_COMPILER_PIPELINE_DIALECTS_H
#define SEXTANT_COMPILER_PIPELINE_DIALECTS_H

#include "mlir/IR/DialectRegistry.h"

namespace sextant {

/// Registers every dialect of every form, and what translates the last one.
void registerDialects(mlir::DialectRegistry &registry);

/// Registers every pass and named pipeline for textual pipelines.
void registerPasses();

} // namespace sextant

#endif // SEXTANT_COMPILER_PIPELINE_DIALECTS_H
