//===- AttnSpectrum.h - What links of a scaling chain share -----*- C++ -*-===//

#ifndef SEXTANT_DIALECT_ATTN_IR_ATTNSPECTRUM_H
#define SEXTANT_DIALECT_ATTN_IR_ATTNSPECTRUM_H

#include "dialect/Attn/IR/AttnScalar.h"

namespace sextant::attn {

/// Checks how far a context is extended: `factor` is finite and >= 1,
/// 1 <= trained <= 2^24.
mlir::LogicalResult
verifyExtension(llvm::function_ref<mlir::InFlightDiagnostic()> emitError,
                double factor, int64_t trained);

/// Checks the turns between which a ramp lies: 0 < slow < fast, finite.
mlir::LogicalResult
verifyTurns(llvm::function_ref<mlir::InFlightDiagnostic()> emitError,
            double slow, double fast);

/// Arithmetic on f64 frequencies.
class SpectrumBuilder : public ScalarBuilder {
public:
  SpectrumBuilder(mlir::OpBuilder &builder, mlir::Location loc)
      : ScalarBuilder(builder, loc, builder.getF64Type()) {}

  /// (1 - keep) * frequency / factor + keep * frequency.
  mlir::Value blend(mlir::Value frequency, double factor, mlir::Value keep);
};

} // namespace sextant::attn

#endif // SEXTANT_DIALECT_ATTN_IR_ATTNSPECTRUM_H
