//===- InputGuard.h - Reading programs nobody vouches for -------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOLS_DRIVER_INPUTGUARD_H
#define SEXTANT_COMPILER_TOOLS_DRIVER_INPUTGUARD_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"
#include <memory>

namespace sextant {

/// What an input may be.
struct InputLimits {
  uint64_t maxBytes = uint64_t(64) << 20;
  /// Brackets open at once. The parser recurses: some thousand overflow the
  /// stack.
  unsigned maxDepth = 256;
  /// MLIR's bytecode reader is not safe against crafted files.
  bool allowBytecode = false;
};

/// Reads a file, or standard input for "-", within `limits`. A UTF-8 byte order
/// mark is dropped with a warning. Errors name the file and, where there is
/// one, the place.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
readInput(llvm::StringRef path, const InputLimits &limits);

/// Checks the bytes of an input; readInput does this too.
llvm::Error checkInput(llvm::MemoryBufferRef input, const InputLimits &limits);

/// Runs `work` on a stack of 64 MiB, for parsers.
void runOnBigStack(llvm::function_ref<void()> work);

/// Parses a checked input, the main file of `sources`, and keeps the names of
/// functions' arguments. Null if it is wrong: diagnostics say how.
mlir::OwningOpRef<mlir::ModuleOp> parseInput(llvm::SourceMgr &sources,
                                             mlir::MLIRContext *context);

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOLS_DRIVER_INPUTGUARD_H
