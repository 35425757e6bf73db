//===- Extents.h - Which extents of a kernel's tensors are equal -*- C++
//-*-===//

#ifndef SEXTANT_COMPILER_TILEDTOVECTOR_EXTENTS_H
#define SEXTANT_COMPILER_TILEDTOVECTOR_EXTENTS_H

#include "dialect/Attn/IR/Attn.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/EquivalenceClasses.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringSet.h"

namespace sextant {

/// The extents of all tensors of a function in the tiled form, merged where an
/// op needs them equal; each class has one name or one fixed value.
class Extents {
public:
  explicit Extents(mlir::func::FuncOp function);

  /// Fails, with an error on the function, if two fixed extents that must agree
  /// do not.
  mlir::LogicalResult verify();
  /// An i64 attribute for a fixed extent, a string (its symbol) otherwise.
  mlir::Attribute describe(mlir::Value tensor, unsigned axis);
  /// `left` is a multiple of `right` for each pair of head counts.
  llvm::SmallVector<mlir::Attribute> relations();

private:
  using Extent = std::pair<void *, unsigned>; // a tensor and an axis

  static Extent extent(mlir::Value tensor, unsigned axis) {
    return {tensor.getAsOpaquePointer(), axis};
  }
  void merge(mlir::Value a, unsigned axisA, mlir::Value b, unsigned axisB);
  void mergeOp(mlir::Operation &op);
  void mergeReads(mlir::Operation &op);
  void nameOp(mlir::Operation &op);
  void name(mlir::Value tensor, unsigned axis, llvm::StringRef preferred);

  std::string describeTensor(const Extent &at) const;

  mlir::func::FuncOp function;
  llvm::EquivalenceClasses<Extent> classes;
  llvm::MapVector<Extent, std::string> names; // by leader
  llvm::StringSet<> used;
};

} // namespace sextant

#endif // SEXTANT_COMPILER_TILEDTOVECTOR_EXTENTS_H
