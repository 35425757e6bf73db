//===- OutputFile.h - Files that appear whole or not at all -----*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOLS_DRIVER_OUTPUTFILE_H
#define SEXTANT_COMPILER_TOOLS_DRIVER_OUTPUTFILE_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace sextant {

/// Writes `content` to `path`, or to standard output for "-". A regular file is
/// written beside its place and renamed; on failure, or when a signal ends the
/// process, nothing is left.
llvm::Error writeOutput(llvm::StringRef path, llvm::StringRef content);

/// The same for a content that `write` puts into an open file.
llvm::Error writeOutput(llvm::StringRef path,
                        llvm::function_ref<llvm::Error(int descriptor)> write);

/// Fails if `output` is the file `input`.
llvm::Error checkDistinct(llvm::StringRef input, llvm::StringRef output);

/// True if `path` is standard output and that is a terminal.
bool isTerminal(llvm::StringRef path);

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOLS_DRIVER_OUTPUTFILE_H
