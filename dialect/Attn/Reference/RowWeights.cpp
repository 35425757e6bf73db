//===- RowWeights.cpp - Weights and weighted sum of one query row
//-----------===//

#include "dialect/Attn/Reference/Bound.h"
#include "dialect/Attn/Reference/RowEvaluator.h"

#include <algorithm>
#include <cmath>

using namespace mlir;
using namespace sextant::attn;

/// What an exponential that underflows leaves: the exact weight is positive.
static constexpr double kUnderflow = 0x1p-1074;

/// weight_j = exp(s_j - max) / sum over the visible keys and extra logits. No
/// visible key, or only scores of -inf: weights 0, lse that of the extra
/// logits, -inf without. A visible NaN or +inf: NaN.
void RowEvaluator::softmax(const PairRow &scores, ArrayRef<double> extra,
                           PairRow &weights) {
  int64_t keys = weights.value.size();
  double largest = -INFINITY, error = 0;
  weights.isSoftmax = true;
  weights.poisoned = false;
  auto see = [&](double score) {
    if (std::isnan(score) || score == INFINITY)
      weights.poisoned = true;
    largest = std::max(largest, score);
  };
  for (int64_t j = 0; j < keys; ++j)
    if (weights.visible[j])
      see(scores.value[j]);
  // ds is the largest error of a score that can matter: 40 below that of the
  // largest key a weight is under 2^-57 of its, however wrong (a score of
  // finfo.min has an enormous error and no weight). An extra logit adds nothing
  // to the sum, so beside it every weight may be as small, and matter.
  constexpr double kNegligible = 40;
  const double largestKey = largest;
  for (double logit : extra)
    see(logit);
  for (int64_t j = 0; j < keys; ++j)
    if (weights.visible[j] && scores.slack[j] > error &&
        scores.value[j] + scores.slack[j] * kUnit >= largestKey - kNegligible)
      error = scores.slack[j];
  // What lies below such a logit is rounded at that distance.
  if (std::isfinite(largest - largestKey))
    error += 2 * (largest - largestKey);
  weights.scoreError = error * kUnit;
  weights.lse = weights.poisoned ? NAN : -INFINITY;
  double sum = 0;
  for (double logit : extra)
    sum += logit == -INFINITY ? 0 : std::exp(logit - largest);
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
    if (weights.visible[j] && weights.value[j] == 0)
      weights.value[j] = kUnderflow;
    // A weight moves by twice the score error, and rounds a few times itself.
    // One that is negligible has an error of its own.
    weights.slack[j] =
        weights.value[j] * (16 + 2 * std::max(error, scores.slack[j]));
  }
}

void RowEvaluator::runOnScores(const ScalarProgram &program, Value queryPos,
                               Value keyPos, const PairRow &scores,
                               ArrayRef<uint8_t> visible,
                               ArrayRef<PairRow *> results) {
  int64_t keys = visible.size();
  for (int64_t first = 0; first < keys; first += kBlock) {
    int64_t count = std::min(kBlock, keys - first);
    if (llvm::none_of(visible.slice(first, count),
                      [](uint8_t seen) { return seen != 0; }))
      continue;
    SmallVector<ScalarArgument, 8> arguments;
    arguments.push_back(
        ScalarArgument::lanes(&scores.value[first], &scores.slack[first]));
    pairArguments(queryPos, keyPos, first, arguments);
    ScalarProgram::Results numbers;
    for (PairRow *row : results) {
      numbers.value.push_back(&row->value[first]);
      numbers.slack.push_back(&row->slack[first]);
    }
    program.run(scratch.state(program), count, arguments, numbers);
  }
}

/// weight_j = f(s_j, ...) of the visible keys, before the division.
void RowEvaluator::regionWeights(const ScalarProgram &program, Value queryPos,
                                 Value keyPos, const PairRow &scores,
                                 PairRow &weights) {
  runOnScores(program, queryPos, keyPos, scores, weights.visible, {&weights});
}

/// Weights of what is not seen, and the division.
void RowEvaluator::finishPointwise(bool overSum, PairRow &weights) {
  weights.isSoftmax = false;
  double sum = 0, sizes = 0, errors = 0;
  for (size_t j = 0; j < weights.value.size(); ++j) {
    if (!weights.visible[j])
      weights.value[j] = weights.slack[j] = 0;
    sum += weights.value[j];
    sizes += std::fabs(weights.value[j]);
    errors += weights.slack[j];
  }
  if (!overSum)
    return;
  errors += kDotRoundings * sizes;
  // A sum that may as well be 0: what the weights are then nobody knows.
  bool isLost = std::fabs(sum) <= errors * kUnit;
  for (size_t j = 0; j < weights.value.size(); ++j) {
    double weight = weights.value[j];
    weights.value[j] = sum == 0 ? 0 : weight / sum;
    double size = std::fabs(weights.value[j]);
    if (isLost)
      weights.slack[j] = weights.visible[j] ? (size + 1) / kUnit : 0;
    else
      weights.slack[j] =
          (weights.slack[j] + size * errors) / std::fabs(sum) + 3 * size;
  }
}

void RowEvaluator::namedWeights(NormalizeOp op, const PairRow &scores,
                                PairRow &weights) {
  NormalizerAttrInterface normalizer = op.getNormalizer();
  auto read = [&](int64_t place, ArrayRef<int64_t> indices) {
    return readCapture(interpreter, op.getParameters(), place, indices);
  };
  PairCoordinates pair =
      coordinates(interpreter.data(op).extents, op.getQueryPos());
  if (normalizer.isOrdered())
    return namedShares(op, scores, pair, weights);
  if (normalizer.isSoftmax())
    return softmax(scores,
                   normalizer.evaluateExtraLogits(
                       pair, read, TypeRange(op.getParameters())),
                   weights);
  for (size_t j = 0; j < weights.value.size(); ++j) {
    if (!weights.visible[j])
      continue;
    pair.keyIndex = j;
    pair.keyPos = positionAt(op.getKeyPos(), j);
    weights.slack[j] = scores.slack[j];
    weights.value[j] = normalizer.evaluateWeight(pair, read, scores.value[j],
                                                 weights.slack[j]);
  }
  finishPointwise(normalizer.dividesBySum(), weights);
}

SmallVector<double> RowEvaluator::extraLogits(const ScalarProgram &program,
                                              Value queryPos) {
  SmallVector<ScalarArgument, 4> arguments;
  for (int64_t coordinate :
       {at.batch, at.head, at.query, positionAt(queryPos, at.query)})
    arguments.push_back(ScalarArgument::same(coordinate));
  unsigned count = program.numResults();
  SmallVector<double> logits(count), slack(count);
  ScalarProgram::Results results;
  for (unsigned i = 0; i < count; ++i) {
    results.value.push_back(&logits[i]);
    results.slack.push_back(&slack[i]);
  }
  program.run(scratch.state(program), 1, arguments, results);
  return logits;
}

void RowEvaluator::weigh(WeightsOpInterface op) {
  const OpData &data = interpreter.data(op);
  PairRow &scores = operandRow(op.getScores());
  PairRow &weights = row(op.getWeights());
  if (auto named = dyn_cast<NormalizeOp>(op.getOperation()))
    return namedWeights(named, scores, weights);
  if (data.share)
    return regionShares(*data.share, op.getQueryPos(), op.getKeyPos(), scores,
                        weights);
  if (!data.weight)
    return softmax(scores,
                   data.extra ? extraLogits(*data.extra, op.getQueryPos())
                              : SmallVector<double>(),
                   weights);
  regionWeights(*data.weight, op.getQueryPos(), op.getKeyPos(), scores,
                weights);
  finishPointwise(cast<WeightsOp>(op.getOperation()).getOverSum(), weights);
}

//===----------------------------------------------------------------------===//
// Weights scaled
//===----------------------------------------------------------------------===//

/// weight_j *= f(...)
void RowEvaluator::gate(const ScalarProgram &program, Value queryPos,
                        Value keyPos, PairRow &weights) {
  double value[kBlock], slack[kBlock];
  int64_t keys = weights.value.size();
  for (int64_t first = 0; first < keys; first += kBlock) {
    int64_t count = std::min(kBlock, keys - first);
    SmallVector<ScalarArgument, 8> arguments;
    pairArguments(queryPos, keyPos, first, arguments);
    ScalarProgram::Results results;
    results.value = {value};
    results.slack = {slack};
    program.run(scratch.state(program), count, arguments, results);
    for (int64_t i = 0; i < count; ++i)
      scaleWeight(weights, first + i, value[i], slack[i]);
  }
}

void RowEvaluator::scaleWeight(PairRow &weights, int64_t key, double factor,
                               double slack) {
  double &weight = weights.value[key], &bound = weights.slack[key];
  if (!weights.visible.empty() && !weights.visible[key]) {
    weight = bound = 0; // whatever the factor
    return;
  }
  bound = bound * std::fabs(factor) +
          std::fabs(weight) * (slack + std::fabs(factor));
  bool underflows = weight != 0 && factor != 0;
  weight *= factor;
  if (underflows && weight == 0)
    weight = std::copysign(kUnderflow, factor);
}

void RowEvaluator::scaleWeights(ScaleWeightsOp op) {
  PairRow &result = row(op.getResult());
  copyWeights(operandRow(op.getWeights()), result);
  gate(*interpreter.data(op).gate, op.getQueryPos(), op.getKeyPos(), result);
}

void RowEvaluator::copyWeights(const PairRow &from, PairRow &to) {
  std::vector<uint8_t> needed = std::move(to.needed);
  to = from;
  to.needed = std::move(needed);
}

/// Word 0 of Philox-2x32 with 7 rounds.
static uint32_t philox(uint32_t counter0, uint32_t counter1, uint32_t key) {
  for (int round = 0; round < 7; ++round) {
    uint64_t product = uint64_t(counter0) * 0xD256D193u;
    counter0 = uint32_t(product >> 32) ^ key ^ counter1;
    counter1 = uint32_t(product);
    key += 0x9E3779B9u;
  }
  return counter0;
}

void RowEvaluator::dropout(DropoutOp op) {
  PairRow &result = row(op.getResult());
  copyWeights(operandRow(op.getWeights()), result);
  const RealTensor &seed = interpreter.get(op.getSeed());
  double drop = interpreter.get(op.getProbability()).value[0];
  drop = std::isnan(drop) ? 1 : std::min(std::max(drop, 0.0), 1.0);
  uint32_t key =
      philox(uint32_t(at.batch), uint32_t(at.head), uint32_t(seed.integer[0]));
  for (size_t j = 0; j < result.value.size(); ++j) {
    uint32_t word = philox(uint32_t(j), uint32_t(at.query), key);
    bool isKept = double(word >> 8) * 0x1p-24 >= drop && drop < 1;
    double factor = isKept ? 1 / (1 - drop) : 0;
    scaleWeight(result, j, factor, 3 * factor);
  }
}

//===----------------------------------------------------------------------===//
// The sum
//===----------------------------------------------------------------------===//

/// output_c = sum_j weight_j value_jc. What the row does not see contributes
/// nothing, whatever the value holds.
void RowEvaluator::weightedSum(const PairRow &weights, const RealTensor &values,
                               int64_t heads, const OpData &data, HostType type,
                               bool rounds, SumRow result) {
  int64_t keys = values.extent(2), channels = values.extent(3);
  int64_t head = at.head * values.extent(1) / heads;
  std::fill_n(result.value, channels, 0.0);
  std::fill_n(result.magnitude, channels, 0.0);
  std::fill_n(result.bound, channels, 0.0); // what operands bring along
  for (int64_t j = 0; j < keys; ++j) {
    double weight = weights.value[j], slack = weights.slack[j];
    if (!weights.visible.empty() && !weights.visible[j])
      continue;
    if (std::fabs(weight) <= kUnderflow && slack <= 0x1p-1000 &&
        data.finiteValues)
      continue;
    const double *v = values.row(at.batch, head, j);
    double size = std::fabs(weight);
    for (int64_t c = 0; c < channels; ++c) {
      result.value[c] += weight * v[c];
      result.magnitude[c] += size * std::fabs(v[c]);
    }
    if (const double *valueSlack = values.rowSlack(at.batch, head, j))
      for (int64_t c = 0; c < channels; ++c)
        result.bound[c] += size * valueSlack[c];
    // Of a softmax, A counts its row's error of scores; a weight that is
    // negligible may have more, and be all there is where other values are 0.
    if (weights.isSoftmax)
      slack -= size * (16 + 2 * weights.scoreError / kUnit);
    if (slack > 0)
      for (int64_t c = 0; c < channels; ++c)
        result.bound[c] += slack * std::fabs(v[c]);
  }
  if (rounds)
    for (int64_t c = 0; c < channels; ++c)
      result.bound[c] += kBF16Weight * result.magnitude[c];
  // Long sums drift where each step rounds the same way, as of equal numbers.
  const double drift = std::max(0.0, keys / 8.0 - 16);
  // exp2 of a kernel may stop at the least normal float.
  double floor = keys * data.largestValue * 0x1p-126;
  for (int64_t c = 0; c < channels; ++c)
    result.bound[c] = (result.bound[c] + drift * result.magnitude[c]) * kUnit +
                      floor +
                      elementBound(type, result.magnitude[c], result.value[c],
                                   weights.isSoftmax ? weights.scoreError : 0.0,
                                   data.largestValue);
}
