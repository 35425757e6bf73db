//===- VectorMath.h - Elementary functions without a libm -------*- C++ -*-===//
//
// Each function emits arith and vector code for f32 scalars or vectors (f64
// where the name says so); the artifact calls no library. The error bounds
// stand in docs/Spec.md and are tested over the stated ranges.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_TILEDTOVECTOR_VECTORMATH_H
#define SEXTANT_COMPILER_TILEDTOVECTOR_VECTORMATH_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/Value.h"

namespace sextant {

/// Builds expressions on values of one shape (scalar or 1-D vector).
class VectorMath {
public:
  VectorMath(mlir::OpBuilder &builder, mlir::Location loc, bool fma)
      : builder(builder), loc(loc), fma(fma) {}

  /// 2^x for x <= 0, exact 0 below -126, NaN for NaN: the softmax exponential.
  mlir::Value exp2NonPositive(mlir::Value x);
  /// Full range, overflow to inf, underflow to 0 below 2^-126.
  mlir::Value exp2(mlir::Value x);
  mlir::Value exp(mlir::Value x);
  mlir::Value log2(mlir::Value x);
  mlir::Value log(mlir::Value x);
  mlir::Value log1p(mlir::Value x);
  mlir::Value tanh(mlir::Value x);
  mlir::Value erf(mlir::Value x);
  mlir::Value pow(mlir::Value x, mlir::Value y);
  /// Radians, f32; |x| <= 2^24.
  mlir::Value sin(mlir::Value x);
  mlir::Value cos(mlir::Value x);
  /// cos and sin of `position` (i32) times `frequency` (f64 radians) times
  /// `harmonic`, f32 results within 2^-22 for |position| <= 2^24: the angle is
  /// reduced in f64.
  std::pair<mlir::Value, mlir::Value>
  cosSin(mlir::Value position, mlir::Value frequency, int64_t harmonic = 1);
  /// f64: a few ulp.
  mlir::Value exp2F64(mlir::Value x);
  mlir::Value log2F64(mlir::Value x);

  /// a * b + c, fused where the target can.
  mlir::Value madd(mlir::Value a, mlir::Value b, mlir::Value c);
  /// `value` as a constant of the shape and element type of `like`.
  mlir::Value constant(mlir::Value like, double value);

private:
  mlir::OpBuilder &builder;
  mlir::Location loc;
  bool fma;
};

} // namespace sextant

#endif // SEXTANT_COMPILER_TILEDTOVECTOR_VECTORMATH_H
