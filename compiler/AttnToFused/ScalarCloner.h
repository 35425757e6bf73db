//===- ScalarCloner.h - Copies scalar code, simplifying it ------*- C++ -*-===//
//
// Clones ops into a block, folds constants and reuses equal ops on the way.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_ATTNTOFUSED_SCALARCLONER_H
#define SEXTANT_COMPILER_ATTNTOFUSED_SCALARCLONER_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"

namespace sextant {

/// Appends pure scalar ops to the end of a block. Equal ops become one value,
/// which is how two sides of a score are seen to share a frequency.
class ScalarCloner {
public:
  /// The block need not belong to an op yet.
  ScalarCloner(mlir::Block &block, mlir::MLIRContext *context)
      : block(block), builder(context) {
    builder.setInsertionPointToEnd(&block);
  }

  /// Clones what `value` needs of its block. Values of other blocks stand for
  /// themselves, except constants, which are cloned.
  mlir::Value clone(mlir::Value value, mlir::IRMapping &mapping);

  /// Clones the whole of `body` on `arguments`; returns what it yields.
  llvm::SmallVector<mlir::Value> inlineBody(mlir::Block &body,
                                            mlir::ValueRange arguments);

  /// Makes an op, or finds its equal.
  template <typename OpT, typename... Args>
  OpT create(mlir::Location loc, Args &&...args) {
    auto op = OpT::create(builder, loc, std::forward<Args>(args)...);
    return llvm::cast<OpT>(unify(op));
  }
  /// The same for an op of one result, which may fold.
  template <typename OpT, typename... Args>
  mlir::Value value(mlir::Location loc, Args &&...args) {
    return simplify(OpT::create(builder, loc, std::forward<Args>(args)...))
        .front();
  }

  mlir::Value constant(mlir::Location loc, mlir::TypedAttr value);

  /// `value` as f32: widened, narrowed or converted from an integer.
  mlir::Value toF32(mlir::Location loc, mlir::Value value);
  mlir::Value toF64(mlir::Location loc, mlir::Value value);

  mlir::Block &getBlock() { return block; }
  mlir::OpBuilder &getBuilder() { return builder; }

private:
  /// Erases `op` if an equal op exists, and returns that one.
  mlir::Operation *unify(mlir::Operation *op);
  llvm::SmallVector<mlir::Value> simplify(mlir::Operation *op);

  mlir::Block &block;
  mlir::OpBuilder builder;
};

} // namespace sextant

#endif // SEXTANT_COMPILER_ATTNTOFUSED_SCALARCLONER_H
