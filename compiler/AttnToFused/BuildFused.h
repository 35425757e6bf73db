//===- BuildFused.h - The fused op of an analysed attention -----*- C++ -*-===//
//
// Emission of attn.fused.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_ATTNTOFUSED_BUILDFUSED_H
#define SEXTANT_COMPILER_ATTNTOFUSED_BUILDFUSED_H

#include "compiler/AttnToFused/FusedAnalysis.h"

namespace sextant {

/// Builds the fused op before the chain's weighted sum; replaces nothing.
mlir::FailureOr<attn::FusedOp> buildFused(FusedAnalysis &analysis);

} // namespace sextant

#endif // SEXTANT_COMPILER_ATTNTOFUSED_BUILDFUSED_H
