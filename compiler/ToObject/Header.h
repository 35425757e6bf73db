//===- Header.h - The C header of an artifact -------------------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOBJECT_HEADER_H
#define SEXTANT_COMPILER_TOOBJECT_HEADER_H

#include "compiler/ToObject/EntryDescription.h"
#include "llvm/Support/raw_ostream.h"

namespace sextant {

/// Writes a C99 header that declares what `entries` export. `fileName` gives
/// the include guard.
void writeHeader(llvm::ArrayRef<EntryDescription> entries,
                 llvm::StringRef fileName, llvm::raw_ostream &os);

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOBJECT_HEADER_H
