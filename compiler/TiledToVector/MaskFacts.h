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

/// A (query, key) pair of a call with `queries` x `keys` rows.
struct MaskWitness {
  int64_t queries = 0, keys = 0, head = 0, query = 0, key = 0;
};

/// Rows of one small call.
struct SampledRows {
  int64_t queries = 0, keys = 0;
  /// Of all heads: rows that see no key, rows where tensors decide.
  int64_t rows = 0, empty = 0, open = 0;
  /// The first row that sees none.
  MaskWitness first;
};

struct MaskFacts {
  /// No call has a visible key whose position is after its query's.
  bool isCausal = false;
  /// A visible key after its query, where one was found.
  std::optional<MaskWitness> future;
  /// Every query sees the key at its own position, in every call.
  bool seesItself = false;
  llvm::SmallVector<SampledRows, 3> samples;
  /// Samples say nothing: tensors give the positions.
  bool positionsAreData = false;
};

/// The facts of the mask of a kernel, which has one.
MaskFacts findMaskFacts(attn::ForTilesOp op);

/// Writes them for every kernel of a module in the tiled form.
void explainMasks(mlir::ModuleOp module, llvm::raw_ostream &os);

/// Warns of a mask that leaves rows without a key even where queries and keys
/// are the same tokens.
void warnOfEmptyRows(attn::ForTilesOp op);

} // namespace sextant

#endif // SEXTANT_COMPILER_TILEDTOVECTOR_MASKFACTS_H
