//===- SplitTerms.h - One attention a term ----------------------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_FUSEDTOTILED_SPLITTERMS_H
#define SEXTANT_COMPILER_FUSEDTOTILED_SPLITTERMS_H

#include "dialect/Attn/IR/Attn.h"

namespace sextant {

/// Takes `op` apart into ops of one term each, in the order of its terms and in
/// place of it; they see the pairs that the score region gives the term, so
/// that every visible pair is seen by one of them. A term that no score reads
/// has no part. An op of one term is its only part. Fails with an error where
/// the score is more than a choice between terms.
mlir::FailureOr<llvm::SmallVector<attn::FusedOp>>
splitTerms(mlir::OpBuilder &builder, attn::FusedOp op);

} // namespace sextant

#endif // SEXTANT_COMPILER_FUSEDTOTILED_SPLITTERMS_H
