//===- VectorMath.h - Elementary functions without a libm -------*- C++ -*-===//
//
// Each function emits arith code for f32 scalars or 1-D vectors (f64 where the
// name says so); the artifact calls no library. Error bounds stand in
// docs/Spec.md.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_TILEDTOVECTOR_VECTORMATH_H
#define SEXTANT_COMPILER_TILEDTOVECTOR_VECTORMATH_H

#include "compiler/Target/Target.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Value.h"

namespace sextant {

inline constexpr double kLog2e = 1.4426950408889634074;
inline constexpr double kLn2 = 0.69314718055994530942;

/// Builds expressions on values of one shape (scalar or 1-D vector). NaN
/// arguments give NaN everywhere.
class VectorMath {
public:
  VectorMath(mlir::OpBuilder &builder, mlir::Location loc, bool fma)
      : builder(builder), loc(loc), fma(fma) {}
  /// With what else the target has for vectors of its width.
  VectorMath(mlir::OpBuilder &builder, mlir::Location loc, const Target &target)
      : builder(builder), loc(loc), fma(target.hasFma),
        registerLanes(target.lanes), pick(target.pickOfFour),
        scales(target.hasScale) {}

  /// 2^x for x <= 127, exact 0 from -127 down: the exponential of the softmax,
  /// for several values at once (in place) so that their steps interleave.
  void exp2Clamped(llvm::MutableArrayRef<mlir::Value> xs);
  mlir::Value exp2Clamped(mlir::Value x);
  /// 2^x over the full range: overflow to inf, gradual underflow.
  mlir::Value exp2(mlir::Value x);
  mlir::Value exp(mlir::Value x);
  /// The same for x <= 88, in fewer steps; 0 below -87.68.
  mlir::Value expBounded(mlir::Value x);
  mlir::Value log2(mlir::Value x);
  mlir::Value log(mlir::Value x);
  mlir::Value log1p(mlir::Value x);
  mlir::Value tanh(mlir::Value x);
  mlir::Value erf(mlir::Value x);
  /// x^y; computed in f64, so correct to about one f32 rounding.
  mlir::Value pow(mlir::Value x, mlir::Value y);
  mlir::Value sin(mlir::Value x);
  mlir::Value cos(mlir::Value x);
  /// cos and sin of `harmonic * position * frequency` (i32 times f64 radians),
  /// f32 results within 2^-22 for |position| <= 2^24: the angle is reduced in
  /// f64. With `f32Angles` the frequency and its product with the position are
  /// rounded to f32 before.
  std::pair<mlir::Value, mlir::Value> cosSin(mlir::Value position,
                                             mlir::Value frequency,
                                             int64_t harmonic = 1,
                                             bool f32Angles = false);
  /// f64, a few ulp; x within the normal exponents.
  mlir::Value exp2F64(mlir::Value x);
  mlir::Value log2F64(mlir::Value x);
  mlir::Value powF64(mlir::Value x, mlir::Value y);

  /// Rounding without SSE4.1 or libm.
  mlir::Value roundEven(mlir::Value x);
  mlir::Value floor(mlir::Value x);
  mlir::Value ceil(mlir::Value x);

  /// a * b + c, fused where the target can.
  mlir::Value madd(mlir::Value a, mlir::Value b, mlir::Value c);
  /// `value` as a constant of the shape and element type of `like`.
  mlir::Value constant(mlir::Value like, double value);

private:
  bool fillsRegister(mlir::Value x);
  void exp2Scaled(llvm::MutableArrayRef<mlir::Value> xs);
  mlir::Value quarterRoots();
  mlir::Value integer(mlir::Value like, int64_t value, unsigned bits);
  mlir::Value bitsOf(mlir::Value x);
  mlir::Value floatOf(mlir::Value bits);
  mlir::Value polynomial(mlir::Value x, llvm::ArrayRef<double> coefficients);
  mlir::Value select(mlir::Value condition, mlir::Value a, mlir::Value b);
  mlir::Value abs(mlir::Value x);
  mlir::Value copySign(mlir::Value magnitude, mlir::Value sign);
  mlir::Value convert(mlir::Value x, mlir::Type element);
  /// 2^k for integer-valued k given as the low bits of a magic-rounded float.
  mlir::Value scaleByPowerOfTwo(mlir::Value x, mlir::Value k);
  /// x = 2^exponent * mantissa, mantissa in [sqrt(1/2), sqrt(2)).
  std::pair<mlir::Value, mlir::Value> splitExponent(mlir::Value x);
  /// ln(mantissa) by the odd series in s = (m - 1) / (m + 1).
  mlir::Value logMantissa(mlir::Value mantissa);
  mlir::Value logSpecial(mlir::Value x, mlir::Value result);
  /// cos and sin of pi/2 times `quarters` (f64).
  std::pair<mlir::Value, mlir::Value> cosSinOfQuarters(mlir::Value quarters);
  std::pair<mlir::Value, mlir::Value> cosSinOfRadians(mlir::Value x);

  mlir::OpBuilder &builder;
  mlir::Location loc;
  bool fma;
  int64_t registerLanes = 0;
  /// Target::pickOfFour and Target::hasScale, for vectors of `registerLanes`.
  llvm::StringRef pick;
  bool scales = false;
};

} // namespace sextant

#endif // SEXTANT_COMPILER_TILEDTOVECTOR_VECTORMATH_H
