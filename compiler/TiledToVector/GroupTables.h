//===- GroupTables.h - What depends on the channel group alone --*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TILEDTOVECTOR_GROUPTABLES_H
#define SEXTANT_COMPILER_TILEDTOVECTOR_GROUPTABLES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace sextant {

/// In the feature regions of a function, replaces values that are functions of
/// the group number alone, and are not cheap, by reads of constant tables.
void tabulateGroups(mlir::func::FuncOp tiled);

} // namespace sextant

#endif // SEXTANT_COMPILER_TILEDTOVECTOR_GROUPTABLES_H
