//===- Rational.cpp - Exact rational numbers ------------------------------===//
//
// Arithmetic on reduced fractions of overflow-free integers.
//
//===----------------------------------------------------------------------===//

#include "compiler/AttnToFused/Algebra/Rational.h"

#include "llvm/Support/raw_ostream.h"

#include <cmath>

using namespace sextant::algebra;
using llvm::DynamicAPInt;

Rational::Rational(DynamicAPInt num, DynamicAPInt den)
    : numerator(std::move(num)), denominator(std::move(den)) {
  if (denominator < 0) {
    numerator = -numerator;
    denominator = -denominator;
  }
  if (denominator == 1)
    return;
  DynamicAPInt common = llvm::gcd(llvm::abs(numerator), denominator);
  if (common != 1) {
    numerator /= common;
    denominator /= common;
  }
}

/// 2^exponent as an integer.
static DynamicAPInt powerOfTwo(unsigned exponent) {
  return DynamicAPInt(llvm::APInt::getOneBitSet(exponent + 2, exponent));
}

std::optional<Rational> Rational::fromDouble(double value) {
  if (!std::isfinite(value))
    return std::nullopt;
  int exponent = 0;
  double fraction = std::frexp(value, &exponent);
  constexpr int mantissaBits = 53;
  auto mantissa = static_cast<int64_t>(std::ldexp(fraction, mantissaBits));
  exponent -= mantissaBits;
  DynamicAPInt whole(mantissa);
  if (exponent >= 0)
    return Rational(whole * powerOfTwo(exponent), DynamicAPInt(1));
  return Rational(whole, powerOfTwo(-exponent));
}

bool Rational::isUnit() const {
  return denominator == 1 && (numerator == 1 || numerator == -1);
}

Rational Rational::operator-() const {
  Rational result = *this;
  result.numerator = -result.numerator;
  return result;
}

Rational Rational::operator+(const Rational &other) const {
  if (denominator == other.denominator)
    return Rational(numerator + other.numerator, denominator);
  return Rational(numerator * other.denominator + other.numerator * denominator,
                  denominator * other.denominator);
}

Rational Rational::operator-(const Rational &other) const {
  return *this + -other;
}

Rational Rational::operator*(const Rational &other) const {
  return Rational(numerator * other.numerator, denominator * other.denominator);
}

Rational Rational::operator/(const Rational &other) const {
  return Rational(numerator * other.denominator, denominator * other.numerator);
}

bool Rational::operator==(const Rational &other) const {
  return numerator == other.numerator && denominator == other.denominator;
}

bool Rational::operator<(const Rational &other) const {
  return numerator * other.denominator < other.numerator * denominator;
}

/// value = mantissa * 2^exponent, truncated to at least 54 bits.
static double mantissaOf(DynamicAPInt value, int &exponent) {
  exponent = 0;
  const DynamicAPInt limit(int64_t(1) << 62), limb(int64_t(1) << 8);
  while (llvm::abs(value) >= limit) {
    value /= limb;
    exponent += 8;
  }
  return static_cast<double>(static_cast<int64_t>(value));
}

double Rational::toDouble() const {
  int up = 0, down = 0;
  double top = mantissaOf(numerator, up);
  double bottom = mantissaOf(denominator, down);
  return std::ldexp(top / bottom, up - down);
}

void Rational::print(llvm::raw_ostream &os) const {
  os << numerator;
  if (denominator != 1)
    os << '/' << denominator;
}

Rational sextant::algebra::abs(const Rational &value) {
  return value.isNegative() ? -value : value;
}

Rational sextant::algebra::gcd(const Rational &a, const Rational &b) {
  return Rational(
      llvm::gcd(llvm::abs(a.getNumerator()), llvm::abs(b.getNumerator())),
      llvm::lcm(a.getDenominator(), b.getDenominator()));
}

llvm::raw_ostream &sextant::algebra::operator<<(llvm::raw_ostream &os,
                                                const Rational &value) {
  value.print(os);
  return os;
}
