//===- FusedTest.cpp - The fused form says what the attn form says --------===//

#include "Program.h"

#include <gtest/gtest.h>

using namespace sextant::attn;
using namespace sextant::attn::test;

namespace {
using Shape4 = std::vector<int64_t>;
} // namespace

static void expectSame(const std::string &attn, const std::string &fused,
                       const std::vector<Shape4> &shapes) {
  Program first(attn), second(fused);
  for (Program *program : {&first, &second}) {
    for (const Shape4 &shape : shapes)
      program->zeros(shape);
    program->fill(Probe::Random, 5);
  }
  auto a = first.run(), b = second.run();
  ASSERT_TRUE(mlir::succeeded(a) && mlir::succeeded(b));
  ASSERT_EQ(a->outputs.size(), b->outputs.size());
  for (size_t i = 0; i < a->outputs.size(); ++i)
    EXPECT_EQ(firstDifference(a->outputs[i].value, b->outputs[i].value), -1)
        << "output " << i;
}

/// Rotation by halves: one group of 4 pairs, E and F of width 2.
static const char *const kTurn = R"(
    ^bb0(%a: f32, %c: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
      %kf = arith.sitofp %g : i32 to f64
      %exponent = arith.constant -0.25 : f64
      %base = arith.constant 1.0e4 : f64
      %e = arith.mulf %kf, %exponent : f64
      %w = math.powf %base, %e : f64
      %cos, %sin = attn.cos_sin %p, %w
      %ac = arith.mulf %a, %cos : f32
      %cs = arith.mulf %c, %sin : f32
      %cc = arith.mulf %c, %cos : f32
      %as = arith.mulf %a, %sin : f32
      %x = arith.subf %ac, %cs : f32
      %y = arith.addf %cc, %as : f32
)";

/// Features that are the elements of the rows.
static const char *const kRowsAsTheyAre = R"(features {
    ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
      attn.yield %x : f32
    }, {
    ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
      attn.yield %x : f32
    })";

TEST(Fused, RotationWithMaskLseAndGroupedHeads) {
  std::string attn = R"(
func.func @f(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x5xf32>)
    -> (tensor<?x?x?x5xf32>, tensor<?x?x?xf32>) {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %qr = attn.rotate %q at %pq (#attn.rope<base = 1.0e4>) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  %kr = attn.rotate %k at %pk (#attn.rope<base = 1.0e4>) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  %s = attn.scores %qr, %kr scale(0.5) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %p, %lse = attn.softmax %s at (%pq, %pk) visible(#attn.causal) lse : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x5xf32>
  return %o, %lse : tensor<?x?x?x5xf32>, tensor<?x?x?xf32>
})";
  std::string fused = R"(
func.func @f(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x5xf32>)
    -> (tensor<?x?x?x5xf32>, tensor<?x?x?xf32>) {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %o, %lse = attn.fused query(%q : tensor<?x?x?x8xf32>) key(%k : tensor<?x?x?x8xf32>)
    value(%v : tensor<?x?x?x5xf32>) positions(%pq, %pk : tensor<?x?xi32>, tensor<?x?xi32>)
    terms([[#attn.group<count = 4, width = 2,
             query = [#attn.member<operand = 0, offset = 0>, #attn.member<operand = 0, offset = 4>],
             key = [#attn.member<operand = 0, offset = 0>, #attn.member<operand = 0, offset = 4>]>]])
    normalizer(#attn.softmax)
    visible {
    ^bb0(%b: i32, %h: i32, %i: i32, %j: i32, %m: i32, %n: i32):
      %see = arith.cmpi sle, %n, %m : i32
      attn.yield %see : i1
    }
    features {)" + std::string(kTurn) +
                      R"(
      %scale = arith.constant 0.5 : f32
      %x2 = arith.mulf %x, %scale : f32
      %y2 = arith.mulf %y, %scale : f32
      attn.yield %x2, %y2 : f32, f32
    }, {)" + std::string(kTurn) +
                      R"(
      attn.yield %x, %y : f32, f32
    } : tensor<?x?x?x5xf32>, tensor<?x?x?xf32>
  return %o, %lse : tensor<?x?x?x5xf32>, tensor<?x?x?xf32>
})";
  for (auto [m, n] : {std::pair<int64_t, int64_t>(70, 70), {3, 130}, {9, 4}})
    expectSame(attn, fused, {{2, 4, m, 8}, {2, 2, n, 8}, {2, 1, n, 5}});
}

TEST(Fused, TwoTermsUnderAScoreRegionThatReadsACapture) {
  // Two dot products over channel ranges, summed with a bias a head.
  std::string attn = R"(
func.func @f(%q: tensor<?x?x?x4xf32>, %k: tensor<?x?x?x4xf32>, %v: tensor<?x?x?x2xf32>, %c: tensor<?xf32>)
    -> tensor<?x?x?x2xf32> {
  %pq, %pk = attn.positions %q, %k align(top_left) : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  %s = attn.scores %q, %k : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  %t = attn.score_map %s at (%pq, %pk) (%x, %b, %h, %i, %j, %m, %n) {
    %slope = attn.read %c[%h] : tensor<?xf32>
    %d = arith.subi %n, %m : i32
    %f = arith.sitofp %d : i32 to f32
    %y = arith.mulf %slope, %f : f32
    %z = arith.addf %x, %y : f32
    attn.yield %z : f32
  } : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %p = attn.softmax %t : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x2xf32>
  return %o : tensor<?x?x?x2xf32>
})";
  std::string fused = R"(
func.func @f(%q: tensor<?x?x?x4xf32>, %k: tensor<?x?x?x4xf32>, %v: tensor<?x?x?x2xf32>, %c: tensor<?xf32>)
    -> tensor<?x?x?x2xf32> {
  %pq, %pk = attn.positions %q, %k align(top_left) : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  %o = attn.fused query(%q : tensor<?x?x?x4xf32>) key(%k : tensor<?x?x?x4xf32>)
    value(%v : tensor<?x?x?x2xf32>) positions(%pq, %pk : tensor<?x?xi32>, tensor<?x?xi32>)
    captures(%c : tensor<?xf32>)
    terms([[#attn.group<count = 3, width = 1, query = [#attn.member<operand = 0, offset = 0>],
                        key = [#attn.member<operand = 0, offset = 0>]>],
           [#attn.group<count = 1, width = 1, query = [#attn.member<operand = 0, offset = 3>],
                        key = [#attn.member<operand = 0, offset = 3>]>]])
    normalizer(#attn.softmax)
    score {
    ^bb0(%x: f32, %y: f32, %b: i32, %h: i32, %i: i32, %j: i32, %m: i32, %n: i32):
      %slope = attn.read %c[%h] : tensor<?xf32>
      %d = arith.subi %n, %m : i32
      %f = arith.sitofp %d : i32 to f32
      %t = arith.mulf %slope, %f : f32
      %xy = arith.addf %x, %y : f32
      %z = arith.addf %xy, %t : f32
      attn.yield %z : f32
    }
    features {
    ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
      attn.yield %x : f32
    }, {
    ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
      attn.yield %x : f32
    }, {
    ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
      attn.yield %x : f32
    }, {
    ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
      attn.yield %x : f32
    } : tensor<?x?x?x2xf32>
  return %o : tensor<?x?x?x2xf32>
})";
  expectSame(attn, fused, {{1, 3, 7, 4}, {1, 1, 70, 4}, {1, 3, 70, 2}, {3}});
}

TEST(Fused, RowsReadTheExtentsOfTheirReader) {
  // A map of scores reads %r for the attention; a map of the output, which the
  // fused op contains, reads %u for rows of no attention.
  auto withExtent = [](const std::string &name, const std::string &of,
                       const std::string &kind) {
    return "%" + name + " = attn.row_map %" + of +
           " (%x, %b, %h, %i, %p, %c) {\n  %n = attn.extent " + kind +
           "\n  %y = arith.sitofp %n : i32 to f32\n  attn.yield %y : f32\n} "
           ": tensor<?x?x?x2xf32>\n";
  };
  const std::string head =
      "func.func @f(%q: tensor<?x?x?x2xf32>, %k: tensor<?x?x?x2xf32>) -> "
      "tensor<?x?x?x2xf32> {\n" +
      withExtent("r", "q", "keys") + withExtent("u", "q", "keys") +
      withExtent("v", "k", "queries");
  const std::string map = R"(
      %zero = arith.constant 0 : i32
      %t = attn.read %r[%b, %h, %i, %zero] : tensor<?x?x?x2xf32>
      %y = arith.mulf %x, %t : f32
      attn.yield %y : f32
)";
  const std::string output = R"(
      %t = attn.read %u[%b, %h, %i, %c] : tensor<?x?x?x2xf32>
      %y = arith.addf %x, %t : f32
      attn.yield %y : f32
)";
  std::string attn = head + R"(
  %d = attn.scores %q, %k : tensor<?x?x?x2xf32>, tensor<?x?x?x2xf32>
  %s = attn.score_map %d (%x, %b, %h, %i, %j, %m, %n) {)" +
                     map + R"(
  } : tensor<?x?x?x?xf32>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %w = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x2xf32>
  %o = attn.row_map %w (%x, %b, %h, %i, %p1, %c) {)" +
                     output + R"(
  } : tensor<?x?x?x2xf32>
  return %o : tensor<?x?x?x2xf32>
})";
  std::string fused = head + R"(
  %o = attn.fused query(%q : tensor<?x?x?x2xf32>) key(%k : tensor<?x?x?x2xf32>)
    value(%v : tensor<?x?x?x2xf32>)
    captures(%r, %u : tensor<?x?x?x2xf32>, tensor<?x?x?x2xf32>)
    terms([[#attn.group<count = 2, width = 1,
             query = [#attn.member<operand = 0, offset = 0>],
             key = [#attn.member<operand = 0, offset = 0>]>]])
    normalizer(#attn.softmax)
    score {
    ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %j: i32, %m: i32, %n: i32):)" +
                      map + R"(
    }
    output {
    ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %c: i32):)" +
                      output + R"(
    }
    )" + std::string(kRowsAsTheyAre) +
                      R"( : tensor<?x?x?x2xf32>
  return %o : tensor<?x?x?x2xf32>
})";
  expectSame(attn, fused, {{1, 2, 7, 2}, {1, 2, 4, 2}});
}

TEST(Fused, OrderedWeightsAndTheirRemainder) {
  const std::string shares = R"(
      %one = arith.constant 1.0 : f32
      %e = math.exp %x : f32
      %sum = arith.addf %e, %one : f32
      %keep = arith.divf %one, %sum : f32
      %take = arith.mulf %e, %keep : f32
      attn.yield %take, %keep : f32, f32
)";
  std::string attn = R"(
func.func @f(%q: tensor<?x?x?x4xf32>, %k: tensor<?x?x?x4xf32>, %v: tensor<?x?x?x2xf32>)
    -> (tensor<?x?x?x2xf32>, tensor<?x?x?xf32>) {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  %s = attn.scores %q, %k : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  %p, %r = attn.ordered_weights %s at (%pq, %pk) (%x, %b, %h, %i, %j, %m, %n) {)" +
                     shares + R"(
  } visible(#attn.causal) remainder : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x2xf32>
  return %o, %r : tensor<?x?x?x2xf32>, tensor<?x?x?xf32>
})";
  std::string fused = R"(
func.func @f(%q: tensor<?x?x?x4xf32>, %k: tensor<?x?x?x4xf32>, %v: tensor<?x?x?x2xf32>)
    -> (tensor<?x?x?x2xf32>, tensor<?x?x?xf32>) {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  %o, %r = attn.fused query(%q : tensor<?x?x?x4xf32>) key(%k : tensor<?x?x?x4xf32>)
    value(%v : tensor<?x?x?x2xf32>) positions(%pq, %pk : tensor<?x?xi32>, tensor<?x?xi32>)
    terms([[#attn.group<count = 4, width = 1, query = [#attn.member<operand = 0, offset = 0>],
                        key = [#attn.member<operand = 0, offset = 0>]>]])
    normalizer(#attn.ordered)
    visible {
    ^bb0(%b: i32, %h: i32, %i: i32, %j: i32, %m: i32, %n: i32):
      %see = arith.cmpi sle, %n, %m : i32
      attn.yield %see : i1
    }
    carry {
    ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %j: i32, %m: i32, %n: i32):)" +
                      shares + R"(
    }
    )" + std::string(kRowsAsTheyAre) +
                      R"( : tensor<?x?x?x2xf32>, tensor<?x?x?xf32>
  return %o, %r : tensor<?x?x?x2xf32>, tensor<?x?x?xf32>
})";
  for (auto [m, n] : {std::pair<int64_t, int64_t>(70, 70), {3, 130}, {9, 4}})
    expectSame(attn, fused, {{2, 4, m, 4}, {2, 2, n, 4}, {2, 1, n, 2}});
}

TEST(Fused, FactorsOfCollinearKeys) {
  // Slack: E = q o R q, F = R t, with the coefficients as the key operand.
  std::string attn = R"(
func.func @f(%q: tensor<?x?x?x8xf32>, %t: tensor<?x?x?x4xf32>, %v: tensor<?x?x?x2xf32>)
    -> tensor<?x?x?x2xf32> {
  %pq, %pk = attn.positions %q, %t align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x4xf32>
  %d = attn.duplicate half %t : tensor<?x?x?x4xf32>
  %tr = attn.rotate %d at %pk (#attn.rope<base = 1.0e4>) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  %k = attn.collinear_keys %q, %tr : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %qr = attn.rotate %q at %pq (#attn.rope<base = 1.0e4>) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  %s = attn.scores %qr, %k : tensor<?x?x?x8xf32>, tensor<?x?x?x?x8xf32>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x2xf32>
  return %o : tensor<?x?x?x2xf32>
})";
  std::string fused = R"(
func.func @f(%q: tensor<?x?x?x8xf32>, %t: tensor<?x?x?x4xf32>, %v: tensor<?x?x?x2xf32>)
    -> tensor<?x?x?x2xf32> {
  %pq, %pk = attn.positions %q, %t align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x4xf32>
  %o = attn.fused query(%q : tensor<?x?x?x8xf32>) key(%t : tensor<?x?x?x4xf32>)
    value(%v : tensor<?x?x?x2xf32>) positions(%pq, %pk : tensor<?x?xi32>, tensor<?x?xi32>)
    terms([[#attn.group<count = 4, width = 2,
             query = [#attn.member<operand = 0, offset = 0>, #attn.member<operand = 0, offset = 4>],
             key = [#attn.member<operand = 0, offset = 0>]>]])
    normalizer(#attn.softmax)
    features {)" + std::string(kTurn) +
                      R"(
      %e0 = arith.mulf %a, %x : f32
      %e1 = arith.mulf %c, %y : f32
      attn.yield %e0, %e1 : f32, f32
    }, {
    ^bb0(%t0: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
      %kf = arith.sitofp %g : i32 to f64
      %exponent = arith.constant -0.25 : f64
      %base = arith.constant 1.0e4 : f64
      %e = arith.mulf %kf, %exponent : f64
      %w = math.powf %base, %e : f64
      %cos, %sin = attn.cos_sin %p, %w
      %minus = arith.subf %cos, %sin : f32
      %plus = arith.addf %cos, %sin : f32
      %f0 = arith.mulf %t0, %minus : f32
      %f1 = arith.mulf %t0, %plus : f32
      attn.yield %f0, %f1 : f32, f32
    } : tensor<?x?x?x2xf32>
  return %o : tensor<?x?x?x2xf32>
})";
  expectSame(attn, fused, {{1, 2, 5, 8}, {1, 1, 66, 4}, {1, 1, 66, 2}});
}

TEST(Fused, OutputMap) {
  // Rows without a key are mapped too, in the positions of the mask.
  const std::string types = "!rows = tensor<?x?x?x4xf32>\n!pos = "
                            "tensor<?x?xi32>\n";
  const std::string head =
      "func.func @f(%q: !rows, %k: !rows, %v: !rows, %g: !rows) -> !rows {\n"
      "  %pq, %pk = attn.positions %q, %k align(bottom_right) : !rows, "
      "!rows\n";
  const std::string body = "      %f = arith.sitofp %p : i32 to f32\n"
                           "      %d = arith.sitofp %c : i32 to f32\n"
                           "      %z = math.fma %x, %y, %f : f32\n"
                           "      %w = math.fma %x, %d, %z : f32\n"
                           "      %t = math.tanh %w : f32\n"
                           "      attn.yield %t : f32\n";
  const std::string attn = types + head + R"(
  %s = attn.scores %q, %k : !rows, !rows
  %a = attn.softmax %s at (%pq, %pk) visible(#attn.causal) : tensor<?x?x?x?xf32>, !pos, !pos
  %o = attn.weighted_sum %a, %v : tensor<?x?x?x?xf32>, !rows
  %r = attn.row_map %o, %g at %pq (%x, %y, %b, %h, %i, %p, %c) {
)" + body + R"(
  } : !rows, !rows at !pos
  return %r : !rows
})";
  const std::string fused = types + head + R"(
  %r = attn.fused query(%q : !rows) key(%k : !rows) value(%v : !rows)
    positions(%pq, %pk : !pos, !pos) captures(%g : !rows)
    terms([[#attn.group<count = 4, width = 1, query = [<operand = 0, offset = 0>], key = [<operand = 0, offset = 0>]>]])
    normalizer(#attn.softmax)
    visible {
    ^bb0(%b: i32, %h: i32, %i: i32, %j: i32, %m: i32, %n: i32):
      %seen = arith.cmpi sle, %n, %m : i32
      attn.yield %seen : i1
    }
    output {
    ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %c: i32):
      %y = attn.read %g[%b, %h, %i, %c] : !rows
)" + body + R"(
    }
    features {
    ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g0: i32):
      attn.yield %x : f32
    }, {
    ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g0: i32):
      attn.yield %x : f32
    } : !rows
  return %r : !rows
})";
  expectSame(attn, fused,
             {{1, 2, 7, 4}, {1, 2, 5, 4}, {1, 2, 5, 4}, {1, 2, 7, 4}});
}
