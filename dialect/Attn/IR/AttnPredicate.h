//===- AttnPredicate.h - Predicates of a region, spelled short --*- C++ -*-===//
//
// What the expansions of masks are written with: i32 arithmetic that has
// interval rules, comparisons, truth values.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_DIALECT_ATTN_IR_ATTNPREDICATE_H
#define SEXTANT_DIALECT_ATTN_IR_ATTNPREDICATE_H

#include "dialect/Attn/IR/Attn.h"

namespace sextant::attn {

/// Builds i32 and i1 values. Constants fold.
class PredicateBuilder {
public:
  PredicateBuilder(mlir::OpBuilder &builder, mlir::Location loc)
      : builder(builder), loc(loc) {}

  mlir::Value integer(int64_t value);
  mlir::Value extent(ExtentKind kind);
  /// An element of a captured tensor: i32 or i1.
  mlir::Value read(mlir::Value tensor, mlir::ValueRange indices);

  mlir::Value add(mlir::Value a, mlir::Value b);
  mlir::Value sub(mlir::Value a, mlir::Value b);
  mlir::Value mul(mlir::Value a, int64_t b);
  mlir::Value min(mlir::Value a, mlir::Value b);
  mlir::Value max(mlir::Value a, mlir::Value b);
  /// Quotient rounded down and its remainder in [0, b), of any a; b > 0.
  mlir::Value floorDiv(mlir::Value a, int64_t b);
  mlir::Value floorMod(mlir::Value a, int64_t b);
  /// Quotient and remainder of a >= 0; b > 0.
  mlir::Value div(mlir::Value a, int64_t b);
  mlir::Value mod(mlir::Value a, int64_t b);

  mlir::Value less(mlir::Value a, mlir::Value b);
  mlir::Value atMost(mlir::Value a, mlir::Value b);
  mlir::Value equal(mlir::Value a, mlir::Value b);
  /// a <= b < c
  mlir::Value within(mlir::Value a, mlir::Value b, mlir::Value c) {
    return both(atMost(a, b), less(b, c));
  }
  /// Bit `place` of an i32, 0 <= place < 32; elsewhere unspecified.
  mlir::Value bit(mlir::Value word, mlir::Value place);
  mlir::Value both(mlir::Value a, mlir::Value b);
  mlir::Value either(mlir::Value a, mlir::Value b);
  mlir::Value select(mlir::Value condition, mlir::Value yes, mlir::Value no);

private:
  template <typename OpT> mlir::Value make(mlir::Value a, mlir::Value b) {
    return builder.createOrFold<OpT>(loc, a, b);
  }
  mlir::Value compare(mlir::arith::CmpIPredicate predicate, mlir::Value a,
                      mlir::Value b);

  mlir::OpBuilder &builder;
  mlir::Location loc;
};

/// Quotient rounded down and its remainder in [0, b), for the interpreter.
inline int64_t floorDiv(int64_t a, int64_t b) {
  return int64_t(std::floor(double(a) / double(b)));
}
inline int64_t floorMod(int64_t a, int64_t b) { return a - floorDiv(a, b) * b; }

} // namespace sextant::attn

#endif // SEXTANT_DIALECT_ATTN_IR_ATTNPREDICATE_H
