//===- PairProducts.h - Products of bf16 as instructions --------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOBJECT_PAIRPRODUCTS_H
#define SEXTANT_COMPILER_TOOBJECT_PAIRPRODUCTS_H

#include "compiler/Target/Target.h"
#include "mlir/IR/PatternMatch.h"

namespace sextant {

/// The instruction set of the function that `op` stands in; null if it names
/// none.
const Target *targetOf(mlir::Operation *op);

/// `attn.pair_dot` and `attn.pack_pairs` in ops of LLVM: instructions for them
/// where the instruction set of the function has some, else shifts and
/// multiply-adds.
void populatePairProductPatterns(mlir::RewritePatternSet &patterns);

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOBJECT_PAIRPRODUCTS_H
