//===- RunBothForms.h - One function before and after -----------*- C++ -*-===//

#ifndef SEXTANT_TEST_UNIT_ATTNTOFUSED_RUNBOTHFORMS_H
#define SEXTANT_TEST_UNIT_ATTNTOFUSED_RUNBOTHFORMS_H

#include "compiler/AttnToFused/Explain.h"
#include "mlir/IR/BuiltinOps.h"

namespace sextant::test {

/// Fuses `function`, draws inputs with M != N and H != G, interprets the
/// function as it was and as it is, and expects equal results up to
/// `tolerance`. Fails the test otherwise, naming `what`.
void expectSameResults(mlir::func::FuncOp function, llvm::StringRef what,
                       double tolerance, uint64_t seed,
                       FuseObserver observe = nullptr);

/// The largest difference between the results of `before` and of `after`, its
/// fused form, on inputs drawn as above; NaN if one of them cannot be run.
double largestDifference(mlir::func::FuncOp before, mlir::func::FuncOp after,
                         uint64_t seed);

/// A context with the dialects of both forms.
void loadDialects(mlir::MLIRContext &context);

} // namespace sextant::test

#endif // SEXTANT_TEST_UNIT_ATTNTOFUSED_RUNBOTHFORMS_H
