//===- ChannelFamilies.h - Channel groups with one program ------*- C++ -*-===//
//
// Splits the channels of a score into groups that do not mix, and groups of
// one structure into families that run over a group number.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_ATTNTOFUSED_CHANNELFAMILIES_H
#define SEXTANT_COMPILER_ATTNTOFUSED_CHANNELFAMILIES_H

#include "compiler/AttnToFused/ChannelTrace.h"

namespace sextant {

/// `count` groups: group g is the first group with `strides[i] * g` added to
/// the number of node i.
struct ChannelFamily {
  int64_t count = 1;
  /// The score channels of the first group, ascending.
  llvm::SmallVector<int64_t> channels;
  /// The nodes of the first group, operands first; operands are local.
  std::vector<ChannelNode> nodes;
  std::vector<int64_t> strides;
  /// Query and key node of each of `channels`.
  llvm::SmallVector<std::pair<unsigned, unsigned>> products;
};

/// The families of `scores`, by first channel. A group is a connected component
/// of score channels, linked by the tensor channels they read on either side.
mlir::FailureOr<std::vector<ChannelFamily>>
findChannelFamilies(attn::ScoresOp scores);

} // namespace sextant

#endif // SEXTANT_COMPILER_ATTNTOFUSED_CHANNELFAMILIES_H
