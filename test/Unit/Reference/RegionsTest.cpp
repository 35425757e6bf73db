//===- RegionsTest.cpp - Scalar regions: arith, math, reads, slack --------===//

#include "Program.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace sextant::attn;
using namespace sextant::attn::test;

/// A row map over channels 0, 1, 2, ... of one row; `%x` is the element, `%c`
/// the channel, `%y` what the region yields.
static std::vector<double> mapped(const std::string &body,
                                  std::vector<float> elements,
                                  ReferenceOutput *output = nullptr) {
  std::string type =
      "tensor<1x1x1x" + std::to_string(elements.size()) + "xf32>";
  Program program("func.func @f(%t: " + type + ") -> " + type +
                  " {\n%r = attn.row_map %t (%x, %b, %h, %i, %p, %c) {\n" +
                  body + "\nattn.yield %y : f32\n} : " + type +
                  "\nreturn %r : " + type + "\n}");
  int64_t count = elements.size();
  program.f32({1, 1, 1, count}, std::move(elements));
  auto result = program.run();
  if (mlir::failed(result))
    return {};
  if (output)
    *output = result->outputs[0];
  return result->outputs[0].value;
}

/// An integer expression `%z` of the channel number `%c`.
static std::vector<double> integers(const std::string &body, int64_t count) {
  return mapped(body + "\n%y = arith.sitofp %z : i32 to f32",
                std::vector<float>(count, 0));
}

TEST(Regions, IntegersWrapAtTheirWidth) {
  EXPECT_EQ(firstDifference(integers(R"(
      %big = arith.constant 2147483647 : i32
      %z = arith.addi %big, %c : i32)",
                                     2),
                            {2147483647.0, -2147483648.0}),
            -1);
  EXPECT_EQ(firstDifference(integers(R"(
      %w = arith.constant 65536 : i32
      %s = arith.muli %w, %w : i32
      %z = arith.ori %s, %c : i32)",
                                     2),
                            {0, 1}),
            -1);
  // i64 inside, truncated back.
  EXPECT_EQ(firstDifference(integers(R"(
      %wide = arith.extsi %c : i32 to i64
      %m = arith.constant 4294967299 : i64
      %s = arith.addi %wide, %m : i64
      %z = arith.trunci %s : i64 to i32)",
                                     2),
                            {3, 4}),
            -1);
}

TEST(Regions, DivisionsRoundAsTheirNamesSay) {
  // Channels 0..4 minus 2, divided by 2 and by -2.
  auto divided = [](const std::string &op, int divisor) {
    return integers("%two = arith.constant 2 : i32\n%d = arith.constant " +
                        std::to_string(divisor) +
                        " : i32\n%n = arith.subi %c, %two : i32\n%z = arith." +
                        op + " %n, %d : i32",
                    5);
  };
  EXPECT_EQ(firstDifference(divided("divsi", 2), {-1, 0, 0, 0, 1}), -1);
  EXPECT_EQ(firstDifference(divided("floordivsi", 2), {-1, -1, 0, 0, 1}), -1);
  EXPECT_EQ(firstDifference(divided("ceildivsi", 2), {-1, 0, 0, 1, 1}), -1);
  EXPECT_EQ(firstDifference(divided("floordivsi", -2), {1, 0, 0, -1, -1}), -1);
  EXPECT_EQ(firstDifference(divided("remsi", 2), {0, -1, 0, 1, 0}), -1);
  EXPECT_EQ(firstDifference(divided("divui", 2),
                            {2147483647.0, 2147483647.0, 0, 0, 1}),
            -1);
  EXPECT_EQ(firstDifference(divided("shrsi", 1), {-1, -1, 0, 0, 1}), -1);
}

TEST(Regions, UnsignedComparisonsAndBooleans) {
  EXPECT_EQ(firstDifference(integers(R"(
      %one = arith.constant 1 : i32
      %n = arith.subi %c, %one : i32
      %u = arith.cmpi ult, %n, %one : i32
      %s = arith.cmpi slt, %n, %one : i32
      %both = arith.xori %u, %s : i1
      %z = arith.extui %both : i1 to i32)",
                                     3),
                            {1, 0, 0}),
            -1);
  EXPECT_EQ(firstDifference(integers(R"(
      %one = arith.constant 1 : i32
      %u = arith.cmpi eq, %c, %one : i32
      %z = arith.extsi %u : i1 to i32)",
                                     3),
                            {0, -1, 0}),
            -1);
}

TEST(Regions, FunctionsOfTheClosedList) {
  struct {
    const char *op;
    double (*f)(double);
  } functions[] = {{"exp", std::exp},     {"exp2", std::exp2},
                   {"log", std::log},     {"log2", std::log2},
                   {"log1p", std::log1p}, {"tanh", std::tanh},
                   {"erf", std::erf},     {"sin", std::sin},
                   {"cos", std::cos},     {"sqrt", std::sqrt},
                   {"floor", std::floor}, {"ceil", std::ceil},
                   {"absf", std::fabs},   {"roundeven", std::nearbyint}};
  std::vector<float> elements = {0.25f, 1.5f, 2.5f, 7.0f};
  for (auto &function : functions) {
    ReferenceOutput output;
    auto values = mapped(std::string("%y = math.") + function.op + " %x : f32",
                         elements, &output);
    ASSERT_EQ(values.size(), elements.size()) << function.op;
    for (size_t i = 0; i < elements.size(); ++i) {
      EXPECT_EQ(values[i], function.f(elements[i])) << function.op;
      // The same in f32, rounded once, stays inside the bound.
      double single = static_cast<float>(function.f(elements[i]));
      EXPECT_LE(std::fabs(single - values[i]), output.bound[i]) << function.op;
    }
  }
  EXPECT_NEAR(mapped("%y = math.rsqrt %x : f32", {4}).at(0), 0.5, 1e-15);
  EXPECT_NEAR(mapped("%y = math.powf %x, %x : f32", {3}).at(0), 27, 1e-12);
  EXPECT_EQ(mapped("%y = math.fma %x, %x, %x : f32", {3}).at(0), 12);
}

TEST(Regions, NaNAndExtremes) {
  auto two = [](const std::string &op) {
    return mapped("%o = arith.constant 1.0 : f32\n%y = arith." + op +
                      " %x, %o : f32",
                  {NAN, 0, 2, INFINITY});
  };
  EXPECT_EQ(firstDifference(two("maximumf"), {NAN, 1, 2, INFINITY}), -1);
  EXPECT_EQ(firstDifference(two("maxnumf"), {1, 1, 2, INFINITY}), -1);
  EXPECT_EQ(firstDifference(two("minimumf"), {NAN, 0, 1, 1}), -1);
  EXPECT_EQ(firstDifference(two("minnumf"), {1, 0, 1, 1}), -1);
  // The bound is that of the number taken, whatever NaN or infinity brings.
  ReferenceOutput output;
  mapped("%o = arith.constant 1.0 : f32\n%i = arith.divf %o, %x : f32\n"
         "%n = arith.subf %i, %i : f32\n"
         "%y = arith.minnumf %n, %o : f32",
         {0, 1, 2, NAN}, &output);
  for (double bound : output.bound)
    EXPECT_LT(bound, 1e-6);
  // fptosi: NaN gives 0, out of range the nearest integer.
  EXPECT_EQ(firstDifference(mapped("%n = arith.fptosi %x : f32 to i32\n"
                                   "%y = arith.sitofp %n : i32 to f32",
                                   {NAN, -2.75f, 1e20f, -INFINITY}),
                            {0, -2, 2147483647.0, -2147483648.0}),
            -1);
}

TEST(Regions, ConstantsAreTheirFloatsAndArithmeticIsExact) {
  // 0.1 as f32 is not 0.1; sums are not rounded to f32.
  EXPECT_EQ(
      mapped("%k = arith.constant 0.1 : f32\n%y = arith.addf %x, %k : f32", {1})
          .at(0),
      1.0 + static_cast<double>(0.1f));
}

TEST(Regions, ReadsClampTheirIndices) {
  Program program(R"(
func.func @f(%t: tensor<1x1x1x5xf32>, %table: tensor<?x?xf32>, %n: tensor<?xi32>) -> tensor<1x1x1x5xf32> {
  %r = attn.row_map %t (%x, %b, %h, %i, %p, %c) {
    %two = arith.constant 2 : i32
    %j = arith.subi %c, %two : i32
    %k = attn.read %n[%b] : tensor<?xi32>
    %y = attn.read %table[%k, %j] : tensor<?x?xf32>
    attn.yield %y : f32
  } : tensor<1x1x1x5xf32>
  return %r : tensor<1x1x1x5xf32>
})");
  program.zeros({1, 1, 1, 5}).f32({2, 2}, {1, 2, 3, 4}).i32({1}, {77});
  EXPECT_EQ(firstDifference(program.values(), {3, 3, 3, 4, 4}), -1);
  program.clearInputs();
  program.zeros({1, 1, 1, 5}).f32({0, 2}, {}).i32({1}, {0});
  EXPECT_EQ(firstDifference(program.values(), {0, 0, 0, 0, 0}), -1);
}

TEST(Regions, ExtentsAreThoseOfTheCall) {
  Program program(R"(
func.func @f(%q: tensor<?x?x?x2xf32>, %k: tensor<?x?x?x2xf32>) -> tensor<?x?x?x?xf32> {
  %m = attn.row_map %k (%x, %b, %h, %i, %p, %c) {
    %heads = attn.extent heads
    %queries = attn.extent queries
    %z = arith.muli %heads, %queries : i32
    %y = arith.sitofp %z : i32 to f32
    attn.yield %y : f32
  } : tensor<?x?x?x2xf32>
  %s = attn.scores %q, %m : tensor<?x?x?x2xf32>, tensor<?x?x?x2xf32>
  %t = attn.score_map %s (%x, %b, %h, %i, %j, %p, %n) {
    %keys = attn.extent keys
    %groups = attn.extent key_heads
    %channels = attn.extent channels
    %batch = attn.extent batch
    %a = arith.muli %keys, %groups : i32
    %c = arith.muli %channels, %batch : i32
    %z = arith.muli %a, %c : i32
    %f = arith.sitofp %z : i32 to f32
    %y = arith.addf %x, %f : f32
    attn.yield %y : f32
  } : tensor<?x?x?x?xf32>
  return %t : tensor<?x?x?x?xf32>
})");
  program.f32({1, 4, 1, 2}, std::vector<float>(8, 1)).zeros({1, 2, 3, 2});
  auto values = program.values();
  ASSERT_EQ(values.size(), 12u);
  EXPECT_EQ(values[0], 2 * (4 * 1) + 3 * 2 * 2 * 1);
}

TEST(Regions, AnglesAreExactAtLargePositions) {
  Program program(R"(
func.func @f(%t: tensor<1x1x1x2xf32>, %p: tensor<1x1xi32>) -> tensor<1x1x1x2xf32> {
  %r = attn.row_map %t at %p pairs layout(half) (%x, %y, %b, %h, %i, %pos, %c) {
    %w = arith.constant 3.0 : f64
    %cos, %sin = attn.cos_sin %pos, %w harmonic(2)
    attn.yield %cos, %sin : f32, f32
  } : tensor<1x1x1x2xf32> at tensor<1x1xi32>
  return %r : tensor<1x1x1x2xf32>
})");
  program.zeros({1, 1, 1, 2}).i32({1, 1}, {16777215});
  auto values = program.values();
  ASSERT_EQ(values.size(), 2u);
  EXPECT_NEAR(values[0], std::cos(100663290.0), 1e-13);
  EXPECT_NEAR(values[1], std::sin(100663290.0), 1e-13);
}

TEST(Regions, SlackCoversTheSameComputationInSinglePrecision) {
  // (x - 1) / x, then squared: cancellation near 1 must widen the bound.
  std::vector<float> elements;
  for (int i = 0; i < 300; ++i)
    elements.push_back(1.0f + 1e-6f * (i - 150));
  ReferenceOutput output;
  auto values = mapped(R"(
      %third = arith.constant 0.333333333 : f32
      %a = arith.mulf %x, %third : f32
      %d = arith.subf %a, %third : f32
      %q = arith.divf %d, %x : f32
      %y = arith.mulf %q, %q : f32)",
                       elements, &output);
  ASSERT_EQ(values.size(), elements.size());
  for (size_t i = 0; i < elements.size(); ++i) {
    float x = elements[i], third = 0.333333333f;
    volatile float a = x * third, d = a - third, q = d / x, y = q * q;
    EXPECT_LE(std::fabs(y - values[i]), output.bound[i]) << i;
  }
}
