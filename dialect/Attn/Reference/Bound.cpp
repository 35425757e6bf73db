//===- Bound.cpp - The gates, and the comparison under them ---------------===//

#include "dialect/Attn/Reference/Bound.h"

#include <algorithm>
#include <cmath>

using namespace mlir;
using namespace sextant::attn;

double sextant::attn::storageUnit(HostType type) {
  switch (type) {
  case HostType::F16:
    return 0x1p-11;
  case HostType::BF16:
    return 0x1p-8;
  default:
    return kUnit;
  }
}

double sextant::attn::roundingError(HostType type, double value) {
  // Below the least normal number the error is half a step of the numbers.
  double least = type == HostType::F16    ? 0x1p-25
                 : type == HostType::BF16 ? 0x1p-134
                                          : 0x1p-150;
  return storageUnit(type) * std::fabs(value) + least;
}

/// `error` of a number near `value` once it is stored.
static double stored(HostType type, double value, double error) {
  if (type != HostType::F16 && type != HostType::BF16)
    return error;
  return error + roundingError(type, std::fabs(value) + error);
}

double sextant::attn::elementBound(HostType type, double magnitude,
                                   double value, double scoreError,
                                   double largest) {
  double byScores = 2 * magnitude * std::min(1.0, scoreError);
  double size = std::fabs(value);
  // Beyond the first order another key may have all of the weight.
  if (scoreError > 0.5)
    byScores = std::max(byScores, size + largest);
  // Products and sums below the least normal number are steps of it.
  double error = kUnit * (16 * magnitude + 2 * size) + byScores + 0x1p-126;
  return stored(type, value, error);
}

double sextant::attn::lseBound(double value, double scoreError) {
  return 1e-5 * std::max(1.0, std::fabs(value)) + scoreError;
}

double sextant::attn::rowBound(HostType type, double value, double slack) {
  // Twice the slack: it is first order, and counts one order of operations.
  double error = kUnit * std::fabs(value) + 2 * kUnit * slack + 0x1p-126;
  return stored(type, value, error);
}

int64_t ReferenceOutput::placeOf(int64_t index) const {
  if (allRows)
    return index;
  const RowIndex &row = rows[index / rowElements];
  return ((row.batch * shape[1] + row.head) * shape[2] + row.query) *
             rowElements +
         index % rowElements;
}

/// What rounds to infinity: the largest number and half a step.
static double overflowOf(HostType type) {
  switch (type) {
  case HostType::F16:
    return 65520;
  case HostType::BF16:
    return 0x1.ffp127;
  case HostType::F32:
    return 0x1.ffffffp127;
  default:
    return INFINITY;
  }
}

/// Where the terms of a sum are more than f32 holds, what it adds up in f32 may
/// overflow on the way, in either direction or in both: the bound is at least
/// 16 u times their sum.
static constexpr double kLostSums = 16 * kUnit * 0x1p128;

/// G0: NaN meets NaN, an infinity the same infinity, or a number that the type
/// cannot hold.
static bool nonFiniteAgree(HostType type, double actual, double expected,
                           double bound) {
  if (std::isfinite(expected) && bound >= kLostSums)
    return true;
  if (std::isnan(expected) || std::isnan(actual))
    return std::isnan(expected) && std::isnan(actual);
  if (std::isinf(actual) && std::fabs(expected) + bound >= overflowOf(type))
    return std::signbit(actual) == std::signbit(expected);
  return actual == expected;
}

FailureOr<Comparison> sextant::attn::compare(const ReferenceOutput &reference,
                                             const HostTensor &actual,
                                             std::string &error) {
  if (actual.type != reference.type ||
      ArrayRef(actual.shape) != ArrayRef(reference.shape)) {
    error = "expected a result of type " + nameOf(reference.type).str() +
            " and extents " + shapeText(reference.shape) + ", got " +
            nameOf(actual.type).str() + " and " + shapeText(actual.shape);
    return failure();
  }
  Comparison result;
  result.elements = reference.value.size();
  int64_t zeros = 0;
  bool constant = true;
  double first = 0;
  for (int64_t i = 0; i < result.elements; ++i) {
    int64_t place = reference.placeOf(i);
    double expected = reference.value[i], bound = reference.bound[i];
    double found = actual.readReal(place);
    if (i == 0)
      first = found;
    zeros += found == 0;
    constant &= found == first;
    double ratio;
    if (!std::isfinite(expected) || !std::isfinite(found)) {
      bool agree = nonFiniteAgree(actual.type, found, expected, bound);
      result.mismatches += !agree;
      ratio = agree ? 0 : INFINITY;
    } else {
      double distance = std::fabs(found - expected);
      result.maxError = std::max(result.maxError, distance);
      // A bound of 0 asks for the same number; a bound that is NaN as well.
      ratio = distance == 0 ? 0 : bound > 0 ? distance / bound : INFINITY;
    }
    if (result.worstPlace < 0 || ratio > result.worstRatio) {
      result.worstRatio = ratio;
      result.worstPlace = place;
      result.worstActual = found;
      result.worstExpected = expected;
      result.worstBound = bound;
    }
  }
  result.mistrusted =
      result.elements > 1 && (constant || 10 * zeros > 9 * result.elements);
  return result;
}
