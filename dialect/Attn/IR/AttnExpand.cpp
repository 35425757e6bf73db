//===- AttnExpand.cpp - Shorthands written out in general ops -------------===//

#include "dialect/Attn/IR/AttnScalar.h"

using namespace mlir;
using namespace sextant::attn;

static Value constant(OpBuilder &builder, Location loc, double value) {
  return arith::ConstantOp::create(builder, loc,
                                   builder.getF32FloatAttr(value));
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

/// Cosine and sine of a pair's angle at `position` / `divisor`, times the
/// pair's magnitude.
static std::pair<Value, Value> expandAngle(OpBuilder &builder, Location loc,
                                           RotaryAttrInterface spectrum,
                                           Value pair, int64_t width,
                                           Value position, Value lengthTensor,
                                           int64_t divisor, bool f32Angles) {
  Value length;
  if (lengthTensor)
    length = ReadOp::create(builder, loc, builder.getI32Type(), lengthTensor,
                            ValueRange{});
  Value frequency = spectrum.expandFrequency(builder, loc, pair, width, length);
  if (divisor != 1)
    frequency = arith::DivFOp::create(
        builder, loc, frequency,
        arith::ConstantOp::create(builder, loc,
                                  builder.getF64FloatAttr(divisor)));
  auto cosSin = CosSinOp::create(builder, loc, position, frequency,
                                 /*harmonic=*/1, f32Angles);
  if (!spectrum.hasMagnitude())
    return {cosSin.getCos(), cosSin.getSin()};
  Value magnitude = builder.createOrFold<arith::TruncFOp>(
      loc, builder.getF32Type(),
      spectrum.expandMagnitude(builder, loc, pair, width, position, length));
  return {arith::MulFOp::create(builder, loc, magnitude, cosSin.getCos()),
          arith::MulFOp::create(builder, loc, magnitude, cosSin.getSin())};
}

/// Cosine and sine of a pair's angle by a tensor of frequencies.
static std::pair<Value, Value> readAngle(OpBuilder &builder, Location loc,
                                         Value frequencies, Value pair,
                                         Value position, bool f32Angles) {
  Type element =
      llvm::cast<RankedTensorType>(frequencies.getType()).getElementType();
  Value frequency =
      ReadOp::create(builder, loc, element, frequencies, ValueRange{pair});
  if (!element.isF64())
    frequency =
        arith::ExtFOp::create(builder, loc, builder.getF64Type(), frequency);
  auto cosSin = CosSinOp::create(builder, loc, position, frequency,
                                 /*harmonic=*/1, f32Angles);
  return {cosSin.getCos(), cosSin.getSin()};
}

/// Turns the pairs of rows by `angle(builder, pair, position)`, a cosine and a
/// sine.
static Value
rotatePairs(OpBuilder &builder, Location loc, Value input, Value positions,
            int64_t axes, PairLayout layout, int64_t width,
            function_ref<std::pair<Value, Value>(Value, Value)> angle,
            function_ref<Value(Value)> axisOf) {
  // Positions of several axes are read: which one depends on the pair.
  return buildRowMap(
      builder, loc, input, axes ? Value() : positions, /*pairs=*/true, layout,
      width, [&](ValueRange args) {
        Value batch = args[2], index = args[4], position = args[5];
        Value pair = args[6];
        if (axes)
          position =
              ReadOp::create(builder, loc, builder.getI32Type(), positions,
                             ValueRange{batch, index, axisOf(pair)});
        auto [cos, sin] = angle(pair, position);
        return buildTurn(builder, loc, args[0], args[1], cos, sin);
      });
}

/// Rows turned by position * frequency / `divisor`.
static Value rotateBySpectrum(OpBuilder &builder, Location loc, Value input,
                              Value positions, RotaryAttrInterface spectrum,
                              Value length, int64_t divisor,
                              bool f32Angles = false) {
  int64_t channels =
      llvm::cast<RankedTensorType>(input.getType()).getShape().back();
  int64_t width = spectrum.getRotaryWidth(channels);
  if (width == 0)
    return input;
  Value rotated = input;
  if (width != channels)
    rotated = SliceOp::create(builder, loc, rotated, 0, width);
  rotated = rotatePairs(
      builder, loc, rotated, positions, spectrum.getNumAxes(),
      spectrum.getPairLayout(), width,
      [&](Value pair, Value position) {
        return expandAngle(builder, loc, spectrum, pair, width, position,
                           length, divisor, f32Angles);
      },
      [&](Value pair) {
        return spectrum.expandAxis(builder, loc, pair, width);
      });
  if (width == channels)
    return rotated;
  Value rest = SliceOp::create(builder, loc, input, width, channels - width);
  return ConcatOp::create(builder, loc, ValueRange{rotated, rest});
}

FailureOr<SmallVector<Value>> RotateOp::expand(OpBuilder &builder) {
  Location loc = getLoc();
  if (!getCos())
    return SmallVector<Value>{rotateBySpectrum(
        builder, loc, getInput(), getPositions(), getSpectrumAttr(),
        getLength(), /*divisor=*/1, getF32Angles())};
  // The angles stay those of the phase op, so that both sides of a score that
  // rotate by one spectrum are seen to share it.
  auto phase = getCos().getDefiningOp<PhaseOp>();
  if (!phase || phase.getSin() != getSin() || getCos() != phase.getCos())
    return emitOpError("expected the cos and sin results of one attn.phase");
  int64_t channels =
      llvm::cast<RankedTensorType>(getInput().getType()).getShape().back();
  RotaryAttrInterface spectrum = phase.getSpectrumAttr();
  return SmallVector<Value>{rotatePairs(
      builder, loc, getInput(), phase.getPositions(),
      spectrum ? spectrum.getNumAxes() : 0, *getLayout(), channels,
      [&](Value pair, Value position) {
        if (Value frequencies = phase.getFrequencies())
          return readAngle(builder, loc, frequencies, pair, position,
                           phase.getF32Angles());
        return expandAngle(builder, loc, spectrum, pair, channels, position,
                           phase.getLength(), /*divisor=*/1,
                           phase.getF32Angles());
      },
      [&](Value pair) {
        return spectrum.expandAxis(builder, loc, pair, channels);
      })};
}

FailureOr<SmallVector<Value>> EncodeOp::expand(OpBuilder &builder) {
  auto type = llvm::cast<RankedTensorType>(getType());
  if (getEncoding().mixesChannels() && type.getRank() == 5) // encode_c3
    return emitOpError("reads whole keys of (query, key) pairs, which no "
                       "kernel stores: expected rows of rank 4, got ")
           << type << "; encode the rows that the keys are made of";
  return SmallVector<Value>{getEncoding().expand(
      builder, getLoc(), getInput(), getPositions(), getCaptures())};
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

FailureOr<SmallVector<Value>> RotaryScoresOp::expand(OpBuilder &builder) {
  Location loc = getLoc();
  DistanceAttrInterface distance = getDistance();
  // The rows of one side, as a branch sees them.
  auto rotated = [&](Value rows, Value positions, int64_t branch, auto map) {
    auto own = PositionMapOp::create(builder, loc, positions);
    buildRegion(builder, loc, own.getBody(), /*elements=*/0,
                kPositionCoordinates,
                [&](ValueRange args) -> SmallVector<Value> {
                  return {(distance.*map)(builder, loc, branch, args[0])};
                });
    return rotateBySpectrum(builder, loc, rows, own, distance.getRotation(),
                            /*length=*/Value(), distance.getDivisor(branch));
  };
  Value result;
  for (int64_t branch = distance.getNumBranches(); branch-- > 0;) {
    Value query = rotated(getQuery(), getQueryPos(), branch,
                          &DistanceAttrInterface::expandQueryPosition);
    Value key = rotated(getKey(), getKeyPos(), branch,
                        &DistanceAttrInterface::expandKeyPosition);
    Value scores =
        ScoresOp::create(builder, loc, getType(), query, key, getScaleAttr());
    if (!result) {
      result = scores;
      continue;
    }
    auto select = SelectScoresOp::create(builder, loc, getType(), scores,
                                         result, getQueryPos(), getKeyPos());
    buildRegion(builder, loc, select.getCondition(), /*elements=*/0,
                kPairCoordinates, [&](ValueRange args) -> SmallVector<Value> {
                  return {distance.expandCondition(builder, loc, branch,
                                                   args[4], args[5])};
                });
    result = select;
  }
  return SmallVector<Value>{result};
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

/// The visible region of one op as that of another.
static void moveVisible(WeightsOpInterface from, WeightsOpInterface to) {
  to.getVisible().takeBody(from.getVisible());
}

FailureOr<SmallVector<Value>> NormalizeOp::expand(OpBuilder &builder) {
  Location loc = getLoc();
  NormalizerAttrInterface normalizer = getNormalizer();
  if (normalizer.isOrdered()) {
    auto op = OrderedWeightsOp::create(
        builder, loc, getResultTypes(), getScores(), getQueryPos(), getKeyPos(),
        getCaptures(), getMaskAttr(),
        getHasRemainder() ? builder.getUnitAttr() : UnitAttr());
    buildRegion(builder, loc, op.getBody(), /*elements=*/1, kPairCoordinates,
                [&](ValueRange args) -> SmallVector<Value> {
                  PairValues at{args[1], args[2], args[3],
                                args[4], args[5], args[6]};
                  return normalizer.expandShare(builder, loc, args[0], at,
                                                getParameters());
                });
    moveVisible(*this, op);
    return SmallVector<Value>(op->getResults());
  }
  if (!normalizer.isSoftmax()) {
    auto op = WeightsOp::create(
        builder, loc, getWeights().getType(), getScores(), getQueryPos(),
        getKeyPos(), getCaptures(), getMaskAttr(),
        normalizer.dividesBySum() ? builder.getUnitAttr() : UnitAttr());
    buildRegion(builder, loc, op.getBody(), /*elements=*/1, kPairCoordinates,
                [&](ValueRange args) -> SmallVector<Value> {
                  PairValues at{args[1], args[2], args[3],
                                args[4], args[5], args[6]};
                  return {normalizer.expandWeight(builder, loc, args[0], at,
                                                  getParameters())};
                });
    moveVisible(*this, op);
    return SmallVector<Value>{op.getWeights()};
  }
  auto op = SoftmaxOp::create(builder, loc, getResultTypes(), getScores(),
                              getQueryPos(), getKeyPos(), getCaptures(),
                              getMaskAttr(),
                              getHasLse() ? builder.getUnitAttr() : UnitAttr());
  buildRegion(
      builder, loc, op.getExtra(), /*elements=*/0, kQueryCoordinates,
      [&](ValueRange args) -> SmallVector<Value> {
        PairValues at{args[0], args[1], args[2], Value(), args[3], Value()};
        return normalizer.expandExtraLogits(builder, loc, at, getParameters());
      });
  moveVisible(*this, op);
  return SmallVector<Value>(op->getResults());
}

//===----------------------------------------------------------------------===//
// Dropout
//===----------------------------------------------------------------------===//

/// Word 0 of Philox-2x32 (7 rounds) of a counter of two words and a key: i32.
static Value philox(OpBuilder &builder, Location loc, Value counter0,
                    Value counter1, Value key) {
  Type i32 = builder.getI32Type(), i64 = builder.getI64Type();
  auto integer = [&](Type type, int64_t value) -> Value {
    return arith::ConstantOp::create(builder, loc,
                                     builder.getIntegerAttr(type, value));
  };
  Value multiplier = integer(i64, 0xD256D193);
  for (unsigned round = 0; round < 7; ++round) {
    if (round)
      key = arith::AddIOp::create(builder, loc, key,
                                  integer(i32, int32_t(0x9E3779B9)));
    Value wide = arith::ExtUIOp::create(builder, loc, i64, counter0);
    Value product = arith::MulIOp::create(builder, loc, wide, multiplier);
    Value low = arith::TruncIOp::create(builder, loc, i32, product);
    Value high = arith::TruncIOp::create(
        builder, loc, i32,
        arith::ShRUIOp::create(builder, loc, product, integer(i64, 32)));
    counter0 = arith::XOrIOp::create(
        builder, loc, arith::XOrIOp::create(builder, loc, high, key), counter1);
    counter1 = low;
  }
  return counter0;
}

FailureOr<SmallVector<Value>> DropoutOp::expand(OpBuilder &builder) {
  Location loc = getLoc();
  auto op = ScaleWeightsOp::create(builder, loc, getType(), getWeights(),
                                   Value(), Value());
  buildRegion(
      builder, loc, op.getBody(), /*elements=*/0, kPairCoordinates,
      [&](ValueRange args) -> SmallVector<Value> {
        ScalarBuilder build(builder, loc, builder.getF32Type());
        Value seed = ReadOp::create(builder, loc, builder.getI32Type(),
                                    getSeed(), ValueRange{});
        // A NaN drops everything: it becomes 1.
        Value given = build.read(getProbability(), {});
        Value number = arith::CmpFOp::create(
            builder, loc, arith::CmpFPredicate::ORD, given, given);
        Value drop = build.clamp(build.select(number, given, build.number(1)));
        Value one = build.number(1);
        Value kept = build.div(one, build.sub(one, drop));
        kept = build.select(build.less(drop, one), kept, build.number(0));
        // The key follows from batch entry and head, once a head.
        Value key = philox(builder, loc, args[0], args[1], seed);
        Value word = philox(builder, loc, /*keyIndex=*/args[3],
                            /*queryIndex=*/args[2], key);
        Value upper =
            arith::ShRUIOp::create(builder, loc, word, build.integer(8));
        Value draw = build.mul(build.toFloat(upper), 0x1p-24);
        return {build.select(build.less(draw, drop), build.number(0), kept)};
      });
  return SmallVector<Value>{op.getResult()};
}
