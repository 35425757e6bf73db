//===- RowsTest.cpp - Empty, masked, NaN rows; head maps; DAGs ------------===//

#include "Program.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace sextant::attn;
using namespace sextant::attn::test;

static std::string attention(const std::string &mask) {
  return R"(
func.func @f(%q: tensor<?x?x?x2xf32>, %k: tensor<?x?x?x2xf32>, %v: tensor<?x?x?x3xf32>)
    -> (tensor<?x?x?x3xf32>, tensor<?x?x?xf32>) {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x2xf32>, tensor<?x?x?x2xf32>
  %s = attn.scores %q, %k : tensor<?x?x?x2xf32>, tensor<?x?x?x2xf32>
  %p, %lse = attn.softmax %s at (%pq, %pk) )" +
         mask + R"( lse : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x3xf32>
  return %o, %lse : tensor<?x?x?x3xf32>, tensor<?x?x?xf32>
})";
}
static const char *const kCausal = "visible(#attn.causal)";

TEST(Rows, AttentionAgainstADirectLoop) {
  const int64_t B = 2, H = 4, G = 2, M = 5, N = 7;
  Program program(attention(kCausal));
  program.zeros({B, H, M, 2}).zeros({B, G, N, 2}).zeros({B, G, N, 3});
  program.fill(Probe::Random, 1);
  auto result = program.run();
  ASSERT_TRUE(mlir::succeeded(result));
  auto &q = program.inputs[0], &k = program.inputs[1], &v = program.inputs[2];
  for (int64_t b = 0; b < B; ++b)
    for (int64_t h = 0; h < H; ++h)
      for (int64_t i = 0; i < M; ++i) {
        double sum = 0, o[3] = {}, a[3] = {};
        int64_t row = (b * H + h) * M + i, keys = (b * G + h / 2) * N;
        for (int64_t j = 0; j <= N - M + i; ++j) {
          double s = 0;
          for (int c = 0; c < 2; ++c)
            s += q.readReal(2 * row + c) * k.readReal(2 * (keys + j) + c);
          sum += std::exp(s);
          for (int c = 0; c < 3; ++c) {
            double value = v.readReal(3 * (keys + j) + c);
            o[c] += std::exp(s) * value;
            a[c] += std::exp(s) * std::fabs(value);
          }
        }
        EXPECT_NEAR(result->outputs[1].value[row], std::log(sum), 1e-13);
        for (int c = 0; c < 3; ++c) {
          EXPECT_NEAR(result->outputs[0].value[3 * row + c], o[c] / sum, 1e-13);
          EXPECT_NEAR(result->outputs[0].magnitude[3 * row + c], a[c] / sum,
                      1e-13);
        }
      }
}

TEST(Rows, ARowThatSeesNoKeyIsZero) {
  // More queries than keys: the first rows see nothing.
  Program program(attention(kCausal));
  program.zeros({1, 1, 5, 2}).zeros({1, 1, 2, 2}).zeros({1, 1, 2, 3});
  program.fill(Probe::Random, 2);
  auto result = program.run();
  ASSERT_TRUE(mlir::succeeded(result));
  for (int i = 0; i < 9; ++i)
    EXPECT_EQ(result->outputs[0].value[i], 0);
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(result->outputs[1].value[i], -INFINITY);
  // One visible key: its value, exactly.
  for (int c = 0; c < 3; ++c)
    EXPECT_EQ(result->outputs[0].value[9 + c], program.inputs[2].readReal(c));
}

TEST(Rows, EmptyTensors) {
  Program noKeys(attention(kCausal));
  noKeys.zeros({1, 2, 3, 2}).zeros({1, 1, 0, 2}).zeros({1, 1, 0, 3});
  auto result = noKeys.run();
  ASSERT_TRUE(mlir::succeeded(result));
  ASSERT_EQ(result->outputs[0].value.size(), 18u);
  EXPECT_EQ(result->outputs[0].value[5], 0);
  EXPECT_EQ(result->outputs[1].value[5], -INFINITY);

  Program noQueries(attention(kCausal));
  noQueries.zeros({1, 2, 0, 2}).zeros({1, 1, 4, 2}).zeros({1, 1, 4, 3});
  result = noQueries.run();
  ASSERT_TRUE(mlir::succeeded(result));
  EXPECT_TRUE(result->outputs[0].value.empty());

  Program noBatch(attention(kCausal));
  noBatch.zeros({0, 2, 3, 2}).zeros({0, 1, 4, 2}).zeros({0, 1, 4, 3});
  ASSERT_TRUE(mlir::succeeded(noBatch.run()));
}

TEST(Rows, AMaskedPairContributesNothingWhateverItHolds) {
  Program program(attention(kCausal));
  program.f32({1, 1, 2, 2}, {1, 0, 1, 0})
      .f32({1, 1, 2, 2}, {1, 0, NAN, 0})
      .f32({1, 1, 2, 3}, {1, 2, 3, NAN, INFINITY, 0});
  auto result = program.run();
  ASSERT_TRUE(mlir::succeeded(result));
  auto &o = result->outputs[0].value, &lse = result->outputs[1].value;
  EXPECT_EQ(firstDifference(llvm::ArrayRef(o).take_front(3), {1, 2, 3}), -1);
  EXPECT_NEAR(lse[0], 1, 1e-15);
  for (int c = 0; c < 3; ++c)
    EXPECT_TRUE(std::isnan(o[3 + c]));
  EXPECT_TRUE(std::isnan(lse[1]));
}

TEST(Rows, InfiniteScores) {
  Program program(attention(""));
  program.f32({1, 1, 1, 2}, {1, 0})
      .f32({1, 1, 2, 2}, {1, 0, INFINITY, 1})
      .f32({1, 1, 2, 3}, {1, 2, 3, 4, 5, 6});
  auto result = program.run();
  ASSERT_TRUE(mlir::succeeded(result));
  EXPECT_TRUE(std::isnan(result->outputs[0].value[0]));

  // -inf weighs 0, as if masked: its value does not matter.
  Program minus(attention(""));
  minus.f32({1, 1, 1, 2}, {1, 0})
      .f32({1, 1, 2, 2}, {1, 0, -INFINITY, 1})
      .f32({1, 1, 2, 3}, {1, 2, 3, NAN, INFINITY, 6});
  result = minus.run();
  ASSERT_TRUE(mlir::succeeded(result));
  EXPECT_EQ(firstDifference(result->outputs[0].value, {1, 2, 3}), -1);

  // Only -inf: an empty row.
  Program empty(attention(""));
  empty.f32({1, 1, 1, 2}, {1, 0})
      .f32({1, 1, 1, 2}, {-INFINITY, 1})
      .f32({1, 1, 1, 3}, {1, 2, 3});
  result = empty.run();
  ASSERT_TRUE(mlir::succeeded(result));
  EXPECT_EQ(firstDifference(result->outputs[0].value, {0, 0, 0}), -1);
  EXPECT_EQ(result->outputs[1].value[0], -INFINITY);
}

TEST(Rows, AWeightThatUnderflowsIsStillPositive) {
  Program program(attention(""));
  program.f32({1, 1, 1, 2}, {1, 0})
      .f32({1, 1, 2, 2}, {0, 0, -5000, 0})
      .f32({1, 1, 2, 3}, {1, 2, 3, 4, INFINITY, 6});
  EXPECT_EQ(firstDifference(program.values(), {1, INFINITY, 3}), -1);
}

TEST(Rows, LengthsShiftTheQueries) {
  Program program(R"(
func.func @f(%q: tensor<?x?x?x2xf32>, %k: tensor<?x?x?x2xf32>, %o: tensor<?xi32>, %l: tensor<?xi32>)
    -> (tensor<?x?xi32>, tensor<?x?xi32>, tensor<?x?xi32>) {
  %pq, %pk = attn.positions %q, %k align(bottom_right) offset(%o : tensor<?xi32>) lengths(%l : tensor<?xi32>) : tensor<?x?x?x2xf32>, tensor<?x?x?x2xf32>
  %tq, %tk = attn.positions %q, %k align(top_left) : tensor<?x?x?x2xf32>, tensor<?x?x?x2xf32>
  return %pq, %pk, %tq : tensor<?x?xi32>, tensor<?x?xi32>, tensor<?x?xi32>
})");
  program.zeros({2, 1, 2, 2})
      .zeros({2, 1, 3, 2})
      .i32({2}, {0, 10})
      .i32({2}, {3, 1});
  EXPECT_EQ(firstDifference(program.values(0), {1, 2, 9, 10}), -1);
  EXPECT_EQ(firstDifference(program.values(1), {0, 1, 2, 10, 11, 12}), -1);
  EXPECT_EQ(firstDifference(program.values(2), {0, 1, 0, 1}), -1);
}

//===----------------------------------------------------------------------===//
// Functions of several chains
//===----------------------------------------------------------------------===//

TEST(Rows, ChainsFeedEachOtherAndSharedScoresAreEvaluated) {
  // The output of one chain is the value of the next; one score tensor serves
  // two softmaxes, and is returned as well.
  Program program(R"(
func.func @f(%q: tensor<?x?x?x2xf32>, %k: tensor<?x?x?x2xf32>, %v: tensor<?x?x?x2xf32>)
    -> (tensor<?x?x?x2xf32>, tensor<?x?x?x2xf32>, tensor<?x?x?x2xf32>, tensor<?x?x?x?xf32>) {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x2xf32>, tensor<?x?x?x2xf32>
  %s = attn.scores %q, %k : tensor<?x?x?x2xf32>, tensor<?x?x?x2xf32>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x2xf32>
  %c = attn.softmax %s at (%pq, %pk) visible(#attn.causal) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %d = attn.weighted_sum %c, %o : tensor<?x?x?x?xf32>, tensor<?x?x?x2xf32>
  %e = attn.row_map %d (%x, %b, %h, %i, %l, %ch) {
    %y = math.absf %x : f32
    attn.yield %y : f32
  } : tensor<?x?x?x2xf32>
  return %o, %d, %e, %s : tensor<?x?x?x2xf32>, tensor<?x?x?x2xf32>, tensor<?x?x?x2xf32>, tensor<?x?x?x?xf32>
})");
  program.zeros({1, 2, 3, 2}).zeros({1, 2, 3, 2}).zeros({1, 2, 3, 2});
  program.fill(Probe::Random, 3);
  auto result = program.run();
  ASSERT_TRUE(mlir::succeeded(result));
  auto &o = result->outputs[0], &d = result->outputs[1];
  auto &e = result->outputs[2], &s = result->outputs[3];
  for (int64_t h = 0; h < 2; ++h)
    for (int64_t i = 0; i < 3; ++i) {
      double sum = 0, expected = 0;
      for (int64_t j = 0; j <= i; ++j) {
        double weight = std::exp(s.value[(h * 3 + i) * 3 + j]);
        sum += weight;
        expected += weight * o.value[(h * 3 + j) * 2 + 1];
      }
      int64_t place = (h * 3 + i) * 2 + 1;
      EXPECT_NEAR(d.value[place], expected / sum, 1e-13);
      EXPECT_EQ(e.value[place], std::fabs(d.value[place]));
      // The second chain's bound holds the first one's.
      EXPECT_GT(d.bound[place],
                elementBound(HostType::F32, d.magnitude[place], d.value[place],
                             d.scoreError[h * 3 + i], 0) *
                    1.5);
    }
}

TEST(Rows, OneValueWithTwoConsumersAndKeysReturned) {
  Program program(R"(
func.func @f(%q: tensor<1x1x2x2xf32>, %t: tensor<1x1x3x2xf32>)
    -> (tensor<1x1x2x3x2xf32>, tensor<1x1x2x3xf32>, tensor<1x1x2x3xf32>) {
  %k = attn.collinear_keys %q, %t : tensor<1x1x2x2xf32>, tensor<1x1x3x2xf32>
  %s = attn.scores %q, %k : tensor<1x1x2x2xf32>, tensor<1x1x2x3x2xf32>
  %r = attn.scores %q, %k scale(0.5) : tensor<1x1x2x2xf32>, tensor<1x1x2x3x2xf32>
  return %k, %s, %r : tensor<1x1x2x3x2xf32>, tensor<1x1x2x3xf32>, tensor<1x1x2x3xf32>
})");
  program.f32({1, 1, 2, 2}, {1, 2, 3, 4}).f32({1, 1, 3, 2}, {1, 1, 2, 0, 0, 3});
  EXPECT_EQ(
      firstDifference(program.values(0), {1, 2, 2, 0, 0, 6, 3, 4, 6, 0, 0, 12}),
      -1);
  EXPECT_EQ(firstDifference(program.values(1), {5, 2, 12, 25, 18, 48}), -1);
  EXPECT_EQ(firstDifference(program.values(2), {2.5, 1, 6, 12.5, 9, 24}), -1);
}

TEST(Rows, SelectedRowsEqualAllRows) {
  Program program(attention(kCausal));
  program.zeros({2, 2, 100, 2}).zeros({2, 1, 130, 2}).zeros({2, 1, 130, 3});
  program.fill(Probe::Random, 4);
  auto all = program.run();
  ReferenceOptions options;
  options.select = ReferenceOptions::Rows::Budget;
  options.fullCheckLimit = 10;
  auto some = program.run(options);
  ASSERT_TRUE(mlir::succeeded(all) && mlir::succeeded(some));
  EXPECT_TRUE(all->allRows);
  EXPECT_FALSE(some->allRows);
  EXPECT_EQ(all->products, 2 * 2 * 100 * 130 * 2);
  auto &output = some->outputs[0];
  EXPECT_EQ(output.rows.size(), 2 * 2 * 16u + 64u);
  for (size_t i = 0; i < output.value.size(); ++i)
    EXPECT_EQ(output.value[i], all->outputs[0].value[output.placeOf(i)]);
}

TEST(Rows, AnglesOfF32Products) {
  // cos and sin of the rounded product, far from those of the exact one.
  auto text = [](const char *angles) {
    return std::string("func.func @f(%x: tensor<?x?x?x2xf32>, %m: "
                       "tensor<?x?xi32>, %w: tensor<1xf64>)\n"
                       "    -> (tensor<?x?x?x2xf32>, tensor<?x?x1xf32>) {\n"
                       "  %c, %s = attn.phase %m, %w ") +
           angles +
           " : tensor<?x?xi32>, tensor<1xf64>\n"
           "  %y = attn.rotate %x by (%c, %s) layout(half) : "
           "tensor<?x?x?x2xf32>, tensor<?x?x1xf32>\n"
           "  return %y, %c : tensor<?x?x?x2xf32>, tensor<?x?x1xf32>\n}\n";
  };
  const int32_t position = 1048573;
  const double frequency = 0.7498942093324559; // 1e4^(-1/32)
  const float angle = float(position) * float(frequency);
  for (bool rounded : {false, true}) {
    Program program(text(rounded ? "angles(f32)" : ""));
    program.zeros({1, 1, 1, 2})
        .zeros({1, 1}, HostType::I32)
        .zeros({1}, HostType::F64);
    program.inputs[0].write(0, 1);
    program.inputs[1].write(0, position);
    program.inputs[2].write(0, frequency);
    auto result = program.run();
    ASSERT_TRUE(mlir::succeeded(result));
    double exact = double(position) * frequency;
    double expected = rounded ? double(angle) : exact;
    EXPECT_NEAR(result->outputs[0].value[0], std::cos(expected), 1e-9);
    EXPECT_NEAR(result->outputs[0].value[1], std::sin(expected), 1e-9);
    EXPECT_NEAR(result->outputs[1].value[0], std::cos(expected), 1e-9);
    EXPECT_GT(std::fabs(double(angle) - exact), 1e-3);
  }
}
