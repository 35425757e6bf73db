//===- Merge.cpp - Attention over the union of sets of keys ---------------===//

#include "dialect/Attn/Reference/Bound.h"
#include "dialect/Attn/Reference/Interpreter.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace sextant::attn;

/// Roundings of a weight: of the difference, the exponential and the quotient.
static constexpr double kWeightRoundings = 8;

static double storedSlack(const RealTensor &tensor, int64_t place) {
  return tensor.isExact() ? 0.0 : tensor.slack[place];
}

/// log sum exp, the largest taken out; NaN where a number is NaN or +inf.
static double logSumExp(ArrayRef<double> numbers) {
  double largest = -std::numeric_limits<double>::infinity();
  for (double number : numbers) {
    if (std::isnan(number))
      return number;
    largest = std::max(largest, number);
  }
  if (std::isinf(largest))
    return largest < 0 ? largest : std::nan("");
  double sum = 0;
  for (double number : numbers)
    sum += std::exp(number - largest);
  return largest + std::log(sum);
}

void sextant::attn::evaluateMerge(const Interpreter &interpreter, MergeOp op,
                                  RealTensor &result, RealTensor &lse) {
  result.shape = interpreter.shapeOf(op.getResult());
  lse.shape = interpreter.shapeOf(op.getLse());
  int64_t rows = lse.numElements(), channels = result.shape.back();
  size_t parts = op.getOutputs().size();
  for (int64_t row = 0; row < rows; ++row) {
    SmallVector<double> numbers, weights, slacks;
    SmallVector<bool> areEmpty;
    for (Value part : op.getLses())
      numbers.push_back(interpreter.get(part).value[row]);
    double whole = logSumExp(numbers), wholeSlack = kWeightRoundings;
    for (size_t p = 0; p < parts; ++p) {
      const bool empty = std::isinf(numbers[p]) && numbers[p] < 0;
      areEmpty.push_back(empty);
      weights.push_back(empty ? 0.0 : std::exp(numbers[p] - whole));
      // The exponent is rounded like the numbers it comes from.
      double own = empty ? 0.0
                         : storedSlack(interpreter.get(op.getLses()[p]), row) +
                               std::fabs(numbers[p]) + std::fabs(whole);
      slacks.push_back(own + kWeightRoundings);
      wholeSlack += weights[p] * own;
    }
    lse.value.push_back(whole);
    lse.slack.push_back(wholeSlack + std::fabs(whole));
    for (int64_t c = 0; c < channels; ++c) {
      double sum = std::isnan(whole) ? whole : 0, slack = 0;
      for (size_t p = 0; p < parts; ++p) {
        if (areEmpty[p])
          continue;
        const RealTensor &output = interpreter.get(op.getOutputs()[p]);
        double value = output.value[row * channels + c];
        sum += weights[p] * value;
        slack += weights[p] * (storedSlack(output, row * channels + c) +
                               std::fabs(value) * 2 * slacks[p]);
      }
      result.value.push_back(sum);
      result.slack.push_back(slack);
    }
  }
}
