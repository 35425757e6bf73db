//===- AttnExtents.h - The attention whose extents an op reads --*- C++ -*-===//
//
// What `attn.extent` means depends on the attention that an op is part of or
// computes rows for. This is the one place that says which that is, in the
// attn, the fused and the tiled form.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_DIALECT_ATTN_IR_ATTNEXTENTS_H
#define SEXTANT_DIALECT_ATTN_IR_ATTNEXTENTS_H

#include "dialect/Attn/IR/Attn.h"

namespace sextant::attn {

/// What rows are to an attention. Only queries, keys and values have extents of
/// the attention; what is read by a region, or for its positions, has its own.
enum class RowRole { Query, Key, Value, Other };

/// An attention that reads what an op computes.
struct ReadingAttention {
  /// The attn.scores, attn.rotary_scores, attn.fused or attn.for_tiles. Of
  /// scores that are given, the op that reads them.
  mlir::Operation *op;
  RowRole role;
};

struct Readers {
  /// In the order of the program; one attention may stand in several roles.
  llvm::SmallVector<ReadingAttention> attentions;
  /// The function returns the rows, or what no attention computes of them.
  bool isReturned = false;

  /// The attention whose extents are read; null if there is none.
  mlir::Operation *first() const {
    return attentions.empty() ? nullptr : attentions.front().op;
  }
};

/// The attention that `op` is part of, or the attentions that it computes rows
/// for: those that read them, or numbers or positions that are made of them, as
/// queries, keys, values, positions or captured tensors. What an attention
/// computes of them no longer counts.
Readers findReaders(mlir::Operation *op);

/// The first of the dot products that scores are made of, which gives extents
/// where several do; `op` itself if it is none of scores.
mlir::Operation *firstScores(mlir::Operation *op);

/// The rows that dot products multiply; null where scores are given.
struct MultipliedRows {
  mlir::Value query, key;
};
MultipliedRows multipliedRows(mlir::Operation *scores);

/// The tensor that rows are computed from, row by row: it has as many.
mlir::Value rootOf(mlir::Value rows);

} // namespace sextant::attn

#endif // SEXTANT_DIALECT_ATTN_IR_ATTNEXTENTS_H
