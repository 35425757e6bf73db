//===- EntryDescription.h - A kernel's arguments and variants ---*- C++ -*-===//
//
// attn.entry read into plain data, so that what comes after MLIR (tables,
// manifest, header) needs no MLIR context.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_TOOBJECT_ENTRYDESCRIPTION_H
#define SEXTANT_COMPILER_TOOBJECT_ENTRYDESCRIPTION_H

#include "compiler/Target/Target.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/SmallVector.h"
#include <string>
#include <vector>

namespace sextant {

/// One dimension: a symbol, or a fixed extent where `symbol` is -1.
struct DimensionDescription {
  int32_t symbol = -1;
  int64_t extent = 0;
};

struct ArgumentDescription {
  std::string name;
  /// As in the manifest: "f32".
  std::string dtype;
  /// DLDataTypeCode and bits.
  int32_t dtypeCode = 0, dtypeBits = 0;
  llvm::SmallVector<DimensionDescription, 4> dims;
  bool position = false;
};

struct RelationDescription {
  /// SEXTANT_RELATION_ of runtime/Artifact/Kernel.h.
  int32_t kind;
  /// Symbols.
  int32_t left, right;
};

struct VariantDescription {
  const Target *target;
  int64_t phases;
  /// The target whose functions it runs: `target`, or one that asks for no
  /// more.
  const Target *code;
};

struct EntryDescription {
  std::string name, description;
  llvm::SmallVector<std::string, 8> symbols;
  /// Inputs, then outputs.
  llvm::SmallVector<ArgumentDescription, 8> arguments;
  size_t inputs = 0;
  llvm::SmallVector<RelationDescription, 2> relations;
  /// Best first.
  llvm::SmallVector<VariantDescription, 2> variants;

  llvm::ArrayRef<ArgumentDescription> ins() const {
    return llvm::ArrayRef(arguments).take_front(inputs);
  }
  llvm::ArrayRef<ArgumentDescription> outs() const {
    return llvm::ArrayRef(arguments).drop_front(inputs);
  }

  /// `k__isa__p0`, `k__isa__p0_tasks`, `k__isa__workspace`.
  std::string runName(const Target &target, int64_t phase) const;
  std::string tasksName(const Target &target, int64_t phase) const;
  std::string workspaceName(const Target &target) const;
};

/// Reads every attn.entry of a module in the vector form. Fails with a
/// diagnostic if one exceeds a limit of the artifact format, if an instruction
/// set is not known, or if there is no kernel at all.
mlir::FailureOr<std::vector<EntryDescription>>
readEntries(mlir::ModuleOp module);

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOBJECT_ENTRYDESCRIPTION_H
