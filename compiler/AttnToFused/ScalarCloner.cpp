//===- ScalarCloner.cpp - Copies scalar code, simplifying it --------------===//
//
// Regions are short, so equal ops are found by a walk over the block.
//
//===----------------------------------------------------------------------===//

#include "compiler/AttnToFused/ScalarCloner.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/OperationSupport.h"

using namespace mlir;
using namespace sextant;

Operation *ScalarCloner::unify(Operation *op) {
  for (Operation &other : block) {
    if (&other == op)
      break;
    if (OperationEquivalence::isEquivalentTo(
            &other, op, OperationEquivalence::IgnoreLocations)) {
      op->erase();
      return &other;
    }
  }
  return op;
}

SmallVector<Value> ScalarCloner::simplify(Operation *op) {
  SmallVector<OpFoldResult> folded;
  if (!op->hasTrait<OpTrait::ConstantLike>() && succeeded(op->fold(folded))) {
    // No results: folded in place.
    SmallVector<Value> values;
    for (auto [result, type] : llvm::zip(folded, op->getResultTypes())) {
      if (auto value = dyn_cast<Value>(result)) {
        values.push_back(value);
        continue;
      }
      auto attr = dyn_cast<TypedAttr>(cast<Attribute>(result));
      if (!attr || attr.getType() != type)
        break;
      values.push_back(constant(op->getLoc(), attr));
    }
    if (!folded.empty() && values.size() == op->getNumResults()) {
      op->erase();
      return values;
    }
  }
  return llvm::to_vector_of<Value>(unify(op)->getResults());
}

Value ScalarCloner::constant(Location loc, TypedAttr value) {
  return create<arith::ConstantOp>(loc, value);
}

Value ScalarCloner::clone(Value value, IRMapping &mapping) {
  if (Value known = mapping.lookupOrNull(value))
    return known;
  Operation *op = value.getDefiningOp();
  if (!op)
    return value;
  if (op->hasTrait<OpTrait::ConstantLike>()) {
    mapping.map(value, unify(builder.clone(*op))->getResult(0));
    return mapping.lookup(value);
  }
  // A tensor that attn.read captures.
  if (!value.getType().isIntOrIndexOrFloat())
    return value;
  for (Value operand : op->getOperands())
    mapping.map(operand, clone(operand, mapping));
  for (auto [result, copy] :
       llvm::zip_equal(op->getResults(), simplify(builder.clone(*op, mapping))))
    mapping.map(result, copy);
  return mapping.lookup(value);
}

SmallVector<Value> ScalarCloner::inlineBody(Block &body, ValueRange arguments) {
  IRMapping mapping;
  mapping.map(body.getArguments(), arguments);
  SmallVector<Value> results;
  for (Value value : body.getTerminator()->getOperands())
    results.push_back(clone(value, mapping));
  return results;
}

Value ScalarCloner::toF32(Location loc, Value value) {
  Type f32 = builder.getF32Type();
  if (value.getType().isF32())
    return value;
  if (value.getType().isF64())
    return this->value<arith::TruncFOp>(loc, f32, value);
  if (isa<FloatType>(value.getType()))
    return this->value<arith::ExtFOp>(loc, f32, value);
  if (value.getType().isInteger(1))
    return this->value<arith::UIToFPOp>(loc, f32, value);
  return this->value<arith::SIToFPOp>(loc, f32, value);
}

Value ScalarCloner::toF64(Location loc, Value value) {
  Type f64 = builder.getF64Type();
  if (value.getType().isF64())
    return value;
  if (isa<FloatType>(value.getType()))
    return this->value<arith::ExtFOp>(loc, f64, value);
  if (value.getType().isInteger(1))
    return this->value<arith::UIToFPOp>(loc, f64, value);
  return this->value<arith::SIToFPOp>(loc, f64, value);
}
