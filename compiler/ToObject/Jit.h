//===- Jit.h - Loading objects in memory ------------------------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOBJECT_JIT_H
#define SEXTANT_COMPILER_TOOBJECT_JIT_H

#include "runtime/sextant_runtime.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <memory>

namespace sextant {

/// Objects that are complete together, linked into this process. What it gives
/// out lives as long as it does.
class JitLibrary {
public:
  static llvm::Expected<std::unique_ptr<JitLibrary>>
  load(llvm::ArrayRef<llvm::StringRef> objects);
  ~JitLibrary();

  /// The three functions of a kernel; an error if it has none of that name.
  llvm::Expected<sextant_fn> function(llvm::StringRef kernel);
  llvm::Expected<sextant_workspace_fn> workspace(llvm::StringRef kernel);
  llvm::Expected<sextant_shapes_fn> shapes(llvm::StringRef kernel);

  /// The first byte of the manifest's header.
  llvm::Expected<const void *> manifest();

private:
  struct Session;
  explicit JitLibrary(std::unique_ptr<Session> session);
  llvm::Expected<void *> lookup(llvm::StringRef name);

  std::unique_ptr<Session> session;
};

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOBJECT_JIT_H
