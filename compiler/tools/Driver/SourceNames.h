//===- SourceNames.h - The names a source gives its tensors -----*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOLS_DRIVER_SOURCENAMES_H
#define SEXTANT_COMPILER_TOOLS_DRIVER_SOURCENAMES_H

#include "mlir/IR/BuiltinOps.h"

namespace llvm {
class SourceMgr;
}

namespace sextant {

/// MLIR forgets the names of values. Puts those of the functions' arguments
/// (`q` for `%q`) into their locations, from where they reach messages, headers
/// and manifests, and the forms that are printed. `sources` is what `module`
/// was parsed from.
void keepArgumentNames(mlir::ModuleOp module, llvm::SourceMgr &sources);

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOLS_DRIVER_SOURCENAMES_H
