//===- KeyAtoms.h - Key features as contents times angles -------*- C++ -*-===//
//
// A feature row F of a key is often a sum of products: something the row holds
// (a content) times 1, the cosine or the sine of an angle that grows with the
// position. Then E . F is the contents times what E and the angles give, and
// F need not exist:
//
//   E . F = sum_a content_a (C_a + A_a cos(n w) + B_a sin(n w)),
//
// with A, B, C linear in E. From one key to the next the weight of content_a
// turns by the angle w, so no cosine is computed in the loop over keys.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_TILEDTOVECTOR_KEYATOMS_H
#define SEXTANT_COMPILER_TILEDTOVECTOR_KEYATOMS_H

#include "compiler/Target/Target.h"
#include "dialect/Attn/IR/Attn.h"

#include <optional>
#include <vector>

namespace sextant {

/// A number for each feature of a channel group.
using FeatureWeights = llvm::SmallVector<double>;

/// x = A cos + B sin and y = B cos - A sin, which turn into each other.
struct TurningPair {
  FeatureWeights cos, sin; // A and B, linear in the features E
};

/// What one content is multiplied with: a constant, plus or minus x or y.
struct KeyContent {
  mlir::Value value; // of the group's region; null for 1
  FeatureWeights constant;
  std::optional<unsigned> pair; // number of the turning pair, if it turns
  bool isY = false, negated = false;
  bool hasConstant() const;
};

struct KeyAtomGroup {
  attn::RowGroupAttr group;
  mlir::Block *block;
  attn::CosSinOp angle; // null if nothing turns
  llvm::SmallVector<KeyContent, 2> contents;
  llvm::SmallVector<TurningPair, 1> pairs;
};

struct KeyAtoms {
  attn::RowFeaturesOp rows;
  std::vector<KeyAtomGroup> groups;
};

/// The key features of `op` in that form; nothing if they do not have it, if
/// other ops read them too, if a position is not the one before plus 1, or if
/// the groups do not fill whole vectors of `lanes`.
std::optional<KeyAtoms> findKeyAtoms(attn::ForTilesOp op, int64_t lanes);

} // namespace sextant

#endif // SEXTANT_COMPILER_TILEDTOVECTOR_KEYATOMS_H
