//===- Generate.cpp - Random legal programs -------------------------------===//

#include "Generate.h"

#include "Regions.h"
#include "Signature.h"
#include "dialect/Attn/IR/AttnSample.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/IR/Verifier.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;
using namespace sextant::fuzz;

/// Entries that implement an interface, in the order of their names.
static SmallVector<AttnDialect::Entry> entriesOf(MLIRContext &context,
                                                 TypeID interface) {
  SmallVector<AttnDialect::Entry> found;
  for (const AttnDialect::Entry &entry :
       context.getOrLoadDialect<AttnDialect>()->getEntries())
    if (AbstractAttribute::lookup(entry.id, &context).hasInterface(interface))
      found.push_back(entry);
  llvm::sort(found, [](const auto &a, const auto &b) {
    return a.mnemonic < b.mnemonic;
  });
  return found;
}

std::vector<std::string>
sextant::fuzz::entriesWithoutSample(MLIRContext &context) {
  std::vector<std::string> names;
  for (TypeID interface : {RotaryAttrInterface::getInterfaceID(),
                           SpectrumScalingAttrInterface::getInterfaceID(),
                           RowEncodingAttrInterface::getInterfaceID(),
                           MaskAttrInterface::getInterfaceID(),
                           BiasAttrInterface::getInterfaceID(),
                           DistanceAttrInterface::getInterfaceID(),
                           NormalizerAttrInterface::getInterfaceID()})
    for (const AttnDialect::Entry &entry : entriesOf(context, interface))
      if (!entry.sample)
        names.push_back(entry.mnemonic.str());
  return names;
}

namespace {
/// Rows on their way, and what they are rows of.
struct Rows {
  Value value;
  ScoreSide side = ScoreSide::Query;

  int64_t channels() const {
    return cast<RankedTensorType>(value.getType()).getShape().back();
  }
  bool arePairs() const {
    return cast<RankedTensorType>(value.getType()).getRank() == 5;
  }
};

class ProgramDrawer {
public:
  ProgramDrawer(Choices &choices, func::FuncOp function)
      : choices(choices), context(function.getContext()),
        builder(OpBuilder::atBlockEnd(&function.front())),
        loc(builder.getUnknownLoc()), signature(choices, function) {}

  void draw();
  Signature &arguments() { return signature; }
  bool isLegal() const { return problem.empty(); }

  std::string problem;

private:
  class Sampler;
  /// An attribute of `interface`, and the tensors that its sample captured.
  template <typename InterfaceT>
  InterfaceT entry(int64_t channels, ScoreSide side,
                   SmallVectorImpl<Value> &captures, bool arePairs = false);

  Type element();
  Value rowsArgument(ScoreSide side, int64_t channels, Type element);
  Value queryPositions();
  Value keyPositions();
  Value positionsOf(ScoreSide side) {
    return side == ScoreSide::Query ? queryPositions() : keyPositions();
  }
  /// Positions of rows, some of the time computed from those.
  Value mappedPositions(ScoreSide side);
  Value lengthArgument();
  Value axesArgument(ScoreSide side, int64_t axes);
  Value capture(unsigned rank, bool numbers);
  /// Rows, or numbers of rows, that the program computes for a region to read.
  Value computedCapture();

  Value rowOp(Rows rows);
  Value rotated(Rows rows);
  Value encoded(Rows rows);
  Value turnedByPhase(Rows rows);
  /// `byChannel`: one result for each channel, of its own channel alone.
  Value mapped(Rows rows, bool byChannel = false);
  Value tied(Value query, Rows key);
  Value pairKeys(Value query, Value key);
  Value scoreMap(Value scores);
  Value biased(Value scores);
  std::pair<Value, Value> weights(Value scores);
  Value scaledWeights(Value weights);
  Value plainScores(Value query, Value key, double scale);
  Value slice(Value rows, int64_t offset, int64_t size) {
    return SliceOp::create(builder, loc, rows, offset, size);
  }
  /// One attention; its query may be the result of another one.
  Value chain(Value query);
  /// Attentions of one query to several lists of keys, merged.
  Value merged();

  /// The type that follows from operands and regions.
  template <typename OpT> Value inferred(OpT op) {
    SmallVector<Type> types;
    if (failed(OpT::inferReturnTypes(
            context, loc, op->getOperands(), op->getAttrDictionary(),
            op->getPropertiesStorage(), op->getRegions(), types)))
      problem = "a result type cannot be inferred";
    else
      op->getResult(0).setType(types.front());
    return op->getResult(0);
  }
  /// Fills a region of f32 elements and i32 coordinates, those at `positions`
  /// only read if `hasPositions`.
  void region(Region &region, unsigned elements, unsigned coordinates,
              ArrayRef<unsigned> positions, bool hasPositions,
              llvm::function_ref<void(RegionDrawer &)> body);

  Choices &choices;
  MLIRContext *context;
  OpBuilder builder;
  Location loc;
  Signature signature;

  /// What attn.positions is given.
  Value firstQuery, firstKey;
  enum { FromOp, FromArguments } positions = FromOp;
  Value queryPos, keyPos, length;
  /// The value argument of the last chain, if nothing is done to it.
  Value plainValue;
  SmallVector<Value> results;
};
} // namespace

//===----------------------------------------------------------------------===//
// Entries
//===----------------------------------------------------------------------===//

class ProgramDrawer::Sampler final : public EntrySampler {
public:
  Sampler(ProgramDrawer &program, SmallVectorImpl<Value> &captures,
          int64_t channels, ScoreSide side, bool arePairs)
      : program(program), captures(captures), arePairs(arePairs) {
    this->channels = channels;
    this->side = side;
  }

  int64_t integer(int64_t least, int64_t most) override {
    return program.choices.within(least, most);
  }

  int64_t capture(const SampledTensor &tensor) override {
    // Keys of pairs have the heads of the queries.
    const bool isKey = side == ScoreSide::Key;
    captures.push_back(program.signature.add(
        tensor, program.element(),
        isKey && !arePairs ? Signature::kKeyHeads : SampledTensor::Heads,
        isKey ? SampledTensor::Keys : SampledTensor::Queries));
    return captures.size() - 1;
  }

  void limitPositions(int64_t limit) override {
    program.signature.limitPositions(limit);
  }

  std::string another(TypeID interface) override {
    // Deep inside only entries that hold no other one are left.
    if (depth == kMostNesting) {
      isIncomplete = true;
      return "";
    }
    const SmallVector<AttnDialect::Entry> known =
        entriesOf(*program.context, interface);
    std::string text;
    ++depth;
    program.choices.together([&] {
      const size_t first = program.choices.below(known.size());
      for (size_t i = 0; i < known.size() && text.empty(); ++i) {
        isIncomplete = false;
        EntrySampleFn sample = known[(first + i) % known.size()].sample;
        text = sample ? sample(*this) : "";
        if (isIncomplete)
          text.clear();
      }
    });
    isIncomplete = false;
    --depth;
    return text;
  }

private:
  ProgramDrawer &program;
  SmallVectorImpl<Value> &captures;
  bool arePairs;
  static constexpr int kMostNesting = 3;
  int depth = 0;
  /// The sample wanted one more entry inside of it.
  bool isIncomplete = false;
};

template <typename InterfaceT>
InterfaceT ProgramDrawer::entry(int64_t channels, ScoreSide side,
                                SmallVectorImpl<Value> &captures,
                                bool arePairs) {
  Sampler sampler(*this, captures, channels, side, arePairs);
  EntrySampler &draw = sampler;
  const std::string text = draw.another<InterfaceT>();
  if (text.empty())
    return {};
  auto attribute = dyn_cast_or_null<InterfaceT>(parseAttribute(text, context));
  if (!attribute)
    problem = "the sample is no attribute of its kind: " + text;
  return attribute;
}

//===----------------------------------------------------------------------===//
// Arguments
//===----------------------------------------------------------------------===//

Type ProgramDrawer::element() {
  switch (choices.below(6)) {
  case 4:
    return builder.getBF16Type();
  case 5:
    return builder.getF16Type();
  default:
    return builder.getF32Type();
  }
}

Value ProgramDrawer::rowsArgument(ScoreSide side, int64_t channels,
                                  Type element) {
  const bool isQuery = side == ScoreSide::Query;
  return signature.add({SampledTensor::Batches,
                        isQuery ? SampledTensor::Heads : Signature::kKeyHeads,
                        isQuery ? SampledTensor::Queries : SampledTensor::Keys,
                        channels},
                       element, Argument());
}

Value ProgramDrawer::queryPositions() {
  if (queryPos)
    return queryPos;
  Argument what;
  what.fill = Fill::Positions;
  Type i32 = builder.getI32Type();
  if (positions == FromArguments) {
    queryPos = signature.add({SampledTensor::Batches, SampledTensor::Queries},
                             i32, what);
    keyPos =
        signature.add({SampledTensor::Batches, SampledTensor::Keys}, i32, what);
    return queryPos;
  }
  Value offset, lengths;
  if (choices.once(5)) {
    what.fill = Fill::Offset;
    offset = signature.add({SampledTensor::Batches}, i32, what);
  }
  const Align align = choices.of({Align::BottomRight, Align::TopLeft});
  if (align == Align::BottomRight && choices.once(5)) {
    what.fill = Fill::Lengths;
    lengths = signature.add({SampledTensor::Batches}, i32, what);
  }
  auto op = PositionsOp::create(builder, loc, firstQuery, firstKey, offset,
                                lengths, align);
  queryPos = op.getQueryPos();
  keyPos = op.getKeyPos();
  return queryPos;
}

Value ProgramDrawer::keyPositions() {
  queryPositions();
  return keyPos;
}

Value ProgramDrawer::lengthArgument() {
  if (!length) {
    Argument what;
    what.fill = Fill::Lengths;
    length = signature.add({}, builder.getI32Type(), what);
  }
  return length;
}

Value ProgramDrawer::axesArgument(ScoreSide side, int64_t axes) {
  Argument what;
  what.fill = Fill::Positions;
  return signature.add(
      {SampledTensor::Batches,
       side == ScoreSide::Query ? SampledTensor::Queries : SampledTensor::Keys,
       axes},
      builder.getI32Type(), what);
}

Value ProgramDrawer::mappedPositions(ScoreSide side) {
  Value own = positionsOf(side);
  if (!choices.once(6))
    return own;
  auto op = PositionMapOp::create(builder, loc, own.getType(), own);
  OpBuilder::InsertionGuard guard(builder);
  Block *block = builder.createBlock(&op.getBody());
  SmallVector<Value> coordinates;
  for (unsigned i = 0; i < 3; ++i)
    coordinates.push_back(block->addArgument(builder.getI32Type(), loc));
  signature.limitPositions(int64_t(1) << 16);
  RegionDrawer draw(
      choices, builder, {}, coordinates,
      [&](unsigned rank, bool isNumber) { return capture(rank, isNumber); });
  // What limits positions, such as xPos, limits these as well.
  Value most = draw.constant(int64_t(1000));
  Value least = draw.constant(int64_t(-1000));
  Value position = arith::MinSIOp::create(builder, loc, draw.integer(2), most);
  position = arith::MaxSIOp::create(builder, loc, position, least);
  YieldOp::create(builder, loc, position);
  return op.getResult();
}

Value ProgramDrawer::computedCapture() {
  // In front of the op whose region is being drawn.
  OpBuilder::InsertionGuard guard(builder);
  Operation *op = builder.getInsertionBlock()->getParentOp();
  while (!isa<func::FuncOp>(op->getParentOp()))
    op = op->getParentOp();
  builder.setInsertionPoint(op);
  const ScoreSide side = choices.of({ScoreSide::Query, ScoreSide::Key});
  const int64_t channels = choices.of<int64_t>({2, 1, 3, 8});
  Rows rows{rowsArgument(side, channels, element()), side};
  switch (choices.below(4)) {
  case 0:
    return mapped(rows);
  case 1: {
    const bool isShared = choices.once(2);
    Argument what;
    what.fill = Fill::Uniform;
    return inferred(
        ProjectOp::create(builder, loc, rows.value.getType(), rows.value,
                          signature.add({isShared || side == ScoreSide::Key
                                             ? 1
                                             : int64_t(SampledTensor::Heads),
                                         choices.within(1, 5), channels},
                                        element(), what)));
  }
  case 2:
    rows.value = mapped(rows);
    [[fallthrough]];
  default:
    return RowReduceOp::create(
        builder, loc, rows.value,
        choices.of({Reduction::Sum, Reduction::SumOfSquares, Reduction::Max}));
  }
}

Value ProgramDrawer::capture(unsigned rank, bool numbers) {
  if (numbers && rank == 3 && choices.once(3))
    return computedCapture();
  SmallVector<int64_t> shape;
  const int64_t kinds[] = {SampledTensor::Any,     SampledTensor::Heads,
                           SampledTensor::Keys,    SampledTensor::Queries,
                           SampledTensor::Batches, 3};
  for (unsigned dim = 0; dim < rank; ++dim)
    shape.push_back(kinds[choices.below(6)]);
  Argument what;
  if (!numbers) {
    what.fill = Fill::Integers;
    what.least = -20;
    what.most = 200;
    return signature.add(shape,
                         choices.once(4) ? Type(builder.getI1Type())
                                         : Type(builder.getI32Type()),
                         what);
  }
  what.fill = Fill::Uniform;
  return signature.add(
      shape, choices.once(8) ? Type(builder.getF64Type()) : element(), what);
}

void ProgramDrawer::region(Region &region, unsigned elements,
                           unsigned coordinates, ArrayRef<unsigned> positions,
                           bool hasPositions,
                           llvm::function_ref<void(RegionDrawer &)> body) {
  OpBuilder::InsertionGuard guard(builder);
  Block *block = builder.createBlock(&region);
  SmallVector<Value> numbers, integers;
  for (unsigned i = 0; i < elements; ++i)
    numbers.push_back(block->addArgument(builder.getF32Type(), loc));
  for (unsigned i = 0; i < coordinates; ++i) {
    Value coordinate = block->addArgument(builder.getI32Type(), loc);
    if (hasPositions || !llvm::is_contained(positions, i))
      integers.push_back(coordinate);
  }
  // Products of positions that are numbers must stay numbers.
  if (hasPositions)
    signature.limitPositions(int64_t(1) << 16);
  RegionDrawer drawer(
      choices, builder, numbers, integers,
      [&](unsigned rank, bool isNumber) { return capture(rank, isNumber); });
  body(drawer);
}

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

Value ProgramDrawer::rotated(Rows rows) {
  SmallVector<Value> captures;
  auto spectrum =
      entry<RotaryAttrInterface>(rows.channels(), rows.side, captures);
  if (!spectrum)
    return rows.value;
  const int64_t axes = spectrum.getNumAxes();
  Value at = axes ? axesArgument(rows.side, axes) : mappedPositions(rows.side);
  Value runtimeLength = spectrum.needsLength() ? lengthArgument() : Value();
  return RotateOp::create(builder, loc, rows.value, at, Value(), Value(),
                          runtimeLength, spectrum, PairLayoutAttr());
}

Value ProgramDrawer::encoded(Rows rows) {
  SmallVector<Value> captures;
  auto encoding = entry<RowEncodingAttrInterface>(rows.channels(), rows.side,
                                                  captures, rows.arePairs());
  // Keys of pairs are nowhere whole.
  if (!encoding || (rows.arePairs() && encoding.mixesChannels()))
    return rows.value;
  Value at = encoding.usesPositions() ? positionsOf(rows.side) : Value();
  return EncodeOp::create(builder, loc, rows.value, at, captures, encoding);
}

/// A rotation by cosines and sines that the program computes itself.
Value ProgramDrawer::turnedByPhase(Rows rows) {
  const int64_t channels = rows.channels();
  if (channels % 2)
    return rows.value;
  Value at = positionsOf(rows.side);
  Argument what;
  what.fill = Fill::Uniform;
  what.least = 0;
  what.most = 3;
  Value frequencies = signature.add({channels / 2}, builder.getF32Type(), what);
  auto phase = PhaseOp::create(builder, loc, at, frequencies, Value(),
                               RotaryAttrInterface(), IntegerAttr());
  auto layout = PairLayoutAttr::get(
      context, choices.of({PairLayout::Half, PairLayout::Interleaved}));
  return RotateOp::create(builder, loc, rows.value, Value(), phase.getCos(),
                          phase.getSin(), Value(), RotaryAttrInterface(),
                          layout);
}

Value ProgramDrawer::mapped(Rows rows, bool byChannel) {
  SmallVector<Value> inputs{rows.value};
  const int64_t channels = rows.channels();
  const bool inPairs = !byChannel && channels % 2 == 0 && choices.once(2);
  Type element = cast<RankedTensorType>(rows.value.getType()).getElementType();
  if (choices.once(5))
    inputs.push_back(rowsArgument(rows.side, channels, element));
  const bool twoResults = !byChannel && choices.once(2);
  PairLayoutAttr layout;
  if (inPairs || twoResults)
    layout = PairLayoutAttr::get(
        context, choices.of({PairLayout::Half, PairLayout::Interleaved}));
  const bool hasPositions = choices.once(2);
  auto op = RowMapOp::create(builder, loc, rows.value.getType(), inputs,
                             hasPositions ? positionsOf(rows.side) : Value(),
                             inPairs, layout);
  region(op.getBody(), inputs.size() * (inPairs ? 2 : 1), kRowCoordinates,
         /*positions=*/{3}, hasPositions, [&](RegionDrawer &draw) {
           SmallVector<Value> values{draw.number(3)};
           if (twoResults)
             values.push_back(draw.number(2));
           YieldOp::create(builder, loc, values);
         });
  return inferred(op);
}

Value ProgramDrawer::rowOp(Rows rows) {
  Value result = rows.value;
  choices.together([&] {
    const int64_t channels = rows.channels();
    // What mixes query and key may not separate; turns and shifts do.
    switch (choices.below(rows.arePairs() ? 5 : 9)) {
    case 0:
    case 1:
      result = rotated(rows);
      return;
    case 2:
      result = encoded(rows);
      return;
    case 3: {
      const int64_t size = choices.within(1, channels);
      result = slice(rows.value, choices.within(0, channels - size), size);
      return;
    }
    case 4:
      result = turnedByPhase(rows);
      return;
    case 5:
    case 6:
      result = mapped(rows);
      return;
    case 7: {
      Value other = choices.once(2) ? mapped(rows) : slice(rows.value, 0, 1);
      result = ConcatOp::create(builder, loc, ValueRange{rows.value, other});
      return;
    }
    case 8:
      result = ConvertOp::create(builder, loc, rows.value, element());
      return;
    }
  });
  return result;
}

//===----------------------------------------------------------------------===//
// Keys that depend on the query
//===----------------------------------------------------------------------===//

/// A polynomial in query and key: it separates.
Value ProgramDrawer::pairKeys(Value query, Value key) {
  auto op = PairKeysOp::create(builder, loc, query.getType(), query, key);
  {
    OpBuilder::InsertionGuard guard(builder);
    Block *block = builder.createBlock(&op.getBody());
    Value q = block->addArgument(builder.getF32Type(), loc);
    Value k = block->addArgument(builder.getF32Type(), loc);
    auto constant = [&](double number) -> Value {
      return arith::ConstantOp::create(builder, loc,
                                       builder.getF32FloatAttr(number));
    };
    Value sum;
    for (int64_t terms = choices.within(1, 3); terms > 0; --terms) {
      Value term = constant(double(choices.within(0, 8) - 3) / 2);
      for (int64_t power = choices.within(0, 2); power > 0; --power)
        term = arith::MulFOp::create(builder, loc, term, q);
      for (int64_t power = choices.within(0, 2); power > 0; --power)
        term = arith::MulFOp::create(builder, loc, term, k);
      if (!sum)
        sum = term;
      else
        sum = arith::AddFOp::create(builder, loc, sum, term);
    }
    YieldOp::create(builder, loc, sum);
  }
  return inferred(op);
}

Value ProgramDrawer::tied(Value query, Rows key) {
  if (choices.once(2))
    return pairKeys(query, key.value);
  Value coefficients = key.value;
  if (key.channels() % 2 == 0 && choices.once(2)) {
    const PairLayout layout =
        choices.of({PairLayout::Half, PairLayout::Interleaved});
    coefficients = CollinearCoefficientsOp::create(
        builder, loc, coefficients, PairLayoutAttr::get(context, layout));
    coefficients = DuplicateOp::create(builder, loc, coefficients, layout);
    if (choices.once(2))
      coefficients = rotated({coefficients, ScoreSide::Key});
  }
  return CollinearKeysOp::create(builder, loc, query, coefficients);
}

//===----------------------------------------------------------------------===//
// Scores
//===----------------------------------------------------------------------===//

/// Of keys that do not depend on the query: one dot product, or branches.
Value ProgramDrawer::plainScores(Value query, Value key, double scale) {
  Value result;
  choices.together([&] {
    const uint32_t kind = choices.below(8);
    if (kind == 6) {
      SmallVector<Value> captures;
      if (auto distance = entry<DistanceAttrInterface>(
              Rows{query}.channels(), ScoreSide::Query, captures)) {
        result = RotaryScoresOp::create(builder, loc, query, key,
                                        queryPositions(), keyPositions(),
                                        distance, llvm::APFloat(scale));
        return;
      }
    }
    result = ScoresOp::create(builder, loc, query, key, llvm::APFloat(scale));
    if (kind != 7)
      return;
    Value other =
        ScoresOp::create(builder, loc, rotated({query, ScoreSide::Query}),
                         rotated({key, ScoreSide::Key}), llvm::APFloat(scale));
    const bool hasPositions = choices.once(2);
    auto op =
        SelectScoresOp::create(builder, loc, result.getType(), result, other,
                               hasPositions ? queryPositions() : Value(),
                               hasPositions ? keyPositions() : Value());
    region(op.getCondition(), 0, kPairCoordinates, /*positions=*/{4, 5},
           hasPositions, [&](RegionDrawer &draw) {
             YieldOp::create(builder, loc, draw.condition(2));
           });
    result = inferred(op);
  });
  return result;
}

Value ProgramDrawer::biased(Value scores) {
  SmallVector<Value> captures;
  auto bias = entry<BiasAttrInterface>(0, ScoreSide::Query, captures);
  if (!bias)
    return scores;
  const bool uses = bias.usesPositions();
  return BiasOp::create(builder, loc, scores, uses ? queryPositions() : Value(),
                        uses ? keyPositions() : Value(), captures, bias);
}

Value ProgramDrawer::scoreMap(Value scores) {
  Value result = scores;
  choices.together([&] {
    switch (choices.below(4)) {
    case 0:
    case 1:
      result = biased(scores);
      return;
    case 2:
      result =
          SoftcapOp::create(builder, loc, scores,
                            llvm::APFloat(double(choices.within(1, 40)) / 2));
      return;
    default: {
      const bool hasPositions = choices.once(2);
      auto op = ScoreMapOp::create(builder, loc, scores.getType(), scores,
                                   hasPositions ? queryPositions() : Value(),
                                   hasPositions ? keyPositions() : Value());
      region(op.getBody(), 1, kPairCoordinates, /*positions=*/{4, 5},
             hasPositions, [&](RegionDrawer &draw) {
               YieldOp::create(builder, loc, draw.number(3));
             });
      result = inferred(op);
      return;
    }
    }
  });
  return result;
}

std::pair<Value, Value> ProgramDrawer::weights(Value scores) {
  const uint32_t kind = choices.below(5);
  const bool hasLse = choices.once(2);
  SmallVector<Value> captures, parameters;
  MaskAttrInterface mask;
  if (kind == 1 || kind == 2)
    mask = entry<MaskAttrInterface>(0, ScoreSide::Query, captures);
  const bool isRegion = kind == 3;
  const bool hasPositions =
      mask ? mask.usesPositions() : isRegion && choices.once(2);
  Value queryPos = hasPositions ? queryPositions() : Value();
  Value keyPos = hasPositions ? keyPositions() : Value();
  auto visible = [&](Region &into) {
    if (isRegion)
      region(into, 0, kPairCoordinates, /*positions=*/{4, 5}, hasPositions,
             [&](RegionDrawer &draw) {
               YieldOp::create(builder, loc, draw.condition(3));
             });
  };
  switch (choices.below(9)) {
  case 8: {
    SmallVector<Type> types{scores.getType()};
    if (hasLse)
      types.push_back(RankedTensorType::get(
          cast<RankedTensorType>(scores.getType()).getShape().take_front(3),
          builder.getF32Type()));
    auto op = OrderedWeightsOp::create(
        builder, loc, types, scores, queryPos, keyPos, captures, mask,
        hasLse ? builder.getUnitAttr() : UnitAttr());
    // What is left stays a number, however many keys there are.
    region(op.getBody(), 1, kPairCoordinates, /*positions=*/{4, 5},
           hasPositions, [&](RegionDrawer &draw) {
             Value take = draw.number(3);
             Value keep = math::TanhOp::create(builder, loc, draw.number(2));
             if (choices.once(2)) {
               Value half = draw.constant(0.5);
               keep = math::FmaOp::create(builder, loc, keep, half, half);
             }
             YieldOp::create(builder, loc, ValueRange{take, keep});
           });
    visible(op.getVisible());
    return {op.getWeights(), op.getRemainder()};
  }
  case 6:
  case 7: {
    auto normalizer =
        entry<NormalizerAttrInterface>(0, ScoreSide::Query, parameters);
    auto op = NormalizeOp::create(builder, loc, scores, queryPos, keyPos,
                                  parameters, captures, normalizer, mask,
                                  hasLse && normalizer.isSoftmax(),
                                  hasLse && normalizer.isOrdered());
    visible(op.getVisible());
    return {op.getWeights(), op.getRowResult()};
  }
  case 5: {
    auto op = WeightsOp::create(builder, loc, scores.getType(), scores,
                                queryPos, keyPos, captures, mask,
                                /*overSum=*/false);
    region(op.getBody(), 1, kPairCoordinates, /*positions=*/{4, 5},
           hasPositions, [&](RegionDrawer &draw) {
             YieldOp::create(builder, loc, draw.number(3));
           });
    visible(op.getVisible());
    return {inferred(op), Value()};
  }
  default: {
    auto op = SoftmaxOp::create(builder, loc, scores, queryPos, keyPos,
                                captures, mask, hasLse);
    visible(op.getVisible());
    // Logits without a key: by batch entry, head, query and its position.
    if (choices.once(6))
      region(op.getExtra(), 0, 4, /*positions=*/{3}, hasPositions,
             [&](RegionDrawer &draw) {
               SmallVector<Value> logits{draw.number(2)};
               if (choices.once(2))
                 logits.push_back(draw.number(2));
               YieldOp::create(builder, loc, logits);
             });
    return {op.getWeights(), op.getLse()};
  }
  }
}

/// Numbers that weights are multiplied by, some of the time.
Value ProgramDrawer::scaledWeights(Value weights) {
  switch (choices.below(12)) {
  case 10: {
    Argument share;
    share.fill = Fill::Uniform;
    share.least = 0;
    share.most = 0.9;
    Argument seed;
    seed.fill = Fill::Integers;
    Value number = signature.add({}, builder.getI32Type(), seed);
    Value probability = signature.add({}, builder.getF32Type(), share);
    return DropoutOp::create(builder, loc, weights, number, probability);
  }
  case 11: {
    auto op = ScaleWeightsOp::create(builder, loc, weights.getType(), weights,
                                     Value(), Value());
    region(op.getBody(), 0, kPairCoordinates, /*positions=*/{4, 5},
           /*hasPositions=*/false, [&](RegionDrawer &draw) {
             YieldOp::create(builder, loc, draw.number(3));
           });
    return inferred(op);
  }
  default:
    return weights;
  }
}

//===----------------------------------------------------------------------===//
// The program
//===----------------------------------------------------------------------===//

Value ProgramDrawer::chain(Value query) {
  const int64_t channels =
      choices.of<int64_t>({2, 1, 3, 4, 5, 6, 8, 8, 12, 16, 17, 20, 24, 33});
  const bool isNew = !query;
  Type rowElement =
      isNew ? element()
            : cast<RankedTensorType>(query.getType()).getElementType();
  if (isNew)
    query = rowsArgument(ScoreSide::Query, channels, rowElement);
  const int64_t width = Rows{query}.channels();
  Value key = rowsArgument(ScoreSide::Key, width, rowElement);
  Value value = key;
  const bool sharesValue = choices.once(10);
  if (!sharesValue)
    value = rowsArgument(ScoreSide::Key,
                         choices.of<int64_t>({1, 2, 3, 4, 5, 7, 8, 9, 16, 24}),
                         element());
  if (!firstQuery) {
    firstQuery = query;
    firstKey = key;
  }
  const Value queryArgument = query, keyArgument = key, valueArgument = value;

  // Most encodings are those of both sides.
  for (int64_t ops = choices.within(0, 2); ops > 0; --ops) {
    const size_t start = choices.made().size();
    query = rowOp({query, ScoreSide::Query});
    choices.again(start, [&] { key = rowOp({key, ScoreSide::Key}); });
  }
  if (choices.once(4))
    query = rowOp({query, ScoreSide::Query});
  if (choices.once(4))
    key = rowOp({key, ScoreSide::Key});
  auto agree = [&] {
    const int64_t queries = Rows{query}.channels(), keys = Rows{key}.channels();
    if (queries > keys)
      query = slice(query, 0, keys);
    if (keys > queries)
      key = slice(key, 0, queries);
    Type wide = builder.getF32Type();
    auto elementOf = [](Value rows) {
      return cast<RankedTensorType>(rows.getType()).getElementType();
    };
    if (elementOf(query) == elementOf(key))
      return;
    if (elementOf(query) != wide)
      query = ConvertOp::create(builder, loc, query, wide);
    if (elementOf(key) != wide)
      key = ConvertOp::create(builder, loc, key, wide);
  };
  agree();
  // A key may depend on the query as it is, or as it is read later.
  const bool isTied = choices.once(3);
  if (isTied) {
    key = tied(query, {key, ScoreSide::Key});
    if (choices.once(2)) {
      const size_t start = choices.made().size();
      key = rowOp({key, ScoreSide::Key});
      if (choices.once(2))
        choices.again(start, [&] { query = rowOp({query, ScoreSide::Query}); });
      agree();
    }
  }
  const double spread = choices.of({1.0, 1.0, 0.25, 3.0, 0.01});
  const double scale = spread / std::sqrt(double(Rows{query}.channels()));
  Value scores;
  if (isTied)
    scores = ScoresOp::create(builder, loc, query, key, llvm::APFloat(scale));
  else
    scores = plainScores(query, key, scale);
  for (int64_t maps = choices.within(0, 2); maps > 0; --maps)
    scores = scoreMap(scores);
  auto [row, lse] = weights(scores);
  row = scaledWeights(row);
  if (choices.once(6))
    value = rowOp({value, ScoreSide::Key});
  Value output = WeightedSumOp::create(builder, loc, row, value);

  if (lse)
    results.push_back(lse);
  // A row that is computed may be returned as well.
  if (!isTied && key.getDefiningOp() && choices.once(8))
    results.push_back(key);
  if (isNew && !isTied && query == queryArgument && !sharesValue)
    signature.mayBeSpecial(queryArgument, /*anyNumber=*/false);
  if (!isTied && key == keyArgument && !sharesValue)
    signature.mayBeSpecial(keyArgument, /*anyNumber=*/false);
  plainValue = !sharesValue && value == valueArgument ? value : Value();
  return output;
}

Value ProgramDrawer::merged() {
  const int64_t channels = choices.of<int64_t>({2, 1, 3, 8, 17});
  const int64_t valueChannels = choices.of<int64_t>({1, 3, 8, 20});
  Type rowElement = element();
  Value query = rowsArgument(ScoreSide::Query, channels, rowElement);
  // Rows that all parts read.
  const bool isEncoded = choices.once(3);
  SmallVector<Value> outputs, lses;
  for (int64_t parts = choices.within(2, 3); parts > 0; --parts) {
    Value key = rowsArgument(ScoreSide::Key, channels, rowElement);
    Value value = rowsArgument(ScoreSide::Key, valueChannels, element());
    if (!firstQuery) {
      firstQuery = query;
      firstKey = key;
      if (isEncoded)
        query = choices.once(2)
                    ? rotated({query, ScoreSide::Query})
                    : mapped({query, ScoreSide::Query}, /*byChannel=*/true);
    }
    if (isEncoded && choices.once(2))
      key = rotated({key, ScoreSide::Key});
    Value scores = plainScores(query, key, 1.0 / std::sqrt(double(channels)));
    SmallVector<Value> captures;
    MaskAttrInterface mask;
    if (choices.once(2))
      mask = entry<MaskAttrInterface>(0, ScoreSide::Query, captures);
    const bool hasPositions = mask && mask.usesPositions();
    auto softmax = SoftmaxOp::create(
        builder, loc, scores, hasPositions ? queryPositions() : Value(),
        hasPositions ? keyPositions() : Value(), captures, mask,
        /*hasLse=*/true);
    outputs.push_back(
        WeightedSumOp::create(builder, loc, softmax.getWeights(), value));
    lses.push_back(softmax.getLse());
  }
  auto merge = [&](ArrayRef<Value> outputs, ArrayRef<Value> lses) {
    return MergeOp::create(builder, loc, outputs.front().getType(),
                           lses.front().getType(), outputs, lses);
  };
  if (outputs.size() == 3 && choices.once(2)) {
    MergeOp first =
        merge(ArrayRef(outputs).take_front(2), ArrayRef(lses).take_front(2));
    outputs = {first.getResult(), outputs.back()};
    lses = {first.getLse(), lses.back()};
  }
  MergeOp op = merge(outputs, lses);
  if (choices.once(2))
    results.push_back(op.getLse());
  return op.getResult();
}

void ProgramDrawer::draw() {
  if (choices.once(3))
    positions = FromArguments;
  Value output = choices.once(16) ? merged() : chain(Value());
  // What reads a result may square a number that is huge.
  auto addSpecials = [&](bool isReturned) {
    if (plainValue)
      signature.mayBeSpecial(plainValue, /*anyNumber=*/isReturned);
  };
  if (choices.once(8)) {
    addSpecials(/*isReturned=*/false);
    plainValue = Value();
    output = rowOp({output, ScoreSide::Query});
  }
  for (int64_t maps = choices.of<int64_t>({0, 0, 0, 0, 0, 1, 1, 2}); maps > 0;
       --maps) {
    addSpecials(/*isReturned=*/false);
    plainValue = Value();
    output = mapped({output, ScoreSide::Query}, /*byChannel=*/true);
  }
  if (choices.once(10)) {
    addSpecials(/*isReturned=*/false);
    results.push_back(output);
    output = chain(output);
  }
  addSpecials(/*isReturned=*/true);
  results.push_back(output);
  func::ReturnOp::create(builder, loc, results);
}

std::optional<Case> sextant::fuzz::generate(Choices &choices,
                                            MLIRContext &context,
                                            std::string &error) {
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() == DiagnosticSeverity::Error)
      error += diagnostic.str() + "\n";
    return success();
  });
  context.loadDialect<AttnDialect, arith::ArithDialect, math::MathDialect,
                      func::FuncDialect>();
  OpBuilder builder(&context);
  Location loc = builder.getUnknownLoc();
  OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
  builder.setInsertionPointToEnd(module->getBody());
  auto function = func::FuncOp::create(builder, loc, "attention",
                                       builder.getFunctionType({}, {}));
  function.addEntryBlock();
  ProgramDrawer program(choices, function);
  program.draw();
  Block &body = function.front();
  function.setFunctionType(builder.getFunctionType(
      body.getArgumentTypes(), body.getTerminator()->getOperandTypes()));
  Case result;
  program.arguments().finish(result);
  llvm::raw_string_ostream(result.program) << *module;
  if (!program.isLegal()) {
    error += program.problem + "\n";
    return std::nullopt;
  }
  if (failed(verify(*module)))
    return std::nullopt;
  return result;
}
