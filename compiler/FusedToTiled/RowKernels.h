//===- RowKernels.h - Row ops and key features as row kernels ---*- C++ -*-===//

#ifndef SEXTANT_COMPILER_FUSEDTOTILED_ROWKERNELS_H
#define SEXTANT_COMPILER_FUSEDTOTILED_ROWKERNELS_H

#include "dialect/Attn/IR/Attn.h"

namespace sextant {

/// The key features of `op` as a stored tensor, or the key operand itself if
/// they copy its rows channel by channel.
mlir::Value buildKeyFeatures(mlir::OpBuilder &builder, attn::FusedOp op);

/// Replaces an attn.row_map, attn.slice, attn.concat or attn.convert of rank-4
/// rows by attn.row_features, or by nothing; failure with an error if the op is
/// something else.
mlir::LogicalResult lowerRowOp(mlir::OpBuilder &builder, mlir::Operation *op);

/// True if a function returns `value`.
bool isReturned(mlir::Value value);

/// The type of `like` with another element type.
mlir::RankedTensorType withElements(mlir::Value like, mlir::Type element);

/// The tensors defined above that the regions read.
llvm::SmallVector<mlir::Value>
capturedTensors(llvm::MutableArrayRef<mlir::Region> regions);

} // namespace sextant

#endif // SEXTANT_COMPILER_FUSEDTOTILED_ROWKERNELS_H
