//===- RowScores.cpp - The scores of one query row, op by op --------------===//

#include "dialect/Attn/Reference/Bound.h"
#include "dialect/Attn/Reference/RowEvaluator.h"

#include <algorithm>
#include <cmath>

using namespace mlir;
using namespace sextant::attn;

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

/// What rounding the features of a score to bf16 adds to its slack. Features
/// are other numbers than the channels of the rows, whose products they add up
/// to; the lengths of the rows bound them too, for turning pairs of channels,
/// or moving a factor from one side to the other, leaves lengths as they are.
static double roundedFactors(Lanes query, Lanes key, int64_t channels) {
  double querySquares = 0, keySquares = 0;
  for (int64_t c = 0; c < channels; ++c) {
    querySquares += query.value[c] * query.value[c];
    keySquares += key.value[c] * key.value[c];
  }
  return kBF16Factors * std::sqrt(querySquares) * std::sqrt(keySquares);
}

/// score_ij = scale * sum_c query_ic key_ijc
void RowEvaluator::scores(ScoresOp op) {
  const RealTensor &query = interpreter.get(op.getQuery());
  const RealTensor *key = interpreter.find(op.getKey());
  int64_t heads = query.extent(1), channels = query.extent(3);
  double scale = op.getScale().convertToDouble();
  Lanes q = {query.row(at.batch, at.head, at.query),
             query.rowSlack(at.batch, at.head, at.query)};
  bool rounds = interpreter.roundsFactors(op.getQuery(), op.getKey());
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
      if (rounds)
        dot.slack += roundedFactors(q, k, channels);
      result.value[first + j] = scale * dot.value;
      result.slack[first + j] = scale * dot.slack;
    }
  });
}

/// score_ij = scale * (R(d w) query_i) . key_j, pair by pair: turning a row by
/// d w is multiplying its pairs, as complex numbers, by exp(i d w).
void RowEvaluator::rotaryScores(RotaryScoresOp op) {
  const RealTensor &query = interpreter.get(op.getQuery());
  const RealTensor &key = interpreter.get(op.getKey());
  DistanceAttrInterface distance = op.getDistance();
  RotaryAttrInterface rotation = distance.getRotation();
  int64_t channels = query.extent(3);
  int64_t width = rotation.getRotaryWidth(channels), pairs = width / 2;
  double scale = op.getScale().convertToDouble();
  Lanes q = {query.row(at.batch, at.head, at.query),
             query.rowSlack(at.batch, at.head, at.query)};
  int64_t keyHead = at.head * key.extent(1) / query.extent(1);
  int64_t queryPos = positionAt(op.getQueryPos(), at.query);
  bool rounds = interpreter.roundsFactors(op.getQuery(), op.getKey());
  PairRow &result = row(op.getResult());
  forBlocks(result, result.value.size(), [&](int64_t first, int64_t count) {
    for (int64_t j = first; j < first + count; ++j) {
      Lanes k = {key.row(at.batch, keyHead, j),
                 key.rowSlack(at.batch, keyHead, j)};
      double d =
          distance.evaluateDistance(queryPos, positionAt(op.getKeyPos(), j));
      std::vector<double> &turn = turns[{op, d}];
      if (turn.empty() && pairs > 0)
        for (int64_t pair = 0; pair < pairs; ++pair) {
          double angle = d * rotation.evaluateFrequency(pair, width, 0);
          turn.push_back(std::cos(angle));
          turn.push_back(std::sin(angle));
        }
      double value = 0, slack = 0;
      for (int64_t pair = 0; pair < pairs; ++pair) {
        auto [a, b] = members(rotation.getPairLayout(), pair, pairs);
        double c = turn[2 * pair], s = turn[2 * pair + 1];
        value += (q.value[a] * c - q.value[b] * s) * k.value[a] +
                 (q.value[b] * c + q.value[a] * s) * k.value[b];
        double length = std::hypot(q.value[a], q.value[b]);
        double keyLength = std::hypot(k.value[a], k.value[b]);
        // Both rows are turned, to kTurnRoundings each.
        slack += (kDotRoundings + 2 * kTurnRoundings) * length * keyLength +
                 (slackAt(q, a) + slackAt(q, b)) * keyLength +
                 (slackAt(k, a) + slackAt(k, b)) * length;
      }
      for (int64_t c = width; c < channels; ++c) {
        double term = q.value[c] * k.value[c];
        value += term;
        slack += kDotRoundings * std::fabs(term) +
                 slackAt(q, c) * std::fabs(k.value[c]) +
                 slackAt(k, c) * std::fabs(q.value[c]);
      }
      if (rounds)
        slack += roundedFactors(q, k, channels);
      result.value[j] = scale * value;
      result.slack[j] = scale * slack;
    }
  });
}

/// result = condition ? first : second
void RowEvaluator::selectScores(SelectScoresOp op) {
  const ScalarProgram &program = *interpreter.data(op).body;
  PairRow &yes = operandRow(op.getFirst()), &no = operandRow(op.getSecond());
  PairRow &result = row(op.getResult());
  predicate.resize(kBlock);
  forBlocks(result, result.value.size(), [&](int64_t first, int64_t count) {
    SmallVector<ScalarArgument, 8> arguments;
    pairArguments(op.getQueryPos(), op.getKeyPos(), first, arguments);
    ScalarProgram::Results results;
    results.integer = {predicate.data()};
    program.run(scratch.state(program), count, arguments, results);
    for (int64_t j = 0; j < count; ++j) {
      const PairRow &taken = predicate[j] ? yes : no;
      result.value[first + j] = taken.value[first + j];
      result.slack[first + j] = taken.slack[first + j];
    }
  });
}

/// What a bias makes of the slack of the captured tensors: for each element
/// that it reads, the slack times the derivative, as a difference quotient.
static double slackOfReads(const Interpreter &interpreter, BiasOp op,
                           const PairCoordinates &at, double bias) {
  constexpr double kUnit = 0x1p-24;
  double sum = 0;
  for (int64_t moved = 0, reads = 1; moved < reads; ++moved) {
    double slack = 0;
    reads = 0;
    auto read = [&](int64_t place, ArrayRef<int64_t> indices) {
      double own;
      double value =
          readCapture(interpreter, op.getCaptures(), place, indices, &own);
      if (reads++ != moved)
        return value;
      slack = own;
      return value + kUnit * own;
    };
    double other = op.getBias().evaluate(at, read);
    if (slack != 0 && std::isfinite(bias))
      sum += std::fabs(other - bias) / kUnit;
  }
  return sum;
}

/// result = score + bias; the bias itself is a short f32 computation.
void RowEvaluator::bias(BiasOp op) {
  PairRow &scores = operandRow(op.getScores());
  PairRow &result = row(op.getResult());
  auto read = [&](int64_t place, ArrayRef<int64_t> indices) {
    return readCapture(interpreter, op.getCaptures(), place, indices);
  };
  bool exact = llvm::all_of(op.getCaptures(), [&](Value capture) {
    return interpreter.get(capture).isExact();
  });
  PairCoordinates pair =
      coordinates(interpreter.data(op).extents, op.getQueryPos());
  forBlocks(result, result.value.size(), [&](int64_t first, int64_t count) {
    for (int64_t j = first; j < first + count; ++j) {
      pair.keyIndex = j;
      pair.keyPos = positionAt(op.getKeyPos(), j);
      double bias = op.getBias().evaluate(pair, read);
      result.value[j] = scores.value[j] + bias;
      result.slack[j] = scores.slack[j] +
                        op.getBias().boundSlack(pair, read, bias) +
                        std::fabs(result.value[j]);
      if (!exact)
        result.slack[j] += slackOfReads(interpreter, op, pair, bias);
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
      const double x = scores.value[j] / cap;
      const double slack = scores.slack[j] + std::fabs(scores.value[j]);
      const double steepest = std::tanh(nearestToZero(x, slack / cap));
      // tanh is within 4 ulp, 8 units.
      result.value[j] = cap * std::tanh(x);
      result.slack[j] =
          (1 - steepest * steepest) * slack + 10 * std::fabs(result.value[j]);
    }
  });
}

//===----------------------------------------------------------------------===//
// The fused form
//===----------------------------------------------------------------------===//

/// s_ij = score(E_0 . F_0, E_1 . F_1, ...), then the normalizer and the gate.
void RowEvaluator::fused(FusedOp op) {
  const OpData &data = interpreter.data(op);
  const bool rounds = op.getBf16Features() && interpreter.roundsProducts();
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
        Lanes key = {f.row(at.batch, head, j), f.rowSlack(at.batch, head, j)};
        Contraction dot = contract(query, key, e.extent(3));
        if (rounds)
          dot.slack += roundedFactors(query, key, e.extent(3));
        dots.value[j] = dot.value;
        dots.slack[j] = dot.slack;
      }
    });
  }
  auto finish = [&](const PairRow &scores) {
    if (data.share) {
      regionShares(*data.share, op.getQueryPos(), op.getKeyPos(), scores,
                   result);
    } else if (data.weight) {
      regionWeights(*data.weight, op.getQueryPos(), op.getKeyPos(), scores,
                    result);
      finishPointwise(op.getNormalizer().dividesBySum(), result);
    } else {
      softmax(scores,
              data.extra ? extraLogits(*data.extra, op.getQueryPos())
                         : SmallVector<double>(),
              result);
    }
    if (data.gate)
      gate(*data.gate, op.getQueryPos(), op.getKeyPos(), result);
  };
  if (!data.body)
    return finish(termRows[0]);
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
  finish(scores);
}
