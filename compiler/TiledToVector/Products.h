//===- Products.h - Which products of a kernel are of bf16 ------*- C++ -*-===//
//
// A program allows rounding points, a schedule or the target says whether they
// are used: an instruction for products of bf16 does twice the work of one for
// f32, or sixteen times, and without one rounding gains nothing.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_TILEDTOVECTOR_PRODUCTS_H
#define SEXTANT_COMPILER_TILEDTOVECTOR_PRODUCTS_H

#include "compiler/Target/Target.h"
#include "dialect/Attn/IR/Attn.h"

namespace sextant {

struct TileProducts {
  TileProducts(attn::ForTilesOp op, const Target &target);

  /// Query features times key features; weights times values.
  bool pairsOfFeatures = false, pairsOfWeights = false;
  /// And those by whole matrices (BlockTile.cpp).
  bool blocksOfFeatures = false, blocksOfWeights = false;
  bool anyBlocks() const { return blocksOfFeatures || blocksOfWeights; }
  bool any() const { return pairsOfFeatures || pairsOfWeights; }
};

/// The element type of a tensor of the workspace on this target: bf16 for key
/// features that are only multiplied as bf16, else what it is in the tiled
/// form.
mlir::Type storedElement(mlir::Value tensor, const Target &target);

} // namespace sextant

#endif // SEXTANT_COMPILER_TILEDTOVECTOR_PRODUCTS_H
