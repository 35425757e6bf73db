//===- TensorNames.h - What callers call a tensor ---------------*- C++ -*-===//

#ifndef SEXTANT_DIALECT_ATTN_IR_TENSORNAMES_H
#define SEXTANT_DIALECT_ATTN_IR_TENSORNAMES_H

#include "mlir/Interfaces/FunctionInterfaces.h"

namespace sextant::attn {

/// The names of a function's arguments and then of its results: what the
/// attribute `attn.name` says, else the name that the location of an argument
/// carries (the `%q` of the source), else `in0`, `out0` by number. No name is
/// made up twice; those of attributes are taken as they are.
llvm::SmallVector<std::string> tensorNames(mlir::FunctionOpInterface function);

/// The name that the location of a function's argument carries; empty if none.
llvm::StringRef sourceName(mlir::BlockArgument argument);

/// True for letters, digits and underscores that begin with no digit.
bool isCIdentifier(llvm::StringRef name);

} // namespace sextant::attn

#endif // SEXTANT_DIALECT_ATTN_IR_TENSORNAMES_H
