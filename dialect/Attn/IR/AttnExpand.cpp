//===- AttnExpand.cpp - Shorthands written out in general ops -------------===//

#include "dialect/Attn/IR/Attn.h"

using namespace mlir;
using namespace sextant::attn;

/// Fills `region` with a block of `elements` f32 and `coordinates` i32
/// arguments, lets `body` build the yielded values.
static void
buildRegion(OpBuilder &builder, Location loc, Region &region, unsigned elements,
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

static Value constant(OpBuilder &builder, Location loc, double value) {
  return arith::ConstantOp::create(builder, loc,
                                   builder.getF32FloatAttr(value));
}

static RankedTensorType withChannels(Value like, int64_t channels) {
  auto type = llvm::cast<RankedTensorType>(like.getType());
  SmallVector<int64_t> shape(type.getShape());
  shape.back() = channels;
  return RankedTensorType::get(shape, type.getElementType());
}

static Value
buildRowMap(OpBuilder &builder, Location loc, Value input, Value positions,
            bool pairs, std::optional<PairLayout> layout, int64_t channels,
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

FailureOr<SmallVector<Value>>
CollinearCoefficientsOp::expand(OpBuilder &builder) {
  Location loc = getLoc();
  PairLayout layout = getLayout().value_or(PairLayout::Half);
  int64_t channels = extentOf(getInput(), 3);
  Value result = buildRowMap(
      builder, loc, getInput(), Value(), /*pairs=*/true, layout, channels / 2,
      [&](ValueRange args) -> SmallVector<Value> {
        Value sum = arith::AddFOp::create(builder, loc, args[0], args[1]);
        Value mean = arith::MulFOp::create(builder, loc, sum,
                                           constant(builder, loc, 0.5));
        return {arith::MaximumFOp::create(builder, loc, mean,
                                          constant(builder, loc, 0.0))};
      });
  return SmallVector<Value>{result};
}

FailureOr<SmallVector<Value>> DuplicateOp::expand(OpBuilder &builder) {
  Value result = buildRowMap(
      builder, getLoc(), getInput(), Value(), /*pairs=*/false, getLayout(),
      2 * extentOf(getInput(), 3), [&](ValueRange args) -> SmallVector<Value> {
        return {args[0], args[0]};
      });
  return SmallVector<Value>{result};
}

/// (a, b) --> (a cos - b sin, b cos + a sin)
static SmallVector<Value> turn(OpBuilder &builder, Location loc, Value a,
                               Value b, Value cos, Value sin) {
  auto mul = [&](Value x, Value y) -> Value {
    return arith::MulFOp::create(builder, loc, x, y);
  };
  return {arith::SubFOp::create(builder, loc, mul(a, cos), mul(b, sin)),
          arith::AddFOp::create(builder, loc, mul(b, cos), mul(a, sin))};
}

FailureOr<SmallVector<Value>> RotateOp::expand(OpBuilder &builder) {
  Location loc = getLoc();
  auto type = llvm::cast<RankedTensorType>(getInput().getType());
  int64_t channels = type.getShape().back();
  if (getCos()) {
    // The angles stay those of the phase op, so that both sides of a score
    // that rotate by one spectrum are seen to share it.
    auto phase = getCos().getDefiningOp<PhaseOp>();
    if (!phase || phase.getSin() != getSin() || getCos() != phase.getCos())
      return emitOpError("expected the cos and sin results of one attn.phase");
    Value frequencies = phase.getFrequencies();
    auto spectrum = phase.getSpectrumAttr();
    Value length = phase.getLength();
    Value result = buildRowMap(
        builder, loc, getInput(), phase.getPositions(), /*pairs=*/true,
        *getLayout(), channels, [&](ValueRange args) {
          Value pair = args[6], position = args[5];
          Value frequency;
          if (frequencies) {
            frequency = ReadOp::create(
                builder, loc,
                llvm::cast<RankedTensorType>(frequencies.getType())
                    .getElementType(),
                frequencies, ValueRange{pair});
            if (!frequency.getType().isF64())
              frequency = arith::ExtFOp::create(
                  builder, loc, builder.getF64Type(), frequency);
          } else {
            Value scalar;
            if (length)
              scalar = ReadOp::create(builder, loc, builder.getI32Type(),
                                      length, ValueRange{});
            frequency =
                spectrum.expandFrequency(builder, loc, pair, channels, scalar);
          }
          auto cosSin = CosSinOp::create(builder, loc, position, frequency);
          return turn(builder, loc, args[0], args[1], cosSin.getCos(),
                      cosSin.getSin());
        });
    return SmallVector<Value>{result};
  }

  RotaryAttrInterface spectrum = getSpectrumAttr();
  int64_t width = spectrum.getRotaryWidth(channels);
  if (width == 0)
    return SmallVector<Value>{getInput()};
  Value rotated = getInput();
  if (width != channels)
    rotated = SliceOp::create(builder, loc, rotated, 0, width);
  rotated = buildRowMap(
      builder, loc, rotated, getPositions(), /*pairs=*/true,
      spectrum.getPairLayout(), width, [&](ValueRange args) {
        Value pair = args[6], position = args[5], length;
        if (getLength())
          length = ReadOp::create(builder, loc, builder.getI32Type(),
                                  getLength(), ValueRange{});
        Value frequency =
            spectrum.expandFrequency(builder, loc, pair, width, length);
        auto cosSin = CosSinOp::create(builder, loc, position, frequency);
        return turn(builder, loc, args[0], args[1], cosSin.getCos(),
                    cosSin.getSin());
      });
  if (width != channels) {
    Value rest =
        SliceOp::create(builder, loc, getInput(), width, channels - width);
    rotated = ConcatOp::create(builder, loc, ValueRange{rotated, rest});
  }
  return SmallVector<Value>{rotated};
}

OpFoldResult RotateOp::fold(FoldAdaptor) {
  // A spectrum that rotates nothing is the identity.
  auto spectrum = getSpectrumAttr();
  if (spectrum &&
      spectrum.getRotaryWidth(extentOf(
          getInput(), llvm::cast<RankedTensorType>(getType()).getRank() - 1)) ==
          0)
    return getInput();
  return {};
}

FailureOr<SmallVector<Value>> CollinearKeysOp::expand(OpBuilder &builder) {
  Location loc = getLoc();
  auto op = PairKeysOp::create(builder, loc, getType(), getQuery(),
                               getCoefficients());
  buildRegion(builder, loc, op.getBody(), /*elements=*/2, /*coordinates=*/0,
              [&](ValueRange args) -> SmallVector<Value> {
                return {arith::MulFOp::create(builder, loc, args[0], args[1])};
              });
  return SmallVector<Value>{op.getResult()};
}

FailureOr<SmallVector<Value>> BiasOp::expand(OpBuilder &builder) {
  Location loc = getLoc();
  auto op = ScoreMapOp::create(builder, loc, getType(), getScores(),
                               getQueryPos(), getKeyPos());
  buildRegion(builder, loc, op.getBody(), /*elements=*/1, kPairCoordinates,
              [&](ValueRange args) -> SmallVector<Value> {
                PairValues at{args[1], args[2], args[3],
                              args[4], args[5], args[6]};
                Value bias = getBias().expand(builder, loc, at, getCaptures());
                return {arith::AddFOp::create(builder, loc, args[0], bias)};
              });
  return SmallVector<Value>{op.getResult()};
}

FailureOr<SmallVector<Value>> SoftcapOp::expand(OpBuilder &builder) {
  Location loc = getLoc();
  auto op = ScoreMapOp::create(builder, loc, getType(), getScores(), Value(),
                               Value());
  double cap = getCap().convertToDouble();
  buildRegion(builder, loc, op.getBody(), /*elements=*/1, kPairCoordinates,
              [&](ValueRange args) -> SmallVector<Value> {
                Value scaled = arith::MulFOp::create(
                    builder, loc, args[0], constant(builder, loc, 1.0 / cap));
                Value bounded = math::TanhOp::create(builder, loc, scaled);
                return {arith::MulFOp::create(builder, loc, bounded,
                                              constant(builder, loc, cap))};
              });
  return SmallVector<Value>{op.getResult()};
}
