//===- ChannelTrace.h - What one channel of a row tensor is -----*- C++ -*-===//
//
// Walks channels of queries and keys back to the tensors that are real.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_ATTNTOFUSED_CHANNELTRACE_H
#define SEXTANT_COMPILER_ATTNTOFUSED_CHANNELTRACE_H

#include "dialect/Attn/IR/Attn.h"

#include <map>
#include <tuple>

namespace sextant {

/// The row of a (query, key) pair that a value is read at.
enum class RowSide : uint8_t { Query, Key };

/// One scalar: a channel of a tensor, or a result of a scalar map over others.
struct ChannelNode {
  static constexpr unsigned kUnused = ~0u;

  RowSide side = RowSide::Query;
  /// The tensor that is read, for a leaf; null for a map.
  mlir::Value tensor;
  /// attn.row_map or attn.pair_keys, for a map.
  mlir::Operation *map = nullptr;
  /// Which of the map's yielded values.
  unsigned yield = 0;
  /// The channel of a leaf, the channel number a row map sees (0 if unread).
  int64_t number = 0;
  /// The node of each element argument of the map's body; kUnused if unread.
  llvm::SmallVector<unsigned, 4> operands;

  bool isLeaf() const { return !map; }
};

/// All traced channels of one score, each once. slice and concat vanish.
class ChannelTrace {
public:
  /// The node of a channel of `tensor`, read at `side`'s row. Emits an error at
  /// a rank-5 tensor whose definition is not known.
  mlir::FailureOr<unsigned> trace(mlir::Value tensor, int64_t channel,
                                  RowSide side);

  const ChannelNode &operator[](unsigned node) const { return nodes[node]; }
  size_t size() const { return nodes.size(); }

private:
  mlir::FailureOr<unsigned> traceRowMap(attn::RowMapOp op, int64_t channel,
                                        RowSide side);
  mlir::FailureOr<unsigned> tracePairKeys(attn::PairKeysOp op, int64_t channel);

  std::vector<ChannelNode> nodes;
  std::map<std::tuple<const void *, int64_t, RowSide>, unsigned> known;
};

/// The arguments of `block` that `value`, defined in it, depends on.
llvm::SmallVector<bool> usedArguments(mlir::Block &block, mlir::Value value);

} // namespace sextant

#endif // SEXTANT_COMPILER_ATTNTOFUSED_CHANNELTRACE_H
