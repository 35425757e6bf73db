//===- Explain.h - The factored form for people -----------------*- C++ -*-===//
//
// The report of sextantc --explain.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_ATTNTOFUSED_EXPLAIN_H
#define SEXTANT_COMPILER_ATTNTOFUSED_EXPLAIN_H

#include "compiler/AttnToFused/FusedAnalysis.h"
#include "compiler/AttnToFused/Passes.h"

namespace sextant {

/// What sees each attention on its way from the attn form to the fused form.
using FuseObserver =
    llvm::function_ref<void(const FusedAnalysis &, attn::FusedOp)>;

/// The work of the pass attn-to-fused on one function.
mlir::LogicalResult fuseAttention(mlir::Operation *root,
                                  FuseObserver observe = nullptr);

/// Writes the report of one attention: features, widths, what a key cache may
/// hold, translation invariance, what is computed how often.
void explain(const FusedAnalysis &analysis, attn::FusedOp fused,
             llvm::raw_ostream &os);

/// Writes bounds of the score, and of the features by the query's largest
/// channel: where 16-bit floats would overflow.
void explainBounds(const FusedAnalysis &analysis, attn::FusedOp fused,
                   llvm::raw_ostream &os);

/// Writes what is known of weights that depend on the order of the keys.
void explainWeights(attn::FusedOp fused, llvm::raw_ostream &os);

/// Writes the report of every attention of a module in the attn form; the
/// module stays as it is. Repeats no warning of the pass.
mlir::LogicalResult explainModule(mlir::ModuleOp module, llvm::raw_ostream &os);

} // namespace sextant

#endif // SEXTANT_COMPILER_ATTNTOFUSED_EXPLAIN_H
