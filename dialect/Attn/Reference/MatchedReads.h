//===- MatchedReads.h - Do captured tensors fit the call? -------*- C++ -*-===//

#ifndef SEXTANT_DIALECT_ATTN_REFERENCE_MATCHEDREADS_H
#define SEXTANT_DIALECT_ATTN_REFERENCE_MATCHEDREADS_H

#include "dialect/Attn/Reference/Shapes.h"

namespace sextant::attn {

/// Checks the tensors that `op` captures against the extents of its own rows:
/// an error on the op names the tensor (matched_c1). The shapes of the op and
/// of its operands are known.
mlir::LogicalResult checkMatchedReads(mlir::Operation *op,
                                      const Shapes &shapes);

} // namespace sextant::attn

#endif // SEXTANT_DIALECT_ATTN_REFERENCE_MATCHEDREADS_H
