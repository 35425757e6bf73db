//===- Reference.h - The spec made executable -------------------*- C++ -*-===//
//
// A naive float64 interpreter of the attn form and of the fused form: the root
// of trust that every kernel is compared with.
//
// It works on demand, one (batch, head, query) row at a time. Keys that depend
// on the query are formed one by one and dropped again: no algebra, and memory
// O(N D). Values are those of exact arithmetic on the stored inputs (float64
// stands for exact), whatever the element types of intermediates. Beside every
// value it carries a *slack*: a first-order bound, in units of 2^-24, on the
// error that the same computation has in f32. From the slack come the bounds
// of the results (Bound.h), so a bound needs no knowledge of the variant.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_DIALECT_ATTN_REFERENCE_REFERENCE_H
#define SEXTANT_DIALECT_ATTN_REFERENCE_REFERENCE_H

#include "dialect/Attn/Reference/Tensor.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Support/LLVM.h"

namespace sextant::attn {

/// A query row of a result of shape B x H x M x ...
struct RowIndex {
  int64_t batch = 0, head = 0, query = 0;
};

struct ReferenceOptions {
  enum class Rows {
    All,
    /// All up to `fullCheckLimit` key-channel products, beyond it the first
    /// and the last rows and 64 rows drawn by `seed`.
    Budget,
    /// `rows`.
    List,
  };
  Rows select = Rows::All;
  std::vector<RowIndex> rows;
  uint64_t seed = 0;
  int64_t fullCheckLimit = int64_t(1) << 31;
  /// Bounds of a kernel that multiplies in f32, whatever rounding points the
  /// program allows.
  bool exactProducts = false;
  /// A returned virtual tensor above this many bytes is refused.
  int64_t memoryLimit = int64_t(4) << 30;
};

/// One result of the function. With `allRows` the values are the whole tensor
/// in row-major order, else those of `rows`, one row after the other.
struct ReferenceOutput {
  enum class Kind {
    Rows,        // a row map: every element from one row
    WeightedSum, // gate G1
    RowResult,   // a log-sum-exp, gate G5, or the remainder of ordered weights
    Virtual,     // scores, weights or keys of (query, key) pairs
    Integers,    // positions: exact
  };
  Kind kind = Kind::Rows;
  HostType type = HostType::F32;
  llvm::SmallVector<int64_t, 5> shape;
  bool allRows = true;
  std::vector<RowIndex> rows;
  /// Elements of one of `rows`.
  int64_t rowElements = 0;

  std::vector<double> value;
  /// The largest error |kernel - value| that passes, per element.
  std::vector<double> bound;
  /// Per row, for weighted sums and lse: ds, the bound on a score's error.
  std::vector<double> scoreError;
  /// Per element, for weighted sums: A = sum_j weight_ij |value_j|.
  std::vector<double> magnitude;

  /// Row-major place in the whole tensor of element `index` of `value`.
  int64_t placeOf(int64_t index) const;
};

struct ReferenceResult {
  std::vector<ReferenceOutput> outputs;
  /// Key-channel products of all rows, and whether all rows were computed.
  int64_t products = 0;
  bool allRows = true;
};

/// Evaluates `func` (attn form or fused form). Inputs in argument order; their
/// types and extents are checked against the function's. Errors are diagnostics
/// on the function or the op at fault.
mlir::FailureOr<ReferenceResult>
runReference(mlir::func::FuncOp func, llvm::ArrayRef<HostTensor> inputs,
             const ReferenceOptions &options = {});

/// The extents of the function's results for these inputs, without evaluating.
mlir::FailureOr<llvm::SmallVector<llvm::SmallVector<int64_t, 5>>>
inferResultShapes(mlir::func::FuncOp func, llvm::ArrayRef<HostTensor> inputs);

} // namespace sextant::attn

#endif // SEXTANT_DIALECT_ATTN_REFERENCE_REFERENCE_H
