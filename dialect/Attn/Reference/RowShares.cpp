//===- RowShares.cpp - Ordered weights of one query row -------------------===//

#include "dialect/Attn/Reference/Bound.h"
#include "dialect/Attn/Reference/RowEvaluator.h"

#include <cmath>

using namespace mlir;
using namespace sextant::attn;

/// What a product below the least normal float may be off by, in units.
static constexpr double kUnderflowSlack = 0x1p-126 / kUnit;

void RowEvaluator::regionShares(const ScalarProgram &program, Value queryPos,
                                Value keyPos, const PairRow &scores,
                                PairRow &weights) {
  keeps.value.resize(weights.value.size());
  keeps.slack.resize(weights.value.size());
  runOnScores(program, queryPos, keyPos, scores, weights.visible,
              {&weights, &keeps});
  finishOrdered(weights);
}

void RowEvaluator::namedShares(NormalizeOp op, const PairRow &scores,
                               const PairCoordinates &row, PairRow &weights) {
  auto read = [&](int64_t place, ArrayRef<int64_t> indices) {
    return readCapture(interpreter, op.getParameters(), place, indices);
  };
  PairCoordinates pair = row;
  int64_t keys = weights.value.size();
  keeps.value.resize(keys);
  keeps.slack.resize(keys);
  for (int64_t j = 0; j < keys; ++j) {
    if (!weights.visible[j])
      continue;
    pair.keyIndex = j;
    pair.keyPos = positionAt(op.getKeyPos(), j);
    KeyShare share = op.getNormalizer().evaluateShare(
        pair, read, scores.value[j], scores.slack[j]);
    weights.value[j] = share.take;
    weights.slack[j] = share.takeSlack;
    keeps.value[j] = share.keep;
    keeps.slack[j] = share.keepSlack;
  }
  finishOrdered(weights);
}

/// weight_j = take_j prod_{t > j} keep_t. The weights hold the takes; a product
/// of n factors takes n roundings, however it is grouped. A keep that is NaN
/// makes the row NaN, also that of the first key.
void RowEvaluator::finishOrdered(PairRow &weights) {
  weights.isSoftmax = false;
  double left = 1, slack = 0;
  for (size_t j = weights.value.size(); j-- > 0;) {
    double &weight = weights.value[j], &bound = weights.slack[j];
    if (!weights.visible[j]) {
      weight = bound = 0;
      continue;
    }
    bound = bound * std::fabs(left) + std::fabs(weight) * slack;
    weight *= left;
    bound += std::fabs(weight);
    double keep = keeps.value[j];
    slack = slack * std::fabs(keep) + std::fabs(left) * keeps.slack[j];
    left *= keep;
    slack += std::fabs(left) + kUnderflowSlack;
  }
  if (std::isnan(left))
    for (size_t j = 0; j < weights.value.size(); ++j)
      if (weights.visible[j])
        weights.value[j] = NAN;
  weights.remainder = left;
  weights.remainderSlack = slack;
}
