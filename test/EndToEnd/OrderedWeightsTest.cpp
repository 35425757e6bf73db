//===- OrderedWeightsTest.cpp - Shares of what later keys leave -----------===//
//
// Ordered weights against the interpreter, and what only they promise: weights
// and remainder that add up to 1, and the order of the keys.
//
//===----------------------------------------------------------------------===//

#include "Weighing.h"

#include <cmath>

using namespace sextant;
using namespace sextant::test;

static const std::string kStick = "#attn.stick_breaking";
/// The keys before the query's own.
static const std::string kBefore =
    "visible(#attn.and<[#attn.causal, #attn.not<#attn.sliding_window<back = 0, "
    "ahead = 0>>]>)";

/// Scores that leave much of a row to the keys before: the remainder of many
/// keys is a number, too.
static const std::string kLowScores =
    "%d = attn.scores %q, %k scale(0.25) : $Q, $K\n"
    "%s = attn.score_map %d (%x, %b, %h, %i, %j, %m, %n) {\n"
    "  %c = arith.constant -5.0 : f32\n"
    "  %y = arith.addf %x, %c : f32\n"
    "  attn.yield %y : f32\n} : $S\n";

static Kernel *stick(const std::string &visible) {
  return weighed({named(kStick, "", visible)});
}

static Kernel *lowStick(const std::string &visible) {
  return weighed(
      {named(kStick, "", visible, "remainder"), "", true, kLowScores});
}

TEST(OrderedWeights, StickBreaking) {
  for (const std::string &visible :
       {std::string(), std::string("visible(#attn.causal)"), kBefore,
        std::string("visible(#attn.dilated<step = 3>)"),
        std::string(
            "visible(#attn.not<#attn.sliding_window<back = 2, ahead = 0>>)")})
    expectAtShapes(lowStick(visible), "low scores, " + visible);
  for (double scale : {0.5, 3.0})
    expectAtShapes(stick("visible(#attn.causal)"), kStick, scale);
}

TEST(OrderedWeights, ManyBlocksOfKeys) {
  // Keys of many blocks leave something.
  Kernel *kernel = lowStick("visible(#attn.causal)");
  if (!kernel)
    return;
  for (const Dims &dims : {Dims{1, 4, 2, 20, 1100}, Dims{1, 1, 1, 390, 391}})
    expectCloseAt(*kernel, dims, "low scores", 5);
  Kernel *windowed =
      lowStick("visible(#attn.sliding_window<back = 300, ahead = 0>)");
  if (windowed)
    expectCloseAt(*windowed, {1, 2, 1, 20, 1100}, "a window over blocks", 6);
}

TEST(OrderedWeights, RowsAddUpToOne) {
  Kernel *kernel = lowStick("visible(#attn.causal)");
  if (!kernel)
    return;
  Buffers inputs = kernel->inputs({1, 2, 1, 65, 200}, attn::Probe::Random, 4);
  for (int64_t i = 0; i < inputs[2].numElements(); ++i)
    inputs[2].set(i, 1.0);
  Buffers got = results(*kernel, inputs);
  ASSERT_EQ(got.size(), 2u);
  for (int64_t row = 0; row < got[1].numElements(); ++row)
    EXPECT_NEAR(got[0].host().readReal(row * 24) + got[1].host().readReal(row),
                1.0, 1e-5)
        << row;
}

TEST(OrderedWeights, ExtremeScores) {
  Kernel *kernel = stick("");
  if (!kernel)
    return;
  // Scores of +-1000 and +-80 among small ones: shares of 0, of 1, and of
  // 10^-35.
  for (double size : {1000.0, 80.0, 30.0})
    for (int64_t key : {0, 40, 96}) {
      Buffers inputs =
          kernel->inputs({1, 1, 1, 33, 97}, attn::Probe::Random, 11, 0.3);
      for (int64_t i = 0; i < 33; ++i)
        put(inputs[0], i, 5, i % 2 ? 2 * size : -2 * size);
      for (int64_t j = 0; j < 97; ++j)
        put(inputs[1], j, 5, j == key ? 1.0 : j % 5 == 3 ? -1.0 : 0.0);
      expectClose(*kernel, inputs, "scores of " + std::to_string(size));
    }
  for (double huge : {double(INFINITY), -double(INFINITY)}) {
    Buffers inputs = kernel->inputs({1, 1, 1, 33, 97});
    for (int64_t i = 0; i < 33; ++i)
      put(inputs[0], i, 5, i == 9 ? huge : 0.0);
    for (int64_t key = 0; key < 97; ++key)
      put(inputs[1], key, 5, key % 7 == 4 ? 1.0 : -1.0);
    expectClose(*kernel, inputs, "scores of both infinities");
  }
}

TEST(OrderedWeights, NotANumber) {
  Kernel *kernel = lowStick("visible(#attn.causal)");
  if (!kernel)
    return;
  for (int64_t key : {1, 24, 63, 96}) {
    // A key of NaN makes the rows that see it NaN, and their remainders.
    Buffers inputs = kernel->inputs({1, 1, 1, 97, 97});
    put(inputs[1], key, 3, NAN);
    expectClose(*kernel, inputs, "a key of NaN");
    Buffers got = results(*kernel, inputs);
    ASSERT_EQ(got.size(), 2u);
    for (int64_t row = 0; row < 97; ++row)
      EXPECT_EQ(std::isnan(got[1].host().readReal(row)), row >= key) << row;
    inputs = kernel->inputs({1, 1, 1, 97, 97}, attn::Probe::Random, 2, 0.2);
    put(inputs[2], key, 3, NAN);
    expectClose(*kernel, inputs, "a value of NaN");
  }
  // Behind a window they have no effect.
  Kernel *windowed =
      lowStick("visible(#attn.sliding_window<back = 5, ahead = 0>)");
  if (!windowed)
    return;
  for (double junk : {double(NAN), double(INFINITY)}) {
    Buffers inputs = windowed->inputs({1, 1, 1, 40, 97});
    put(inputs[1], 20, 3, NAN);
    put(inputs[2], 30, 3, junk);
    put(inputs[2], 51, 3, junk);
    expectClose(*windowed, inputs, "junk before the window");
  }
}

TEST(OrderedWeights, SharesByRegion) {
  // A decay by head that takes a part of each key, without any score map: keep
  // is a number that a table and the distance give, take what a tanh says.
  Weighing spec;
  spec.rowResult = true;
  spec.arguments = ", %decay: tensor<?xf32>";
  spec.ops = "%p, %row = attn.ordered_weights %s at (%pq, %pk) (%x, %b, %h, "
             "%i, %j, %m, %n) {\n"
             "  %d = attn.read %decay[%h] : tensor<?xf32>\n"
             "  %e = arith.subi %m, %n : i32\n"
             "  %f = arith.sitofp %e : i32 to f32\n"
             "  %c = math.cos %f : f32\n"
             "  %g = arith.mulf %c, %d : f32\n"
             "  %t = math.tanh %x : f32\n"
             "  attn.yield %t, %g : f32, f32\n"
             "} visible(#attn.causal) remainder : $S, $P, $P\n";
  Kernel *kernel = weighed(spec);
  if (!kernel)
    return;
  for (const Dims &dims : kWeighingShapes) {
    Buffers inputs = kernel->inputs(dims, attn::Probe::Random, 6, 0.5);
    inputs[3] = Buffer(attn::HostType::F32, {dims.H});
    for (int64_t h = 0; h < dims.H; ++h)
      inputs[3].set(h, 1.0 - 0.1 * double(h));
    expectClose(*kernel, inputs, "shares by a region, " + spelled(dims),
                dims.M * dims.N == 0);
  }
}

TEST(OrderedWeights, ScoreMapsGatesAndTypes) {
  Weighing spec{"%t = attn.softcap %s cap(4.0) : $S\n"
                "%w, %row = attn.normalize %t at (%pq, %pk) by (" +
                    kStick +
                    ") visible(#attn.causal) remainder : $S, $P, $P\n"
                    "%p = attn.scale_weights %w (%b, %h, %i, %j, %m, %n) {\n"
                    "  %f = arith.sitofp %j : i32 to f32\n"
                    "  %e = math.sin %f : f32\n"
                    "  attn.yield %e : f32\n} : $S\n",
                "", true, kLowScores};
  expectAtShapes(weighed(spec), "a softcap before, a gate behind", 2.0);
  expectAtShapes(
      compiled(replaced(
          "func.func @attention(%q: tensor<?x?x?x16xbf16>, %k: "
          "tensor<?x?x?x16xbf16>, %v: tensor<?x?x?x24xf16>) -> "
          "tensor<?x?x?x24xf16> {\n"
          "%s = attn.scores %q, %k scale(0.5) : tensor<?x?x?x16xbf16>, "
          "tensor<?x?x?x16xbf16>\n"
          "%p = attn.normalize %s by (" +
          kStick +
          ") : $S\n"
          "%o = attn.weighted_sum %p, %v : $S, tensor<?x?x?x24xf16>\n"
          "return %o : tensor<?x?x?x24xf16>\n}")),
      "16-bit rows");
}

TEST(OrderedWeights, RemainderForAResidual) {
  // What the keys leave goes to a row of the query's own.
  Kernel *kernel = compiled(
      replaced("func.func @residual(%q: $Q, %k: $K, %v: $V, %u: $V) -> $V {\n"
               "%pq, %pk = attn.positions %q, %k align(bottom_right) : $Q, $K\n"
               "%s = attn.scores %q, %k scale(0.25) : $Q, $K\n" +
               named(kStick, "", kBefore, "remainder") +
               "%a = attn.weighted_sum %p, %v : $S, $V\n"
               "%o = attn.row_map %a, %u (%x, %y, %b, %h, %i, %m, %c) {\n"
               "  %r = attn.read %row[%b, %h, %i] : $L\n"
               "  %z = arith.mulf %r, %y : f32\n"
               "  %w = arith.addf %x, %z : f32\n"
               "  attn.yield %w : f32\n} : $V, $V\n"
               "return %o : $V\n}"));
  if (!kernel)
    return;
  for (const Dims &dims : {Dims{1, 2, 1, 33, 33}, Dims{2, 2, 2, 1, 70}}) {
    Buffers inputs = kernel->inputs(dims, attn::Probe::Random, 3);
    inputs[3] = Buffer(attn::HostType::F32, {dims.B, dims.H, dims.M, 24});
    for (int64_t i = 0; i < inputs[3].numElements(); ++i)
      inputs[3].set(i, double(i % 11) / 4 - 1);
    expectClose(*kernel, inputs, "a residual, " + spelled(dims));
  }
}

TEST(OrderedWeights, ThreadsAndBatches) {
  Kernel *kernel = lowStick("visible(#attn.causal)");
  if (!kernel)
    return;
  Buffers inputs = kernel->inputs({2, 4, 2, 300, 333}, attn::Probe::Random, 9);
  Call parallel;
  parallel.threads = 3;
  EXPECT_TRUE(
      sameBits(results(*kernel, inputs), results(*kernel, inputs, parallel)));
}
