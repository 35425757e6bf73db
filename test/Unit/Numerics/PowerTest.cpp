//===- PowerTest.cpp - Powers, and the functions in f64 -------------------===//

#include "MathLibrary.h"

#include <cmath>
#include <gtest/gtest.h>
#include <random>

using namespace sextant::test;

namespace {
/// Largest error in units of f64's last place; the results are normal numbers.
struct Worst {
  double error = 0, where = 0;
  void add(double x, double result, long double exact) {
    double unit = std::ldexp(1.0, std::ilogb(double(exact)) - 52);
    double now = exact == 0 ? std::fabs(result) * 0x1p1022
                            : double(std::fabs(result - exact)) / unit;
    if (!(now <= error)) {
      error = now;
      where = x;
    }
  }
};
} // namespace

TEST(Power, IsRoundedOnce) {
  std::vector<float> x, y;
  std::mt19937 random(3);
  std::uniform_real_distribution<double> exponent(-126, 127), power(-8, 8);
  for (int i = 0; i < 1 << 19; ++i) {
    x.push_back(std::exp2(exponent(random)));
    y.push_back(i % 3 ? power(random) : std::nearbyint(4 * power(random)));
    if (i % 2 && y.back() == std::nearbyint(y.back()))
      x.back() = -x.back();
  }
  // Near 1, with large powers.
  for (int i = 0; i < 1 << 16; ++i) {
    x.push_back(1.0f + (i - (1 << 15)) * 0x1p-20f);
    y.push_back(1000.0f * power(random));
  }
  for (const MathLibrary &library : mathLibraries()) {
    std::vector<float> result = library.apply("pow", x, y);
    double worst = 0;
    size_t where = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      double error = ulpError(result[i], std::pow(double(x[i]), double(y[i])));
      if (!(error <= worst)) {
        worst = error;
        where = i;
      }
    }
    std::printf("pow %-14s %.4f ulp\n", library.name.c_str(), worst);
    EXPECT_LE(worst, 0.501)
        << library.name << " at " << x[where] << ", " << y[where];
  }
}

TEST(Power, SpecialValuesAreThoseOfC) {
  const float inf = INFINITY;
  std::vector<float> bases = {0.0f,  -0.0f, 1.0f, -1.0f, 0.5f,    -0.5f,   2.0f,
                              -2.0f, inf,   -inf, NAN,   3.0e38f, -3.0e38f};
  std::vector<float> powers = {0.0f, -0.0f, 1.0f, -1.0f, 2.0f,    -2.0f,
                               3.0f, -3.0f, 0.5f, -0.5f, 1.0e30f, -1.0e30f,
                               inf,  -inf,  NAN,  1.5f};
  for (const MathLibrary &library : mathLibraries())
    for (float base : bases) {
      std::vector<float> result =
          library.apply("pow", std::vector<float>(16, base), powers);
      for (size_t i = 0; i < powers.size(); ++i) {
        float expected = std::pow(double(base), double(powers[i]));
        bool same = std::isnan(expected)
                        ? std::isnan(result[i])
                        : result[i] == expected &&
                              std::signbit(result[i]) == std::signbit(expected);
        EXPECT_TRUE(same) << "pow(" << base << ", " << powers[i] << ") is "
                          << result[i] << ", expected " << expected << ", on "
                          << library.name;
      }
    }
}

TEST(Wide, ExponentialAndLogarithmAreWithinAFewUlp) {
  std::mt19937_64 random(5);
  std::uniform_real_distribution<double> any(-1020, 1023), small(-2, 2);
  std::vector<double> x, numbers;
  for (int i = 0; i < 1 << 18; ++i) {
    x.push_back(i % 2 ? any(random) : small(random));
    numbers.push_back(std::exp2(x.back()));
  }
  for (const MathLibrary &library : mathLibraries()) {
    Worst exponential, logarithm;
    std::vector<double> powers = library.apply("exp2_f64", x);
    std::vector<double> logs = library.apply("log2_f64", numbers);
    for (size_t i = 0; i < x.size(); ++i) {
      exponential.add(x[i], powers[i],
                      std::exp2(static_cast<long double>(x[i])));
      logarithm.add(numbers[i], logs[i],
                    std::log2(static_cast<long double>(numbers[i])));
    }
    std::printf("f64 %-14s exp2 %.3f ulp, log2 %.3f ulp\n",
                library.name.c_str(), exponential.error, logarithm.error);
    EXPECT_LE(exponential.error, 2.0) << library.name << exponential.where;
    EXPECT_LE(logarithm.error, 4.0) << library.name << logarithm.where;
  }
}

TEST(Wide, SpecialValues) {
  const double inf = INFINITY;
  for (const MathLibrary &library : mathLibraries()) {
    auto at = [&](const char *function, double x) {
      return library.apply(function, std::vector<double>(16, x))[3];
    };
    EXPECT_EQ(at("exp2_f64", 0), 1);
    EXPECT_EQ(at("exp2_f64", 1023), 0x1p1023);
    EXPECT_EQ(at("exp2_f64", 1024), inf);
    EXPECT_EQ(at("exp2_f64", inf), inf);
    EXPECT_EQ(at("exp2_f64", -inf), 0);
    EXPECT_TRUE(std::isnan(at("exp2_f64", NAN)));
    EXPECT_EQ(at("log2_f64", 1), 0);
    EXPECT_EQ(at("log2_f64", 0x1p-1074), -1074);
    EXPECT_EQ(at("log2_f64", 0), -inf);
    EXPECT_EQ(at("log2_f64", inf), inf);
    EXPECT_TRUE(std::isnan(at("log2_f64", -1)));
    EXPECT_TRUE(std::isnan(at("log2_f64", NAN)));
    for (double x : {-2.5, -0.5, -0.0, 0.5, 1.5, 4503599627370495.5, 1e300})
      EXPECT_EQ(at("floor_f64", x), std::floor(x)) << library.name;
  }
}
