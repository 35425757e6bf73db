//===- Attn.h - The attn dialect's C++ declarations -------------*- C++ -*-===//
//
// Include this to build or read ops of the attn dialect.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_DIALECT_ATTN_IR_ATTN_H
#define SEXTANT_DIALECT_ATTN_IR_ATTN_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/StringMap.h"

#include <cmath>

namespace sextant::attn {

/// Where a (query, key) pair lies, for the interpreter.
struct PairCoordinates {
  int64_t batch = 0, head = 0, queryIndex = 0, keyIndex = 0;
  int64_t queryPos = 0, keyPos = 0;
  /// Extents of the call: batch, heads, queries, keys.
  int64_t batches = 0, heads = 0, queries = 0, keys = 0;
};

/// Where a row lies, for the interpreter.
struct RowCoordinates {
  int64_t batch = 0, head = 0, index = 0, position = 0;
};

/// What a key takes of a row, what it leaves to the keys before it, and bounds
/// of the errors of a computation of both in f32, in units of 2^-24.
struct KeyShare {
  double take = 0, keep = 1;
  double takeSlack = 0, keepSlack = 0;
};

/// Where a pair lies inside a region of the compiler: i32 values.
struct PairValues {
  mlir::Value batch, head, queryIndex, keyIndex, queryPos, keyPos;
};

/// Writes a use of an entry, see AttnSample.h.
class EntrySampler;
using EntrySampleFn = std::string (*)(EntrySampler &draw);

/// Reads element `indices` (clamped to the tensor) of captured tensor `place`.
using CaptureReader =
    llvm::function_ref<double(int64_t place, llvm::ArrayRef<int64_t> indices)>;

} // namespace sextant::attn

#include "dialect/Attn/IR/AttnEnums.h.inc"

#include "dialect/Attn/IR/AttnAttrInterfaces.h.inc"
#include "dialect/Attn/IR/AttnOpInterfaces.h.inc"

#include "dialect/Attn/IR/AttnDialect.h.inc"

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/IR/AttnAttrs.h.inc"

#define GET_TYPEDEF_CLASSES
#include "dialect/Attn/IR/AttnTypes.h.inc"

#define GET_OP_CLASSES
#include "dialect/Attn/IR/AttnOps.h.inc"

namespace sextant::attn {

/// The extent of `dim` in a ranked tensor value; kDynamic if unknown.
inline int64_t extentOf(mlir::Value value, unsigned dim) {
  return llvm::cast<mlir::RankedTensorType>(value.getType()).getDimSize(dim);
}
/// Whether a tensor is written with elements of bf16.
inline bool isBF16(mlir::Value tensor) {
  return llvm::cast<mlir::RankedTensorType>(tensor.getType())
      .getElementType()
      .isBF16();
}

/// Trailing coordinate arguments of each kind of region (all i32):
///
/// batch, head, index, position, channel or group.
inline constexpr unsigned kRowCoordinates = 5;
/// batch, head, queryIndex, keyIndex, queryPos, keyPos.
inline constexpr unsigned kPairCoordinates = 6;

/// position, batch, index.
inline constexpr unsigned kPositionCoordinates = 3;
/// batch, head, queryIndex, queryPos.
inline constexpr unsigned kQueryCoordinates = 4;

/// Rows, columns and pairs of a tile of `attn.block_dot`, and the keys,
/// features or value channels that kernels take at a time where they use it.
inline constexpr int64_t kBlockTile = 16, kBlockRows = 32;

} // namespace sextant::attn

#endif // SEXTANT_DIALECT_ATTN_IR_ATTN_H
