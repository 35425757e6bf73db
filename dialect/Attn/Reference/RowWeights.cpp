//===- RowWeights.cpp - Softmax and weighted sum of one query row ---------===//

#include "dialect/Attn/Reference/Bound.h"
#include "dialect/Attn/Reference/RowEvaluator.h"

#include <algorithm>
#include <cmath>

using namespace mlir;
using namespace sextant::attn;

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
  }
  // ds is the largest error of a score that can matter: 40 below the largest a
  // weight is under 2^-57, however wrong (a score of finfo.min has an enormous
  // error and no weight).
  constexpr double kNegligible = 40;
  for (int64_t j = 0; j < keys; ++j)
    if (weights.visible[j] && scores.slack[j] > error &&
        scores.value[j] + scores.slack[j] * kUnit >= largest - kNegligible)
      error = scores.slack[j];
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
