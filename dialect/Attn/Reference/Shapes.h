//===- Shapes.h - The extents of every value of a call ----------*- C++ -*-===//

#ifndef SEXTANT_DIALECT_ATTN_REFERENCE_SHAPES_H
#define SEXTANT_DIALECT_ATTN_REFERENCE_SHAPES_H

#include "dialect/Attn/Reference/ScalarProgram.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace sextant::attn {

using Shape = llvm::SmallVector<int64_t, 5>;

/// Extents of every tensor of a function for given arguments.
class Shapes {
public:
  /// Checks the arguments against the function and every op's operands against
  /// each other; what disagrees is an error on the op.
  static mlir::FailureOr<Shapes>
  infer(mlir::func::FuncOp func,
        llvm::ArrayRef<llvm::ArrayRef<int64_t>> arguments);

  const Shape &of(mlir::Value value) const {
    return shapes.find(value)->second;
  }

  /// What `attn.extent` reads inside `op`: the extents of the scores that the
  /// op is part of, or that its result feeds; without scores, its own rows.
  CallExtents callExtents(mlir::Operation *op) const;

private:
  mlir::LogicalResult inferOp(mlir::Operation *op);
  mlir::LogicalResult set(mlir::Value value, Shape shape);

  llvm::DenseMap<mlir::Value, Shape> shapes;
};

/// True for tensors over (query, key) pairs: results of score ops and keys that
/// depend on the query. Nothing stores them unless they are returned.
bool isVirtual(mlir::Value value);

} // namespace sextant::attn

#endif // SEXTANT_DIALECT_ATTN_REFERENCE_SHAPES_H
