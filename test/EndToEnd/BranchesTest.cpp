//===- BranchesTest.cpp - Scores that are chosen pair by pair -------------===//
//
// Several terms: named distances, and choices that a program writes itself.
//
//===----------------------------------------------------------------------===//

#include "Suite.h"

using namespace sextant;
using namespace sextant::test;

static const Dims kShapes[] = {
    {2, 4, 2, 33, 150}, {1, 1, 1, 130, 257}, {1, 3, 3, 1, 129},
    {1, 1, 1, 65, 17},  {1, 2, 1, 0, 5},     {1, 2, 1, 5, 0},
};

static void expectClose(const Spec &spec, const std::string &name) {
  Kernel *kernel = compiled(spec);
  if (!kernel)
    return;
  uint64_t seed = 70;
  for (const Dims &dims : kShapes)
    expectCloseAt(*kernel, dims, name, ++seed);
}

static Spec small(const std::string &scores, const std::string &visible) {
  Spec spec;
  spec.channels = 16;
  spec.valueChannels = 16;
  spec.scores = scores;
  spec.visible = visible;
  return spec;
}

TEST(Branches, NamedDistances) {
  const std::string rope = "rotation = #attn.rope<base = 1.0e4";
  const std::string causal = "visible(#attn.causal)";
  using Case = std::pair<std::string, std::string>;
  for (auto &[distance, visible] :
       {Case("#attn.rerope<" + rope + ">, window = 40>", ""),
        Case{"#attn.rerope<" + rope + ">, window = 30, leak = 16>",
             "visible(#attn.sliding_window<back = 70, ahead = 9>)"},
        {"#attn.self_extend<" + rope + ">, window = 48, group = 8>", causal},
        {"#attn.self_extend<" + rope +
             ", layout = interleaved>, window = 20, group = 3>",
         ""},
        {"#attn.dual_chunk<" + rope + ", rotary = 12>, chunk = 60, local = 12>",
         causal}})
    expectClose(small("%s = attn.rotary_scores %q, %k at (%pq, %pk) (" +
                          distance + ") scale(0.25) : $Q, $K, $P, $P\n",
                      visible),
                distance + visible);
}

TEST(Branches, DistancesFarFromTheStart) {
  // Angles of a million turns: whatever a position becomes, it stays exact.
  const std::string rows = "tensor<?x?x?x16xf32>", p = "tensor<?x?xi32>",
                    rope = "rotation = #attn.rope<base = 1.0e4>";
  for (const std::string &distance :
       {"#attn.rerope<" + rope + ", window = 30, leak = 3>",
        "#attn.self_extend<" + rope + ", window = 26, group = 9>",
        "#attn.self_extend<" + rope + ", window = 27, group = 9>",
        "#attn.dual_chunk<" + rope + ", chunk = 4000000, local = 12>"}) {
    Kernel *kernel = compiled(
        "func.func @attention(%q: " + rows + ", %k: " + rows + ", %v: " + rows +
        ", %at: tensor<?xi32>) -> " + rows +
        " {\n%pq, %pk = attn.positions %q, %k align(bottom_right) offset(%at : "
        "tensor<?xi32>) : " +
        rows + ", " + rows +
        "\n%s = attn.rotary_scores %q, %k at (%pq, %pk) (" + distance +
        ") scale(0.25) : " + rows + ", " + rows + ", " + p + ", " + p +
        "\n%w = attn.softmax %s at (%pq, %pk) visible(#attn.causal) : "
        "tensor<?x?x?x?xf32>, " +
        p + ", " + p +
        "\n%o = attn.weighted_sum %w, %v : tensor<?x?x?x?xf32>, " + rows +
        "\nreturn %o : " + rows + "\n}\n");
    if (!kernel)
      continue;
    for (int64_t at : {0, 1700000, 16700000}) {
      Buffers inputs = kernel->inputs({1, 2, 1, 40, 90});
      inputs[3].set(0, at);
      expectClose(*kernel, inputs, distance + " at " + std::to_string(at));
    }
  }
}

/// Keys within `reach` tokens score by %near, others by %far; `after` maps %t.
static std::string chosen(const std::string &terms, const std::string &after) {
  return terms +
         "%t = attn.select_scores %near, %far at (%pq, %pk) "
         "(%b, %h, %i, %j, %m, %n) {\n"
         "  %reach = arith.constant 37 : i32\n"
         "  %d = arith.subi %m, %n : i32\n"
         "  %c = arith.cmpi slt, %d, %reach : i32\n"
         "  attn.yield %c : i1\n} : $S, $P, $P\n" +
         after;
}

static const char *const kTurned =
    "%qr = attn.rotate %q at %pq (#attn.rope<base = 1.0e4>) : $Q, $P\n"
    "%kr = attn.rotate %k at %pk (#attn.rope<base = 1.0e4>) : $K, $P\n"
    "%near = attn.scores %qr, %kr scale(0.25) : $Q, $K\n";

static const char *const kSame =
    "%s = attn.score_map %t (%x, %b, %h, %i, %j, %m, %n) {\n"
    "  attn.yield %x : f32\n} : $S\n";

TEST(Branches, RotatedNearPlainFar) {
  std::string terms = std::string(kTurned) +
                      "%far = attn.scores %q, %k scale(0.125) : $Q, $K\n";
  for (const char *visible : {"", "visible(#attn.causal)"})
    expectClose(small(chosen(terms, kSame), visible), "rotated near");
}

TEST(Branches, MapsOfOneTermAndOfBoth) {
  // A map of one term: both are then in natural units.
  std::string terms = std::string(kTurned) +
                      "%dot = attn.scores %q, %k scale(0.25) : $Q, $K\n"
                      "%far = attn.softcap %dot cap(3.0) : $S\n";
  expectClose(small(chosen(terms, kSame), "visible(#attn.causal)"),
              "one term capped");
  terms =
      std::string(kTurned) + "%far = attn.scores %q, %k scale(0.25) : $Q, $K\n";
  expectClose(small(chosen(terms, "%u = attn.softcap %t cap(3.0) : $S\n"
                                  "%s = attn.bias %u at (%pq, %pk) "
                                  "(#attn.alibi) : $S, $P, $P\n"),
                    "visible(#attn.causal)"),
              "capped and biased");
}

TEST(Branches, BranchesOfOneTerm) {
  // One dot product is a term of its own here, and a part of both branches
  // there.
  std::string one = "%near = attn.scores %q, %k scale(0.25) : $Q, $K\n"
                    "%far = attn.softcap %near cap(3.0) : $S\n";
  expectClose(small(chosen(one, kSame), "visible(#attn.causal)"),
              "near and capped far");
  // Keys up to 37 tokens back turn, as do those more than 90 back, capped.
  std::string again = chosen(
      std::string(kTurned) + "%far = attn.scores %q, %k scale(0.25) : $Q, $K\n",
      "%capped = attn.softcap %near cap(3.0) : $S\n"
      "%s = attn.select_scores %t, %capped at (%pq, %pk) "
      "(%b, %h, %i, %j, %m, %n) {\n"
      "  %reach = arith.constant 90 : i32\n"
      "  %d = arith.subi %m, %n : i32\n"
      "  %c = arith.cmpi slt, %d, %reach : i32\n"
      "  attn.yield %c : i1\n} : $S, $P, $P\n");
  for (const char *visible : {"", "visible(#attn.causal)"})
    expectClose(small(again, visible), "near and farthest turned");
}

TEST(Branches, MapsThatReadTheChoiceTwice) {
  std::string terms =
      std::string(kTurned) + "%far = attn.scores %q, %k scale(0.25) : $Q, $K\n";
  expectClose(
      small(chosen(terms,
                   "%s = attn.score_map %t (%x, %b, %h, %i, %j, %m, %n) {\n"
                   "  %zero = arith.constant 0.0 : f32\n"
                   "  %odd = arith.cmpi sgt, %i, %j : i32\n"
                   "  %y = arith.select %odd, %zero, %x : f32\n"
                   "  %z = math.tanh %x : f32\n"
                   "  %w = arith.addf %y, %z : f32\n"
                   "  attn.yield %w : f32\n} : $S\n"),
            "visible(#attn.causal)"),
      "tanh added, or alone");
}

TEST(Branches, KeysThatDependOnTheQuery) {
  // Slack collinear keys near, strict ones far, of one tensor of coefficients.
  std::string terms =
      "%tau = attn.collinear_coefficients %k : $K\n"
      "%u = attn.duplicate half %tau : $X\n"
      "%qr = attn.rotate %q at %pq (#attn.rope<base = 1.0e4>) : $Q, $P\n"
      "%ur = attn.rotate %u at %pk (#attn.rope<base = 1.0e4>) : $K, $P\n"
      "%slack = attn.collinear_keys %q, %ur : $Q, $K\n"
      "%near = attn.scores %qr, %slack scale(0.25) : $Q, $R\n"
      "%tied = attn.collinear_keys %q, %u : $Q, $K\n"
      "%strict = attn.rotate %tied at %pk (#attn.rope<base = 1.0e4>) : $R, $P\n"
      "%far = attn.scores %qr, %strict scale(0.25) : $Q, $R\n";
  expectClose(small(chosen(terms, kSame), "visible(#attn.causal)"),
              "slack near, strict far");
}

TEST(Branches, WhatIsNotTakenHasNoEffect) {
  // Far scores are NaN for near keys and the other way round.
  std::string terms = std::string(kTurned) +
                      "%dot = attn.scores %q, %k scale(0.25) : $Q, $K\n"
                      "%far = attn.score_map %dot at (%pq, %pk) "
                      "(%x, %b, %h, %i, %j, %m, %n) {\n"
                      "  %reach = arith.constant 37 : i32\n"
                      "  %d = arith.subi %m, %n : i32\n"
                      "  %c = arith.cmpi slt, %d, %reach : i32\n"
                      "  %nan = arith.constant 0x7FC00000 : f32\n"
                      "  %y = arith.select %c, %nan, %x : f32\n"
                      "  attn.yield %y : f32\n} : $S, $P, $P\n";
  Kernel *kernel = compiled(small(chosen(terms, kSame), ""));
  if (!kernel)
    return;
  Buffers inputs = kernel->inputs({1, 2, 1, 97, 130});
  expectClose(*kernel, inputs, "NaN where the other is taken");
  for (Buffer &result : results(*kernel, inputs))
    for (int64_t i = 0; i < result.numElements(); ++i)
      ASSERT_EQ(result.at(i), result.at(i)) << i;
}

TEST(Branches, TermsThatNoScoreReads) {
  std::string terms =
      std::string(kTurned) + "%far = attn.scores %q, %k scale(0.25) : $Q, $K\n";
  for (const char *visible : {"", "visible(#attn.causal)"})
    expectClose(small(chosen(terms, "%s = attn.score_map %t at (%pq, %pk) "
                                    "(%x, %b, %h, %i, %j, %m, %n) {\n"
                                    "  %d = arith.subi %m, %n : i32\n"
                                    "  %f = arith.sitofp %d : i32 to f32\n"
                                    "  %c = arith.constant 0.01 : f32\n"
                                    "  %y = arith.mulf %f, %c : f32\n"
                                    "  attn.yield %y : f32\n} : $S, $P, $P\n"),
                      visible),
                "a score of the positions alone");
}

TEST(Branches, MappedPositions) {
  // A user's own distance: pairs of neighbours share a position, for the mask
  // as well.
  Spec spec =
      small("%g = attn.position_map %pq (%p, %b, %i) {\n"
            "  %two = arith.constant 2 : i32\n"
            "  %y = arith.floordivsi %p, %two : i32\n"
            "  attn.yield %y : i32\n} : $P\n"
            "%f = attn.position_map %pk (%p, %b, %i) {\n"
            "  %two = arith.constant 2 : i32\n"
            "  %y = arith.floordivsi %p, %two : i32\n"
            "  attn.yield %y : i32\n} : $P\n"
            "%qr = attn.rotate %q at %g (#attn.rope<base = 1.0e4>) : $Q, $P\n"
            "%kr = attn.rotate %k at %f (#attn.rope<base = 1.0e4>) : $K, $P\n"
            "%d = attn.scores %qr, %kr scale(0.25) : $Q, $K\n"
            "%s = attn.bias %d at (%g, %f) (#attn.alibi) : $S, $P, $P\n",
            "visible(#attn.causal)");
  expectClose(spec, "halved positions");
  // Positions that the caller gives.
  spec.arguments = ", %pq: $P {attn.name = \"query_p\"}, %pk: $P {attn.name = "
                   "\"key_p\"}";
  spec.positions = "";
  Kernel *kernel = compiled(spec);
  if (!kernel)
    return;
  Buffers inputs = kernel->inputs({1, 2, 1, 33, 57});
  std::vector<int64_t> queries, keys;
  for (int64_t i = 0; i < 33; ++i)
    queries.push_back(3 * i - 5);
  for (int64_t j = 0; j < 57; ++j)
    keys.push_back(97 - 2 * j);
  inputs[3].integers(queries);
  inputs[4].integers(keys);
  expectClose(*kernel, inputs, "halved positions of the caller");
}
