//===- Coverage.h - What a kernel does for given extents --------*- C++ -*-===//
//
// The second half of sextantc --explain: the classes of all tiles, visible
// pairs, FLOPs, bytes. The classes come from the code that the kernel contains,
// built for the schedule of one target and run here.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_TILEDTOVECTOR_COVERAGE_H
#define SEXTANT_COMPILER_TILEDTOVECTOR_COVERAGE_H

#include "compiler/Target/Target.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/MapVector.h"

namespace sextant {

/// Extents by their symbols, as an entry names them (B, H, M, N, ...).
using NamedExtents = llvm::MapVector<llvm::StringRef, int64_t>;

/// The largest extent that can be asked about.
inline constexpr int64_t kMostExtent = int64_t(1) << 24;

/// Writes the report of every kernel of `module`, which is in the tiled form
/// and stays as it is. Key heads that are not named are as many as query heads.
/// An extent that no kernel has, or that a kernel has and is not named, is an
/// error on the module.
mlir::LogicalResult explainExtents(mlir::ModuleOp module, const Target &target,
                                   const NamedExtents &extents,
                                   llvm::raw_ostream &os);

} // namespace sextant

#endif // SEXTANT_COMPILER_TILEDTOVECTOR_COVERAGE_H
