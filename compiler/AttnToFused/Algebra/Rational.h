//===- Rational.h - Exact rational numbers ----------------------*- C++ -*-===//
//
// Exact rationals, the coefficients of every polynomial of the algebra.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_RATIONAL_H
#define SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_RATIONAL_H

#include "llvm/ADT/DynamicAPInt.h"

#include <optional>

namespace llvm {
class raw_ostream;
} // namespace llvm

namespace sextant::algebra {

/// A reduced fraction with a positive denominator. Numerator and denominator
/// live in 64 bits and move to big integers when an operation overflows, so
/// no operation is ever inexact.
class Rational {
public:
  Rational(int64_t value = 0) : numerator(value), denominator(1) {}
  /// The reduced fraction; `denominator` must not be zero.
  Rational(llvm::DynamicAPInt numerator, llvm::DynamicAPInt denominator);

  /// The exact value of a binary float; nothing for NaN and infinities.
  static std::optional<Rational> fromDouble(double value);

  const llvm::DynamicAPInt &getNumerator() const { return numerator; }
  const llvm::DynamicAPInt &getDenominator() const { return denominator; }

  bool isZero() const { return numerator == 0; }
  bool isOne() const { return numerator == 1 && denominator == 1; }
  bool isNegative() const { return numerator < 0; }
  /// True for 1 and -1.
  bool isUnit() const;

  Rational operator-() const;
  Rational operator+(const Rational &other) const;
  Rational operator-(const Rational &other) const;
  Rational operator*(const Rational &other) const;
  /// `other` must not be zero.
  Rational operator/(const Rational &other) const;
  Rational &operator+=(const Rational &other) { return *this = *this + other; }

  bool operator==(const Rational &other) const;
  bool operator!=(const Rational &other) const { return !(*this == other); }
  bool operator<(const Rational &other) const;

  /// The nearest double, up to one rounding of each part when a part needs
  /// more than 53 bits.
  double toDouble() const;
  void print(llvm::raw_ostream &os) const;

private:
  llvm::DynamicAPInt numerator, denominator;
};

Rational abs(const Rational &value);
/// gcd of the numerators over lcm of the denominators: the largest rational
/// that divides both into integers. gcd(0, x) = |x|.
Rational gcd(const Rational &a, const Rational &b);
llvm::raw_ostream &operator<<(llvm::raw_ostream &os, const Rational &value);

} // namespace sextant::algebra

#endif // SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_RATIONAL_H
