//===- GoldenTest.cpp - Numbers from outside ------------------------------===//
//
// Golden numbers were computed by independent scripts in float64, from the
// definitions in the papers.
//
//===----------------------------------------------------------------------===//

#include "Program.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace sextant::attn;
using namespace sextant::attn::test;

//===----------------------------------------------------------------------===//
// CoCA: d = 4, theta = [1, 0.01], scale 1/2, tau = (1, 0.5)
//===----------------------------------------------------------------------===//

static constexpr const char *kSlack = R"(
func.func @slack(%q: tensor<1x1x1x4xf32>, %u: tensor<1x1x1x4xf32>,
                 %pq: tensor<1x1xi32>, %pk: tensor<1x1xi32>)
    -> tensor<1x1x1x1xf32> {
  %tau = attn.collinear_coefficients %u : tensor<1x1x1x4xf32>
  %t = attn.duplicate half %tau : tensor<1x1x1x2xf32>
  %tr = attn.rotate %t at %pk (#attn.rope<base = 1.0e4>) : tensor<1x1x1x4xf32>, tensor<1x1xi32>
  %k = attn.collinear_keys %q, %tr : tensor<1x1x1x4xf32>, tensor<1x1x1x4xf32>
  %qr = attn.rotate %q at %pq (#attn.rope<base = 1.0e4>) : tensor<1x1x1x4xf32>, tensor<1x1xi32>
  %s = attn.scores %qr, %k scale(0.5) : tensor<1x1x1x4xf32>, tensor<1x1x1x1x4xf32>
  return %s : tensor<1x1x1x1xf32>
})";

static constexpr const char *kStrict = R"(
func.func @strict(%q: tensor<1x1x1x4xf32>, %u: tensor<1x1x1x4xf32>,
                  %pq: tensor<1x1xi32>, %pk: tensor<1x1xi32>)
    -> tensor<1x1x1x1xf32> {
  %tau = attn.collinear_coefficients %u : tensor<1x1x1x4xf32>
  %t = attn.duplicate half %tau : tensor<1x1x1x2xf32>
  %k = attn.pair_keys %q, %t (%qe, %te) {
    %p = arith.mulf %qe, %te : f32
    attn.yield %p : f32
  } : tensor<1x1x1x4xf32>, tensor<1x1x1x4xf32>
  %kr = attn.rotate %k at %pk (#attn.rope<base = 1.0e4>) : tensor<1x1x1x1x4xf32>, tensor<1x1xi32>
  %qr = attn.rotate %q at %pq (#attn.rope<base = 1.0e4>) : tensor<1x1x1x4xf32>, tensor<1x1xi32>
  %s = attn.scores %qr, %kr scale(0.5) : tensor<1x1x1x4xf32>, tensor<1x1x1x1x4xf32>
  return %s : tensor<1x1x1x1xf32>
})";

TEST(Golden, CollinearScoresOfBothModes) {
  struct {
    int32_t m, n;
    double strict, slack;
  } rows[] = {{0, 0, 6.25, 6.25},
              {3, 1, -0.830984174, -4.408852191},
              {1, 3, -0.830984174, -0.786661484},
              {5, 5, 6.25, 3.279828404},
              {103, 101, -0.830984174, -4.768999096}};
  Program slack(kSlack), strict(kStrict);
  for (auto &row : rows)
    for (Program *program : {&slack, &strict}) {
      program->clearInputs();
      program->f32({1, 1, 1, 4}, {1, 2, 3, -1})
          .f32({1, 1, 1, 4}, {0.5f, -1, 1.5f, 2})
          .i32({1, 1}, {row.m})
          .i32({1, 1}, {row.n});
      auto values = program->values();
      ASSERT_EQ(values.size(), 1u);
      EXPECT_NEAR(values[0], program == &slack ? row.slack : row.strict, 6e-10)
          << "m " << row.m << " n " << row.n;
    }
}

TEST(Golden, StrictScoresAreShiftInvariantAndSlackOnesAreNot) {
  Program slack(kSlack), strict(kStrict);
  auto score = [](Program &program, int32_t m, int32_t n) {
    program.clearInputs();
    program.f32({1, 1, 1, 4}, {1, 2, 3, -1})
        .f32({1, 1, 1, 4}, {0.5f, -1, 1.5f, 2})
        .i32({1, 1}, {m})
        .i32({1, 1}, {n});
    return program.values().at(0);
  };
  EXPECT_NEAR(score(strict, 9, 4), score(strict, 1009, 1004), 1e-12);
  EXPECT_GT(std::fabs(score(slack, 9, 4) - score(slack, 1009, 1004)), 0.1);
}

TEST(Golden, SlackEqualsStrictWhenPairMembersAreEqual) {
  Program slack(kSlack), strict(kStrict);
  auto score = [](Program &program, std::vector<float> query) {
    program.clearInputs();
    program.f32({1, 1, 1, 4}, std::move(query))
        .f32({1, 1, 1, 4}, {0.5f, -1, 1.5f, 2})
        .i32({1, 1}, {9})
        .i32({1, 1}, {4});
    return program.values().at(0);
  };
  EXPECT_NEAR(score(slack, {1, 2, 1, 2}), score(strict, {1, 2, 1, 2}), 1e-12);
  EXPECT_GT(std::fabs(score(slack, {1, 2, 3, 2}) - score(strict, {1, 2, 3, 2})),
            0.1);
}

//===----------------------------------------------------------------------===//
// Rotations: x = 1..8, position 3, base 1e4
//===----------------------------------------------------------------------===//

static std::vector<double> rotated(const std::string &spectrum,
                                   const std::string &length = "",
                                   int32_t lengthValue = -1) {
  std::string argument = length.empty() ? "" : ", %n: tensor<i32>";
  Program program("func.func @f(%x: tensor<1x1x1x8xf32>, %p: tensor<1x1xi32>" +
                  argument +
                  ") -> tensor<1x1x1x8xf32> {\n"
                  "  %y = attn.rotate %x at %p (" +
                  spectrum + ") " + length +
                  " : tensor<1x1x1x8xf32>, tensor<1x1xi32>\n"
                  "  return %y : tensor<1x1x1x8xf32>\n}");
  program.f32({1, 1, 1, 8}, {1, 2, 3, 4, 5, 6, 7, 8}).i32({1, 1}, {3});
  if (!length.empty())
    program.i32({}, {lengthValue});
  return program.values();
}

TEST(Golden, RotationsInThreeLayouts) {
  auto half = rotated("#attn.rope<base = 1.0e4>");
  EXPECT_EQ(firstDifference(half,
                            {-1.695593, 0.137552, 2.788682, 3.975982, -4.808842,
                             6.323059, 7.086837, 8.011964},
                            5e-7),
            -1);
  auto interleaved = rotated("#attn.rope<base = 1.0e4, layout = interleaved>");
  EXPECT_EQ(firstDifference(interleaved,
                            {-1.272233, -1.838865, 1.683929, 4.707907, 4.817777,
                             6.147278, 6.975969, 8.020964},
                            5e-7),
            -1);
  auto partial = rotated("#attn.rope<base = 1.0e4, rotary = 4>");
  EXPECT_EQ(firstDifference(
                partial, {-1.413353, 1.879118, -2.828857, 4.058191, 5, 6, 7, 8},
                5e-7),
            -1);
}

TEST(Golden, LinearScaling) {
  auto values = rotated(
      "#attn.rope<base = 1.0e4, scaling = [#attn.linear<factor = 4.0>]>");
  EXPECT_EQ(firstDifference(values,
                            {-2.676505, 1.544799, 2.947416, 3.993999, 4.340083,
                             6.132992, 7.022303, 8.002998},
                            5e-7),
            -1);
}

TEST(Golden, DynamicScalingReadsTheLength) {
  std::string spectrum = "#attn.rope<base = 1.0e4, scaling = "
                         "[#attn.dynamic_ntk<factor = 4.0, trained = 512>]>";
  auto plain = rotated("#attn.rope<base = 1.0e4>");
  std::string length = "length(%n : tensor<i32>)";
  EXPECT_EQ(firstDifference(rotated(spectrum, length, 512), plain), -1);
  EXPECT_EQ(firstDifference(rotated(spectrum, length, 100), plain), -1);
  // Longer than trained: pair 1 turns by 3 base'^(-2/8).
  double base = 1e4 * std::pow(4.0 * 1024 / 512 - 3, 8.0 / 6);
  double angle = 3 * std::pow(base, -0.25);
  auto values = rotated(spectrum, length, 1024);
  ASSERT_EQ(values.size(), 8u);
  EXPECT_NEAR(values[1], 2 * std::cos(angle) - 6 * std::sin(angle), 1e-12);
}

//===----------------------------------------------------------------------===//
// Score maps
//===----------------------------------------------------------------------===//

static std::vector<double> alibi(int64_t heads) {
  Program program(R"(
func.func @f(%q: tensor<1x?x1x1xf32>, %k: tensor<1x?x3x1xf32>) -> tensor<1x?x1x3xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<1x?x1x1xf32>, tensor<1x?x3x1xf32>
  %s = attn.scores %q, %k : tensor<1x?x1x1xf32>, tensor<1x?x3x1xf32>
  %t = attn.bias %s at (%pq, %pk) (#attn.alibi) : tensor<1x?x1x3xf32>, tensor<1x1xi32>, tensor<1x3xi32>
  return %t : tensor<1x?x1x3xf32>
})");
  program.zeros({1, heads, 1, 1}).zeros({1, 1, 3, 1});
  return program.values();
}

TEST(Golden, LinearBiasSlopes) {
  std::vector<double> six = {0.25, 0.0625, 0.015625, 0.00390625, 0.5, 0.125};
  std::vector<double> twelve = {0.5,        0.25,       0.125,     0.0625,
                                0.03125,    0.015625,   0.0078125, 0.00390625,
                                0.70710678, 0.35355339, 0.1767767, 0.08838835};
  for (auto &slopes : {six, twelve}) {
    auto values = alibi(slopes.size());
    ASSERT_EQ(values.size(), 3 * slopes.size());
    for (size_t h = 0; h < slopes.size(); ++h) {
      EXPECT_NEAR(values[3 * h], -2 * slopes[h], 1e-7);
      EXPECT_NEAR(values[3 * h + 1], -slopes[h], 1e-7);
      EXPECT_EQ(values[3 * h + 2], 0);
    }
  }
}

TEST(Golden, SoftcapIsInNaturalUnits) {
  // A cap in the base-2 domain would give 1.350190.
  Program program(R"(
func.func @f(%q: tensor<1x1x1x1xf32>, %k: tensor<1x1x1x1xf32>) -> tensor<1x1x1x1xf32> {
  %s = attn.scores %q, %k : tensor<1x1x1x1xf32>, tensor<1x1x1x1xf32>
  %t = attn.softcap %s cap(2.0) : tensor<1x1x1x1xf32>
  return %t : tensor<1x1x1x1xf32>
})");
  program.f32({1, 1, 1, 1}, {1}).f32({1, 1, 1, 1}, {3});
  auto values = program.values();
  ASSERT_EQ(values.size(), 1u);
  EXPECT_NEAR(values[0], 1.810296507, 1e-9);
}
