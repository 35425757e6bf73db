//===- Tensor.h - Host tensors and float64 values ---------------*- C++ -*-===//
//
// What the reference interpreter reads (strided tensors of any element type)
// and what it computes with (dense float64 or int64 values).
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_DIALECT_ATTN_REFERENCE_TENSOR_H
#define SEXTANT_DIALECT_ATTN_REFERENCE_TENSOR_H

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <optional>
#include <string>
#include <vector>

namespace sextant::attn {

enum class HostType { F32, F16, BF16, F64, I64, I32, I1 };

/// The host type of an MLIR element type, none if there is no such tensor.
std::optional<HostType> hostTypeOf(mlir::Type type);
llvm::StringRef nameOf(HostType type);
/// Bytes an element; an i1 takes one byte.
size_t bytesOf(HostType type);
bool isFloat(HostType type);

/// A view of memory that the caller owns. Strides count elements; empty strides
/// mean a dense row-major tensor. Any stride is legal, 0 and negative too.
struct HostTensor {
  void *data = nullptr;
  HostType type = HostType::F32;
  llvm::SmallVector<int64_t, 5> shape;
  llvm::SmallVector<int64_t, 5> strides;

  int64_t numElements() const;
  /// Offset, in elements, of the element at `index` in row-major order.
  int64_t offsetOf(int64_t index) const;
  /// The element at row-major place `index`, exactly.
  double readReal(int64_t index) const;
  int64_t readInteger(int64_t index) const;
  /// Stores the value, rounded to nearest even to the element type.
  void write(int64_t index, double value);
};

/// "2x8x?x64" spelled for messages.
std::string shapeText(llvm::ArrayRef<int64_t> shape);

/// A dense tensor of the interpreter. A float tensor has `value` and, where it
/// was computed, `slack`: a bound on the error, in units of 2^-24, of the same
/// computation in f32 (empty: the values are exact). An integer tensor has
/// `integer`.
struct RealTensor {
  llvm::SmallVector<int64_t, 5> shape;
  std::vector<double> value, slack;
  std::vector<int64_t> integer;

  int64_t numElements() const;
  int64_t extent(unsigned dim) const { return shape[dim]; }
  bool isExact() const { return slack.empty(); }
  /// The row (b, h, l) of a rank-4 tensor.
  const double *row(int64_t b, int64_t h, int64_t l) const {
    return value.data() + rowOffset(b, h, l);
  }
  /// Null for an exact tensor.
  const double *rowSlack(int64_t b, int64_t h, int64_t l) const {
    return slack.empty() ? nullptr : slack.data() + rowOffset(b, h, l);
  }
  int64_t rowOffset(int64_t b, int64_t h, int64_t l) const {
    return ((b * shape[1] + h) * shape[2] + l) * shape[3];
  }
};

} // namespace sextant::attn

#endif // SEXTANT_DIALECT_ATTN_REFERENCE_TENSOR_H
