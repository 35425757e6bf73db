//===- NumbersTest.cpp - Large, infinite and missing numbers --------------===//

#include "Suite.h"

#include <cmath>

using namespace sextant;
using namespace sextant::test;

static Spec causal() {
  Spec spec;
  spec.channels = 16;
  spec.valueChannels = 16;
  spec.visible = "visible(#attn.causal)";
  return spec;
}

/// Element `channel` of row `row` of head 0 of a tensor of one batch entry.
static void put(Buffer &buffer, int64_t row, int64_t channel, double value) {
  buffer.set(row * buffer.host().shape[3] + channel, value);
}

TEST(Numbers, ScaleOfTheScores) {
  Spec plain = causal(), slack = causal(), rope = causal(), capped = causal();
  plain.scores = "%s = attn.scores %q, %k scale(0.25) : $Q, $K\n";
  rope.scores = rotaryScores("#attn.rope<base = 1.0e4>");
  slack.scores = slackScores();
  capped.scores = "%r = attn.scores %q, %k scale(0.25) : $Q, $K\n"
                  "%s = attn.softcap %r cap(30.0) : $S\n";
  for (auto &[name, spec] : {std::pair<std::string, Spec &>{"plain", plain},
                             {"rope", rope},
                             {"slack", slack},
                             {"softcap", capped}})
    if (Kernel *kernel = compiled(spec))
      // Scores are products: this standard deviation of a score each.
      for (double deviation : {0.1, 1.0, 4.0, 20.0})
        expectCloseAt(*kernel, {1, 2, 1, 65, 129},
                      name + ", deviation " + std::to_string(deviation), 31,
                      std::sqrt(deviation));
}

TEST(Numbers, ValuesThatOnlyLaterRowsSee) {
  // Row i must not see what key i + 1 holds, row i + 1 must.
  Kernel *kernel = compiled(causal());
  if (!kernel)
    return;
  for (double junk : {double(NAN), double(INFINITY), -double(INFINITY), 3e38})
    for (int64_t key : {0, 1, 23, 24, 31, 63, 64, 95, 96}) {
      Buffers inputs = kernel->inputs({1, 1, 1, 97, 97});
      put(inputs[2], key, 3, junk);
      expectClose(*kernel, inputs,
                  std::to_string(junk) + " as value of key " +
                      std::to_string(key));
    }
}

TEST(Numbers, InfinitiesOfBothSigns) {
  Kernel *kernel = compiled(causal());
  if (!kernel)
    return;
  Buffers inputs = kernel->inputs({1, 1, 1, 97, 97});
  put(inputs[2], 20, 3, INFINITY);
  put(inputs[2], 40, 3, -INFINITY);
  expectClose(*kernel, inputs, "inf - inf in a channel");
}

TEST(Numbers, KeysThatOnlyLaterRowsSee) {
  for (bool rotary : {false, true}) {
    Spec spec = causal();
    if (rotary)
      spec.scores = rotaryScores("#attn.rope<base = 1.0e4>");
    Kernel *kernel = compiled(spec);
    if (!kernel)
      continue;
    for (int64_t key : {0, 24, 63, 96}) {
      Buffers inputs = kernel->inputs({1, 1, 1, 97, 97});
      put(inputs[1], key, 3, NAN);
      expectClose(*kernel, inputs, "NaN in key " + std::to_string(key));
    }
  }
}

TEST(Numbers, RowsOfNaNAndInfinity) {
  Spec spec = causal();
  spec.visible = "";
  Kernel *kernel = compiled(spec);
  if (!kernel)
    return;
  // One query of NaN leaves its neighbours alone.
  Buffers inputs = kernel->inputs({1, 2, 1, 33, 97});
  put(inputs[0], 7, 0, NAN);
  expectClose(*kernel, inputs, "a query of NaN");
  // A score of +inf makes its row NaN.
  inputs = kernel->inputs({1, 1, 1, 33, 97});
  put(inputs[0], 9, 5, INFINITY);
  for (int64_t key = 0; key < 97; ++key)
    put(inputs[1], key, 5, key == 60 ? 1.0 : -1.0);
  expectClose(*kernel, inputs, "a score of +inf");
  // Scores of -inf weigh nothing: here all but one, then all of them.
  inputs = kernel->inputs({1, 1, 1, 33, 97});
  for (int64_t query = 0; query < 33; ++query)
    put(inputs[0], query, 5, 0.5 + query);
  for (int64_t key = 0; key < 97; ++key)
    if (key != 60)
      put(inputs[1], key, 5, -INFINITY);
  expectClose(*kernel, inputs, "all scores but one are -inf");
  put(inputs[1], 60, 5, -INFINITY);
  expectClose(*kernel, inputs, "all scores are -inf", /*mayBeTrivial=*/true);
}

TEST(Numbers, OrdinaryScoresAfterHugeNegativeOnes) {
  Spec spec = causal();
  spec.visible = "";
  Kernel *kernel = compiled(spec);
  if (!kernel)
    return;
  // The first keys of every row are far away, in one block or several, then
  // come ordinary ones: those must be as exact as if they were alone.
  for (double far : {1e2, 1e4, 1e7, 1e10, 1e30, 3e38})
    for (int64_t count : {96, 192}) {
      Buffers inputs = kernel->inputs({1, 1, 1, 49, 256});
      for (int64_t query = 0; query < 49; ++query)
        put(inputs[0], query, 0, 1.0);
      for (int64_t key = 0; key < 256; ++key)
        put(inputs[1], key, 0, key < count ? -far : 0.25);
      std::string what = std::to_string(count) + " scores near -" +
                         std::to_string(far / 4) + " first";
      expectClose(*kernel, inputs, what);
      // And a scale of scores for each block.
      for (int64_t key = 0; key < count; ++key)
        put(inputs[1], key, 0, key < 96 ? -far : -std::sqrt(far));
      expectClose(*kernel, inputs, what + ", in two steps");
    }
}

TEST(Numbers, BiasesOfMinusInfinity) {
  Spec spec = causal();
  spec.arguments = ", %bias: tensor<?xf32>";
  spec.visible = "";
  spec.scores = "%r = attn.scores %q, %k scale(0.25) : $Q, $K\n"
                "%s = attn.score_map %r at (%pq, %pk) "
                "(%x, %b, %h, %i, %j, %m, %n) {\n"
                "  %limit = attn.read %bias[%h] : tensor<?xf32>\n"
                "  %low = arith.constant -0.5 : f32\n"
                "  %small = arith.cmpf olt, %x, %low : f32\n"
                "  %y = arith.select %small, %limit, %x : f32\n"
                "  attn.yield %y : f32\n} : $S, $P, $P\n";
  Kernel *kernel = compiled(spec);
  if (!kernel)
    return;
  // finfo.min is an ordinary number, -inf weighs nothing, NaN is NaN.
  Buffers inputs = kernel->inputs({1, 4, 2, 33, 97});
  inputs[3].set(0, -INFINITY);
  inputs[3].set(1, -3.4028234663852886e38);
  inputs[3].set(2, NAN);
  inputs[3].set(3, -1e4);
  expectClose(*kernel, inputs, "scores replaced");
}
