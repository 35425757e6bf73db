//===- FeatureEmitter.h - Features as scalar IR -----------------*- C++ -*-===//
//
// Emits the query features or the key features of a separated pair program.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_ATTNTOFUSED_FEATUREEMITTER_H
#define SEXTANT_COMPILER_ATTNTOFUSED_FEATUREEMITTER_H

#include "compiler/AttnToFused/ScoreTranslation.h"

namespace sextant {

/// Fills `region` with a block (members f32, batch, head, index, position,
/// group) that yields the features of `plan`, each times `scale`. Members that
/// no feature reads are left out; the others are appended to `members`.
mlir::LogicalResult
emitFeatures(PairProgram &pair, const ScoreTranslation &translation,
             RowSide side, const algebra::EvaluationPlan &plan, double scale,
             mlir::Location loc, mlir::Region &region,
             llvm::SmallVectorImpl<PairMember> &members);

} // namespace sextant

#endif // SEXTANT_COMPILER_ATTNTOFUSED_FEATUREEMITTER_H
