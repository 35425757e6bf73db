//===- Code.cpp - Short words for the ops of the vector form --------------===//

#include "compiler/TiledToVector/Code.h"

#include "dialect/Attn/IR/Attn.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace sextant;

using Values = Code::Values;

//===----------------------------------------------------------------------===//
// Constants and integers
//===----------------------------------------------------------------------===//

Value Code::index(int64_t value) {
  return arith::ConstantIndexOp::create(builder, loc, value);
}
Value Code::integer(unsigned bits, int64_t value) {
  return arith::ConstantOp::create(
      builder, loc,
      builder.getIntegerAttr(builder.getIntegerType(bits), value));
}
Value Code::f32(double value) {
  return arith::ConstantOp::create(builder, loc,
                                   builder.getF32FloatAttr(value));
}
Value Code::splat(int64_t lanes, double value) {
  Type f32 = builder.getF32Type();
  return constant(VectorType::get({lanes}, f32),
                  builder.getFloatAttr(f32, value));
}
Value Code::constant(Type type, TypedAttr element) {
  if (auto vector = llvm::dyn_cast<VectorType>(type))
    element = SplatElementsAttr::get(vector, element);
  return arith::ConstantOp::create(builder, loc, element);
}
Value Code::constantLike(Value like, int64_t value) {
  if (like.getType().isIndex())
    return index(value);
  return integer(like.getType().getIntOrFloatBitWidth(), value);
}

Value Code::add(Value a, Value b) {
  return arith::AddIOp::create(builder, loc, a, b);
}
Value Code::sub(Value a, Value b) {
  return arith::SubIOp::create(builder, loc, a, b);
}
Value Code::mul(Value a, Value b) {
  return arith::MulIOp::create(builder, loc, a, b);
}
Value Code::divide(Value a, Value b) {
  return arith::DivUIOp::create(builder, loc, a, b);
}
Value Code::remainder(Value a, Value b) {
  return arith::RemUIOp::create(builder, loc, a, b);
}
Value Code::minimum(Value a, Value b) {
  return arith::MinSIOp::create(builder, loc, a, b);
}
Value Code::maximum(Value a, Value b) {
  return arith::MaxSIOp::create(builder, loc, a, b);
}
Value Code::lowestBit(Value a) {
  return arith::AndIOp::create(builder, loc, a, sub(constantLike(a, 0), a));
}
Value Code::highestBit(Value a) {
  // Ones below the highest, then half of them away.
  auto shifted = [&](int64_t amount) -> Value {
    return arith::ShRUIOp::create(builder, loc, a, constantLike(a, amount));
  };
  for (int64_t amount = 1; amount < 64; amount *= 2)
    a = either(a, shifted(amount));
  return sub(a, shifted(1));
}
Value Code::compare(Predicate predicate, Value a, Value b) {
  return arith::CmpIOp::create(builder, loc, predicate, a, b);
}
Value Code::both(Value a, Value b) {
  return arith::AndIOp::create(builder, loc, a, b);
}
Value Code::either(Value a, Value b) {
  return arith::OrIOp::create(builder, loc, a, b);
}
Value Code::bitXor(Value a, Value b) {
  return arith::XOrIOp::create(builder, loc, a, b);
}
Value Code::select(Value condition, Value a, Value b) {
  return arith::SelectOp::create(builder, loc, condition, a, b);
}
Value Code::toIndex(Value integer) {
  if (integer.getType().isIndex())
    return integer;
  return arith::IndexCastOp::create(builder, loc, builder.getIndexType(),
                                    integer);
}
Value Code::toInteger(unsigned bits, Value value) {
  Type type = builder.getIntegerType(bits);
  if (value.getType().isIndex())
    return arith::IndexCastOp::create(builder, loc, type, value);
  unsigned from = value.getType().getIntOrFloatBitWidth();
  if (from == bits)
    return value;
  if (from < bits)
    return arith::ExtSIOp::create(builder, loc, type, value);
  return arith::TruncIOp::create(builder, loc, type, value);
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

Value Code::dim(Value memref, int64_t axis) {
  return memref::DimOp::create(builder, loc, memref, axis);
}
Value Code::load(Value memref, ValueRange at) {
  return elements.widen(builder, loc,
                        memref::LoadOp::create(builder, loc, memref, at));
}
void Code::store(Value value, Value memref, ValueRange at) {
  value = elements.narrow(builder, loc, value, elementType(memref));
  memref::StoreOp::create(builder, loc, value, memref, at);
}
Value Code::loadVector(int64_t lanes, Value memref, ValueRange at) {
  auto type = VectorType::get({lanes}, elementType(memref));
  return elements.widen(builder, loc,
                        vector::LoadOp::create(builder, loc, type, memref, at));
}
void Code::storeVector(Value value, Value memref, ValueRange at) {
  value = elements.narrow(builder, loc, value, elementType(memref));
  vector::StoreOp::create(builder, loc, value, memref, at);
}
Type Code::elementType(Value memref) {
  return llvm::cast<MemRefType>(memref.getType()).getElementType();
}

Value Code::loadPair(Value memref, ValueRange at) {
  auto type = VectorType::get({2}, elementType(memref));
  Value pair = vector::LoadOp::create(builder, loc, type, memref, at);
  auto word = VectorType::get({1}, builder.getI32Type());
  return extract(vector::BitCastOp::create(builder, loc, word, pair), 0);
}

void Code::prefetch(Value memref, ValueRange at, int64_t level) {
  memref::PrefetchOp::create(builder, loc, memref, at, /*isWrite=*/false,
                             /*localityHint=*/4 - level, /*isDataCache=*/true);
}

int64_t Code::elementsOfLine(Value memref) {
  static constexpr int64_t kLineBits = 512;
  return kLineBits / elementType(memref).getIntOrFloatBitWidth();
}

void Code::prefetchRow(Value rows, Value row, int64_t channels) {
  // Where channels lie apart another line comes, which does no harm.
  Value unit = withUnitStride(rows);
  for (int64_t first = 0; first < channels; first += elementsOfLine(rows))
    prefetch(unit, {row, index(first)});
}

Value Code::rowsOf(Value memref, Value batch, Value head) {
  auto type = llvm::cast<MemRefType>(memref.getType());
  OpFoldResult zero = builder.getIndexAttr(0), one = builder.getIndexAttr(1);
  auto extent = [&](int64_t axis) -> OpFoldResult {
    if (!type.isDynamicDim(axis))
      return builder.getIndexAttr(type.getDimSize(axis));
    return dim(memref, axis);
  };
  SmallVector<OpFoldResult> offsets{batch, head, zero, zero};
  SmallVector<OpFoldResult> sizes{one, one, extent(2), extent(3)};
  SmallVector<OpFoldResult> strides(4, one);
  MemRefType rows = memref::SubViewOp::inferRankReducedResultType(
      {type.getDimSize(2), type.getDimSize(3)}, type, offsets, sizes, strides);
  return memref::SubViewOp::create(builder, loc, rows, memref, offsets, sizes,
                                   strides);
}

Value Code::subRows(Value rows, Value first, Value count) {
  OpFoldResult zero = builder.getIndexAttr(0), one = builder.getIndexAttr(1);
  auto type = llvm::cast<MemRefType>(rows.getType());
  OpFoldResult channels = type.isDynamicDim(1)
                              ? OpFoldResult(dim(rows, 1))
                              : builder.getIndexAttr(type.getDimSize(1));
  return memref::SubViewOp::create(builder, loc, rows, {first, zero},
                                   {count, channels}, {one, one});
}

Value Code::cast(Value memref, Type type) {
  if (memref.getType() == type)
    return memref;
  return memref::CastOp::create(builder, loc, type, memref);
}

bool Code::hasUnitStride(Value memref) {
  auto [strides, offset] =
      llvm::cast<MemRefType>(memref.getType()).getStridesAndOffset();
  return strides.empty() || strides.back() == 1;
}

static ValueRange stridesOf(Code &code, Value memref) {
  return memref::ExtractStridedMetadataOp::create(code.builder, code.loc,
                                                  memref)
      .getStrides();
}

Value Code::rowStride(Value rows) { return stridesOf(*this, rows).front(); }

Value Code::isUnitStride(Value memref) {
  return compare(Predicate::eq, stridesOf(*this, memref).back(), index(1));
}

void Code::whenUnitStride(ValueRange memrefs,
                          function_ref<void(ValueRange, bool)> body) {
  Value areUnit;
  for (Value memref : memrefs)
    if (!hasUnitStride(memref)) {
      Value isUnit = isUnitStride(memref);
      areUnit = areUnit ? both(areUnit, isUnit) : isUnit;
    }
  if (!areUnit)
    return body(memrefs, /*unit=*/true);
  when(
      areUnit,
      [&] {
        Values known;
        for (Value memref : memrefs)
          known.push_back(hasUnitStride(memref) ? memref
                                                : withUnitStride(memref));
        body(known, /*unit=*/true);
      },
      [&] { body(memrefs, /*unit=*/false); });
}

Value Code::withUnitStride(Value memref) {
  if (hasUnitStride(memref))
    return memref;
  auto type = llvm::cast<MemRefType>(memref.getType());
  auto metadata =
      memref::ExtractStridedMetadataOp::create(builder, loc, memref);
  auto [strides, offset] = type.getStridesAndOffset();
  strides.back() = 1;
  auto layout = StridedLayoutAttr::get(type.getContext(), offset, strides);
  auto unit = MemRefType::get(type.getShape(), type.getElementType(), layout);
  SmallVector<OpFoldResult> sizes(metadata.getConstifiedMixedSizes()),
      steps(metadata.getConstifiedMixedStrides());
  steps.back() = builder.getIndexAttr(1);
  return memref::ReinterpretCastOp::create(
      builder, loc, unit, metadata.getBaseBuffer(),
      metadata.getConstifiedMixedOffset(), sizes, steps);
}

Value Code::view(Value bytes, Value offset, MemRefType type, ValueRange sizes) {
  return memref::ViewOp::create(builder, loc, type, bytes, offset, sizes);
}

//===----------------------------------------------------------------------===//
// Floats
//===----------------------------------------------------------------------===//

Value Code::broadcast(int64_t lanes, Value scalar) {
  return vector::BroadcastOp::create(
      builder, loc, VectorType::get({lanes}, scalar.getType()), scalar);
}
Value Code::fromLanes(ArrayRef<Value> lanes) {
  auto type = VectorType::get({static_cast<int64_t>(lanes.size())},
                              lanes.front().getType());
  return vector::FromElementsOp::create(builder, loc, type, lanes);
}
Value Code::extract(Value vector, int64_t lane) {
  return vector::ExtractOp::create(builder, loc, vector, lane);
}

/// Lanes of one 128-bit chunk: what x86 shuffles without crossing between the
/// halves of a register.
static constexpr int64_t kChunk = 4;

Value Code::packPairs(Value first, Value second) {
  auto type = llvm::cast<VectorType>(first.getType());
  return attn::PackPairsOp::create(
      builder, loc, type.clone(builder.getI32Type()), first, second);
}
Value Code::pairDot(Value left, Value right, Value sum) {
  return attn::PairDotOp::create(builder, loc, left, right, sum);
}

Code::Values Code::transpose(ArrayRef<Value> rows) {
  const int64_t lanes = rows.size();
  assert(lanes >= kChunk && llvm::isPowerOf2_64(lanes) &&
         "no square of chunks");
  auto shuffle = [&](Value a, Value b, ArrayRef<int64_t> mask) -> Value {
    return vector::ShuffleOp::create(builder, loc, a, b, mask);
  };
  // Squares of 4 x 4 inside the chunks: pairs of lanes, then pairs of pairs.
  auto withinChunks = [&](Value a, Value b, ArrayRef<int64_t> ofChunk) {
    SmallVector<int64_t> mask;
    for (int64_t chunk = 0; chunk < lanes; chunk += kChunk)
      for (int64_t lane : ofChunk)
        mask.push_back(chunk + lane % kChunk + (lane < kChunk ? 0 : lanes));
    return shuffle(a, b, mask);
  };
  Values columns(lanes);
  for (int64_t row = 0; row < lanes; row += kChunk) {
    Values pairs;
    for (int64_t i : {0, 2}) {
      Value a = rows[row + i], b = rows[row + i + 1];
      pairs.push_back(withinChunks(a, b, {0, 4, 1, 5}));
      pairs.push_back(withinChunks(a, b, {2, 6, 3, 7}));
    }
    for (int64_t i : {0, 1}) {
      columns[row + 2 * i] = withinChunks(pairs[i], pairs[i + 2], {0, 1, 4, 5});
      columns[row + 2 * i + 1] =
          withinChunks(pairs[i], pairs[i + 2], {2, 3, 6, 7});
    }
  }
  // The chunks are lanes of a smaller square now: runs of `width` lanes change
  // places between rows that lie `width` apart.
  for (int64_t width = kChunk; width < lanes; width *= 2) {
    SmallVector<int64_t> low, high;
    for (int64_t lane = 0; lane < lanes; ++lane) {
      const bool second = lane & width;
      low.push_back(second ? lanes + lane - width : lane);
      high.push_back(second ? lanes + lane : lane + width);
    }
    for (int64_t row = 0; row < lanes; ++row) {
      if (row & width)
        continue;
      Value a = columns[row], b = columns[row + width];
      columns[row] = shuffle(a, b, low);
      columns[row + width] = shuffle(a, b, high);
    }
  }
  return columns;
}

Value Code::addF(Value a, Value b) {
  return arith::AddFOp::create(builder, loc, a, b);
}
Value Code::subF(Value a, Value b) {
  return arith::SubFOp::create(builder, loc, a, b);
}
Value Code::mulF(Value a, Value b) {
  return arith::MulFOp::create(builder, loc, a, b);
}
Value Code::divF(Value a, Value b) {
  return arith::DivFOp::create(builder, loc, a, b);
}
Value Code::compareF(arith::CmpFPredicate predicate, Value a, Value b) {
  return arith::CmpFOp::create(builder, loc, predicate, a, b);
}
Value Code::maxF(Value a, Value b) {
  return select(compareF(arith::CmpFPredicate::OGT, a, b), a, b);
}
Value Code::anyLane(Value flags) {
  return vector::ReductionOp::create(builder, loc, vector::CombiningKind::OR,
                                     flags);
}

Value Code::anyLane(ArrayRef<Value> flags) {
  Value any = flags.front();
  for (Value own : flags.drop_front())
    any = either(any, own);
  return anyLane(any);
}

Value Code::anyNaN(ArrayRef<Value> vectors) {
  Values flags;
  for (Value vector : vectors)
    flags.push_back(compareF(arith::CmpFPredicate::UNO, vector, vector));
  return anyLane(flags);
}

//===----------------------------------------------------------------------===//
// Control
//===----------------------------------------------------------------------===//

void Code::loop(Value from, Value to, int64_t step,
                function_ref<void(Value)> body) {
  auto loop = scf::ForOp::create(builder, loc, from, to, index(step));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  body(loop.getInductionVar());
}

Values Code::loop(Value from, Value to, int64_t step, ValueRange initial,
                  function_ref<Values(Value, ValueRange)> body) {
  auto loop = scf::ForOp::create(builder, loc, from, to, index(step), initial);
  OpBuilder::InsertionGuard guard(builder);
  // A loop that carries nothing has its end already.
  if (initial.empty())
    builder.setInsertionPointToStart(loop.getBody());
  else
    builder.setInsertionPointToEnd(loop.getBody());
  Values results = body(loop.getInductionVar(), loop.getRegionIterArgs());
  if (!initial.empty())
    scf::YieldOp::create(builder, loc, results);
  return llvm::to_vector(llvm::map_range(
      loop.getResults(), [](OpResult result) -> Value { return result; }));
}

void Code::when(Value condition, function_ref<void()> then,
                function_ref<void()> otherwise) {
  auto branch = scf::IfOp::create(builder, loc, condition,
                                  /*withElseRegion=*/bool(otherwise));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  then();
  if (otherwise) {
    builder.setInsertionPointToStart(branch.elseBlock());
    otherwise();
  }
}

Values Code::choose(Value condition, TypeRange types,
                    function_ref<Values()> then,
                    function_ref<Values()> otherwise) {
  auto branch = scf::IfOp::create(builder, loc, types, condition,
                                  /*addThenBlock=*/true, /*addElseBlock=*/true);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToEnd(branch.thenBlock());
  scf::YieldOp::create(builder, loc, then());
  builder.setInsertionPointToEnd(branch.elseBlock());
  scf::YieldOp::create(builder, loc, otherwise());
  return llvm::to_vector(llvm::map_range(
      branch.getResults(), [](OpResult result) -> Value { return result; }));
}

Values Code::loopWhile(ValueRange initial,
                       function_ref<Values(ValueRange)> test,
                       function_ref<Values(ValueRange)> body) {
  SmallVector<Type> types(initial.getTypes());
  auto loop = scf::WhileOp::create(builder, loc, types, initial);
  OpBuilder::InsertionGuard guard(builder);
  SmallVector<Location> locations(types.size(), loc);
  Block *before = builder.createBlock(&loop.getBefore(), {}, types, locations);
  Values tested = test(before->getArguments());
  scf::ConditionOp::create(builder, loc, tested.front(),
                           ArrayRef<Value>(tested).drop_front());
  Block *after = builder.createBlock(&loop.getAfter(), {}, types, locations);
  scf::YieldOp::create(builder, loc, body(after->getArguments()));
  return llvm::to_vector(llvm::map_range(
      loop.getResults(), [](OpResult result) -> Value { return result; }));
}
