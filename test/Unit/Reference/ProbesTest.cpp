//===- ProbesTest.cpp - Inputs are the same everywhere, roles are found ---===//

#include "Program.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace sextant::attn;
using namespace sextant::attn::test;

TEST(Probes, RandomBitsAreTheDocumentedFunction) {
  // From an independent script of the formula in Probes.h.
  EXPECT_EQ(randomBits(0, 0, 0), 0xa706dd2f4d197e6fu);
  EXPECT_EQ(randomBits(1, 2, 3), 0xee3bb459e9e297bu);
  EXPECT_NE(randomBits(0, 1, 0), randomBits(1, 0, 0));
}

TEST(Probes, NormalMoments) {
  double sum = 0, squares = 0, fourth = 0;
  const int count = 20000;
  for (int i = 0; i < count; ++i) {
    double x = randomNormal(7, 0, i);
    sum += x;
    squares += x * x;
    fourth += x * x * x * x;
  }
  EXPECT_NEAR(sum / count, 0, 0.03);
  EXPECT_NEAR(squares / count, 1, 0.05);
  EXPECT_NEAR(fourth / count, 3, 0.3);
}

static constexpr const char *kProgram = R"(
func.func @f(%q: tensor<?x?x?x4xf32>, %u: tensor<?x?x?x4xf32>, %v: tensor<?x?x?x4xf32>, %slopes: tensor<?xf32>)
    -> (tensor<?x?x?x4xf32>, tensor<?x?x?xf32>) {
  %pq, %pk = attn.positions %q, %u align(bottom_right) : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  %tau = attn.collinear_coefficients %u : tensor<?x?x?x4xf32>
  %t = attn.duplicate half %tau : tensor<?x?x?x2xf32>
  %tr = attn.rotate %t at %pk (#attn.rope<base = 1.0e4>) : tensor<?x?x?x4xf32>, tensor<?x?xi32>
  %k = attn.collinear_keys %q, %tr : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  %s = attn.scores %q, %k : tensor<?x?x?x4xf32>, tensor<?x?x?x?x4xf32>
  %p, %lse = attn.softmax %s at (%pq, %pk) visible(#attn.causal) lse : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x4xf32>
  return %o, %lse : tensor<?x?x?x4xf32>, tensor<?x?x?xf32>
})";

TEST(Probes, RolesFollowRowMaps) {
  Program program(kProgram);
  auto roles = argumentRoles(program.function());
  ASSERT_EQ(roles.size(), 4u);
  EXPECT_TRUE(roles[0].query && !roles[0].key && !roles[0].value);
  EXPECT_TRUE(!roles[1].query && roles[1].key && !roles[1].value);
  EXPECT_TRUE(!roles[2].query && !roles[2].key && roles[2].value);
  EXPECT_TRUE(roles[3].isOther());
}

TEST(Probes, CountGivesTheLogarithmOfTheVisibleKeys) {
  Program program(kProgram);
  program.zeros({1, 1, 20, 4})
      .zeros({1, 1, 100, 4})
      .zeros({1, 1, 100, 4})
      .zeros({1});
  program.fill(Probe::Count, 1);
  auto result = program.run();
  ASSERT_TRUE(mlir::succeeded(result));
  for (int64_t i = 0; i < 20; ++i)
    EXPECT_NEAR(result->outputs[1].value[i], std::log(81 + i), 1e-14);
}

TEST(Probes, NeedleFindsItsKey) {
  Program program(R"(
func.func @f(%q: tensor<?x?x?x64xf32>, %k: tensor<?x?x?x64xf32>, %v: tensor<?x?x?x64xf32>)
    -> tensor<?x?x?x64xf32> {
  %s = attn.scores %q, %k scale(0.125) : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x64xf32>
  return %o : tensor<?x?x?x64xf32>
})");
  program.zeros({1, 2, 9, 64}).zeros({1, 1, 50, 64}).zeros({1, 1, 50, 64});
  program.fill(Probe::Needle, 1);
  auto values = program.values();
  ASSERT_EQ(values.size(), 2u * 9 * 64);
  for (int64_t h = 0; h < 2; ++h)
    for (int64_t i = 0; i < 9; ++i) {
      int64_t key = (7 * i + h) % 50;
      EXPECT_GT(values[(h * 9 + i) * 64 + key], 0.99);
    }
}

TEST(Probes, StorageTypesRoundToNearestEven) {
  std::vector<uint16_t> halves(3), brains(3);
  HostTensor half, brain;
  half.type = HostType::F16, half.data = halves.data(), half.shape = {3};
  brain.type = HostType::BF16, brain.data = brains.data(), brain.shape = {3};
  double values[] = {1.0 + 0x1p-11, -0x1p-24, 65520.0};
  for (int i = 0; i < 3; ++i) {
    half.write(i, values[i]);
    brain.write(i, values[i]);
  }
  EXPECT_EQ(half.readReal(0), 1.0);
  EXPECT_EQ(half.readReal(1), -0x1p-24);
  EXPECT_EQ(half.readReal(2), INFINITY);
  EXPECT_EQ(brain.readReal(0), 1.0);
  EXPECT_EQ(brain.readReal(1), -0x1p-24);
  EXPECT_EQ(brain.readReal(2), 65536.0);
}

TEST(Probes, StridesOfAnySign) {
  float memory[] = {0, 1, 2, 3, 4, 5};
  HostTensor view;
  view.data = memory + 4;
  view.shape = {2, 2, 2};
  view.strides = {-2, 0, 1};
  double expected[] = {4, 5, 4, 5, 2, 3, 2, 3};
  for (int i = 0; i < 8; ++i)
    EXPECT_EQ(view.readReal(i), expected[i]);
}
