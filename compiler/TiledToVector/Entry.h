//===- Entry.h - The attn.entry of a kernel ---------------------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TILEDTOVECTOR_ENTRY_H
#define SEXTANT_COMPILER_TILEDTOVECTOR_ENTRY_H

#include "dialect/Attn/IR/Attn.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace sextant {

/// Checks that a function in the tiled form can be a kernel.
mlir::LogicalResult verifyEntry(mlir::func::FuncOp tiled);

/// Builds the attn.entry of `tiled`, with the names of TensorNames.h. Fails
/// with a diagnostic where a tensor cannot be an argument of a kernel.
mlir::LogicalResult buildEntry(mlir::OpBuilder &builder,
                               mlir::func::FuncOp tiled,
                               llvm::ArrayRef<mlir::Attribute> variants);

} // namespace sextant

#endif // SEXTANT_COMPILER_TILEDTOVECTOR_ENTRY_H
