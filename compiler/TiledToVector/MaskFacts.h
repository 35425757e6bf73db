//===- MaskFacts.h - What a mask does to every call -------------*- C++ -*-===//
//
// Whether a mask is causal, and which rows it leaves without a key: proved for
// all calls where linear forms decide it, else by asking every pair of small
// calls for a witness.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_TILEDTOVECTOR_MASKFACTS_H
#define SEXTANT_COMPILER_TILEDTOVECTOR_MASKFACTS_H

#include "dialect/Attn/IR/Attn.h"
#include "mlir/IR/BuiltinOps.h"

namespace sextant {

/// Writes the facts of the mask of every kernel of a module in the tiled form:
/// of all terms together, where its scores are a choice.
void explainMasks(mlir::ModuleOp module, llvm::raw_ostream &os);

/// Warns of a mask that leaves rows without a key even where queries and keys
/// are the same tokens.
void warnOfEmptyRows(attn::ForTilesOp op);

} // namespace sextant

#endif // SEXTANT_COMPILER_TILEDTOVECTOR_MASKFACTS_H
