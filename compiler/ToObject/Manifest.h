//===- Manifest.h - What an artifact says about itself ----------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOBJECT_MANIFEST_H
#define SEXTANT_COMPILER_TOOBJECT_MANIFEST_H

#include "compiler/ToObject/EntryDescription.h"
#include "llvm/IR/Module.h"

namespace sextant {

/// The JSON of runtime/Artifact/Manifest.h, on one line.
std::string manifestJson(llvm::ArrayRef<EntryDescription> entries);

/// Adds the manifest section and its exported symbol to `module`.
void addManifest(llvm::Module &module,
                 llvm::ArrayRef<EntryDescription> entries);

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOBJECT_MANIFEST_H
