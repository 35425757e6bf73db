//===- ElementaryTest.cpp - Errors of the elementary functions ------------===//
//
// A million f32 numbers of every sign and exponent, and all neighbours of the
// places where a function changes its formula, against the C library in f64.
// The bounds are the ones docs/Spec.md promises.
//
//===----------------------------------------------------------------------===//

#include "MathLibrary.h"

#include <cmath>
#include <cstring>
#include <gtest/gtest.h>

using namespace sextant::test;

static float fromBits(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}
static uint32_t toBits(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

/// Every 4001st f32, NaN and infinities among them, and 200 neighbours on each
/// side of `places` and their negatives.
static std::vector<float> sweep(const std::vector<float> &places) {
  std::vector<float> x;
  for (uint64_t bits = 0; bits < (uint64_t(1) << 32); bits += 4001)
    x.push_back(fromBits(bits));
  for (float place : places)
    for (float sign : {1.0f, -1.0f})
      for (int32_t step = -200; step <= 200; ++step)
        x.push_back(fromBits(toBits(sign * place) + step));
  while (x.size() % 16)
    x.push_back(0.0f);
  return x;
}

static const std::vector<float> kPlaces = {
    0x1p-149f,   0x1p-126f,     0x1p-24f,     0.25f,      0.34657359f,
    0.5f,        0.625f,        0.70710678f,  1.0f,       1.4142135f,
    1.5f,        2.0f,          2.5f,         4.0f,       9.0f,
    16.5f,       64.0f,         87.3f,        88.72284f,  103.97f,
    126.0f,      126.5f,        127.0f,       127.5f,     128.0f,
    149.0f,      149.5f,        150.0f,       8388607.5f, 8388608.0f,
    16777216.0f, 2147483648.0f, 3.4028235e38f};

namespace {
struct Case {
  const char *name;
  double (*exact)(double);
  /// Largest error in ulp with and without fused multiply-add.
  double fused, plain;
};

double logOnePlus(double x) { return std::log1p(x); }
const Case kCases[] = {
    {"exp2", [](double x) { return std::exp2(x); }, 1.5, 1.5},
    {"exp", [](double x) { return std::exp(x); }, 1.5, 1.5},
    {"log2", [](double x) { return std::log2(x); }, 3.0, 3.0},
    {"log", [](double x) { return std::log(x); }, 2.0, 2.0},
    {"log1p", logOnePlus, 3.5, 3.5},
    {"tanh", [](double x) { return std::tanh(x); }, 3.5, 3.5},
    {"erf", [](double x) { return std::erf(x); }, 2.5, 2.5},
    {"floor", [](double x) { return std::floor(x); }, 0.0, 0.0},
    {"ceil", [](double x) { return std::ceil(x); }, 0.0, 0.0},
    {"round_even", [](double x) { return std::nearbyint(x); }, 0.0, 0.0},
};

class Elementary : public testing::TestWithParam<Case> {};
} // namespace

TEST_P(Elementary, IsWithinItsBound) {
  const Case &function = GetParam();
  std::vector<float> x = sweep(kPlaces);
  std::vector<double> exact(x.size());
  for (size_t i = 0; i < x.size(); ++i)
    exact[i] = function.exact(x[i]);
  for (const MathLibrary &library : mathLibraries()) {
    std::vector<float> result = library.apply(function.name, x);
    double worst = 0;
    size_t where = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      double error = ulpError(result[i], exact[i]);
      if (error > worst) {
        worst = error;
        where = i;
      }
    }
    std::printf("%-10s %-14s %.3f ulp at %a\n", function.name,
                library.name.c_str(), worst, x[where]);
    EXPECT_LE(worst, library.fma ? function.fused : function.plain)
        << function.name << " on " << library.name << " at x = " << x[where]
        << ": " << result[where] << ", exact " << exact[where];
  }
}

TEST_P(Elementary, IsTheSameForScalarsAndVectors) {
  std::vector<float> x = sweep({1.0f});
  const auto &libraries = mathLibraries();
  for (size_t i = 0; i + 1 < libraries.size(); i += 2) {
    std::vector<float> vector = libraries[i].apply(GetParam().name, x);
    std::vector<float> scalar = libraries[i + 1].apply(GetParam().name, x);
    size_t different = 0;
    for (size_t k = 0; k < x.size(); ++k)
      different += toBits(vector[k]) != toBits(scalar[k]) &&
                   !(std::isnan(vector[k]) && std::isnan(scalar[k]));
    EXPECT_EQ(different, 0u) << GetParam().name << " on " << libraries[i].name;
  }
}

INSTANTIATE_TEST_SUITE_P(All, Elementary, testing::ValuesIn(kCases),
                         [](const auto &info) {
                           return std::string(info.param.name);
                         });

TEST(SoftmaxExponential, IsWithinItsBoundAndVanishes) {
  std::vector<float> x;
  for (float value : sweep(kPlaces))
    if (!(value > 127))
      x.push_back(value);
  // The range that scores fall into, densely.
  for (int i = -(1 << 17); i < 1 << 20; ++i)
    x.push_back(-i * 0x1.01p-13f);
  while (x.size() % 16)
    x.push_back(0.0f);
  for (const MathLibrary &library : mathLibraries()) {
    std::vector<float> result = library.apply("exp2_clamped", x);
    double worst = 0, where = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      if (x[i] <= -126.875f) {
        EXPECT_EQ(toBits(result[i]), 0u) << x[i] << " on " << library.name;
        continue;
      }
      double exact = std::exp2(double(x[i]));
      if (exact < 0x1p-126) {
        EXPECT_LE(std::fabs(result[i] - exact), 0x1p-126)
            << x[i] << " on " << library.name;
        continue;
      }
      double error = ulpError(result[i], exact);
      if (error > worst) {
        worst = error;
        where = x[i];
      }
      EXPECT_FALSE(x[i] <= 0 && result[i] > 1.0f)
          << x[i] << " on " << library.name;
    }
    std::printf("exp2_clamped %-14s %.3f ulp at %a\n", library.name.c_str(),
                worst, where);
    EXPECT_LE(worst, library.exp2ClampedUlp) << library.name << " at " << where;
  }
}

TEST(BoundedExponential, IsWithinTwoUlpAndVanishes) {
  std::vector<float> x;
  for (float value : sweep(kPlaces))
    if (!(value > 88))
      x.push_back(value);
  for (int i = 0; i < 1 << 20; ++i)
    x.push_back(88.0f - i * 0x1.7p-13f);
  while (x.size() % 16)
    x.push_back(0.0f);
  for (const MathLibrary &library : mathLibraries()) {
    std::vector<float> result = library.apply("exp_bounded", x);
    double worst = 0, where = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      double exact = std::exp(double(x[i]));
      if (exact < 0x1p-126) {
        EXPECT_LE(std::fabs(result[i] - exact), 0x1p-126)
            << x[i] << " on " << library.name;
        continue;
      }
      double error = ulpError(result[i], exact);
      if (error > worst) {
        worst = error;
        where = x[i];
      }
    }
    EXPECT_LE(worst, 2.0) << library.name << " at " << where;
  }
}

TEST(Elementary, SpecialValues) {
  const float inf = INFINITY, nan = NAN;
  struct Value {
    const char *function;
    float x, expected;
  };
  const Value values[] = {
      {"exp2_clamped", 0.0f, 1.0f},
      {"exp2_clamped", -0.0f, 1.0f},
      {"exp2_clamped", -1.0f, 0.5f},
      {"exp2_clamped", -126.0f, 0x1p-126f},
      {"exp2_clamped", -127.0f, 0.0f},
      {"exp2_clamped", -inf, 0.0f},
      {"exp2_clamped", -3.4028235e38f, 0.0f},
      {"exp2_clamped", nan, nan},
      {"exp2", 0.0f, 1.0f},
      {"exp2", 127.0f, 0x1p127f},
      {"exp2", 128.0f, inf},
      {"exp2", -149.0f, 0x1p-149f},
      {"exp2", -151.0f, 0.0f},
      {"exp2", inf, inf},
      {"exp2", -inf, 0.0f},
      {"exp2", nan, nan},
      {"exp_bounded", 0.0f, 1.0f},
      {"exp_bounded", -inf, 0.0f},
      {"exp_bounded", nan, nan},
      {"exp", 0.0f, 1.0f},
      {"exp", -0.0f, 1.0f},
      {"exp", 89.0f, inf},
      {"exp", inf, inf},
      {"exp", -inf, 0.0f},
      {"exp", nan, nan},
      {"log", 1.0f, 0.0f},
      {"log", 0.0f, -inf},
      {"log", -0.0f, -inf},
      {"log", -1.0f, nan},
      {"log", -inf, nan},
      {"log", inf, inf},
      {"log", nan, nan},
      {"log2", 1.0f, 0.0f},
      {"log2", 8.0f, 3.0f},
      {"log2", 0x1p-149f, -149.0f},
      {"log2", 0.0f, -inf},
      {"log2", inf, inf},
      {"log1p", 0.0f, 0.0f},
      {"log1p", -0.0f, -0.0f},
      {"log1p", -1.0f, -inf},
      {"log1p", -2.0f, nan},
      {"log1p", 0x1p-149f, 0x1p-149f},
      {"log1p", inf, inf},
      {"log1p", nan, nan},
      {"tanh", 0.0f, 0.0f},
      {"tanh", -0.0f, -0.0f},
      {"tanh", inf, 1.0f},
      {"tanh", -inf, -1.0f},
      {"tanh", 0x1p-149f, 0x1p-149f},
      {"tanh", nan, nan},
      {"erf", 0.0f, 0.0f},
      {"erf", -0.0f, -0.0f},
      {"erf", inf, 1.0f},
      {"erf", -inf, -1.0f},
      {"erf", nan, nan},
      {"sin", 0.0f, 0.0f},
      {"sin", inf, nan},
      {"cos", 0.0f, 1.0f},
      {"cos", -inf, nan},
      {"cos", nan, nan},
      {"floor", -0.0f, -0.0f},
      {"floor", -0.5f, -1.0f},
      {"floor", inf, inf},
      {"floor", nan, nan},
      {"ceil", 0.5f, 1.0f},
      {"ceil", -inf, -inf},
      {"round_even", 0.5f, 0.0f},
      {"round_even", -0.5f, -0.0f},
      {"round_even", 1.5f, 2.0f},
      {"round_even", 2.5f, 2.0f},
      {"round_even", -3.4028235e38f, -3.4028235e38f},
      {"round_even", nan, nan},
  };
  for (const MathLibrary &library : mathLibraries())
    for (const Value &value : values) {
      float result =
          library.apply(value.function, std::vector<float>(16, value.x))[5];
      bool same = std::isnan(value.expected)
                      ? std::isnan(result)
                      : toBits(result) == toBits(value.expected);
      EXPECT_TRUE(same) << value.function << "(" << value.x << ") is " << result
                        << ", expected " << value.expected << ", on "
                        << library.name;
    }
}
