//===- FrameAdapter.h - From a frame to memref arguments --------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOBJECT_FRAMEADAPTER_H
#define SEXTANT_COMPILER_TOOBJECT_FRAMEADAPTER_H

#include "compiler/ToObject/EntryDescription.h"
#include "llvm/IR/Function.h"
#include "llvm/Support/Error.h"

namespace sextant {

/// What a function of a kernel is for, which says what it takes after the
/// memrefs and what it returns.
enum class PartKind { Tasks, Run, Workspace };

/// Wraps functions that take unpacked memref descriptors in functions that take
/// a `sextant_frame`. What the checker has established, extents that are fixed
/// and offsets of zero, becomes constants of the kernel.
class FrameAdapter {
public:
  FrameAdapter(llvm::Module &module, const EntryDescription &entry)
      : module(module), entry(entry) {}

  /// Adds the wrapper of the function `name`, which becomes part of it. Fails
  /// if there is no such function, if its type is another or if one calls it.
  llvm::Error adapt(llvm::StringRef name, PartKind kind);

  /// The wrapper that `adapt` adds, perhaps to another module of the artifact.
  llvm::Function *wrapper(llvm::StringRef name, PartKind kind);

private:
  llvm::Module &module;
  const EntryDescription &entry;
};

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOBJECT_FRAMEADAPTER_H
