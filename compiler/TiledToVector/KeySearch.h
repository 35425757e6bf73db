//===- KeySearch.h - The next range of keys that is seen --------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TILEDTOVECTOR_KEYSEARCH_H
#define SEXTANT_COMPILER_TILEDTOVECTOR_KEYSEARCH_H

#include "compiler/TiledToVector/Kernel.h"
#include "compiler/TiledToVector/TileClass.h"

namespace sextant {

struct VisibleLeaf {
  mlir::Value leaf; // index
  mlir::Value kind; // its TileClass (i32), if there is such a leaf
};

/// Emits code that finds the first leaf from `leaf` on, of which some query may
/// see a key; `leaves` or more if there is none. `classOf` gives the TileClass
/// of the leaves [first, first + size).
///
/// From a leaf the largest aligned power-of-two range of leaves is asked first;
/// an empty one is passed over whole, another is halved, so that a stretch of n
/// unseen leaves costs O(log n).
VisibleLeaf findVisibleLeaf(
    Code &code, mlir::Value leaf, mlir::Value leaves,
    llvm::function_ref<mlir::Value(mlir::Value, mlir::Value)> classOf);

/// What the visible region of `op` reads besides its arguments.
ClassSources classSourcesOf(Frame &frame, attn::ForTilesOp op,
                            const ExtentValues &extents);

/// The rows [first, end), of which there are at most `most` (0: unknown).
Interval rowRange(Code &code, mlir::Value first, mlir::Value end, int64_t most);

/// Sets the index in place `place` of the visible region and the position that
/// belongs to it, which `positionTensor` gives.
void setClassRows(Code &code, TileClassifier &classifier, mlir::Block &visible,
                  const ClassSources &sources, mlir::Value batch,
                  unsigned place, mlir::Value positionTensor,
                  const RowPositions &positions, const Interval &rows);

} // namespace sextant

#endif // SEXTANT_COMPILER_TILEDTOVECTOR_KEYSEARCH_H
