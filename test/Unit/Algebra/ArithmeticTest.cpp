//===- ArithmeticTest.cpp - Rationals, polynomials, harmonics -------------===//
//
// The exact arithmetic beneath the separation.
//
//===----------------------------------------------------------------------===//

#include "compiler/AttnToFused/Algebra/Echelon.h"
#include "compiler/AttnToFused/Algebra/Harmonics.h"
#include "compiler/AttnToFused/Algebra/Printer.h"

#include "llvm/Support/raw_ostream.h"

#include "gtest/gtest.h"

#include <cmath>
#include <limits>

using namespace sextant::algebra;

namespace {
std::string text(const Rational &value) {
  std::string result;
  llvm::raw_string_ostream(result) << value;
  return result;
}

Rational fraction(int64_t numerator, int64_t denominator) {
  return Rational(llvm::DynamicAPInt(numerator),
                  llvm::DynamicAPInt(denominator));
}

TEST(Rational, ReducesAndKeepsThePositiveDenominator) {
  EXPECT_EQ(text(fraction(6, -4)), "-3/2");
  EXPECT_EQ(text(fraction(0, -7)), "0");
  EXPECT_EQ(fraction(1, 2) + fraction(1, 3), fraction(5, 6));
  EXPECT_EQ(fraction(1, 2) / fraction(-1, 4), Rational(-2));
  EXPECT_LT(fraction(-1, 2), fraction(1, 3));
  EXPECT_EQ(gcd(fraction(2, 3), fraction(4, 5)), fraction(2, 15));
}

TEST(Rational, MovesToBigIntegersInsteadOfOverflowing) {
  Rational big(std::numeric_limits<int64_t>::max());
  EXPECT_EQ(text(big * big), "85070591730234615847396907784232501249");
  EXPECT_EQ(big * big / big, big);
  EXPECT_EQ(text(big + Rational(1)), "9223372036854775808");
  Rational small(std::numeric_limits<int64_t>::min());
  EXPECT_EQ(text(-small), "9223372036854775808");
  EXPECT_EQ(text(small / Rational(-1)), "9223372036854775808");
}

TEST(Rational, TakesFloatsExactly) {
  EXPECT_EQ(*Rational::fromDouble(0.375), fraction(3, 8));
  EXPECT_EQ(text(*Rational::fromDouble(0.1)),
            "3602879701896397/36028797018963968");
  for (double value : {0.0, 1e300, -1e-300, 5e-324, 1.0 / 3,
                       std::numeric_limits<double>::max()})
    EXPECT_EQ(Rational::fromDouble(value)->toDouble(), value);
  EXPECT_FALSE(Rational::fromDouble(INFINITY).has_value());
  EXPECT_FALSE(Rational::fromDouble(NAN).has_value());
}

class Circles : public testing::Test {
protected:
  Polynomial input(Side side, const char *name) {
    return Polynomial(table.input(side, {name, nullptr, 0}, Value()));
  }
  Polynomial times(const Polynomial &left, const Polynomial &right) {
    return product(table, left, right);
  }
  AtomTable table;
  Symbol angle = table.declare(SymbolKind::Angle, nullptr, "");
  Polynomial c{table.circle(Side::Query, angle).first};
  Polynomial s{table.circle(Side::Query, angle).second};
};

TEST_F(Circles, SquaredSineIsReduced) {
  EXPECT_TRUE((times(c, c) + times(s, s)).isOne());
  Polynomial fourth = times(times(s, s), times(s, s));
  Polynomial cc = times(c, c);
  EXPECT_EQ(fourth,
            Polynomial(Rational(1)) - cc.scaled(Rational(2)) + times(cc, cc));
}

TEST_F(Circles, DifferentRowsAndAnglesAreDifferentCircles) {
  Polynomial other(table.circle(Side::Key, angle).second);
  EXPECT_EQ(times(s, other).size(), 1u);
  Symbol further = table.declare(SymbolKind::Angle, nullptr, "B");
  EXPECT_EQ(
      times(s, Polynomial(table.circle(Side::Query, further).second)).size(),
      1u);
}

TEST_F(Circles, HarmonicsAreMultipleAngles) {
  EXPECT_EQ(print(table, toHarmonics(table, times(s, c))), "1/2*s2m");
  EXPECT_EQ(print(table, toHarmonics(table, times(c, c))), "1/2 + 1/2*c2m");
  Polynomial cube = times(c, times(c, c));
  EXPECT_EQ(print(table, toHarmonics(table, cube)), "3/4*cm + 1/4*c3m");
  EXPECT_EQ(print(table, toHarmonics(table, times(s, times(c, c)))),
            "1/4*sm + 1/4*s3m");
}

TEST_F(Circles, EqualKeysAreOneAtom) {
  EXPECT_EQ(input(Side::Query, "x"), input(Side::Query, "x"));
  EXPECT_NE(input(Side::Query, "x"), input(Side::Key, "x"));
  Polynomial x = input(Side::Query, "x"), y = input(Side::Query, "y");
  OpaqueOp relu{"relu", nullptr, 0};
  EXPECT_EQ(table.opaque(Side::Query, relu, x + y, Value()),
            table.opaque(Side::Query, relu, y + x, Value()));
  EXPECT_NE(table.opaque(Side::Query, relu, x + y, Value()),
            table.opaque(Side::Query, relu, x - y, Value()));
  EXPECT_NE(table.opaque(Side::Query, relu, {x, y}, Value()),
            table.opaque(Side::Query, relu, {y, x}, Value()));
}

TEST(Echelon, SolvesInASpan) {
  AtomTable table;
  Polynomial x(table.input(Side::Query, {"x", nullptr, 0}, Value()));
  Polynomial y(table.input(Side::Query, {"y", nullptr, 0}, Value()));
  auto solution = solveInSpan(x.scaled(Rational(3)) - y, {x + y, x - y});
  ASSERT_TRUE(solution.has_value());
  EXPECT_EQ((*solution)[0], Rational(1));
  EXPECT_EQ((*solution)[1], Rational(2));
  EXPECT_FALSE(solveInSpan(x, {x + y}).has_value());
}
} // namespace
