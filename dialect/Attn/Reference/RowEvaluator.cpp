//===- RowEvaluator.cpp - What one query row sees, needs and stores -------===//

#include "dialect/Attn/Reference/RowEvaluator.h"

#include "dialect/Attn/Reference/Bound.h"

#include "llvm/ADT/TypeSwitch.h"

#include <algorithm>
#include <cmath>

using namespace mlir;
using namespace sextant::attn;

RowEvaluator::RowEvaluator(const Interpreter &interpreter,
                           ArrayRef<Operation *> plan, ArrayRef<Value> values)
    : interpreter(interpreter), plan(plan), values(values) {}

PairRow &RowEvaluator::row(Value value) {
  std::unique_ptr<PairRow> &row = rows[value];
  if (!row)
    row = std::make_unique<PairRow>();
  return *row;
}

/// True for a row that the plan computes; other rows are stored.
static bool inPlan(const Interpreter &interpreter, Value value) {
  return isVirtual(value) && !interpreter.find(value);
}

/// Keys of the row that an op of the plan computes.
static int64_t keysOf(const Interpreter &interpreter, Operation *op) {
  if (auto fused = dyn_cast<FusedOp>(op))
    return interpreter.shapeOf(fused.getValue())[2];
  return interpreter.shapeOf(op->getResult(0))[3];
}

PairRow &RowEvaluator::operandRow(Value value) {
  PairRow &found = row(value);
  const RealTensor *tensor = interpreter.find(value);
  if (!tensor)
    return found;
  found.visible.clear();
  found.isSoftmax = false;
  int64_t keys = tensor->extent(3);
  const double *stored = tensor->row(at.batch, at.head, at.query);
  const double *slack = tensor->rowSlack(at.batch, at.head, at.query);
  found.value.assign(stored, stored + keys);
  if (slack)
    found.slack.assign(slack, slack + keys);
  else
    found.slack.assign(keys, 0.0);
  return found;
}

//===----------------------------------------------------------------------===//
// Coordinates
//===----------------------------------------------------------------------===//

int64_t RowEvaluator::positionAt(Value positions, int64_t index) const {
  if (!positions)
    return 0;
  const RealTensor &tensor = interpreter.get(positions);
  return tensor.integer[at.batch * tensor.extent(1) + index];
}

PairCoordinates RowEvaluator::coordinates(const CallExtents &extents,
                                          Value queryPos) const {
  auto extent = [&](ExtentKind kind) {
    return extents[static_cast<unsigned>(kind)];
  };
  PairCoordinates pair;
  pair.batch = at.batch;
  pair.head = at.head;
  pair.queryIndex = at.query;
  pair.queryPos = positionAt(queryPos, at.query);
  pair.batches = extent(ExtentKind::Batch);
  pair.heads = extent(ExtentKind::Heads);
  pair.queries = extent(ExtentKind::Queries);
  pair.keys = extent(ExtentKind::Keys);
  return pair;
}

void RowEvaluator::pairArguments(Value queryPos, Value keyPos, int64_t first,
                                 SmallVectorImpl<ScalarArgument> &arguments) {
  arguments.push_back(ScalarArgument::same(at.batch));
  arguments.push_back(ScalarArgument::same(at.head));
  arguments.push_back(ScalarArgument::same(at.query));
  arguments.push_back(
      ScalarArgument::lanes(scratch.iota(first + kBlock) + first));
  arguments.push_back(ScalarArgument::same(positionAt(queryPos, at.query)));
  if (!keyPos) {
    arguments.push_back(ScalarArgument::same(0));
    return;
  }
  const RealTensor &positions = interpreter.get(keyPos);
  arguments.push_back(ScalarArgument::lanes(
      positions.integer.data() + at.batch * positions.extent(1) + first));
}

//===----------------------------------------------------------------------===//
// What a row sees, and what it needs
//===----------------------------------------------------------------------===//

void RowEvaluator::findVisible(Operation *op) {
  Value result = op->getResult(0), queryPos, keyPos;
  MaskAttrInterface mask;
  ValueRange captures;
  if (auto weights = dyn_cast<WeightsOpInterface>(op)) {
    queryPos = weights.getQueryPos(), keyPos = weights.getKeyPos();
    mask = weights.getMaskAttr();
    captures = weights.getCaptures();
  } else if (auto fused = dyn_cast<FusedOp>(op)) {
    queryPos = fused.getQueryPos(), keyPos = fused.getKeyPos();
  } else {
    return;
  }
  const OpData &data = interpreter.data(op);
  int64_t keys = keysOf(interpreter, op);
  std::vector<uint8_t> &visible = row(result).visible;
  visible.assign(keys, 1);
  if (mask) {
    auto read = [&](int64_t place, ArrayRef<int64_t> indices) {
      return readCapture(interpreter, captures, place, indices);
    };
    PairCoordinates pair = coordinates(data.extents, queryPos);
    for (int64_t key = 0; key < keys; ++key) {
      pair.keyIndex = key;
      pair.keyPos = positionAt(keyPos, key);
      visible[key] = mask.evaluate(pair, read);
    }
  } else if (data.visible) {
    predicate.resize(kBlock);
    for (int64_t first = 0; first < keys; first += kBlock) {
      int64_t count = std::min(kBlock, keys - first);
      SmallVector<ScalarArgument, 8> arguments;
      pairArguments(queryPos, keyPos, first, arguments);
      ScalarProgram::Results results;
      results.integer = {predicate.data()};
      data.visible->run(scratch.state(*data.visible), count, arguments,
                        results);
      std::copy_n(predicate.begin(), count, visible.begin() + first);
    }
  }
}

/// Weights need their scores where it sees the key, every other op all that is
/// needed of its result.
void RowEvaluator::findNeeded() {
  for (Operation *op : plan) {
    PairRow &result = row(op->getResult(0));
    bool isRoot =
        isa<FusedOp>(op) || llvm::is_contained(values, op->getResult(0));
    result.needed.assign(blocksOf(keysOf(interpreter, op)), isRoot);
  }
  auto needAll = [&](Value value) {
    if (inPlan(interpreter, value))
      std::fill(row(value).needed.begin(), row(value).needed.end(), 1);
  };
  for (Value value : values)
    if (auto sum = value.getDefiningOp<WeightedSumOp>())
      needAll(sum.getWeights());
  for (Operation *op : llvm::reverse(plan)) {
    PairRow &result = row(op->getResult(0));
    if (auto weights = dyn_cast<WeightsOpInterface>(op)) {
      if (!inPlan(interpreter, weights.getScores()))
        continue;
      PairRow &scores = row(weights.getScores());
      for (size_t key = 0; key < result.visible.size(); ++key)
        scores.needed[key / kBlock] |= result.visible[key];
    } else if (auto fused = dyn_cast<FusedOp>(op)) {
      std::fill(result.needed.begin(), result.needed.end(), 0);
      for (size_t key = 0; key < result.visible.size(); ++key)
        result.needed[key / kBlock] |= result.visible[key];
    } else {
      for (Value operand : scoresOf(op)) {
        if (!inPlan(interpreter, operand))
          continue;
        PairRow &scores = row(operand);
        for (size_t block = 0; block < result.needed.size(); ++block)
          scores.needed[block] |= result.needed[block];
      }
    }
  }
}

void RowEvaluator::evaluate(RowIndex place, int64_t slot,
                            MutableArrayRef<ReferenceOutput> outputs) {
  at = place;
  for (Operation *op : plan)
    findVisible(op);
  findNeeded();
  for (Operation *op : plan) {
    PairRow &result = row(op->getResult(0));
    result.value.resize(keysOf(interpreter, op));
    result.slack.resize(result.value.size());
    evaluateOp(op);
  }
  for (auto [value, output] : llvm::zip_equal(values, outputs))
    store(value, slot, output);
}

void RowEvaluator::evaluateOp(Operation *op) {
  llvm::TypeSwitch<Operation *>(op)
      .Case<ScoresOp>([&](ScoresOp op) { scores(op); })
      .Case<RotaryScoresOp>([&](RotaryScoresOp op) { rotaryScores(op); })
      .Case<SelectScoresOp>([&](SelectScoresOp op) { selectScores(op); })
      .Case<BiasOp>([&](BiasOp op) { bias(op); })
      .Case<ScoreMapOp>([&](ScoreMapOp op) { scoreMap(op); })
      .Case<SoftcapOp>([&](SoftcapOp op) { softcap(op); })
      .Case<WeightsOpInterface>([&](WeightsOpInterface op) { weigh(op); })
      .Case<ScaleWeightsOp>([&](ScaleWeightsOp op) { scaleWeights(op); })
      .Case<DropoutOp>([&](DropoutOp op) { dropout(op); })
      .Case<FusedOp>([&](FusedOp op) { fused(op); });
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

/// What the output region makes of a row of sums, as a map of rows does.
void RowEvaluator::mapOutput(const ScalarProgram &program, Value queryPos,
                             const ReferenceOutput &output, SumRow row) {
  int64_t channels = output.rowElements;
  double *value = scratch.buffer(0, channels);
  double *slack = scratch.buffer(1, channels);
  std::copy_n(row.value, channels, value);
  for (int64_t c = 0; c < channels; ++c)
    slack[c] = row.bound[c] / kUnit;
  SmallVector<ScalarArgument, 8> arguments = {
      ScalarArgument::lanes(value, slack)};
  for (int64_t coordinate :
       {at.batch, at.head, at.query, positionAt(queryPos, at.query)})
    arguments.push_back(ScalarArgument::same(coordinate));
  arguments.push_back(ScalarArgument::lanes(scratch.iota(channels)));
  ScalarProgram::Results results;
  results.value = {row.value};
  results.slack = {row.bound};
  program.run(scratch.state(program), channels, arguments, results);
  for (int64_t c = 0; c < channels; ++c)
    row.bound[c] = rowBound(output.type, row.value[c], row.bound[c]);
}

void RowEvaluator::store(Value value, int64_t slot, ReferenceOutput &output) {
  Operation *op = value.getDefiningOp();
  int64_t first = slot * output.rowElements;
  SumRow sum;
  if (output.kind == ReferenceOutput::Kind::WeightedSum)
    sum = {&output.value[first], &output.magnitude[first],
           &output.bound[first]};
  if (auto weighted = dyn_cast<WeightedSumOp>(op)) {
    const PairRow &weights = operandRow(weighted.getWeights());
    weightedSum(weights, interpreter.get(weighted.getValue()), output.shape[1],
                interpreter.data(op), output.type,
                interpreter.roundsProducts() && isBF16(weighted.getValue()),
                sum);
    output.scoreError[slot] = weights.isSoftmax ? weights.scoreError : 0.0;
    return;
  }
  const PairRow &pairs = row(op->getResult(0));
  if (output.kind == ReferenceOutput::Kind::RowResult) {
    output.value[slot] = pairs.isSoftmax ? pairs.lse : pairs.remainder;
    output.bound[slot] =
        pairs.isSoftmax
            ? lseBound(pairs.lse, pairs.scoreError)
            : rowBound(output.type, pairs.remainder, pairs.remainderSlack);
    output.scoreError[slot] = pairs.isSoftmax ? pairs.scoreError : 0.0;
    return;
  }
  if (auto fused = dyn_cast<FusedOp>(op)) {
    const OpData &data = interpreter.data(op);
    // What a map reads is not rounded.
    weightedSum(pairs, interpreter.get(fused.getValue()), output.shape[1], data,
                data.output ? HostType::F32 : output.type,
                interpreter.roundsProducts() && fused.getBf16Weights(), sum);
    if (data.output)
      mapOutput(*data.output, fused.getQueryPos(), output, sum);
    output.scoreError[slot] = pairs.isSoftmax ? pairs.scoreError : 0.0;
    return;
  }
  // A virtual tensor that is returned: scores, weights, or keys.
  if (output.shape.size() == 5) {
    evaluateKeys(interpreter, value, scratch, at, 0, output.shape[3], keyBlock);
    for (int64_t i = 0; i < output.rowElements; ++i) {
      output.value[first + i] = keyBlock.value[i];
      output.bound[first + i] =
          rowBound(output.type, keyBlock.value[i], keyBlock.slack[i]);
    }
    return;
  }
  for (int64_t j = 0; j < output.rowElements; ++j) {
    output.value[first + j] = pairs.value[j];
    output.bound[first + j] =
        rowBound(output.type, pairs.value[j], pairs.slack[j]);
  }
}
