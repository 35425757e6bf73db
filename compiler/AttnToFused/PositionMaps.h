//===- PositionMaps.h - Maps of positions, where they are read --*- C++ -*-===//
//
// attn.position_map makes no tensor: its readers compute what they read.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_ATTNTOFUSED_POSITIONMAPS_H
#define SEXTANT_COMPILER_ATTNTOFUSED_POSITIONMAPS_H

#include "mlir/IR/Operation.h"

namespace sextant {

/// Moves every attn.position_map below `root` into the regions that read its
/// result, which then read the positions it maps, and simplifies what that
/// changed. Shorthands are expanded.
void inlinePositionMaps(mlir::Operation *root);

} // namespace sextant

#endif // SEXTANT_COMPILER_ATTNTOFUSED_POSITIONMAPS_H
