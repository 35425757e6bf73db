//===- PairRegions.h - Score and visible regions ----------------*- C++ -*-===//
//
// Composes the score maps and the mask of a chain into two regions.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_ATTNTOFUSED_PAIRREGIONS_H
#define SEXTANT_COMPILER_ATTNTOFUSED_PAIRREGIONS_H

#include "compiler/AttnToFused/PairProgram.h"
#include "compiler/AttnToFused/SoftmaxChains.h"

namespace sextant {

/// The positions that stand for the rows of a chain: those of the mask, else of
/// the score maps, else of the maps of the query and key rows. Null without.
RowPositions choosePositions(const SoftmaxChain &chain,
                             llvm::ArrayRef<ChannelFamily> families);

/// (dots..., batch, head, queryIndex, keyIndex, queryPos, keyPos) -> score, one
/// dot product a term: all score maps and selects. Stays empty without any.
void buildScoreRegion(const SoftmaxChain &chain, const RowPositions &positions,
                      mlir::Region &region);

/// (batch, head, queryIndex, keyIndex, queryPos, keyPos) -> i1, from the mask
/// attribute or the region of the softmax. Stays empty without either.
void buildVisibleRegion(const SoftmaxChain &chain,
                        const RowPositions &positions, mlir::Region &region);

} // namespace sextant

#endif // SEXTANT_COMPILER_ATTNTOFUSED_PAIRREGIONS_H
