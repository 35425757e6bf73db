//===- BlockProducts.h - Products of matrices of bf16 as instructions -----===//

#ifndef SEXTANT_COMPILER_TOOBJECT_BLOCKPRODUCTS_H
#define SEXTANT_COMPILER_TOOBJECT_BLOCKPRODUCTS_H

#include "mlir/IR/PatternMatch.h"

namespace sextant {

/// Patterns for `attn.start_blocks`, `attn.block_dot` and `attn.end_blocks`:
/// tiles of AMX where the function's instruction set has them, else loops of
/// `attn.pair_dot`.
void populateBlockProductPatterns(mlir::RewritePatternSet &patterns);

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOBJECT_BLOCKPRODUCTS_H
