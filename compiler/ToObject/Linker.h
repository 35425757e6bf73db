//===- Linker.h - Linking in process, with lld as a library -----*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOBJECT_LINKER_H
#define SEXTANT_COMPILER_TOOBJECT_LINKER_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

namespace sextant {

/// Merges objects into one relocatable object.
llvm::Expected<llvm::SmallVector<char, 0>>
linkRelocatable(llvm::ArrayRef<llvm::StringRef> objects);

/// Links objects that are complete together into a shared object that needs no
/// library, has no undefined symbol and no text relocation.
llvm::Expected<llvm::SmallVector<char, 0>>
linkShared(llvm::ArrayRef<llvm::StringRef> objects);

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOBJECT_LINKER_H
