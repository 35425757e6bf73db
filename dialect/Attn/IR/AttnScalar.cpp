//===- AttnScalar.cpp - Arithmetic of a scalar region, spelled short ------===//

#include "dialect/Attn/IR/AttnScalar.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace sextant::attn;

Value ScalarBuilder::number(double value) {
  return arith::ConstantOp::create(builder, loc,
                                   builder.getFloatAttr(type, value));
}

Value ScalarBuilder::integer(int32_t value) {
  return arith::ConstantOp::create(builder, loc,
                                   builder.getI32IntegerAttr(value));
}

Value ScalarBuilder::toFloat(Value value) {
  return builder.createOrFold<arith::SIToFPOp>(loc, type, value);
}

Value ScalarBuilder::add(Value a, Value b) {
  return builder.createOrFold<arith::AddFOp>(loc, a, b);
}

Value ScalarBuilder::sub(Value a, Value b) {
  return builder.createOrFold<arith::SubFOp>(loc, a, b);
}

Value ScalarBuilder::mul(Value a, Value b) {
  return builder.createOrFold<arith::MulFOp>(loc, a, b);
}

Value ScalarBuilder::div(Value a, Value b) {
  return builder.createOrFold<arith::DivFOp>(loc, a, b);
}

Value ScalarBuilder::max(Value a, Value b) {
  return builder.createOrFold<arith::MaximumFOp>(loc, a, b);
}

Value ScalarBuilder::min(Value a, Value b) {
  return builder.createOrFold<arith::MinimumFOp>(loc, a, b);
}

// Regions have floor and ceil of f32 alone; a conversion truncates any float.
Value ScalarBuilder::floor(Value a) {
  Value whole = toFloat(
      builder.createOrFold<arith::FPToSIOp>(loc, builder.getI32Type(), a));
  return select(less(a, whole), sub(whole, 1), whole);
}

Value ScalarBuilder::ceil(Value a) {
  Value whole = toFloat(
      builder.createOrFold<arith::FPToSIOp>(loc, builder.getI32Type(), a));
  return select(less(whole, a), add(whole, 1), whole);
}

Value ScalarBuilder::less(Value a, Value b) {
  if (llvm::isa<IntegerType>(a.getType()))
    return builder.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::slt,
                                               a, b);
  return builder.createOrFold<arith::CmpFOp>(loc, arith::CmpFPredicate::OLT, a,
                                             b);
}

Value ScalarBuilder::equal(Value a, Value b) {
  return builder.createOrFold<arith::CmpFOp>(loc, arith::CmpFPredicate::OEQ, a,
                                             b);
}

Value ScalarBuilder::select(Value condition, Value yes, Value no) {
  return builder.createOrFold<arith::SelectOp>(loc, condition, yes, no);
}

/// A tree of selects by the bits of the index, the lowest first.
Value ScalarBuilder::lookup(ArrayRef<double> table, Value index) {
  SmallVector<Value> level;
  for (double entry : table)
    level.push_back(number(entry));
  for (unsigned bit = 0; level.size() > 1; ++bit) {
    Value low = builder.createOrFold<arith::AndIOp>(loc, index,
                                                    integer(int32_t(1) << bit));
    Value even = builder.createOrFold<arith::CmpIOp>(
        loc, arith::CmpIPredicate::eq, low, integer(0));
    SmallVector<Value> next;
    for (size_t i = 0; i < level.size(); i += 2)
      next.push_back(i + 1 < level.size() ? select(even, level[i], level[i + 1])
                                          : level[i]);
    level = std::move(next);
  }
  return level.front();
}

Value ScalarBuilder::distance(Value a, Value b) {
  Value delta = arith::SubIOp::create(builder, loc, a, b);
  return toFloat(math::AbsIOp::create(builder, loc, delta));
}

Value ScalarBuilder::read(Value tensor, ValueRange indices) {
  return ReadOp::createMatched(builder, loc, type, tensor, indices);
}

void sextant::attn::buildRegion(
    OpBuilder &builder, Location loc, Region &region, unsigned elements,
    unsigned coordinates,
    llvm::function_ref<SmallVector<Value>(ValueRange)> body) {
  OpBuilder::InsertionGuard guard(builder);
  Block *block = builder.createBlock(&region);
  for (unsigned i = 0; i < elements + coordinates; ++i)
    block->addArgument(i < elements ? Type(builder.getF32Type())
                                    : Type(builder.getI32Type()),
                       loc);
  YieldOp::create(builder, loc, body(block->getArguments()));
}

static RankedTensorType withChannels(Value like, int64_t channels) {
  auto type = llvm::cast<RankedTensorType>(like.getType());
  SmallVector<int64_t> shape(type.getShape());
  shape.back() = channels;
  return RankedTensorType::get(shape, type.getElementType());
}

Value sextant::attn::buildRowMap(
    OpBuilder &builder, Location loc, Value input, Value positions, bool pairs,
    std::optional<PairLayout> layout, int64_t channels,
    llvm::function_ref<SmallVector<Value>(ValueRange)> body) {
  PairLayoutAttr layoutAttr =
      layout ? PairLayoutAttr::get(builder.getContext(), *layout)
             : PairLayoutAttr();
  auto op = RowMapOp::create(
      builder, loc, withChannels(input, channels), ValueRange{input}, positions,
      pairs ? builder.getUnitAttr() : UnitAttr(), layoutAttr);
  buildRegion(builder, loc, op.getBody(), pairs ? 2 : 1, kRowCoordinates, body);
  return op.getResult();
}

Value sextant::attn::withoutRotations(Value rows) {
  while (auto rotate = rows.getDefiningOp<RotateOp>()) {
    RotaryAttrInterface spectrum = rotate.getSpectrumAttr();
    if (auto phase = rotate.getCos() ? rotate.getCos().getDefiningOp<PhaseOp>()
                                     : PhaseOp())
      spectrum = phase.getSpectrumAttr(); // null: by a tensor of frequencies
    else if (!spectrum)
      break;
    if (spectrum && spectrum.hasMagnitude())
      break;
    rows = rotate.getInput();
  }
  return rows;
}

SmallVector<Value> sextant::attn::buildTurn(OpBuilder &builder, Location loc,
                                            Value a, Value b, Value cos,
                                            Value sin) {
  auto mul = [&](Value x, Value y) -> Value {
    return arith::MulFOp::create(builder, loc, x, y);
  };
  return {arith::SubFOp::create(builder, loc, mul(a, cos), mul(b, sin)),
          arith::AddFOp::create(builder, loc, mul(b, cos), mul(a, sin))};
}
