//===- Elements.h - Elements of memory as numbers of a kernel ---*- C++ -*-===//
//
// Kernels compute in f32 whatever the element type of a tensor. Elements of f16
// and bf16 are widened where they are loaded, exactly, and numbers are rounded
// once where they are stored: to nearest even, a NaN to a quiet NaN, what is
// too large to infinity. Scalars and vectors alike.
//
// An artifact calls no library, so what the target has no instruction for is
// written out in integers.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_TILEDTOVECTOR_ELEMENTS_H
#define SEXTANT_COMPILER_TILEDTOVECTOR_ELEMENTS_H

#include "mlir/IR/Builders.h"

namespace sextant {

class Elements {
public:
  /// `hasHalf`: whether f16 to f32 and back is one instruction.
  explicit Elements(bool hasHalf) : hasHalf(hasHalf) {}

  /// True if tensors of `type` hold 16-bit floats.
  static bool isNarrow(mlir::Type type);

  /// f32 for f16 and bf16; other values as they are.
  mlir::Value widen(mlir::OpBuilder &builder, mlir::Location loc,
                    mlir::Value value) const;
  /// `value`, of f32, as an `element`; other element types as they are.
  mlir::Value narrow(mlir::OpBuilder &builder, mlir::Location loc,
                     mlir::Value value, mlir::Type element) const;

private:
  bool hasHalf;
};

} // namespace sextant

#endif // SEXTANT_COMPILER_TILEDTOVECTOR_ELEMENTS_H
