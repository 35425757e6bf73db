//===- BoundTest.cpp - The gates bite -------------------------------------===//

#include "Program.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace sextant::attn;
using namespace sextant::attn::test;

TEST(Bound, FormulasOfTheGates) {
  double u = 0x1p-24;
  EXPECT_DOUBLE_EQ(elementBound(HostType::F32, 2, -3, 0, 7), u * (32 + 6));
  EXPECT_DOUBLE_EQ(elementBound(HostType::F32, 2, -3, 0.25, 7), u * 38 + 1);
  // Nobody knows which key has the weight.
  EXPECT_DOUBLE_EQ(elementBound(HostType::F32, 2, -3, 9, 7), u * 38 + 10);
  EXPECT_DOUBLE_EQ(elementBound(HostType::F32, 2, -3, 9, 0.5), u * 38 + 4);
  // Below the least normal number there are steps.
  EXPECT_GE(elementBound(HostType::F32, 1e-40, 1e-40, 0, 1e-40), 0x1p-126);
  // A 16-bit result is an f32 one, rounded once more.
  EXPECT_NEAR(elementBound(HostType::BF16, 2, -3, 0, 7),
              u * 38 + (3 + u * 38) / 256, 0x1p-60);
  EXPECT_NEAR(elementBound(HostType::F16, 2, -3, 0, 7),
              u * 38 + (3 + u * 38) / 2048 + 0x1p-25, 0x1p-60);
  EXPECT_EQ(elementBound(HostType::F16, 0, 0, 0, 0), 0x1p-25);
  EXPECT_NEAR(rowBound(HostType::BF16, 5, 7), u * 19 + (5 + u * 19) / 256,
              0x1p-60);
  EXPECT_DOUBLE_EQ(lseBound(-20, 0.5), 20e-5 + 0.5);
  EXPECT_DOUBLE_EQ(lseBound(0.1, 0), 1e-5);
}

static constexpr const char *kAttention = R"(
func.func @f(%q: tensor<?x?x?x16xf32>, %k: tensor<?x?x?x16xf32>, %v: tensor<?x?x?x16xf32>)
    -> (tensor<?x?x?x16xf32>, tensor<?x?x?xf32>) {
  %s = attn.scores %q, %k scale(0.25) : tensor<?x?x?x16xf32>, tensor<?x?x?x16xf32>
  %p, %lse = attn.softmax %s lse : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x16xf32>
  return %o, %lse : tensor<?x?x?x16xf32>, tensor<?x?x?xf32>
})";

namespace {
/// A two-pass kernel in f32; `bug` breaks it.
enum class Bug { None, DropLastKey, Scale, SwapKeys, ForgetRow };
struct Kernel {
  std::vector<float> output, lse;
};
} // namespace

static Kernel singlePrecision(Program &program, Bug bug) {
  int64_t rows = program.inputs[0].shape[2], keys = program.inputs[1].shape[2];
  auto *q = static_cast<float *>(program.inputs[0].data);
  auto *k = static_cast<float *>(program.inputs[1].data);
  auto *v = static_cast<float *>(program.inputs[2].data);
  Kernel kernel{std::vector<float>(rows * 16), std::vector<float>(rows)};
  for (int64_t i = 0; i < rows; ++i) {
    std::vector<float> s(keys);
    float largest = -INFINITY, sum = 0;
    int64_t seen = bug == Bug::DropLastKey ? keys - 1 : keys;
    for (int64_t j = 0; j < seen; ++j) {
      float dot = 0;
      for (int c = 0; c < 16; ++c)
        dot += q[i * 16 + c] * k[j * 16 + c];
      s[j] = dot * (bug == Bug::Scale ? 0.2525f : 0.25f);
      largest = std::max(largest, s[j]);
    }
    for (int64_t j = 0; j < seen; ++j) {
      float p = std::exp(s[j] - largest);
      sum += p;
      int64_t row =
          bug == Bug::SwapKeys && j >= keys - 2 ? 2 * keys - 3 - j : j;
      for (int c = 0; c < 16; ++c)
        kernel.output[i * 16 + c] += p * v[row * 16 + c];
    }
    for (int c = 0; c < 16; ++c)
      kernel.output[i * 16 + c] /= sum;
    kernel.lse[i] = largest + std::log(sum);
    if (bug == Bug::ForgetRow && i == rows - 1)
      kernel.output[i * 16] = NAN;
  }
  return kernel;
}

TEST(Bound, AnHonestKernelPassesAndEveryMutantFails) {
  for (Probe probe : {Probe::Random, Probe::Ramp, Probe::Needle})
    for (Bug bug : {Bug::None, Bug::DropLastKey, Bug::Scale, Bug::SwapKeys,
                    Bug::ForgetRow}) {
      Program program(kAttention);
      program.zeros({1, 1, 50, 16})
          .zeros({1, 1, 203, 16})
          .zeros({1, 1, 203, 16});
      program.fill(probe, 11);
      auto result = program.run();
      ASSERT_TRUE(mlir::succeeded(result));
      Kernel kernel = singlePrecision(program, bug);
      HostTensor output, lse;
      output.data = kernel.output.data();
      output.shape = {1, 1, 50, 16};
      lse.data = kernel.lse.data();
      lse.shape = {1, 1, 50};
      std::string error;
      auto first = compare(result->outputs[0], output, error);
      auto second = compare(result->outputs[1], lse, error);
      ASSERT_TRUE(mlir::succeeded(first) && mlir::succeeded(second)) << error;
      bool passes = first->passes() && second->passes();
      EXPECT_EQ(passes, bug == Bug::None)
          << "bug " << int(bug) << " probe " << int(probe) << " ratio "
          << first->worstRatio << " lse " << second->worstRatio;
      if (bug == Bug::None)
        EXPECT_GT(first->worstRatio, 1e-3) << "the bound says nothing";
      if (bug == Bug::ForgetRow) {
        EXPECT_EQ(first->mismatches, 1);
        EXPECT_EQ(first->worstPlace, 49 * 16);
      }
    }
}

TEST(Bound, NonFiniteElementsMustBeTheSame) {
  ReferenceOutput reference;
  reference.shape = {4};
  reference.value = {NAN, INFINITY, -INFINITY, 1};
  reference.bound = {0, 0, 0, 0};
  std::string error;
  auto mismatches = [&](std::vector<float> values) {
    HostTensor actual;
    actual.data = values.data();
    actual.shape = {4};
    return compare(reference, actual, error)->mismatches;
  };
  EXPECT_EQ(mismatches({NAN, INFINITY, -INFINITY, 1}), 0);
  EXPECT_EQ(mismatches({0, INFINITY, -INFINITY, 1}), 1);
  EXPECT_EQ(mismatches({NAN, -INFINITY, NAN, INFINITY}), 3);
}

TEST(Bound, ConstantOrZeroResultsAreMistrusted) {
  ReferenceOutput reference;
  reference.shape = {4};
  reference.value = {1, 2, 3, 4};
  reference.bound = {9, 9, 9, 9};
  std::string error;
  auto mistrusted = [&](std::vector<float> values) {
    HostTensor actual;
    actual.data = values.data();
    actual.shape = {4};
    return compare(reference, actual, error)->mistrusted;
  };
  EXPECT_FALSE(mistrusted({1, 2, 3, 4}));
  EXPECT_TRUE(mistrusted({0, 0, 0, 0}));
  EXPECT_TRUE(mistrusted({2, 2, 2, 2}));
  std::vector<float> wrong(5);
  HostTensor other;
  other.data = wrong.data();
  other.shape = {5};
  EXPECT_TRUE(mlir::failed(compare(reference, other, error)));
  EXPECT_EQ(error,
            "expected a result of type f32 and extents 4, got f32 and 5");
}

// Two products cancel to 32, and a kernel may be off by 48: it may be where
// the function is steep although the reference is where it is level.
TEST(Bound, LevelFunctionsMayBeLeft) {
  const std::string scores =
      "func.func @f(%q: tensor<?x?x?x2xf32>, %k: tensor<?x?x?x2xf32>) "
      "-> tensor<?x?x?x?xf32> {\n"
      "%s = attn.scores %q, %k : tensor<?x?x?x2xf32>, tensor<?x?x?x2xf32>\n";
  const std::string result = "return %t : tensor<?x?x?x?xf32>\n}";
  auto mapped = [](const std::string &function) {
    return "%t = attn.score_map %s (%x, %b, %h, %i, %j, %m, %n) {\n"
           "%y = math." +
           function +
           " %x : f32\nattn.yield %y : f32\n} : tensor<?x?x?x?xf32>\n";
  };
  for (const std::string &map :
       {std::string("%t = attn.softcap %s cap(10.0) : tensor<?x?x?x?xf32>\n"),
        mapped("tanh"), mapped("erf")}) {
    Program program(scores + map + result);
    program.f32({1, 1, 1, 2}, {0x1p27f, 0x1p27f})
        .f32({1, 1, 2, 2}, {1, 0x1p-22f - 1, 0x1p-22f, 0});
    auto output = program.run();
    ASSERT_TRUE(mlir::succeeded(output)) << program.diagnostics;
    EXPECT_GT(output->outputs[0].bound[0], 1) << map;
    EXPECT_LT(output->outputs[0].bound[1], 1e-4) << map;
  }
}
