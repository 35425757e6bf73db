//===- RowEvaluator.cpp - Scores, softmax, weighted sum of one row --------===//

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

static int64_t blocksOf(int64_t keys) {
  return (keys + RowEvaluator::kBlock - 1) / RowEvaluator::kBlock;
}

template <typename Visit>
void RowEvaluator::forBlocks(const PairRow &row, int64_t keys, Visit visit) {
  for (int64_t block = 0; block < blocksOf(keys); ++block)
    if (row.needed[block])
      visit(block * kBlock, std::min(kBlock, keys - block * kBlock));
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

static int64_t positionAt(const Interpreter &interpreter, Value positions,
                          int64_t batch, int64_t index) {
  if (!positions)
    return 0;
  const RealTensor &tensor = interpreter.get(positions);
  return tensor.integer[batch * tensor.extent(1) + index];
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
  pair.queryPos = positionAt(interpreter, queryPos, at.batch, at.query);
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
  arguments.push_back(ScalarArgument::same(
      positionAt(interpreter, queryPos, at.batch, at.query)));
  if (!keyPos) {
    arguments.push_back(ScalarArgument::same(0));
    return;
  }
  const RealTensor &positions = interpreter.get(keyPos);
  arguments.push_back(ScalarArgument::lanes(
      positions.integer.data() + at.batch * positions.extent(1) + first));
}

/// Reads an element of an op's captured tensors; indices clamp.
static double readCapture(const Interpreter &interpreter, ValueRange captures,
                          int64_t place, ArrayRef<int64_t> indices) {
  const RealTensor &tensor = interpreter.get(captures[place]);
  int64_t offset = 0;
  for (auto [index, extent] : llvm::zip_equal(indices, tensor.shape)) {
    if (extent == 0)
      return 0;
    offset =
        offset * extent + std::min(std::max(index, int64_t(0)), extent - 1);
  }
  return tensor.integer.empty() ? tensor.value[offset]
                                : static_cast<double>(tensor.integer[offset]);
}

//===----------------------------------------------------------------------===//
// What a row sees, and what it needs
//===----------------------------------------------------------------------===//

void RowEvaluator::findVisible(Operation *op) {
  Value result = op->getResult(0), queryPos, keyPos;
  MaskAttrInterface mask;
  ValueRange captures;
  if (auto softmax = dyn_cast<SoftmaxOp>(op)) {
    queryPos = softmax.getQueryPos(), keyPos = softmax.getKeyPos();
    mask = softmax.getMaskAttr();
    captures = softmax.getCaptures();
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
      pair.keyPos = positionAt(interpreter, keyPos, at.batch, key);
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

/// A softmax needs its scores where it sees the key, every other op all that is
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
    if (auto softmax = dyn_cast<SoftmaxOp>(op)) {
      if (!inPlan(interpreter, softmax.getScores()))
        continue;
      PairRow &scores = row(softmax.getScores());
      for (size_t key = 0; key < result.visible.size(); ++key)
        scores.needed[key / kBlock] |= result.visible[key];
    } else if (auto fused = dyn_cast<FusedOp>(op)) {
      std::fill(result.needed.begin(), result.needed.end(), 0);
      for (size_t key = 0; key < result.visible.size(); ++key)
        result.needed[key / kBlock] |= result.visible[key];
    } else if (!isa<ScoresOp>(op) && inPlan(interpreter, op->getOperand(0))) {
      PairRow &scores = row(op->getOperand(0));
      for (size_t block = 0; block < result.needed.size(); ++block)
        scores.needed[block] |= result.needed[block];
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
      .Case<BiasOp>([&](BiasOp op) { bias(op); })
      .Case<ScoreMapOp>([&](ScoreMapOp op) { scoreMap(op); })
      .Case<SoftcapOp>([&](SoftcapOp op) { softcap(op); })
      .Case<SoftmaxOp>([&](SoftmaxOp op) {
        normalise(operandRow(op.getScores()), keysOf(interpreter, op),
                  row(op.getWeights()));
      })
      .Case<FusedOp>([&](FusedOp op) { fused(op); });
}

//===----------------------------------------------------------------------===//
// Scores
//===----------------------------------------------------------------------===//

namespace {
/// sum_c a_c b_c and its slack: kDotRoundings of every |term|, and what the
/// operands bring along.
struct Contraction {
  double value, slack;
};
} // namespace

static Contraction contract(Lanes a, Lanes b, int64_t channels) {
  // The order of a sum is free: float64 stands for exact.
#pragma clang fp reassociate(on)
  double value = 0, terms = 0, carried = 0;
  for (int64_t c = 0; c < channels; ++c) {
    double term = a.value[c] * b.value[c];
    value += term;
    terms += std::fabs(term);
  }
  if (a.slack)
    for (int64_t c = 0; c < channels; ++c)
      carried += a.slack[c] * std::fabs(b.value[c]);
  if (b.slack)
    for (int64_t c = 0; c < channels; ++c)
      carried += b.slack[c] * std::fabs(a.value[c]);
  return {value, kDotRoundings * terms + carried};
}

/// score_ij = scale * sum_c query_ic key_ijc
void RowEvaluator::scores(ScoresOp op) {
  const RealTensor &query = interpreter.get(op.getQuery());
  const RealTensor *key = interpreter.find(op.getKey());
  int64_t heads = query.extent(1), channels = query.extent(3);
  double scale = op.getScale().convertToDouble();
  Lanes q = {query.row(at.batch, at.head, at.query),
             query.rowSlack(at.batch, at.head, at.query)};
  PairRow &result = row(op.getResult());
  forBlocks(result, result.value.size(), [&](int64_t first, int64_t count) {
    bool formed = interpreter.shapeOf(op.getKey()).size() == 5;
    if (formed)
      evaluateKeys(interpreter, op.getKey(), scratch, at, first, count,
                   keyBlock);
    for (int64_t j = 0; j < count; ++j) {
      Lanes k;
      if (formed) {
        k = {&keyBlock.value[j * channels], &keyBlock.slack[j * channels]};
      } else {
        int64_t head = at.head * key->extent(1) / heads;
        k = {key->row(at.batch, head, first + j),
             key->rowSlack(at.batch, head, first + j)};
      }
      Contraction dot = contract(q, k, channels);
      result.value[first + j] = scale * dot.value;
      result.slack[first + j] = scale * dot.slack;
    }
  });
}

/// result = score + bias; the bias itself is a short f32 computation.
void RowEvaluator::bias(BiasOp op) {
  constexpr double kBiasRoundings = 8;
  PairRow &scores = operandRow(op.getScores());
  PairRow &result = row(op.getResult());
  auto read = [&](int64_t place, ArrayRef<int64_t> indices) {
    return readCapture(interpreter, op.getCaptures(), place, indices);
  };
  PairCoordinates pair =
      coordinates(interpreter.data(op).extents, op.getQueryPos());
  forBlocks(result, result.value.size(), [&](int64_t first, int64_t count) {
    for (int64_t j = first; j < first + count; ++j) {
      pair.keyIndex = j;
      pair.keyPos = positionAt(interpreter, op.getKeyPos(), at.batch, j);
      double bias = op.getBias().evaluate(pair, read);
      result.value[j] = scores.value[j] + bias;
      result.slack[j] = scores.slack[j] + kBiasRoundings * std::fabs(bias) +
                        std::fabs(result.value[j]);
    }
  });
}

void RowEvaluator::scoreMap(ScoreMapOp op) {
  const ScalarProgram &program = *interpreter.data(op).body;
  PairRow &scores = operandRow(op.getScores());
  PairRow &result = row(op.getResult());
  forBlocks(result, result.value.size(), [&](int64_t first, int64_t count) {
    SmallVector<ScalarArgument, 8> arguments;
    arguments.push_back(
        ScalarArgument::lanes(&scores.value[first], &scores.slack[first]));
    pairArguments(op.getQueryPos(), op.getKeyPos(), first, arguments);
    ScalarProgram::Results results;
    results.value = {&result.value[first]};
    results.slack = {&result.slack[first]};
    program.run(scratch.state(program), count, arguments, results);
  });
}

/// result = cap * tanh(score / cap)
void RowEvaluator::softcap(SoftcapOp op) {
  double cap = op.getCap().convertToDouble();
  PairRow &scores = operandRow(op.getScores());
  PairRow &result = row(op.getResult());
  forBlocks(result, result.value.size(), [&](int64_t first, int64_t count) {
    for (int64_t j = first; j < first + count; ++j) {
      double bounded = std::tanh(scores.value[j] / cap);
      // The derivative is 1 - tanh^2 <= 1; tanh is within 4 ulp, 8 units.
      result.value[j] = cap * bounded;
      result.slack[j] = (1 - bounded * bounded) *
                            (scores.slack[j] + std::fabs(scores.value[j])) +
                        10 * std::fabs(result.value[j]);
    }
  });
}

//===----------------------------------------------------------------------===//
// Weights and output
//===----------------------------------------------------------------------===//

/// weight_j = exp(s_j - max) / sum over the visible keys. No visible key, or
/// only scores of -inf: weights 0, lse -inf. A visible NaN or +inf: NaN.
void RowEvaluator::normalise(const PairRow &scores, int64_t keys,
                             PairRow &weights) {
  double largest = -INFINITY, error = 0;
  weights.poisoned = false;
  for (int64_t j = 0; j < keys; ++j) {
    if (!weights.visible[j])
      continue;
    double score = scores.value[j];
    if (std::isnan(score) || score == INFINITY)
      weights.poisoned = true;
    largest = std::max(largest, score);
    if (std::isfinite(score) && scores.slack[j] > error)
      error = scores.slack[j];
  }
  weights.scoreError = error * kUnit;
  weights.lse = weights.poisoned ? NAN : -INFINITY;
  double sum = 0;
  for (int64_t j = 0; j < keys; ++j) {
    // A score of -inf is as good as a masked key.
    if (weights.visible[j] && scores.value[j] == -INFINITY)
      weights.visible[j] = 0;
    double weight = 0;
    if (weights.visible[j])
      weight = weights.poisoned ? NAN : std::exp(scores.value[j] - largest);
    weights.value[j] = weight;
    sum += weight;
  }
  if (weights.poisoned || !(sum > 0)) {
    std::fill(weights.slack.begin(), weights.slack.end(), 0.0);
    return;
  }
  weights.lse = largest + std::log(sum);
  for (int64_t j = 0; j < keys; ++j) {
    weights.value[j] /= sum;
    // A weight moves by twice the score error, and rounds a few times itself.
    weights.slack[j] = weights.value[j] * (16 + 2 * error);
  }
}

/// output_c = sum_j weight_j value_jc. What the row does not see contributes
/// nothing, whatever the value holds.
void RowEvaluator::weightedSum(const PairRow &weights, bool softmaxWeights,
                               const RealTensor &values, int64_t heads,
                               const OpData &data, HostType type,
                               SumRow result) {
  int64_t keys = values.extent(2), channels = values.extent(3);
  int64_t head = at.head * values.extent(1) / heads;
  std::fill_n(result.value, channels, 0.0);
  std::fill_n(result.magnitude, channels, 0.0);
  std::fill_n(result.bound, channels, 0.0); // what operands bring along
  for (int64_t j = 0; j < keys; ++j) {
    double weight = weights.value[j], slack = weights.slack[j];
    if (!weights.visible.empty() && softmaxWeights && !weights.visible[j])
      continue;
    if (weight == 0 && data.finiteValues)
      continue;
    if (weight == 0 && softmaxWeights)
      weight = 0x1p-1074; // it underflowed: the exact weight is positive
    const double *v = values.row(at.batch, head, j);
    double size = std::fabs(weight);
    for (int64_t c = 0; c < channels; ++c) {
      result.value[c] += weight * v[c];
      result.magnitude[c] += size * std::fabs(v[c]);
    }
    if (const double *valueSlack = values.rowSlack(at.batch, head, j))
      for (int64_t c = 0; c < channels; ++c)
        result.bound[c] += size * valueSlack[c];
    if (!softmaxWeights)
      for (int64_t c = 0; c < channels; ++c)
        result.bound[c] += slack * std::fabs(v[c]);
  }
  // exp2 of a kernel may stop at the least normal float.
  double floor = keys * data.largestValue * 0x1p-126;
  for (int64_t c = 0; c < channels; ++c)
    result.bound[c] = result.bound[c] * kUnit + floor +
                      elementBound(type, result.magnitude[c], result.value[c],
                                   softmaxWeights ? weights.scoreError : 0.0);
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
    bool softmax = weighted.getWeights().getDefiningOp<SoftmaxOp>() != nullptr;
    weightedSum(weights, softmax, interpreter.get(weighted.getValue()),
                output.shape[1], interpreter.data(op), output.type, sum);
    output.scoreError[slot] = softmax ? weights.scoreError : 0.0;
    return;
  }
  const PairRow &pairs = row(op->getResult(0));
  if (output.kind == ReferenceOutput::Kind::Lse) {
    output.value[slot] = pairs.lse;
    output.bound[slot] = lseBound(pairs.lse, pairs.scoreError);
    output.scoreError[slot] = pairs.scoreError;
    return;
  }
  if (auto fused = dyn_cast<FusedOp>(op)) {
    weightedSum(pairs, true, interpreter.get(fused.getValue()), output.shape[1],
                interpreter.data(op), output.type, sum);
    output.scoreError[slot] = pairs.scoreError;
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

//===----------------------------------------------------------------------===//
// The fused form
//===----------------------------------------------------------------------===//

/// s_ij = score(E_0 . F_0, E_1 . F_1, ...), then the normalizer.
void RowEvaluator::fused(FusedOp op) {
  const OpData &data = interpreter.data(op);
  PairRow &result = row(op.getResult());
  int64_t keys = result.value.size();
  termRows.resize(data.queryFeatures.size());
  for (size_t term = 0; term < termRows.size(); ++term) {
    PairRow &dots = termRows[term];
    const RealTensor &e = data.queryFeatures[term];
    const RealTensor &f = data.keyFeatures[term];
    dots.value.resize(keys);
    dots.slack.resize(keys);
    int64_t head = at.head * f.extent(1) / e.extent(1);
    Lanes query = {e.row(at.batch, at.head, at.query),
                   e.rowSlack(at.batch, at.head, at.query)};
    forBlocks(result, keys, [&](int64_t first, int64_t count) {
      for (int64_t j = first; j < first + count; ++j) {
        Contraction dot = contract(
            query, {f.row(at.batch, head, j), f.rowSlack(at.batch, head, j)},
            e.extent(3));
        dots.value[j] = dot.value;
        dots.slack[j] = dot.slack;
      }
    });
  }
  if (!data.body)
    return normalise(termRows[0], keys, result);
  PairRow &scores = fusedScores;
  scores.value.resize(keys);
  scores.slack.resize(keys);
  forBlocks(result, keys, [&](int64_t first, int64_t count) {
    SmallVector<ScalarArgument, 8> arguments;
    for (const PairRow &dots : termRows)
      arguments.push_back(
          ScalarArgument::lanes(&dots.value[first], &dots.slack[first]));
    pairArguments(op.getQueryPos(), op.getKeyPos(), first, arguments);
    ScalarProgram::Results results;
    results.value = {&scores.value[first]};
    results.slack = {&scores.slack[first]};
    data.body->run(scratch.state(*data.body), count, arguments, results);
  });
  normalise(scores, keys, result);
}
