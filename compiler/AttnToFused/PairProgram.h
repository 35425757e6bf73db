//===- PairProgram.h - The score of one channel group -----------*- C++ -*-===//
//
// A channel family as one scalar program over a query row and a key row.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_ATTNTOFUSED_PAIRPROGRAM_H
#define SEXTANT_COMPILER_ATTNTOFUSED_PAIRPROGRAM_H

#include "compiler/AttnToFused/ChannelFamilies.h"

#include "llvm/ADT/MapVector.h"

namespace sextant {

/// The positions of the rows of one side that feature regions get as an
/// argument. Other position tensors are read.
struct RowPositions {
  mlir::Value query, key;
  mlir::Value of(RowSide side) const {
    return side == RowSide::Query ? query : key;
  }
};

/// A channel of a tensor as a function of the group: offset + stride * group.
struct PairMember {
  mlir::Value tensor;
  int64_t offset = 0, stride = 1;
};

/// `block` computes the family's part of a score in natural units without the
/// scale, for one group: (query members f32, key members f32, coordinates i32).
struct PairProgram {
  enum Coordinate {
    Batch,
    QueryHead,
    KeyHead,
    QueryIndex,
    KeyIndex,
    QueryPos,
    KeyPos,
    Group,
    NumCoordinates
  };

  std::unique_ptr<mlir::Block> block;
  llvm::SmallVector<PairMember> query, key;
  /// Values that are the position of a row, with the tensor they come from.
  llvm::MapVector<mlir::Value, std::pair<RowSide, mlir::Value>> positions;
  /// The sum over the channels of the group.
  mlir::Value score;

  mlir::BlockArgument member(RowSide side, unsigned index) {
    return block->getArgument(side == RowSide::Query ? index
                                                     : query.size() + index);
  }
  mlir::BlockArgument coordinate(Coordinate which) {
    return block->getArgument(query.size() + key.size() + which);
  }
};

PairProgram buildPairProgram(const ChannelFamily &family,
                             const RowPositions &positions, mlir::Location loc);

} // namespace sextant

#endif // SEXTANT_COMPILER_ATTNTOFUSED_PAIRPROGRAM_H
