//===- RegionEmitter.cpp - Scalar regions as vector code ------------------===//

#include "compiler/TiledToVector/RegionEmitter.h"

#include "compiler/TiledToVector/Code.h"
#include "compiler/TiledToVector/VectorMath.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

static bool isVector(Value value) {
  return llvm::isa<VectorType>(value.getType());
}

void RegionEmitter::map(Value regionValue, Value emitted) {
  values[regionValue] = emitted;
}

void RegionEmitter::mapTensor(Value tensor, Value memref) {
  tensors[tensor] = memref;
}

void RegionEmitter::mapIota(OpBuilder &builder, Location loc, Value regionValue,
                            Value base) {
  SmallVector<int32_t> steps;
  for (int64_t lane = 0; lane < lanes; ++lane)
    steps.push_back(lane);
  auto type = VectorType::get({lanes}, builder.getI32Type());
  Value iota = arith::ConstantOp::create(
      builder, loc, DenseElementsAttr::get(type, ArrayRef<int32_t>(steps)));
  values[regionValue] =
      arith::AddIOp::create(builder, loc, broadcast(builder, loc, base), iota);
  iotaBase[regionValue] = base;
}

Value RegionEmitter::broadcast(OpBuilder &builder, Location loc, Value value) {
  if (isVector(value))
    return value;
  return Code(builder, loc).broadcast(lanes, value);
}

Value RegionEmitter::lookup(Value value) const { return values.lookup(value); }

bool RegionEmitter::isEmitted(Block &block) const {
  return llvm::all_of(block.getTerminator()->getOperands(),
                      [&](Value value) { return values.contains(value); });
}

void RegionEmitter::emitAvailable(OpBuilder &builder, Block &block) {
  // A captured tensor is no scalar: reads look it up in `tensors`.
  for (Operation &op : block.without_terminator()) {
    if (op.getNumResults() && values.contains(op.getResult(0)))
      continue;
    if (llvm::all_of(op.getOperands(), [&](Value operand) {
          return llvm::isa<TensorType>(operand.getType()) ||
                 values.contains(operand) || matchConstant(operand);
        }))
      emitOp(builder, op);
  }
}

bool RegionEmitter::matchConstant(Value value) {
  return value.getDefiningOp<arith::ConstantOp>() != nullptr;
}

SmallVector<Value> RegionEmitter::emit(OpBuilder &builder, Block &block) {
  emitAvailable(builder, block);
  SmallVector<Value> results;
  for (Value value : block.getTerminator()->getOperands()) {
    materializeConstant(builder, value);
    Value emitted = lookup(value);
    assert(emitted && "an argument of the region is not mapped");
    results.push_back(emitted);
  }
  return results;
}

void RegionEmitter::materializeConstant(OpBuilder &builder, Value value) {
  // Constants from outside the region are cloned where they are used.
  if (!values.contains(value) && matchConstant(value))
    values[value] = builder.clone(*value.getDefiningOp())->getResult(0);
}

//===----------------------------------------------------------------------===//
// One op
//===----------------------------------------------------------------------===//

/// i32 from a float without the undefined conversions: NaN becomes 0, the rest
/// saturates.
static Value convertToInteger(OpBuilder &builder, Location loc, Value x,
                              Type type) {
  VectorMath math(builder, loc, /*fma=*/false);
  unsigned bits = getElementTypeOrSelf(type).getIntOrFloatBitWidth();
  double limit = std::ldexp(1.0, std::min(bits, 32u) - 1);
  bool wide = getElementTypeOrSelf(x.getType()).isF64();
  Value low = math.constant(x, -limit);
  Value high = math.constant(x, wide ? limit - 1 : limit - limit * 0x1p-23);
  using P = arith::CmpFPredicate;
  auto compare = [&](P predicate, Value a, Value b) -> Value {
    return arith::CmpFOp::create(builder, loc, predicate, a, b);
  };
  x = arith::SelectOp::create(builder, loc, compare(P::OLT, x, low), low, x);
  x = arith::SelectOp::create(builder, loc, compare(P::OGT, x, high), high, x);
  x = arith::SelectOp::create(builder, loc, compare(P::UNO, x, x),
                              math.constant(x, 0.0), x);
  return arith::FPToSIOp::create(builder, loc, type, x);
}

/// By halves: not every target has an instruction, least of all for vectors.
static Value countLeadingZeros(OpBuilder &builder, Location loc, Value x) {
  Type type = x.getType();
  unsigned bits = getElementTypeOrSelf(type).getIntOrFloatBitWidth();
  Code code(builder, loc);
  auto constant = [&](int64_t value) {
    return code.constant(
        type, builder.getIntegerAttr(getElementTypeOrSelf(type), value));
  };
  auto isNonZero = [&](Value value) {
    return code.compare(Code::Predicate::ne, value, constant(0));
  };
  Value count = constant(bits);
  for (unsigned half = bits / 2; half; half /= 2) {
    Value amount = constant(half);
    Value high = arith::ShRUIOp::create(builder, loc, x, amount);
    Value some = isNonZero(high);
    count = code.select(some, code.sub(count, amount), count);
    x = code.select(some, high, x);
  }
  return code.select(isNonZero(x), code.sub(count, constant(1)), count);
}

/// True if `value` is a minimum with a constant up to `bound`.
static bool isAtMost(Value value, double bound) {
  auto minimum = value.getDefiningOp<arith::MinimumFOp>();
  FloatAttr constant;
  return minimum &&
         (matchPattern(minimum.getRhs(), m_Constant(&constant)) ||
          matchPattern(minimum.getLhs(), m_Constant(&constant))) &&
         constant.getValueAsDouble() <= bound;
}

void RegionEmitter::emitOp(OpBuilder &builder, Operation &op) {
  Location loc = op.getLoc();
  if (auto read = llvm::dyn_cast<ReadOp>(op))
    return emitRead(builder, read);
  if (auto extent = llvm::dyn_cast<ExtentOp>(op)) {
    Value value = extents[static_cast<unsigned>(extent.getKind())];
    assert(value && "an extent that the region reads is not set");
    values[extent.getResult()] = value;
    return;
  }

  SmallVector<Value> operands;
  bool anyVector = false;
  for (Value operand : op.getOperands()) {
    materializeConstant(builder, operand);
    operands.push_back(lookup(operand));
    anyVector |= isVector(operands.back());
  }
  if (auto cosSin = llvm::dyn_cast<CosSinOp>(op)) {
    auto [cos, sin] = VectorMath(builder, loc, fma)
                          .cosSin(operands[0], operands[1],
                                  cosSin.getHarmonic(), cosSin.getF32Angles());
    values[cosSin.getCos()] = cos;
    values[cosSin.getSin()] = sin;
    return;
  }
  if (anyVector)
    for (Value &operand : operands)
      operand = broadcast(builder, loc, operand);
  values[op.getResult(0)] = emitElementwise(builder, op, operands, anyVector);
  trackIota(builder, op);
}

Value RegionEmitter::emitElementwise(OpBuilder &builder, Operation &op,
                                     ArrayRef<Value> operands, bool anyVector) {
  Location loc = op.getLoc();
  Type type = op.getResult(0).getType();
  if (anyVector)
    type = VectorType::get({lanes}, type);
  VectorMath math(builder, loc, fma);
  bool wide = type.isF64() || getElementTypeOrSelf(type).isF64();
  auto natural = [&](Value log2) -> Value { // ln from log2, f64
    return arith::MulFOp::create(builder, loc, log2,
                                 math.constant(log2, 0.69314718055994530942));
  };
  auto byLog2e = [&](Value x) -> Value {
    return arith::MulFOp::create(builder, loc, x,
                                 math.constant(x, 1.4426950408889634074));
  };
  return llvm::TypeSwitch<Operation *, Value>(&op)
      .Case([&](math::ExpOp exp) {
        if (wide)
          return math.exp2F64(byLog2e(operands[0]));
        return isAtMost(exp.getOperand(), 88) ? math.expBounded(operands[0])
                                              : math.exp(operands[0]);
      })
      .Case([&](math::Exp2Op) {
        return wide ? math.exp2F64(operands[0]) : math.exp2(operands[0]);
      })
      .Case([&](math::LogOp) {
        return wide ? natural(math.log2F64(operands[0]))
                    : math.log(operands[0]);
      })
      .Case([&](math::Log2Op) {
        return wide ? math.log2F64(operands[0]) : math.log2(operands[0]);
      })
      .Case([&](math::Log1pOp) { return math.log1p(operands[0]); })
      .Case([&](math::TanhOp) { return math.tanh(operands[0]); })
      .Case([&](math::ErfOp) { return math.erf(operands[0]); })
      .Case([&](math::SinOp) { return math.sin(operands[0]); })
      .Case([&](math::CosOp) { return math.cos(operands[0]); })
      .Case([&](math::PowFOp) { return math.pow(operands[0], operands[1]); })
      .Case([&](math::FloorOp) { return math.floor(operands[0]); })
      .Case([&](math::CeilOp) { return math.ceil(operands[0]); })
      .Case([&](math::RoundEvenOp) { return math.roundEven(operands[0]); })
      .Case([&](math::FmaOp) {
        return math.madd(operands[0], operands[1], operands[2]);
      })
      .Case([&](math::RsqrtOp) -> Value {
        Value root = math::SqrtOp::create(builder, loc, operands[0]);
        return arith::DivFOp::create(builder, loc, math.constant(root, 1.0),
                                     root);
      })
      .Case([&](math::AbsIOp) -> Value {
        Value zero =
            arith::ConstantOp::create(builder, loc, builder.getZeroAttr(type));
        Value negated = arith::SubIOp::create(builder, loc, zero, operands[0]);
        return arith::MaxSIOp::create(builder, loc, operands[0], negated);
      })
      .Case([&](math::CountLeadingZerosOp) {
        return countLeadingZeros(builder, loc, operands[0]);
      })
      .Case([&](arith::FPToSIOp) {
        return convertToInteger(builder, loc, operands[0], type);
      })
      .Default([&](Operation *other) -> Value {
        // Everything else is one instruction a lane: the same op, wider, and
        // without fast-math flags (NaN and infinity keep their meaning).
        OperationState state(loc, other->getName());
        state.addOperands(operands);
        state.addTypes(type);
        if (auto constant = llvm::dyn_cast<arith::ConstantOp>(other))
          return arith::ConstantOp::create(
              builder, loc, llvm::cast<TypedAttr>(constant.getValue()));
        for (NamedAttribute attr : other->getAttrs())
          if (attr.getName() != "fastmath")
            state.addAttribute(attr.getName(), attr.getValue());
        return builder.create(state)->getResult(0);
      });
}

/// base + lane, plus or minus a scalar, is base' + lane.
void RegionEmitter::trackIota(OpBuilder &builder, Operation &op) {
  Location loc = op.getLoc();
  auto scalar = [&](Value value) {
    Value emitted = lookup(value);
    return emitted && !isVector(emitted) ? emitted : Value();
  };
  if (auto add = llvm::dyn_cast<arith::AddIOp>(op)) {
    for (auto [a, b] : {std::pair(add.getLhs(), add.getRhs()),
                        std::pair(add.getRhs(), add.getLhs())})
      if (Value base = iotaBase.lookup(a))
        if (Value other = scalar(b)) {
          Value sum = arith::AddIOp::create(builder, loc, base, other);
          iotaBase[add.getResult()] = sum;
          return;
        }
  } else if (auto sub = llvm::dyn_cast<arith::SubIOp>(op)) {
    Value base = iotaBase.lookup(sub.getLhs());
    Value other = scalar(sub.getRhs());
    if (base && other) {
      Value difference = arith::SubIOp::create(builder, loc, base, other);
      iotaBase[sub.getResult()] = difference;
    }
  }
}

//===----------------------------------------------------------------------===//
// Reads of captured tensors
//===----------------------------------------------------------------------===//

/// `index` (i32 scalar or vector) clamped to [0, extent).
static Value clampIndex(Code &code, Value index, Value extent) {
  Value last = code.sub(extent, 1), zero = code.integer(32, 0);
  if (auto type = llvm::dyn_cast<VectorType>(index.getType())) {
    last = code.broadcast(type.getNumElements(), last);
    zero = code.broadcast(type.getNumElements(), zero);
  }
  return code.maximum(code.minimum(index, last), zero);
}

Value RegionEmitter::loadEach(OpBuilder &builder, Location loc, Value memref,
                              ArrayRef<Value> indices) {
  Code code(builder, loc, elements);
  auto at = [&](int64_t lane) -> Value {
    SmallVector<Value> positions;
    for (Value index : indices)
      positions.push_back(
          code.toIndex(isVector(index) ? code.extract(index, lane) : index));
    return code.load(memref, positions);
  };
  if (llvm::none_of(indices, isVector))
    return at(0);
  SmallVector<Value> lane;
  for (int64_t i = 0; i < lanes; ++i)
    lane.push_back(at(i));
  return code.fromLanes(lane);
}

void RegionEmitter::emitRead(OpBuilder &builder, ReadOp op) {
  if (auto band = op.getTensor().getDefiningOp<TabulateBandOp>())
    return emitBandRead(builder, op, band);
  Location loc = op.getLoc();
  Code code(builder, loc, elements);
  Value memref = tensors.lookup(op.getTensor());
  assert(memref && "a captured tensor is not mapped");
  auto memrefType = llvm::cast<MemRefType>(memref.getType());
  Type type = op.getType();

  SmallVector<Value> indices;
  bool anyVector = false;
  for (Value index : op.getIndices()) {
    materializeConstant(builder, index);
    indices.push_back(lookup(index));
    anyVector |= isVector(indices.back());
  }

  // A strip that the compiler made covers every index that occurs.
  bool inBounds = op->hasAttr("in_bounds");
  Value base =
      indices.empty() ? Value() : iotaBase.lookup(op.getIndices().back());
  bool leadingScalar = llvm::none_of(
      ArrayRef<Value>(indices).drop_back(indices.empty() ? 0 : 1), isVector);
  auto [strides, offset] = memrefType.getStridesAndOffset();
  if (inBounds && base && leadingScalar && strides.back() == 1) {
    indices.back() = base;
    SmallVector<Value> positions;
    for (Value index : indices)
      positions.push_back(code.toIndex(index));
    values[op.getResult()] = code.loadVector(lanes, memref, positions);
    return;
  }

  Value nonEmpty, lastExtent;
  if (!inBounds)
    for (auto [axis, index] : llvm::enumerate(indices)) {
      Value extent = lastExtent = code.toInteger(32, code.dim(memref, axis));
      index = clampIndex(code, index, extent);
      if (memrefType.isDynamicDim(axis) || memrefType.getDimSize(axis) == 0) {
        Value some = code.less(code.integer(32, 0), extent);
        nonEmpty = nonEmpty ? code.both(nonEmpty, some) : some;
      }
    }

  Type result = anyVector ? Type(VectorType::get({lanes}, type)) : type;
  auto choose = [&](Value condition, function_ref<Value()> then,
                    function_ref<Value()> otherwise) {
    return code
        .choose(
            condition, result, [&]() -> Code::Values { return {then()}; },
            [&]() -> Code::Values { return {otherwise()}; })
        .front();
  };
  auto each = [&]() -> Value {
    if (!nonEmpty)
      return loadEach(builder, loc, memref, indices);
    return choose(
        nonEmpty, [&] { return loadEach(builder, loc, memref, indices); },
        [&]() -> Value {
          return arith::ConstantOp::create(
              builder, loc, llvm::cast<TypedAttr>(builder.getZeroAttr(result)));
        });
  };
  Value &read = values[op.getResult()];
  if (!adjacentReads || !lastExtent || !base || !leadingScalar ||
      !isa<FloatType>(memrefType.getElementType())) {
    read = each();
    return;
  }
  Value zero = code.integer(32, 0);
  Value last = code.add(base, code.integer(32, int32_t(lanes - 1)));
  // Each is compared, for the sum may wrap around.
  Value adjacent = code.compare(Code::Predicate::sle, zero, base);
  adjacent = code.both(adjacent, code.less(base, last));
  adjacent = code.both(adjacent, code.less(last, lastExtent));
  if (nonEmpty)
    adjacent = code.both(adjacent, nonEmpty);
  if (!Code::hasUnitStride(memref))
    adjacent = code.both(adjacent, code.isUnitStride(memref));
  auto atOnce = [&] {
    SmallVector<Value> positions;
    for (Value index : ArrayRef<Value>(indices).drop_back())
      positions.push_back(code.toIndex(index));
    positions.push_back(code.toIndex(base));
    return code.loadVector(lanes, code.withUnitStride(memref), positions);
  };
  read = choose(adjacent, atOnce, each);
}
