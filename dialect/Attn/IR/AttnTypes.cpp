//===- AttnTypes.cpp - Result types of the ops follow from the operands ---===//

#include "dialect/Attn/IR/Attn.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace sextant::attn;

using Shape = SmallVector<int64_t>;

static RankedTensorType tensorType(Value value) {
  return llvm::cast<RankedTensorType>(value.getType());
}

/// The more precise of two extents that must agree.
static int64_t meet(int64_t a, int64_t b) {
  return ShapedType::isDynamic(a) ? b : a;
}

/// The type of `value` with another channel count.
static RankedTensorType withChannels(RankedTensorType type, int64_t channels) {
  Shape shape(type.getShape());
  shape.back() = channels;
  return RankedTensorType::get(shape, type.getElementType());
}

/// The operand `name` is a ranked tensor of the rank of `axes`, such as
/// "[B, H, L, D]" (shape_c1). Inference runs before operands are verified.
static LogicalResult expectRank(std::optional<Location> loc, StringRef name,
                                Value value, ArrayRef<StringRef> axes) {
  auto tensor = llvm::dyn_cast<RankedTensorType>(value.getType());
  SmallVector<std::string> expected;
  for (StringRef one : axes) {
    unsigned rank = one.count(',') + 1;
    if (tensor && tensor.getRank() == int64_t(rank))
      return success();
    expected.push_back(("rank " + Twine(rank) + " " + one).str());
  }
  return emitOptionalError(loc, "expected '", name, "' of ",
                           llvm::join(expected, " or "), ", got ",
                           value.getType());
}

static constexpr StringLiteral kRows = "[B, H, L, D]";
static constexpr StringLiteral kPairs = "[B, H, M, N, D]";
static constexpr StringLiteral kScores = "[B, H, M, N]";
static constexpr StringLiteral kPositions = "[B, L]";
static constexpr StringLiteral kAxes = "[B, L, axes]";
static constexpr StringLiteral kTable = "[H, R, D]";
static constexpr StringLiteral kFrequencies = "[K]";

/// Most channels of a row that is encoded by name.
static constexpr int64_t kMaxChannels = int64_t(1) << 24;

/// `extent * factor`; an extent that the verifiers refuse stays as it is.
static int64_t times(int64_t extent, int64_t factor) {
  bool sane = !ShapedType::isDynamic(extent) && extent <= (int64_t(1) << 45);
  return sane ? extent * factor : extent;
}

#define INFER(OP)                                                              \
  LogicalResult OP::inferReturnTypes(                                          \
      MLIRContext *context, std::optional<Location> location,                  \
      ValueRange operands, DictionaryAttr attributes,                          \
      OpaqueProperties properties, RegionRange regions,                        \
      SmallVectorImpl<Type> &types)

INFER(PositionsOp) {
  Adaptor op(operands, attributes, properties, regions);
  if (failed(expectRank(location, "query", op.getQuery(), {kRows})) ||
      failed(expectRank(location, "key", op.getKey(), {kRows})))
    return failure();
  auto query = tensorType(op.getQuery()), key = tensorType(op.getKey());
  int64_t batch = meet(query.getDimSize(0), key.getDimSize(0));
  Type i32 = IntegerType::get(context, 32);
  types.push_back(RankedTensorType::get({batch, query.getDimSize(2)}, i32));
  types.push_back(RankedTensorType::get({batch, key.getDimSize(2)}, i32));
  return success();
}

INFER(PositionMapOp) {
  Adaptor op(operands, attributes, properties, regions);
  if (failed(
          expectRank(location, "positions", op.getPositions(), {kPositions})))
    return failure();
  types.push_back(op.getPositions().getType());
  return success();
}

INFER(PhaseOp) {
  Adaptor op(operands, attributes, properties, regions);
  if (failed(expectRank(location, "positions", op.getPositions(),
                        {kPositions, kAxes})))
    return failure();
  auto positions = tensorType(op.getPositions());
  int64_t pairs = ShapedType::kDynamic;
  if (Value frequencies = op.getFrequencies()) {
    if (failed(
            expectRank(location, "frequencies", frequencies, {kFrequencies})))
      return failure();
    pairs = tensorType(frequencies).getDimSize(0);
  } else if (op.getChannels())
    pairs = *op.getChannels() / 2;
  Type type = RankedTensorType::get(
      {positions.getDimSize(0), positions.getDimSize(1), pairs},
      Float32Type::get(context));
  types.append({type, type});
  return success();
}

INFER(RotateOp) {
  Adaptor op(operands, attributes, properties, regions);
  if (failed(expectRank(location, "input", op.getInput(), {kRows, kPairs})))
    return failure();
  types.push_back(op.getInput().getType());
  return success();
}

INFER(RowMapOp) {
  Adaptor op(operands, attributes, properties, regions);
  if (op.getInputs().empty() || regions.empty() || regions[0]->empty())
    return emitOptionalError(location,
                             "expected at least one input and a body");
  for (Value input : op.getInputs())
    if (failed(expectRank(location, "input", input, {kRows, kPairs})))
      return failure();
  // A key of a (query, key) pair among the inputs makes the result one.
  auto type = tensorType(op.getInputs()[0]);
  for (Value input : op.getInputs())
    if (tensorType(input).getRank() == 5)
      type = tensorType(input);
  int64_t channels = type.getDimSize(type.getRank() - 1);
  int64_t groups = op.getPairs() && !ShapedType::isDynamic(channels)
                       ? channels / 2
                       : channels;
  int64_t yields = 1;
  if (!regions[0]->front().empty())
    yields = regions[0]->front().back().getNumOperands();
  types.push_back(withChannels(type, times(groups, yields)));
  return success();
}

INFER(SliceOp) {
  Adaptor op(operands, attributes, properties, regions);
  if (failed(expectRank(location, "input", op.getInput(), {kRows, kPairs})))
    return failure();
  types.push_back(withChannels(tensorType(op.getInput()), op.getSize()));
  return success();
}

INFER(ConcatOp) {
  Adaptor op(operands, attributes, properties, regions);
  if (op.getInputs().empty())
    return emitOptionalError(location, "expected at least one input");
  for (Value input : op.getInputs())
    if (failed(expectRank(location, "input", input, {kRows, kPairs})))
      return failure();
  int64_t channels = 0;
  for (Value input : op.getInputs()) {
    int64_t extent = tensorType(input).getShape().back();
    if (ShapedType::isDynamic(extent))
      return emitOptionalError(location, "expected static channel counts");
    if (llvm::AddOverflow(channels, extent, channels))
      return emitOptionalError(location, "channel count overflows 64 bits");
  }
  types.push_back(withChannels(tensorType(op.getInputs()[0]), channels));
  return success();
}

INFER(ConvertOp) {
  Adaptor op(operands, attributes, properties, regions);
  if (failed(expectRank(location, "input", op.getInput(), {kRows, kPairs})))
    return failure();
  if (!op.getElementAttr() || !isa<FloatType>(op.getElement()))
    return emitOptionalError(location,
                             "expected an element type f32, f16 or "
                             "bf16, got ",
                             op.getElementAttr()); // convert_c1
  types.push_back(RankedTensorType::get(tensorType(op.getInput()).getShape(),
                                        op.getElement()));
  return success();
}

INFER(EncodeOp) {
  Adaptor op(operands, attributes, properties, regions);
  if (failed(expectRank(location, "input", op.getInput(), {kRows, kPairs})))
    return failure();
  auto type = tensorType(op.getInput());
  int64_t channels = type.getShape().back();
  bool sane = channels >= 1 && channels <= kMaxChannels && op.getEncoding();
  types.push_back(withChannels(
      type, sane ? op.getEncoding().getEncodedChannels(channels) : channels));
  return success();
}

INFER(RowReduceOp) {
  Adaptor op(operands, attributes, properties, regions);
  if (failed(expectRank(location, "input", op.getInput(), {kRows})))
    return failure();
  types.push_back(
      RankedTensorType::get(tensorType(op.getInput()).getShape().drop_back(),
                            Float32Type::get(context)));
  return success();
}

INFER(ProjectOp) {
  Adaptor op(operands, attributes, properties, regions);
  if (failed(expectRank(location, "input", op.getInput(), {kRows})) ||
      failed(expectRank(location, "table", op.getTable(), {kTable})))
    return failure();
  auto rows = tensorType(op.getInput()), table = tensorType(op.getTable());
  Shape shape(rows.getShape());
  if (table.getDimSize(0) != 1)
    shape[1] = table.getDimSize(0);
  shape.back() = table.getDimSize(1);
  types.push_back(RankedTensorType::get(shape, Float32Type::get(context)));
  return success();
}

INFER(CollinearCoefficientsOp) {
  Adaptor op(operands, attributes, properties, regions);
  if (failed(expectRank(location, "input", op.getInput(), {kRows})))
    return failure();
  auto type = tensorType(op.getInput());
  int64_t channels = type.getShape().back();
  types.push_back(withChannels(
      type, ShapedType::isDynamic(channels) ? channels : channels / 2));
  return success();
}

INFER(DuplicateOp) {
  Adaptor op(operands, attributes, properties, regions);
  if (failed(expectRank(location, "input", op.getInput(), {kRows})))
    return failure();
  auto type = tensorType(op.getInput());
  types.push_back(withChannels(type, times(type.getShape().back(), 2)));
  return success();
}

static RankedTensorType pairType(RankedTensorType query, RankedTensorType key) {
  unsigned keyAxis = key.getRank() == 5 ? 3 : 2;
  return RankedTensorType::get(
      {meet(query.getDimSize(0), key.getDimSize(0)), query.getDimSize(1),
       query.getDimSize(2), key.getDimSize(keyAxis),
       meet(query.getShape().back(), key.getShape().back())},
      query.getElementType());
}

INFER(PairKeysOp) {
  Adaptor op(operands, attributes, properties, regions);
  if (failed(expectRank(location, "query", op.getQuery(), {kRows})) ||
      failed(expectRank(location, "key", op.getKey(), {kRows, kPairs})))
    return failure();
  types.push_back(pairType(tensorType(op.getQuery()), tensorType(op.getKey())));
  return success();
}

INFER(CollinearKeysOp) {
  Adaptor op(operands, attributes, properties, regions);
  if (failed(expectRank(location, "query", op.getQuery(), {kRows})) ||
      failed(expectRank(location, "coefficients", op.getCoefficients(),
                        {kRows, kPairs})))
    return failure();
  types.push_back(
      pairType(tensorType(op.getQuery()), tensorType(op.getCoefficients())));
  return success();
}

INFER(ScoresOp) {
  Adaptor op(operands, attributes, properties, regions);
  if (failed(expectRank(location, "query", op.getQuery(), {kRows})) ||
      failed(expectRank(location, "key", op.getKey(), {kRows, kPairs})))
    return failure();
  auto pair = pairType(tensorType(op.getQuery()), tensorType(op.getKey()));
  types.push_back(RankedTensorType::get(pair.getShape().drop_back(),
                                        Float32Type::get(context)));
  return success();
}

INFER(RotaryScoresOp) {
  Adaptor op(operands, attributes, properties, regions);
  if (failed(expectRank(location, "query", op.getQuery(), {kRows})) ||
      failed(expectRank(location, "key", op.getKey(), {kRows})))
    return failure();
  auto pair = pairType(tensorType(op.getQuery()), tensorType(op.getKey()));
  types.push_back(RankedTensorType::get(pair.getShape().drop_back(),
                                        Float32Type::get(context)));
  return success();
}

/// A map of scores or weights: the type of its first operand.
static LogicalResult inferPairs(std::optional<Location> location,
                                StringRef name, Value operand,
                                SmallVectorImpl<Type> &types) {
  if (failed(expectRank(location, name, operand, {kScores})))
    return failure();
  types.push_back(operand.getType());
  return success();
}

#define INFER_PAIRS(OP, NAME)                                                  \
  INFER(OP) { return inferPairs(location, NAME, operands.front(), types); }

INFER_PAIRS(SelectScoresOp, "first")
INFER_PAIRS(BiasOp, "scores")
INFER_PAIRS(ScoreMapOp, "scores")
INFER_PAIRS(SoftcapOp, "scores")
INFER_PAIRS(WeightsOp, "scores")
INFER_PAIRS(ScaleWeightsOp, "weights")
INFER_PAIRS(DropoutOp, "weights")
#undef INFER_PAIRS

/// Weights of scores, and a number of each row if it is asked for.
static LogicalResult inferWeights(std::optional<Location> location,
                                  Value scores, bool hasRowResult,
                                  SmallVectorImpl<Type> &types) {
  if (failed(inferPairs(location, "scores", scores, types)))
    return failure();
  auto type = tensorType(scores);
  if (hasRowResult)
    types.push_back(RankedTensorType::get(type.getShape().drop_back(),
                                          type.getElementType()));
  return success();
}

INFER(SoftmaxOp) {
  Adaptor op(operands, attributes, properties, regions);
  return inferWeights(location, op.getScores(), op.getHasLse(), types);
}

INFER(OrderedWeightsOp) {
  Adaptor op(operands, attributes, properties, regions);
  return inferWeights(location, op.getScores(), op.getHasRemainder(), types);
}

INFER(NormalizeOp) {
  Adaptor op(operands, attributes, properties, regions);
  return inferWeights(location, op.getScores(),
                      op.getHasLse() || op.getHasRemainder(), types);
}

INFER(WeightedSumOp) {
  Adaptor op(operands, attributes, properties, regions);
  if (failed(expectRank(location, "weights", op.getWeights(), {kScores})) ||
      failed(expectRank(location, "value", op.getValue(), {kRows})))
    return failure();
  auto weights = tensorType(op.getWeights()), value = tensorType(op.getValue());
  types.push_back(RankedTensorType::get(
      {meet(weights.getDimSize(0), value.getDimSize(0)), weights.getDimSize(1),
       weights.getDimSize(2), value.getDimSize(3)},
      value.getElementType()));
  return success();
}
