//===- RegionsTest.cpp - What regions read and compute --------------------===//

#include "Suite.h"

using namespace sextant;
using namespace sextant::test;

static Spec small() {
  Spec spec;
  spec.channels = 8;
  spec.valueChannels = 8;
  spec.scores = "%s = attn.scores %q, %k scale(0.35) : $Q, $K\n";
  return spec;
}

static constexpr Dims kShapes[] = {
    {2, 6, 2, 17, 5}, {1, 4, 2, 3, 70}, {1, 2, 2, 1, 33}};

static void expectEverywhere(const Spec &spec, const std::string &what) {
  if (Kernel *kernel = compiled(spec))
    for (const Dims &dims : kShapes)
      expectCloseAt(*kernel, dims, what, 12);
}

/// Scores of rows that `map` makes of an element %x of `side` and the extent %n
/// of `kind`, normalized by `norm` if there is one.
static void expectExtent(const std::string &side, const std::string &kind,
                         const std::string &map, const std::string &scale,
                         const std::string &norm = "") {
  Spec spec = small();
  spec.scores = "%y = attn.row_map %" + side +
                " (%x, %b, %h, %i, %p, %c) {\n"
                "  %n = attn.extent " +
                kind + "\n" + map + "  attn.yield %z : f32\n} : $Q\n";
  std::string rows = "%y";
  if (!norm.empty()) {
    spec.scores += "%w = attn.encode %y (" + norm + ") : $Q\n";
    rows = "%w";
  }
  spec.scores += "%s = attn.scores " +
                 (side == "q" ? rows + ", %k" : "%q, " + rows) + " scale(" +
                 scale + ") : $Q, $K\n";
  expectEverywhere(spec, kind + " in rows of " + side + " " + norm);
}

TEST(Regions, RowsReadTheExtentsOfTheCall) {
  // Not those of their own rows: a key row sees as many queries as there are.
  for (std::string side : {"q", "k"})
    for (std::string kind : {"batch", "heads", "key_heads", "queries", "keys"})
      expectExtent(side, kind,
                   "  %more = arith.cmpi sgt, %n, %c : i32\n"
                   "  %f = arith.sitofp %c : i32 to f32\n"
                   "  %z = arith.select %more, %x, %f : f32\n",
                   "0.35");
}

TEST(Regions, NormalizedRowsReadTheExtentsOfTheCall) {
  // The sum over a row is a kernel of its own, of the same call.
  for (auto [side, kind] : {std::pair("q", "key_heads"), std::pair("q", "keys"),
                            std::pair("k", "heads"), std::pair("k", "queries")})
    expectExtent(side, kind,
                 "  %f = arith.sitofp %n : i32 to f32\n"
                 "  %z = arith.addf %x, %f : f32\n",
                 "4.0", "#attn.l2_norm<eps = 1.0e-3>");
}

/// Rows %name of `rows` that add an extent to each element.
static std::string withExtent(const std::string &name, const std::string &rows,
                              const std::string &kind,
                              const std::string &type) {
  return "%" + name + " = attn.row_map %" + rows +
         " (%x, %b, %h, %i, %p, %c) {\n"
         "  %n = attn.extent " +
         kind +
         "\n  %f = arith.sitofp %n : i32 to f32\n"
         "  %g = arith.constant 0.125 : f32\n"
         "  %w = arith.mulf %f, %g : f32\n"
         "  %z = arith.addf %x, %w : f32\n  attn.yield %z : f32\n} : " +
         type + "\n";
}

/// A read of rows %r from the region of %x and, for the channel, %c.
static const char *const kRead =
    "  %t = attn.read %r[%b, %h, %i, %c] : $Q\n"
    "  %y = arith.addf %x, %t : f32\n  attn.yield %y : f32\n} : ";

TEST(Regions, CapturedRowsReadTheExtentsOfTheirReader) {
  // Of the attention that a region reads them for: from its map of scores, from
  // rows whose features it makes, and from rows that are normalized first.
  const std::string rows = "%y = attn.row_map %q (%x, %b, %h, %i, %p, %c) {\n" +
                           std::string(kRead) + "$Q\n";
  const std::string scores[] = {
      "%d = attn.scores %q, %k scale(0.35) : $Q, $K\n"
      "%s = attn.score_map %d (%x, %b, %h, %i, %j, %m, %n) {\n"
      "  %c = arith.constant 3 : i32\n"
      "  %t = attn.read %r[%b, %h, %i, %c] : $Q\n"
      "  %y = arith.mulf %x, %t : f32\n  attn.yield %y : f32\n} : $S\n",
      rows + "%s = attn.scores %y, %k scale(0.35) : $Q, $K\n",
      rows + "%w = attn.encode %y (#attn.l2_norm<eps = 1.0e-3>) : $Q\n"
             "%s = attn.scores %w, %k scale(4.0) : $Q, $K\n"};
  for (const std::string &readers : scores) {
    Spec spec = small();
    spec.scores = withExtent("r", "q", "keys", "$Q") + readers;
    expectEverywhere(spec, "keys in captured rows");
  }
}

TEST(Regions, RowsOfSeveralAttentions) {
  // Alike but for the attention that they are computed for; the norms are
  // kernels of their own. Values and a map of the output read such rows too.
  const std::string q = "tensor<?x?x?x8xf32>", s = "tensor<?x?x?x?xf32>";
  auto attention = [&](const std::string &n, const std::string &keys) {
    return withExtent("y" + n, "q", "keys", q) + "%w" + n +
           " = attn.encode %y" + n + " (#attn.l2_norm<eps = 1.0e-3>) : " + q +
           "\n" + withExtent("v" + n, keys, "queries", q) + "%s" + n +
           " = attn.scores %w" + n + ", %" + keys + " scale(4.0) : " + q +
           ", " + q + "\n%p" + n + " = attn.softmax %s" + n + " : " + s +
           "\n%o" + n + " = attn.weighted_sum %p" + n + ", %v" + n + " : " + s +
           ", " + q + "\n";
  };
  const std::string text =
      "func.func @attention(%q: " + q + ", %k: " + q + ", %v: " + q + ") -> (" +
      q + ", " + q + ") {\n" + attention("0", "k") + attention("1", "q") +
      withExtent("r", "q", "keys", q) +
      "%o = attn.row_map %o1 (%x, %b, %h, %i, %p, %c) {\n"
      "  %t = attn.read %r[%b, %h, %i, %c] : " +
      q + "\n  %y = arith.addf %x, %t : f32\n  attn.yield %y : f32\n} : " + q +
      "\nreturn %o0, %o : " + q + ", " + q + "\n}\n";
  if (Kernel *kernel = compiled(text))
    for (const Dims &dims : kShapes)
      expectCloseAt(*kernel, dims, "rows of several attentions", 12);
}

TEST(Regions, PositionsOfNoAttentionReadTheirOwnExtents) {
  const std::string q = "tensor<?x?x?x8xf32>", p = "tensor<?x?xi32>";
  for (std::string kind : {"keys", "queries", "heads"}) {
    const std::string text =
        "func.func @rows(%q: " + q + ", %k: " + q + ", %v: " + q + ") -> " + q +
        " {\n%pq, %pk = attn.positions %q, %k align(bottom_right) : " + q +
        ", " + q +
        "\n%m = attn.position_map %pq (%x, %b, %i) {\n"
        "  %n = attn.extent " +
        kind +
        "\n  %y = arith.addi %x, %n : i32\n  attn.yield %y : i32\n} : " + p +
        "\n%r = attn.rotate %q at %m (#attn.rope<base = 1.0e4>) : " + q + ", " +
        p + "\nreturn %r : " + q + "\n}\n";
    if (Kernel *kernel = compiled(text))
      for (const Dims &dims : kShapes)
        expectCloseAt(*kernel, dims, kind + " in positions of rows", 3);
  }
}

TEST(Regions, ChannelsAreThoseOfTheScores) {
  // Not those of the rows that a map reads, nor those of features.
  Spec spec = small();
  spec.scores = "";
  for (std::string x : {"q", "k"})
    spec.scores += "%" + x + "h = attn.slice %" + x + " channels(0, 4) : $Q\n" +
                   "%" + x + "m = attn.row_map %" + x +
                   "h (%x, %b, %h, %i, %p, %c) {\n"
                   "  %n = attn.extent channels\n"
                   "  %f = arith.sitofp %n : i32 to f32\n"
                   "  %y = arith.addf %x, %f : f32\n"
                   "  attn.yield %y : f32\n} : $X\n%" +
                   x + "w = attn.concat %" + x + ", %" + x + "m : $Q, $X\n";
  spec.scores += "%r = attn.scores %qw, %kw scale(0.03) : "
                 "tensor<?x?x?x12xf32>, tensor<?x?x?x12xf32>\n"
                 "%s = attn.score_map %r (%x, %b, %h, %i, %j, %m, %n) {\n"
                 "  %d = attn.extent channels\n"
                 "  %e = arith.subi %d, %j : i32\n"
                 "  %f = arith.sitofp %e : i32 to f32\n"
                 "  %y = arith.addf %x, %f : f32\n"
                 "  attn.yield %y : f32\n} : $S\n";
  expectEverywhere(spec, "channels");
}

TEST(Regions, QuotientsRoundedUpAndDown) {
  for (std::string op : {"floordivsi", "ceildivsi", "ceildivui", "divsi"}) {
    Spec spec = small();
    const std::string divided = "  %three = arith.constant 3 : i32\n"
                                "  %d = arith.subi %j, %i : i32\n"
                                "  %e = arith." +
                                op + " %d, %three : i32\n";
    spec.visible = "visible (%b, %h, %i, %j, %m, %n) {\n" + divided +
                   "  %zero = arith.constant 0 : i32\n"
                   "  %seen = arith.cmpi sle, %e, %zero : i32\n"
                   "  attn.yield %seen : i1\n}";
    expectEverywhere(spec, op + " in a mask");
    spec = small();
    spec.scores = "%r = attn.scores %q, %k scale(0.35) : $Q, $K\n"
                  "%s = attn.score_map %r (%x, %b, %h, %i, %j, %m, %n) {\n" +
                  divided +
                  "  %seven = arith.constant 7 : i32\n"
                  "  %g = arith.andi %e, %seven : i32\n"
                  "  %f = arith.sitofp %g : i32 to f32\n"
                  "  %y = arith.addf %x, %f : f32\n"
                  "  attn.yield %y : f32\n} : $S\n";
    expectEverywhere(spec, op + " in a score map");
  }
}

TEST(Regions, IntegersOfRowsAreExactAndWrap) {
  // What a row makes of its position is a number of 32 bits, before it is one
  // of the factors that the rotation multiplies: near 2^24 a difference of a
  // few, and a product beyond 2^31.
  const std::string q = "tensor<?x?x?x8xf32>", p = "tensor<?x?xi32>";
  const std::string numbers[] = {"  %c0 = arith.constant 16000000 : i32\n"
                                 "  %d = arith.subi %p, %c0 : i32\n"
                                 "  %unit = arith.constant 0.0625 : f32\n",
                                 "  %c0 = arith.constant 1000003 : i32\n"
                                 "  %d = arith.muli %p, %c0 : i32\n"
                                 "  %unit = arith.constant 4.6566e-10 : f32\n"};
  for (const std::string &number : numbers) {
    Kernel *kernel = compiled(
        "func.func @attention(%q: " + q + ", %k: " + q + ", %v: " + q +
        ", %at: tensor<?xi32>) -> " + q +
        " {\n%pq, %pk = attn.positions %q, %k align(bottom_right) offset(%at : "
        "tensor<?xi32>) : " +
        q + ", " + q +
        "\n%m = attn.row_map %q at %pq (%x, %b, %h, %i, %p, %c) {\n" + number +
        "  %f = arith.sitofp %d : i32 to f32\n"
        "  %g = arith.mulf %f, %unit : f32\n"
        "  %y = arith.mulf %x, %g : f32\n  attn.yield %y : f32\n} : " +
        q + " at " + p +
        "\n%r = attn.rotate %m at %pq (#attn.rope<base = 1.0e4>) : " + q +
        ", " + p +
        "\n%l = attn.rotate %k at %pk (#attn.rope<base = 1.0e4>) : " + q +
        ", " + p + "\n%s = attn.scores %r, %l scale(0.5) : " + q + ", " + q +
        "\n%w = attn.softmax %s : tensor<?x?x?x?xf32>\n"
        "%o = attn.weighted_sum %w, %v : tensor<?x?x?x?xf32>, " +
        q + "\nreturn %o : " + q + "\n}\n");
    if (!kernel)
      continue;
    for (int64_t at : {0, 15999960}) {
      Buffers inputs = kernel->inputs({1, 2, 1, 40, 70});
      inputs[3].set(0, at);
      expectClose(*kernel, inputs, "offset " + std::to_string(at) + number);
    }
  }
}

TEST(Regions, OneSideReadsPositions) {
  // Nothing but the rows of one side asks where they stand.
  for (std::string side : {"q", "k"}) {
    std::string text =
        "func.func @attention(%q: tensor<?x?x?x8xf32>, "
        "%k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x8xf32>) -> "
        "tensor<?x?x?x8xf32> {\n"
        "%pq, %pk = attn.positions %q, %k align(bottom_right) : "
        "tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>\n"
        "%r = attn.rotate %" +
        side + " at %p" + side +
        " (#attn.rope<base = 1.0e4>) : tensor<?x?x?x8xf32>, tensor<?x?xi32>\n"
        "%s = attn.scores " +
        (side == "q" ? "%r, %k" : "%q, %r") +
        " scale(0.35) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>\n"
        "%p = attn.softmax %s : tensor<?x?x?x?xf32>\n"
        "%o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, "
        "tensor<?x?x?x8xf32>\n"
        "return %o : tensor<?x?x?x8xf32>\n}\n";
    if (Kernel *kernel = compiled(text))
      for (const Dims &dims : kShapes)
        expectCloseAt(*kernel, dims, "positions of " + side, 3);
  }
}

TEST(Regions, ExtentsFixedAtZero) {
  const std::string text =
      "func.func @attention(%q: tensor<?x?x?x8xf32>, "
      "%k: tensor<?x?x0x8xf32>, %v: tensor<?x?x0x8xf32>) -> "
      "tensor<?x?x?x8xf32> {\n"
      "%t = attn.row_map %k (%e, %b, %h, %i, %p, %c) {\n"
      "  %z = math.exp %e : f32\n  attn.yield %z : f32\n"
      "} : tensor<?x?x0x8xf32>\n"
      "%s = attn.scores %q, %t : tensor<?x?x?x8xf32>, tensor<?x?x0x8xf32>\n"
      "%p = attn.softmax %s : tensor<?x?x?x0xf32>\n"
      "%o = attn.weighted_sum %p, %v : tensor<?x?x?x0xf32>, "
      "tensor<?x?x0x8xf32>\n"
      "return %o : tensor<?x?x?x8xf32>\n}\n";
  if (Kernel *kernel = compiled(text)) {
    Buffers inputs = kernel->inputs({2, 2, 1, 5, 0});
    expectClose(*kernel, inputs, "no key by type", /*mayBeTrivial=*/true);
  }
}

TEST(Regions, ValuesBelowTheLeastNormal) {
  Kernel *kernel = compiled(small());
  if (!kernel)
    return;
  Buffers inputs = kernel->inputs({1, 2, 1, 9, 65}, attn::Probe::Random, 5);
  for (int64_t i = 0; i < inputs[2].numElements(); ++i)
    inputs[2].set(i, inputs[2].at(i) * 1e-40);
  expectClose(*kernel, inputs, "denormal values");
}
