//===- AttnScalar.h - Arithmetic of a scalar region, spelled short -*- C++
//-*-===//
//
// What the expansions of entries are written with.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_DIALECT_ATTN_IR_ATTNSCALAR_H
#define SEXTANT_DIALECT_ATTN_IR_ATTNSCALAR_H

#include "dialect/Attn/IR/Attn.h"

namespace sextant::attn {

/// Builds arithmetic on floats of one type, and on i32. Constants fold.
class ScalarBuilder {
public:
  ScalarBuilder(mlir::OpBuilder &builder, mlir::Location loc,
                mlir::FloatType type)
      : builder(builder), loc(loc), type(type) {}

  mlir::Value number(double value);
  mlir::Value integer(int32_t value);
  /// An i32 as a float.
  mlir::Value toFloat(mlir::Value value);

  mlir::Value add(mlir::Value a, mlir::Value b);
  mlir::Value sub(mlir::Value a, mlir::Value b);
  mlir::Value mul(mlir::Value a, mlir::Value b);
  mlir::Value div(mlir::Value a, mlir::Value b);
  mlir::Value add(mlir::Value a, double b) { return add(a, number(b)); }
  mlir::Value sub(mlir::Value a, double b) { return sub(a, number(b)); }
  mlir::Value mul(mlir::Value a, double b) { return mul(a, number(b)); }

  mlir::Value max(mlir::Value a, mlir::Value b);
  mlir::Value min(mlir::Value a, mlir::Value b);
  /// Between 0 and 1.
  mlir::Value clamp(mlir::Value a) { return min(max(a, number(0)), number(1)); }
  /// Of a value that an i32 holds.
  mlir::Value floor(mlir::Value a);
  mlir::Value ceil(mlir::Value a);

  /// a < b of floats or of i32.
  mlir::Value less(mlir::Value a, mlir::Value b);
  mlir::Value less(mlir::Value a, int32_t b) { return less(a, integer(b)); }
  mlir::Value equal(mlir::Value a, mlir::Value b);
  mlir::Value select(mlir::Value condition, mlir::Value yes, mlir::Value no);

  /// table[index] of a table that is part of the program; an index past its
  /// end reads some entry.
  mlir::Value lookup(llvm::ArrayRef<double> table, mlir::Value index);

  /// |a - b| of two i32, as a float.
  mlir::Value distance(mlir::Value a, mlir::Value b);

  /// An element of a captured tensor in the builder's type (f32).
  mlir::Value read(mlir::Value tensor, mlir::ValueRange indices);

private:
  mlir::OpBuilder &builder;
  mlir::Location loc;
  mlir::FloatType type;
};

/// Fills `region` with a block of `elements` f32 and `coordinates` i32
/// arguments, lets `body` build the yielded values.
void buildRegion(
    mlir::OpBuilder &builder, mlir::Location loc, mlir::Region &region,
    unsigned elements, unsigned coordinates,
    llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::ValueRange)> body);

/// attn.row_map of `input`, with `channels` channels in the result.
mlir::Value buildRowMap(
    mlir::OpBuilder &builder, mlir::Location loc, mlir::Value input,
    mlir::Value positions, bool pairs, std::optional<PairLayout> layout,
    int64_t channels,
    llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::ValueRange)> body);

/// Rows of the same lengths as `rows`, before they were rotated.
mlir::Value withoutRotations(mlir::Value rows);

/// (a, b) --> (a cos - b sin, b cos + a sin), in f32.
llvm::SmallVector<mlir::Value> buildTurn(mlir::OpBuilder &builder,
                                         mlir::Location loc, mlir::Value a,
                                         mlir::Value b, mlir::Value cos,
                                         mlir::Value sin);

} // namespace sextant::attn

#endif // SEXTANT_DIALECT_ATTN_IR_ATTNSCALAR_H
