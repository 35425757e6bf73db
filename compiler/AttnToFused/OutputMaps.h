//===- OutputMaps.h - Maps of the output of an attention --------*- C++ -*-===//
//
// An attn.row_map that alone reads the output becomes the region `output` of
// the fused op, so that no pass reads the output again.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_ATTNTOFUSED_OUTPUTMAPS_H
#define SEXTANT_COMPILER_ATTNTOFUSED_OUTPUTMAPS_H

#include "compiler/AttnToFused/PairProgram.h"
#include "compiler/AttnToFused/SoftmaxChains.h"

namespace sextant {

/// The maps that can be part of the fused op, in the order of application: one
/// channel by one, the only readers of what they map, of numbers that are known
/// when the attention has run.
llvm::SmallVector<attn::RowMapOp> findOutputMaps(const SoftmaxChain &chain,
                                                 const RowPositions &positions);

/// (element, batch, head, queryIndex, queryPos, channel) -> what the maps make
/// of it. Stays empty without maps.
void buildOutputRegion(const SoftmaxChain &chain, const RowPositions &positions,
                       mlir::Region &region);

} // namespace sextant

#endif // SEXTANT_COMPILER_ATTNTOFUSED_OUTPUTMAPS_H
