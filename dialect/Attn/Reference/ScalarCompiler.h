//===- ScalarCompiler.h - From ops of a region to lane steps ----*- C++ -*-===//

#ifndef SEXTANT_DIALECT_ATTN_REFERENCE_SCALARCOMPILER_H
#define SEXTANT_DIALECT_ATTN_REFERENCE_SCALARCOMPILER_H

#include "dialect/Attn/Reference/ScalarProgram.h"
#include "llvm/ADT/DenseSet.h"

namespace sextant::attn {

/// A float with its slack.
struct Slacked {
  double value, slack;
};

/// Compiles one region. The tables of ops are in ScalarFloat.cpp (floats) and
/// ScalarInteger.cpp (integers, comparisons, conversions).
class ScalarCompiler {
public:
  using State = ScalarProgram::State;

  ScalarCompiler(ScalarProgram &program,
                 llvm::function_ref<const RealTensor *(mlir::Value)> tensors,
                 const CallExtents &extents)
      : program(program), tensors(tensors), extents(extents) {}

  mlir::LogicalResult compile(mlir::Operation *op, mlir::Region &region,
                              llvm::ArrayRef<bool> uniform);

private:
  unsigned regOf(mlir::Value value);
  bool isUniform(mlir::Value value);
  void add(mlir::Operation &op, ScalarProgram::Step step);

  // Each returns false for an op that is not in its table.
  bool compileFloat(mlir::Operation &op);
  bool compileMath(mlir::Operation &op);
  bool compileInteger(mlir::Operation &op);
  bool compileConversion(mlir::Operation &op);
  bool compileCompare(mlir::Operation &op);
  bool compileAttn(mlir::Operation &op);
  bool compileConstant(mlir::Operation &op);

  // f maps Slacked operands to the Slacked result; the rounding of the result
  // to its type is added here.
  template <typename F> void floats1(mlir::Operation &op, F f);
  template <typename F> void floats2(mlir::Operation &op, F f);
  template <typename F> void floats3(mlir::Operation &op, F f);
  // f maps int64 operands to a result that is wrapped to the result's width.
  template <typename F> void integers1(mlir::Operation &op, F f);
  template <typename F> void integers2(mlir::Operation &op, F f);

  ScalarProgram &program;
  llvm::function_ref<const RealTensor *(mlir::Value)> tensors;
  const CallExtents &extents;
  llvm::DenseMap<mlir::Value, unsigned> regs;
  llvm::DenseMap<mlir::Value, bool> uniformValues;
  /// Values that follow from a float argument.
  llvm::DenseSet<mlir::Value> fromFloats;
};

/// The relative rounding of a type, in units of 2^-24; 0 for f64.
double roundingOf(mlir::Type type);
/// `value` wrapped to `width` bits: sign-extended, an i1 as 0 or 1.
inline int64_t wrap(int64_t value, unsigned width) {
  if (width >= 64)
    return value;
  if (width == 1)
    return value & 1;
  unsigned shift = 64 - width;
  return static_cast<int64_t>(static_cast<uint64_t>(value) << shift) >> shift;
}
/// The number that a wrapped value stands for, signed or unsigned.
inline int64_t asSigned(int64_t value, unsigned width) {
  return width == 1 ? -value : value;
}
inline uint64_t asUnsigned(int64_t value, unsigned width) {
  return width >= 64 ? value : value & ((uint64_t(1) << width) - 1);
}
inline unsigned widthOf(mlir::Type type) {
  return type.isIndex() ? 64 : type.getIntOrFloatBitWidth();
}

} // namespace sextant::attn

#endif // SEXTANT_DIALECT_ATTN_REFERENCE_SCALARCOMPILER_H
