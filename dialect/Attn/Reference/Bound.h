//===- Bound.h - How far a kernel may be from the reference -----*- C++ -*-===//
//
// The gates G0 (finite), G1 (elements), G5 (log-sum-exp) and G14 (mistrust).
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_DIALECT_ATTN_REFERENCE_BOUND_H
#define SEXTANT_DIALECT_ATTN_REFERENCE_BOUND_H

#include "dialect/Attn/Reference/Reference.h"
#include <algorithm>
#include <cmath>

namespace sextant::attn {

/// The unit of the slack: the unit roundoff of f32.
inline constexpr double kUnit = 1.0 / (1 << 24);
/// Roundings of a dot product of exact operands, per |term|.
inline constexpr double kDotRoundings = 3;
/// Error of a cosine or sine (2^-22), in units.
inline constexpr double kPhaseSlack = 4;
/// Error of a row that was turned by such angles, in units of the length of its
/// pair: on each side of a dot product sqrt(2) (sqrt(2) kPhaseSlack + 2).
inline constexpr double kTurnRoundings = 11;

/// Errors of what may be rounded to bf16 before it is multiplied, in units:
/// both factors of a score's products, and the weight of a value.
inline constexpr double kBF16Factors = (2 * 0x1p-8 + 0x1p-16) / kUnit;
inline constexpr double kBF16Weight = 0x1p-8 / kUnit;

/// The number nearest to 0 that `value` may be, with a slack of so many units:
/// where a function that levels off on both sides of 0 is steepest.
inline double nearestToZero(double value, double slack) {
  return std::max(std::fabs(value) - slack * kUnit, 0.0);
}

/// u of the storage type as the gates use it.
double storageUnit(HostType type);

/// Largest error of rounding `value` to `type`.
double roundingError(HostType type, double value);

/// G1: an element of a weighted sum; `magnitude` is A, `scoreError` is ds and
/// `largest` the largest |value| of any key.
double elementBound(HostType type, double magnitude, double value,
                    double scoreError, double largest);
/// G5: a log-sum-exp.
double lseBound(double value, double scoreError);
/// An element of a row map, a score or a weight, from its slack.
double rowBound(HostType type, double value, double slack);

struct Comparison {
  int64_t elements = 0;
  /// The largest |kernel - reference| over elements where both are finite.
  double maxError = 0;
  /// The largest error / bound, infinite for a mismatch of NaN or infinity.
  double worstRatio = 0;
  /// Row-major place of the worst element, its two values and its bound.
  int64_t worstPlace = -1;
  double worstActual = 0, worstExpected = 0, worstBound = 0;
  /// G0: elements that are NaN or infinite on one side only or differently.
  int64_t mismatches = 0;
  /// G14: more than 90 % zeros, or one value everywhere. Such a result says
  /// little; a suite refuses the case, whether it passes or not.
  bool mistrusted = false;

  bool passes() const { return mismatches == 0 && worstRatio <= 1; }
};

/// Compares a kernel's result with the reference. `actual` is the whole tensor;
/// with a row selection only the selected rows are compared. Fails, with
/// `error` set, if the shapes or the types differ.
mlir::FailureOr<Comparison> compare(const ReferenceOutput &reference,
                                    const HostTensor &actual,
                                    std::string &error);

} // namespace sextant::attn

#endif // SEXTANT_DIALECT_ATTN_REFERENCE_BOUND_H
