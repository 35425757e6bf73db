//===- PairRegions.h - Score and visible regions ----------------*- C++ -*-===//
//
// Composes the score maps, the mask and what makes weights of a chain into the
// regions of the fused op.
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

/// (score, batch, head, ...) -> weight, of attn.weights. Stays empty for a
/// softmax.
void buildWeightRegion(const SoftmaxChain &chain, const RowPositions &positions,
                       mlir::Region &region);

/// (score, batch, head, ...) -> what the key takes and leaves, of
/// attn.ordered_weights. Stays empty for others.
void buildCarryRegion(const SoftmaxChain &chain, const RowPositions &positions,
                      mlir::Region &region);

/// (batch, head, queryIndex, queryPos) -> extra logits of a softmax. Stays
/// empty without them.
void buildExtraRegion(const SoftmaxChain &chain, mlir::Region &region);

/// (batch, head, ...) -> the product of all that scales weights. Stays empty
/// where nothing does.
void buildGateRegion(const SoftmaxChain &chain, const RowPositions &positions,
                     mlir::Region &region);

} // namespace sextant

#endif // SEXTANT_COMPILER_ATTNTOFUSED_PAIRREGIONS_H
