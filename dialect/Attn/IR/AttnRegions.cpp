//===- AttnRegions.cpp - What scalar regions may contain ------------------===//

#include "dialect/Attn/IR/AttnRegions.h"

#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace sextant::attn;

llvm::StringRef sextant::attn::scalarRegionOps() {
  return "arith ops, math.{absf, absi, ceil, cos, ctlz, erf, exp, exp2, floor, "
         "fma, log, "
         "log2, log1p, powf, roundeven, rsqrt, sin, sqrt, tanh}, attn.read, "
         "attn.extent, attn.cos_sin";
}

bool sextant::attn::isElementaryFunction(Operation *op) {
  return isa<CosSinOp, math::CosOp, math::ErfOp, math::ExpOp, math::Exp2Op,
             math::LogOp, math::Log2Op, math::Log1pOp, math::PowFOp,
             math::SinOp, math::TanhOp>(op);
}

bool sextant::attn::isScalarRegionOp(Operation *op) {
  if (isa<arith::ArithDialect>(op->getDialect()))
    return true;
  return isa<math::AbsFOp, math::AbsIOp, math::CeilOp, math::CosOp,
             math::CountLeadingZerosOp, math::ErfOp, math::ExpOp, math::Exp2Op,
             math::FloorOp, math::FmaOp, math::LogOp, math::Log2Op,
             math::Log1pOp, math::PowFOp, math::RoundEvenOp, math::RsqrtOp,
             math::SinOp, math::SqrtOp, math::TanhOp, ReadOp, ExtentOp,
             CosSinOp, YieldOp>(op);
}

/// Types that scalar code computes with (region_c4).
static bool isScalarType(Type type) {
  return type.isF32() || type.isF64() || type.isIndex() || type.isInteger(1) ||
         type.isInteger(32) || type.isInteger(64);
}

/// An integer quotient must be defined for every argument: regions run for
/// padding lanes and masked pairs too (region_c5).
static LogicalResult verifyDivision(Operation *op, Operation &inner) {
  bool isSigned = isa<arith::DivSIOp, arith::RemSIOp, arith::CeilDivSIOp,
                      arith::FloorDivSIOp>(inner);
  if (!isSigned &&
      !isa<arith::DivUIOp, arith::RemUIOp, arith::CeilDivUIOp>(inner))
    return success();
  APInt divisor;
  bool constant = matchPattern(inner.getOperand(1), m_ConstantInt(&divisor));
  // The least value divided by -1 does not fit.
  if (constant && !divisor.isZero() && !(isSigned && divisor.isAllOnes()))
    return success();
  InFlightDiagnostic diag =
      op->emitOpError("integer division by a value that may be zero: expected "
                      "a constant divisor other than ");
  diag << (isSigned ? "0 and -1" : "0");
  if (constant)
    diag << ", got " << divisor.getSExtValue();
  diag.attachNote(inner.getLoc()) << "divides here";
  return diag;
}

static LogicalResult verifyBody(Operation *op, Region &region) {
  if (!region.hasOneBlock()) // region_c1
    return op->emitOpError("expected a region of one block");
  Block &block = region.front();
  if (block.empty() || !isa<YieldOp>(block.back()))
    return op->emitOpError("expected the region to end in attn.yield");
  for (Operation &inner : block) {
    if (!isMemoryEffectFree(&inner)) { // region_c2
      InFlightDiagnostic diag = op->emitOpError("region must be pure: found '")
                                << inner.getName() << "'";
      diag.attachNote(inner.getLoc()) << "this op reads or writes memory";
      return diag;
    }
    if (!isScalarRegionOp(&inner)) { // region_c3
      InFlightDiagnostic diag = op->emitOpError("region holds '")
                                << inner.getName()
                                << "', which has no scalar meaning here";
      diag.attachNote(inner.getLoc()) << "supported: " << scalarRegionOps();
      return diag;
    }
    if (isa<math::CosOp, math::ErfOp, math::Log1pOp, math::SinOp, math::TanhOp>(
            inner) &&
        !inner.getResult(0).getType().isF32()) { // region_c3
      InFlightDiagnostic diag = op->emitOpError("region holds '")
                                << inner.getName() << "' of "
                                << inner.getResult(0).getType()
                                << "; expected f32";
      diag.attachNote(inner.getLoc())
          << "only exp, exp2, log, log2 and powf also take f64";
      return diag;
    }
    for (Value result : inner.getResults())
      if (!isScalarType(result.getType())) { // region_c4
        InFlightDiagnostic diag =
            op->emitOpError("region must be scalar: found a value of type ")
            << result.getType() << "; supported: f32, f64, i1, i32, i64, index";
        diag.attachNote(inner.getLoc()) << "defined here";
        return diag;
      }
    if (failed(verifyDivision(op, inner)))
      return failure();
  }
  return success();
}

LogicalResult sextant::attn::verifyScalarRegion(Operation *op, Region &region,
                                                unsigned elements,
                                                unsigned coordinates) {
  if (failed(verifyBody(op, region)))
    return failure();
  Block &block = region.front();
  if (block.getNumArguments() != elements + coordinates) // region_c7
    return op->emitOpError()
           << "expected " << elements << " element and " << coordinates
           << " coordinate arguments in the region, got "
           << block.getNumArguments();
  for (BlockArgument argument : block.getArguments()) {
    bool element = argument.getArgNumber() < elements;
    if (element ? !argument.getType().isF32()
                : !argument.getType().isInteger(32))
      return op->emitOpError()
             << "expected region argument " << argument.getArgNumber()
             << " of type " << (element ? "f32" : "i32") << ", got "
             << argument.getType();
  }
  for (Value value : block.getTerminator()->getOperands())
    if (!value.getType().isF32()) // region_c8
      return op->emitOpError()
             << "expected the region to yield f32, got " << value.getType();
  return success();
}

LogicalResult sextant::attn::verifyPredicateRegion(Operation *op,
                                                   Region &region,
                                                   StringRef name,
                                                   bool hasPositions) {
  if (failed(verifyBody(op, region)))
    return failure();
  Block &block = region.front();
  if (block.getNumArguments() != kPairCoordinates)
    return op->emitOpError()
           << "expected " << kPairCoordinates << " arguments in the " << name
           << " region, got " << block.getNumArguments();
  for (BlockArgument argument : block.getArguments())
    if (!argument.getType().isInteger(32))
      return op->emitOpError() << "expected i32 coordinates in the " << name
                               << " region, got " << argument.getType();
  Operation *yield = block.getTerminator();
  if (yield->getNumOperands() != 1 ||
      !yield->getOperand(0).getType().isInteger(1)) { // visible_c1
    InFlightDiagnostic diag = op->emitOpError("expected the ")
                              << name << " region to yield one i1";
    diag.attachNote(yield->getLoc())
        << "a number added to scores is an attn.bias or an attn.score_map";
    return diag;
  }
  return verifyPositionUses(op, region, hasPositions);
}

LogicalResult sextant::attn::verifyPositionRegion(Operation *op,
                                                  Region &region) {
  if (failed(verifyBody(op, region)))
    return failure();
  Block &block = region.front();
  if (block.getNumArguments() != kPositionCoordinates ||
      !llvm::all_of(block.getArgumentTypes(),
                    [](Type type) { return type.isInteger(32); }))
    return op->emitOpError() << "expected a region (position, batch, index), "
                                "all i32, got "
                             << block.getNumArguments() << " arguments";
  Operation *yield = block.getTerminator();
  if (yield->getNumOperands() != 1 ||
      !yield->getOperand(0).getType().isInteger(32)) // position_map_c1
    return op->emitOpError("expected the region to yield one i32");
  return success();
}

LogicalResult sextant::attn::verifyPairNumber(Operation *op, Region &region,
                                              unsigned elements,
                                              bool hasPositions) {
  if (failed(verifyScalarRegion(op, region, elements, kPairCoordinates)))
    return failure();
  unsigned yields = region.front().getTerminator()->getNumOperands();
  if (yields != 1)
    return op->emitOpError("expected the region to yield one value, got ")
           << yields;
  return verifyPositionUses(op, region, hasPositions);
}

LogicalResult sextant::attn::verifyKeyShare(Operation *op, Region &region,
                                            bool hasPositions) {
  if (failed(verifyScalarRegion(op, region, /*elements=*/1, kPairCoordinates)))
    return failure();
  unsigned yields = region.front().getTerminator()->getNumOperands();
  if (yields != 2) // ordered_weights_c1
    return op->emitOpError("expected the region to yield two values, what a "
                           "key takes and what it leaves, got ")
           << yields;
  return verifyPositionUses(op, region, hasPositions);
}

LogicalResult sextant::attn::verifyExtraLogits(Operation *op, Region &region,
                                               bool hasPositions) {
  if (failed(verifyScalarRegion(op, region, 0, kQueryCoordinates)))
    return failure();
  if (region.front().getTerminator()->getNumOperands() == 0) // extra_c1
    return op->emitOpError("expected the region of extra logits to yield at "
                           "least one value");
  if (!hasPositions && !region.front().getArguments().back().use_empty())
    return op->emitOpError("region reads a position: expected 'at (%queryPos, "
                           "%keyPos)' on the op"); // extra_c2
  return success();
}

LogicalResult sextant::attn::verifyOutputMap(Operation *op, Region &region,
                                             bool hasPositions) {
  if (failed(verifyScalarRegion(op, region, 1, kRowCoordinates)))
    return failure();
  Block &block = region.front();
  unsigned yields = block.getTerminator()->getNumOperands();
  if (yields != 1) // fused_c15
    return op->emitOpError("expected the output region to yield one value, "
                           "got ")
           << yields;
  unsigned position = block.getNumArguments() - 2;
  if (!hasPositions && !block.getArgument(position).use_empty())
    return op->emitOpError("output region reads a position: expected query and "
                           "key positions on the op"); // fused_c16
  return success();
}

LogicalResult sextant::attn::verifyPositionUses(Operation *op, Region &region,
                                                bool hasPositions) {
  if (hasPositions)
    return success();
  for (BlockArgument argument : region.front().getArguments().take_back(2))
    if (!argument.use_empty()) // region_c9
      return op->emitOpError("region reads a position: expected 'at "
                             "(%queryPos, %keyPos)' on the op");
  return success();
}

LogicalResult sextant::attn::verifyOutsideValues(Operation *op,
                                                 Region &region) {
  LogicalResult result = success();
  visitUsedValuesDefinedAbove(region, [&](OpOperand *use) {
    if (failed(result) || matchPattern(use->get(), m_Constant()))
      return;
    bool tensor = isa<ReadOp>(use->getOwner()) && use->getOperandNumber() == 0;
    if (tensor)
      return;
    InFlightDiagnostic diag =
        op->emitOpError("region reads a value of type ")
        << use->get().getType()
        << " from outside: expected a constant, or a tensor read by attn.read";
    diag.attachNote(use->getOwner()->getLoc()) << "read here";
    result = diag;
  });
  return result;
}
