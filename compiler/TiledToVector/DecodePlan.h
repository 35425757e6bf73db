//===- DecodePlan.h - When few queries take a template ----------*- C++ -*-===//
//
// Two templates compute attn.for_tiles. With the queries in the lanes
// (TileKernel.h) a vector is full only if a head has many queries; with the
// channels in the lanes (DecodeKernel.h) one query costs one pass over the
// keys at the speed of memory. Both are in the artifact, unless the program
// says how many queries there are. Which one runs, and how the keys are split
// over tasks, is decided here and nowhere else, from the extents of the call:
//
//   the second template if M is at most the lanes of a vector;
//   a task has rows that read the same keys and values: queries of a head and
//   heads of a key head, at most kDecodeRows;
//   one split of the keys if there are 2 tasks a thread without, or one thread;
//   else as many as give 2 tasks a thread, of at least kSplitKeys keys.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_TILEDTOVECTOR_DECODEPLAN_H
#define SEXTANT_COMPILER_TILEDTOVECTOR_DECODEPLAN_H

#include "compiler/TiledToVector/Kernel.h"
#include "compiler/TiledToVector/KeyAtoms.h"

namespace sextant {

/// Rows (query, head) of one task.
inline constexpr int64_t kDecodeRows = 32;
/// Most keys that are scored at a time; splits are multiples of it.
inline constexpr int64_t kDecodeKeys = 64;
/// Fewest keys of a split, if there are several.
inline constexpr int64_t kSplitKeys = 1024;

/// The grid of tasks, as code (index).
struct DecodePlan {
  DecodePlan(Frame &frame, attn::ForTilesOp op);

  mlir::Value batches, heads, queries, keys;
  /// Heads that read the same keys and values, and how many such groups.
  mlir::Value group, groups;
  /// Rows of a task, and how many tasks share a group.
  mlir::Value headsOfTask, queriesOfTask, headChunks, queryChunks;
  mlir::Value splits, splitKeys;

  /// Partial results, one row each: of (batch, head, query, split).
  mlir::Value partials(Code &code) const;
};

/// Whether some calls take the first template, and whether some take the
/// second: a program may say how many queries there are, and the second knows
/// one term, a softmax over the visible keys and nothing else.
bool mayTile(attn::ForTilesOp op, const Target &target);
bool mayDecode(attn::ForTilesOp op, const Target &target);
/// Whether this call takes the second template (i1).
mlir::Value decodeIsChosen(Frame &frame, attn::ForTilesOp op);

/// The key features of `op` as contents times angles, if the second template
/// is to read the contents; nothing if it reads features.
std::optional<KeyAtoms> decodeKeyAtoms(attn::ForTilesOp op,
                                       const Target &target);
/// Whether this call needs no rows of `op` (i1); null if every call does.
mlir::Value rowsAreSkipped(Frame &frame, attn::RowFeaturesOp op);

/// Floats of a partial result: sums, then rowMax and rowSum.
int64_t partialStride(attn::ForTilesOp op);

} // namespace sextant

#endif // SEXTANT_COMPILER_TILEDTOVECTOR_DECODEPLAN_H
