//===- KernelsTest.cpp - f32 kernels of another shape meet the bounds -----===//
//
// The reference forms every key; a kernel factors the score, sums in another
// order and rounds everything to f32. Here such kernels are written by hand and
// must pass with room to spare, at every size of the scores.
//
//===----------------------------------------------------------------------===//

#include "Program.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace sextant::attn;
using namespace sextant::attn::test;

namespace {
/// Rows of a B = 1, H = 1 tensor in f32.
struct Rows {
  const float *data;
  int64_t count, channels;
  const float *operator[](int64_t row) const { return data + row * channels; }
};
struct Output {
  std::vector<float> value, lse;
};
} // namespace

static Rows rowsOf(const HostTensor &tensor) {
  return {static_cast<const float *>(tensor.data), tensor.shape[2],
          tensor.shape[3]};
}

/// Causal online softmax over feature rows, keys 16 at a time.
static Output attend(const std::vector<float> &e, const std::vector<float> &f,
                     int64_t width, Rows values) {
  int64_t keys = values.count, rows = e.size() / width;
  Output out{std::vector<float>(rows * values.channels),
             std::vector<float>(rows)};
  for (int64_t i = 0; i < rows; ++i) {
    float largest = -INFINITY, sum = 0;
    float *o = &out.value[i * values.channels];
    for (int64_t first = 0; first <= i + keys - rows; first += 16) {
      int64_t end = std::min(first + 16, i + keys - rows + 1);
      float s[16], before = largest;
      for (int64_t j = first; j < end; ++j) {
        float dot = 0;
        for (int64_t c = 0; c < width; ++c)
          dot = std::fma(e[i * width + c], f[j * width + c], dot);
        s[j - first] = dot;
        largest = std::max(largest, dot);
      }
      float rescale = std::exp2f((before - largest) * float(M_LOG2E));
      sum *= rescale;
      for (int64_t c = 0; c < values.channels; ++c)
        o[c] *= rescale;
      for (int64_t j = first; j < end; ++j) {
        float p = std::exp2f((s[j - first] - largest) * float(M_LOG2E));
        sum += p;
        for (int64_t c = 0; c < values.channels; ++c)
          o[c] = std::fma(p, values[j][c], o[c]);
      }
    }
    for (int64_t c = 0; c < values.channels; ++c)
      o[c] /= sum;
    out.lse[i] = largest + std::log(sum);
  }
  return out;
}

/// The largest error / bound of both results.
static double worstRatio(const ReferenceResult &reference, Output &output) {
  double worst = 0;
  for (unsigned i = 0; i < 2; ++i) {
    HostTensor tensor;
    tensor.data = (i == 0 ? output.value : output.lse).data();
    tensor.shape = reference.outputs[i].shape;
    std::string error;
    auto comparison = compare(reference.outputs[i], tensor, error);
    if (mlir::failed(comparison))
      return INFINITY;
    worst = std::max(worst, comparison->worstRatio);
  }
  return worst;
}

static constexpr double kRoom = 0.8; // a clean ratio above it is an alarm

static std::string withChannels(const char *text, int64_t channels) {
  std::string program = text;
  for (auto [from, to] : {std::pair("@D", channels), {"@K", channels / 2}})
    for (size_t at; (at = program.find(from)) != std::string::npos;)
      program.replace(at, 2, std::to_string(to));
  return program;
}

TEST(Kernels, PlainDotProducts) {
  for (int64_t d : {1, 64, 256})
    for (double scale : {0.1, 1.0, 4.0}) {
      Program program(withChannels(R"(
func.func @f(%q: tensor<?x?x?x@Dxf32>, %k: tensor<?x?x?x@Dxf32>, %v: tensor<?x?x?x8xf32>)
    -> (tensor<?x?x?x8xf32>, tensor<?x?x?xf32>) {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x@Dxf32>, tensor<?x?x?x@Dxf32>
  %s = attn.scores %q, %k scale(0.125) : tensor<?x?x?x@Dxf32>, tensor<?x?x?x@Dxf32>
  %p, %lse = attn.softmax %s at (%pq, %pk) visible(#attn.causal) lse : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o, %lse : tensor<?x?x?x8xf32>, tensor<?x?x?xf32>
})",
                                   d));
      program.zeros({1, 1, 100, d}).zeros({1, 1, 300, d}).zeros({1, 1, 300, 8});
      program.fill(Probe::Random, 31, scale);
      auto result = program.run();
      ASSERT_TRUE(mlir::succeeded(result));
      Rows q = rowsOf(program.inputs[0]), k = rowsOf(program.inputs[1]);
      std::vector<float> e(q.data, q.data + 100 * d);
      for (float &x : e)
        x *= 0.125f;
      std::vector<float> f(k.data, k.data + 300 * d);
      Output out = attend(e, f, d, rowsOf(program.inputs[2]));
      double ratio = worstRatio(*result, out);
      RecordProperty("ratio", std::to_string(ratio));
      EXPECT_LT(ratio, kRoom) << "channels " << d << " scale " << scale;
    }
}

static constexpr const char *kCollinear = R"(
func.func @f(%q: tensor<?x?x?x@Dxf32>, %u: tensor<?x?x?x@Dxf32>, %v: tensor<?x?x?x8xf32>)
    -> (tensor<?x?x?x8xf32>, tensor<?x?x?xf32>) {
  %pq, %pk = attn.positions %q, %u align(bottom_right) : tensor<?x?x?x@Dxf32>, tensor<?x?x?x@Dxf32>
  %tau = attn.collinear_coefficients %u : tensor<?x?x?x@Dxf32>
  %t = attn.duplicate half %tau : tensor<?x?x?x@Kxf32>
  @keys
  %qr = attn.rotate %q at %pq (#attn.rope<base = 1.0e4>) : tensor<?x?x?x@Dxf32>, tensor<?x?xi32>
  %s = attn.scores %qr, %kr scale(0.125) : tensor<?x?x?x@Dxf32>, tensor<?x?x?x?x@Dxf32>
  %p, %lse = attn.softmax %s at (%pq, %pk) visible(#attn.causal) lse : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o, %lse : tensor<?x?x?x8xf32>, tensor<?x?x?xf32>
})";

/// Slack: E = q o R q / 8, F = R (tau, tau). Strict: E = p (cos, sin) / 8 with
/// p = x^2 + y^2, F = tau (cos, sin).
static void testCollinear(bool strict, double scale) {
  const int64_t d = 64, half = d / 2, rows = 120, keys = 300;
  std::string text = kCollinear;
  text.replace(text.find("@keys"), 5,
               strict ? R"(
  %k = attn.collinear_keys %q, %t : tensor<?x?x?x@Dxf32>, tensor<?x?x?x@Dxf32>
  %kr = attn.rotate %k at %pk (#attn.rope<base = 1.0e4>) : tensor<?x?x?x?x@Dxf32>, tensor<?x?xi32>)"
                      : R"(
  %tr = attn.rotate %t at %pk (#attn.rope<base = 1.0e4>) : tensor<?x?x?x@Dxf32>, tensor<?x?xi32>
  %kr = attn.collinear_keys %q, %tr : tensor<?x?x?x@Dxf32>, tensor<?x?x?x@Dxf32>)");
  Program program(withChannels(text.c_str(), d));
  program.zeros({1, 1, rows, d}).zeros({1, 1, keys, d}).zeros({1, 1, keys, 8});
  program.fill(Probe::Random, 32, scale);
  auto result = program.run();
  ASSERT_TRUE(mlir::succeeded(result));
  Rows q = rowsOf(program.inputs[0]), u = rowsOf(program.inputs[1]);
  std::vector<float> e(rows * d), f(keys * d);
  auto turn = [&](int64_t position, int64_t k, float &c, float &s) {
    double angle = position * std::pow(1e4, -double(k) / half);
    // As far off as a phase may be.
    c = std::cos(angle) + 0x1p-22;
    s = std::sin(angle) - 0x1p-22;
  };
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t k = 0; k < half; ++k) {
      float c, s, x = q[i][k], y = q[i][k + half];
      turn(keys - rows + i, k, c, s);
      e[i * d + k] = strict ? (x * x + y * y) * c : x * (x * c - y * s);
      e[i * d + k + half] = strict ? (x * x + y * y) * s : y * (y * c + x * s);
      e[i * d + k] *= 0.125f;
      e[i * d + k + half] *= 0.125f;
    }
  for (int64_t j = 0; j < keys; ++j)
    for (int64_t k = 0; k < half; ++k) {
      float c, s, tau = std::max(0.0f, (u[j][k] + u[j][k + half]) * 0.5f);
      turn(j, k, c, s);
      f[j * d + k] = strict ? tau * c : tau * (c - s);
      f[j * d + k + half] = strict ? tau * s : tau * (c + s);
    }
  Output out = attend(e, f, d, rowsOf(program.inputs[2]));
  double ratio = worstRatio(*result, out);
  testing::Test::RecordProperty("ratio", std::to_string(ratio));
  EXPECT_LT(ratio, kRoom) << (strict ? "strict" : "slack") << " scale "
                          << scale;

  // A score off by a thousandth is no rounding.
  for (float &x : e)
    x *= 1.001f;
  Output wrong = attend(e, f, d, rowsOf(program.inputs[2]));
  EXPECT_GT(worstRatio(*result, wrong), 1.0);
}

TEST(Kernels, FactoredCollinearKeys) {
  for (bool strict : {false, true})
    for (double scale : {0.5, 1.0, 2.0, 4.0})
      testCollinear(strict, scale);
}

TEST(Kernels, BiasesFarLargerThanScores) {
  // A slope of 1/2 over 3000 keys: the f32 sum rounds at the size of the bias.
  Program program(R"(
func.func @f(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x8xf32>)
    -> (tensor<?x?x?x8xf32>, tensor<?x?x?xf32>) {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %s = attn.scores %q, %k : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %t = attn.score_map %s at (%pq, %pk) (%x, %b, %h, %i, %j, %m, %n) {
    %slope = arith.constant 0.3 : f32
    %d = arith.subi %m, %n : i32
    %f = arith.sitofp %d : i32 to f32
    %y = arith.mulf %slope, %f : f32
    %z = arith.addf %x, %y : f32
    attn.yield %z : f32
  } : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %p, %lse = attn.softmax %t lse : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o, %lse : tensor<?x?x?x8xf32>, tensor<?x?x?xf32>
})");
  const int64_t rows = 4, keys = 3000;
  program.zeros({1, 1, rows, 8}).zeros({1, 1, keys, 8}).zeros({1, 1, keys, 8});
  program.fill(Probe::Random, 33);
  auto result = program.run();
  ASSERT_TRUE(mlir::succeeded(result));
  Rows q = rowsOf(program.inputs[0]), k = rowsOf(program.inputs[1]);
  Rows v = rowsOf(program.inputs[2]);
  Output out{std::vector<float>(rows * 8), std::vector<float>(rows)};
  for (int64_t i = 0; i < rows; ++i) {
    std::vector<float> s(keys);
    float largest = -INFINITY, sum = 0;
    for (int64_t j = 0; j < keys; ++j) {
      float dot = 0;
      for (int c = 0; c < 8; ++c)
        dot += q[i][c] * k[j][c];
      s[j] = dot + 0.3f * float(keys - rows + i - j);
      largest = std::max(largest, s[j]);
    }
    for (int64_t j = 0; j < keys; ++j) {
      float p = std::exp(s[j] - largest);
      sum += p;
      for (int c = 0; c < 8; ++c)
        out.value[i * 8 + c] += p * v[j][c];
    }
    for (int c = 0; c < 8; ++c)
      out.value[i * 8 + c] /= sum;
    out.lse[i] = largest + std::log(sum);
  }
  EXPECT_LT(worstRatio(*result, out), kRoom);
}

TEST(Kernels, ALargeNegativeNumberIsNoMaskButDoesNotBlindTheGate) {
  // finfo.min added to every other key: an ordinary number whose rounding error
  // is 2e31, at a weight of 0.
  Program program(R"(
func.func @f(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x8xf32>)
    -> tensor<?x?x?x8xf32> {
  %s = attn.scores %q, %k : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %t = attn.score_map %s (%x, %b, %h, %i, %j, %m, %n) {
    %one = arith.constant 1 : i32
    %odd = arith.andi %j, %one : i32
    %f = arith.sitofp %odd : i32 to f32
    %least = arith.constant -3.4028234e+38 : f32
    %y = arith.mulf %f, %least : f32
    %z = arith.addf %x, %y : f32
    attn.yield %z : f32
  } : tensor<?x?x?x?xf32>
  %p = attn.softmax %t : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
})");
  program.zeros({1, 1, 4, 8}).zeros({1, 1, 33, 8}).zeros({1, 1, 33, 8});
  program.fill(Probe::Random, 35);
  auto result = program.run();
  ASSERT_TRUE(mlir::succeeded(result));
  for (double error : result->outputs[0].scoreError) {
    EXPECT_GT(error, 1e-8);
    EXPECT_LT(error, 1e-4);
  }
}

TEST(Kernels, NegligibleWeightsHaveErrorsOfTheirOwn) {
  // 50 below the other score a weight is e^-50, which no error of its score
  // makes matter. But where all other values are 0 it is the result, and the
  // products that it is the exponential of cancel: 20000 - 20050.
  Program program(R"(
func.func @f(%q: tensor<?x?x?x2xf32>, %k: tensor<?x?x?x2xf32>, %v: tensor<?x?x?x1xf32>)
    -> tensor<?x?x?x1xf32> {
  %s = attn.scores %q, %k : tensor<?x?x?x2xf32>, tensor<?x?x?x2xf32>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x1xf32>
  return %o : tensor<?x?x?x1xf32>
})");
  program.f32({1, 1, 1, 2}, {1, 1})
      .f32({1, 1, 2, 2}, {0, 0, 20000, -20050})
      .f32({1, 1, 2, 1}, {0, 1});
  auto result = program.run();
  ASSERT_TRUE(mlir::succeeded(result)) << program.diagnostics;
  const ReferenceOutput &output = result->outputs[0];
  EXPECT_NEAR(output.value[0], std::exp(-50), 1e-30);
  // The row's ds is that of the score 0; the weight's, of 40050.
  EXPECT_LT(output.scoreError[0], 1e-6);
  EXPECT_GT(output.bound[0], output.value[0] * 40050 * 0x1p-24);
  EXPECT_LT(output.bound[0], output.value[0] * 40050 * 0x1p-20);
}

TEST(Kernels, SixteenBitIntermediatesAreNotRounded) {
  // The scaled query is written as bf16; only the returned one is stored so.
  auto text = [](bool returned) {
    return std::string(R"(
func.func @f(%q: tensor<?x?x?x8xbf16>, %k: tensor<?x?x?x8xbf16>, %v: tensor<?x?x?x8xbf16>)
    -> (tensor<?x?x?x8xbf16>)") +
           (returned ? ", tensor<?x?x?x8xbf16>" : "") + R"() {
  %r = attn.row_map %q (%x, %b, %h, %i, %p, %c) {
    %third = arith.constant 0.333333 : f32
    %y = arith.mulf %x, %third : f32
    attn.yield %y : f32
  } : tensor<?x?x?x8xbf16>
  %s = attn.scores %r, %k : tensor<?x?x?x8xbf16>, tensor<?x?x?x8xbf16>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xbf16>
  return %o)" +
           (returned ? ", %r" : "") + " : tensor<?x?x?x8xbf16>" +
           (returned ? ", tensor<?x?x?x8xbf16>" : "") + "\n}\n";
  };
  for (bool returned : {false, true}) {
    Program program(text(returned));
    for (int64_t rows : {5, 40, 40})
      program.zeros({1, 1, rows, 8}, HostType::BF16);
    program.fill(Probe::Random, 34);
    ReferenceOptions options;
    options.exactProducts = true;
    auto result = program.run(options);
    ASSERT_TRUE(mlir::succeeded(result));
    const ReferenceOutput &output = result->outputs[0];
    EXPECT_EQ(output.type, HostType::BF16);
    // A kernel that uses the rounding points of these rows is given 2^-7 of the
    // lengths for a score, and 2^-8 of what is averaged for the weights.
    auto rounded = program.run();
    ASSERT_TRUE(mlir::succeeded(rounded));
    const ReferenceOutput &loose = rounded->outputs[0];
    EXPECT_EQ(loose.value, output.value);
    double points = loose.scoreError[0] - output.scoreError[0];
    EXPECT_GT(points, 0x1p-7 * std::fabs(0.333333));
    EXPECT_LT(points, 0x1p-7 * 8 * 9);
    EXPECT_GT(loose.bound[0], output.bound[0] + 0x1p-8 * output.magnitude[0]);
    double ds = output.scoreError[0], value = std::fabs(output.value[0]);
    if (returned) {
      // One rounding of 2^-8 relative: ds is at least 2^-8 of a score's terms.
      EXPECT_GT(ds, 1e-3);
      EXPECT_LT(ds, 0.1);
      // The row itself is rounded once.
      const ReferenceOutput &row = result->outputs[1];
      EXPECT_NEAR(row.bound[0], std::fabs(row.value[0]) / 256,
                  1e-6 * std::fabs(row.value[0]));
      continue;
    }
    EXPECT_LT(ds, 1e-5);
    EXPECT_LT(output.bound[0], 1.01 * value / 256 + 1e-5);
    EXPECT_GT(output.bound[0], value / 256);
  }
}

TEST(Kernels, SumsThatOverflowOnTheWayMayBeAnythingThatIsNotFinite) {
  Program program(R"(
func.func @f(%q: tensor<?x?x?x1xf32>, %k: tensor<?x?x?x1xf32>, %v: tensor<?x?x?x1xf32>) -> tensor<?x?x?x1xf32> {
  %s = attn.scores %q, %k scale(1.0) : tensor<?x?x?x1xf32>, tensor<?x?x?x1xf32>
  %w = attn.normalize %s by(#attn.relu<power = 1.0, alpha = 0.0>) : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %w, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x1xf32>
  return %o : tensor<?x?x?x1xf32>
})");
  program.zeros({1, 1, 1, 1}).zeros({1, 1, 3, 1}).zeros({1, 1, 3, 1});
  program.inputs[0].write(0, 1);
  for (int64_t key = 0; key < 3; ++key)
    program.inputs[1].write(key, 1e20);
  auto check = [&](std::array<double, 3> values, float found) {
    for (int64_t key = 0; key < 3; ++key)
      program.inputs[2].write(key, values[key]);
    auto result = program.run();
    EXPECT_TRUE(mlir::succeeded(result));
    HostTensor actual;
    actual.type = HostType::F32, actual.data = &found;
    actual.shape = {1, 1, 1, 1};
    std::string error;
    return compare(result->outputs[0], actual, error)->passes();
  };
  const float infinity = std::numeric_limits<float>::infinity();
  // 3e38, then -6e38 and 6e38: in f32 the sum depends on the order.
  for (float found : {infinity, -infinity, std::nanf("")})
    EXPECT_TRUE(check({3e18, -6e18, 6e18}, found));
  // One sign, or terms that f32 holds: they do not.
  EXPECT_TRUE(check({1e18, 1e18, 1e18}, 3e38f));
  EXPECT_FALSE(check({1e17, 1e17, -1e17}, infinity));
  EXPECT_FALSE(check({1e17, 1e17, -1e17}, std::nanf("")));
}

TEST(Kernels, ConversionsRoundNothing) {
  Program program(R"(
func.func @f(%x: tensor<?x?x?x2xf32>) -> (tensor<?x?x?x2xf32>, tensor<?x?x?x2xf16>) {
  %b = attn.convert %x to bf16 : tensor<?x?x?x2xf32>
  %y = attn.convert %b to f32 : tensor<?x?x?x2xbf16>
  %h = attn.convert %b to f16 : tensor<?x?x?x2xbf16>
  return %y, %h : tensor<?x?x?x2xf32>, tensor<?x?x?x2xf16>
})");
  program.zeros({1, 1, 1, 2});
  program.inputs[0].write(0, 1.0009765625); // 1 + 2^-10
  program.inputs[0].write(1, 1e6);
  auto result = program.run();
  ASSERT_TRUE(mlir::succeeded(result));
  EXPECT_EQ(result->outputs[0].value[0], 1.0009765625);
  EXPECT_EQ(result->outputs[0].type, HostType::F32);
  EXPECT_EQ(result->outputs[1].type, HostType::F16);
  // What f16 cannot hold is infinity there, of the same sign.
  HostTensor half;
  std::vector<uint16_t> bits = {0x3c01, 0x7c00};
  half.type = HostType::F16, half.data = bits.data(), half.shape = {1, 1, 1, 2};
  std::string error;
  auto comparison = compare(result->outputs[1], half, error);
  ASSERT_TRUE(mlir::succeeded(comparison)) << error;
  EXPECT_TRUE(comparison->passes());
  for (uint16_t wrong : {0xfc00, 0x7bff, 0x7e00}) {
    bits[1] = wrong;
    EXPECT_FALSE(compare(result->outputs[1], half, error)->passes());
  }
}
