//===- MaskLikeMaps.h - Masks written as numbers ----------------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_ATTNTOFUSED_MASKLIKEMAPS_H
#define SEXTANT_COMPILER_ATTNTOFUSED_MASKLIKEMAPS_H

#include "dialect/Attn/IR/Attn.h"

namespace sextant {

/// Warns of a score map that does a mask's work: it moves scores to -inf or to
/// a huge negative number, or decides by the booleans of a tensor.
void warnOfMaskLikeMap(attn::ScoreMapOp map);

} // namespace sextant

#endif // SEXTANT_COMPILER_ATTNTOFUSED_MASKLIKEMAPS_H
