//===- Code.h - Short words for the ops of the vector form ------*- C++ -*-===//
//
// Kernels are written by C++ that reads like the loops it writes. This is the
// vocabulary: index arithmetic, loads and stores, vectors, structured loops.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_TILEDTOVECTOR_CODE_H
#define SEXTANT_COMPILER_TILEDTOVECTOR_CODE_H

#include "compiler/TiledToVector/Elements.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace sextant {

class Code {
public:
  using Value = mlir::Value;
  using Values = llvm::SmallVector<mlir::Value>;
  using Predicate = mlir::arith::CmpIPredicate;

  Code(mlir::OpBuilder &builder, mlir::Location loc,
       const Elements &elements = Elements(/*hasHalf=*/false))
      : builder(builder), loc(loc), elements(elements) {}

  // Constants.
  Value index(int64_t value);
  Value integer(unsigned bits, int64_t value);
  Value flag(bool value) { return integer(1, value); }
  Value f32(double value);
  Value splat(int64_t lanes, double value);
  /// `element` in every lane of `type`, a scalar or a vector type.
  Value constant(mlir::Type type, mlir::TypedAttr element);

  // Index and integer arithmetic.
  Value add(Value a, Value b);
  Value sub(Value a, Value b);
  Value mul(Value a, Value b);
  Value add(Value a, int64_t b) { return b ? add(a, constantLike(a, b)) : a; }
  Value sub(Value a, int64_t b) { return sub(a, constantLike(a, b)); }
  Value mul(Value a, int64_t b) { return mul(a, constantLike(a, b)); }
  Value divide(Value a, Value b); // unsigned
  Value divide(Value a, int64_t b) { return divide(a, constantLike(a, b)); }
  Value divideUp(Value a, int64_t b) { return divide(add(a, b - 1), b); }
  Value remainder(Value a, Value b); // unsigned
  Value minimum(Value a, Value b);   // signed
  Value maximum(Value a, Value b);
  Value lowestBit(Value a);  // 0 for 0
  Value highestBit(Value a); // of a > 0
  Value compare(Predicate predicate, Value a, Value b);
  Value less(Value a, Value b) { return compare(Predicate::slt, a, b); }
  Value isZero(Value a) {
    return compare(Predicate::eq, a, constantLike(a, 0));
  }
  Value both(Value a, Value b);
  Value either(Value a, Value b);
  Value negate(Value flag) { return bitXor(flag, this->flag(true)); }
  Value select(Value condition, Value a, Value b);
  Value toIndex(Value integer);
  Value toInteger(unsigned bits, Value value);

  // Memory. Elements of f16 and bf16 come as f32, and f32 is rounded to them.
  Value dim(Value memref, int64_t axis);
  Value load(Value memref, mlir::ValueRange at);
  void store(Value value, Value memref, mlir::ValueRange at);
  Value loadVector(int64_t lanes, Value memref, mlir::ValueRange at);
  void storeVector(Value value, Value memref, mlir::ValueRange at);
  /// Two bf16 that follow each other in memory, as one i32: the first in its
  /// low half.
  Value loadPair(Value memref, mlir::ValueRange at);
  /// Asks for the line of memory that holds an element to be brought near (to
  /// the second level of cache, or the first). The element need not exist.
  void prefetch(Value memref, mlir::ValueRange at, int64_t level = 2);
  /// Elements of a memref that follow each other in one line of memory.
  static int64_t elementsOfLine(Value memref);
  /// Asks for the lines of a row of a rank-2 memref.
  void prefetchRow(Value rows, Value row, int64_t channels);
  static mlir::Type elementType(Value memref);
  /// Rows of one (batch, head) of a rank-4 memref, as a rank-2 memref.
  Value rowsOf(Value memref, Value batch, Value head);
  /// `count` rows of a rank-2 memref from row `first`.
  Value subRows(Value rows, Value first, Value count);
  Value cast(Value memref, mlir::Type type);
  /// The stride from one row of a rank-2 memref to the next, in elements.
  Value rowStride(Value rows);
  /// Whether the stride of the last axis is known to be 1, whether it is 1 at
  /// run time, and the same memref given that it is.
  static bool hasUnitStride(Value memref);
  Value isUnitStride(Value memref);
  Value withUnitStride(Value memref);
  /// `body` with all of `memrefs` known to have a last stride of 1, and, where
  /// that is decided at run time, again as they are.
  void whenUnitStride(
      mlir::ValueRange memrefs,
      llvm::function_ref<void(mlir::ValueRange memrefs, bool unit)> body);
  /// `bytes` of an i8 memref from `offset` (index), as a memref of `type`.
  Value view(Value bytes, Value offset, mlir::MemRefType type,
             mlir::ValueRange sizes = {});

  // Floats.
  Value broadcast(int64_t lanes, Value scalar);
  Value fromLanes(llvm::ArrayRef<Value> lanes);
  Value extract(Value vector, int64_t lane);
  /// The columns of the square whose rows are `rows`: as many vectors as each
  /// has lanes, a power of two that is 4 at least.
  Values transpose(llvm::ArrayRef<Value> rows);
  Value addF(Value a, Value b);
  Value subF(Value a, Value b);
  Value mulF(Value a, Value b);
  Value divF(Value a, Value b);
  Value compareF(mlir::arith::CmpFPredicate predicate, Value a, Value b);
  /// Pairs of bf16 of two vectors of f32, and sums with products of such pairs.
  Value packPairs(Value first, Value second);
  Value pairDot(Value left, Value right, Value sum);
  /// The larger; `b` if either is NaN.
  Value maxF(Value a, Value b);
  /// True if any lane of an i1 vector is, or of any of several.
  Value anyLane(Value flags);
  Value anyLane(llvm::ArrayRef<Value> flags);
  /// True if any lane of any of these vectors is NaN.
  Value anyNaN(llvm::ArrayRef<Value> vectors);

  // Control. The bodies build at the builder's insertion point.
  void loop(Value from, Value to, int64_t step,
            llvm::function_ref<void(Value)> body);
  Values loop(Value from, Value to, int64_t step, mlir::ValueRange initial,
              llvm::function_ref<Values(Value, mlir::ValueRange)> body);
  void when(Value condition, llvm::function_ref<void()> then,
            llvm::function_ref<void()> otherwise = {});
  Values choose(Value condition, mlir::TypeRange types,
                llvm::function_ref<Values()> then,
                llvm::function_ref<Values()> otherwise);
  /// While `test` (which returns the condition and then the values that go on)
  /// holds, `body` makes the next state.
  Values loopWhile(mlir::ValueRange initial,
                   llvm::function_ref<Values(mlir::ValueRange)> test,
                   llvm::function_ref<Values(mlir::ValueRange)> body);

  mlir::OpBuilder &builder;
  mlir::Location loc;
  Elements elements;

private:
  Value constantLike(Value like, int64_t value);
  Value bitXor(Value a, Value b);
};

} // namespace sextant

#endif // SEXTANT_COMPILER_TILEDTOVECTOR_CODE_H
