//===- PairForms.h - Linear forms of the coordinates of a pair --*- C++ -*-===//
//
// What intervals cannot know: that two values move together. The integers of a
// visible region are linear forms of the query's row number, the extents and
// the distance from the query to the key, plus an interval; so that a
// predicate can be decided for all pairs at once.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_TILEDTOVECTOR_PAIRFORMS_H
#define SEXTANT_COMPILER_TILEDTOVECTOR_PAIRFORMS_H

#include "dialect/Attn/IR/Attn.h"

namespace sextant {

/// What a predicate can be, over all pairs that are asked about.
struct Truth {
  bool canBeTrue = true, canBeFalse = true;
};

/// What positions are: numbers of rows, or anything.
enum class PairPositions { BottomRight, TopLeft, Unknown };

/// The predicate of `visible` for every pair of any call whose key position is
/// the query's plus a distance within [least, most]. Tensors may hold anything.
Truth decideForDistances(mlir::Block &visible, PairPositions positions,
                         int64_t least, int64_t most);

} // namespace sextant

#endif // SEXTANT_COMPILER_TILEDTOVECTOR_PAIRFORMS_H
