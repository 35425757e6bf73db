//===- ProductsTest.cpp - Products of bf16 --------------------------------===//
//
// A schedule makes kernels use the rounding points of their programs on every
// instruction set, by pairs and by matrices: what differs on one with vdpbf16ps
// or AMX are those instructions alone.
//
//===----------------------------------------------------------------------===//

#include "Suite.h"
#include "dialect/Attn/IR/Attn.h"

#include <cmath>
#include <limits>

using namespace sextant;
using namespace sextant::test;

static constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

namespace {
/// By pairs, or by whole matrices.
class Products : public testing::TestWithParam<attn::Products> {
protected:
  std::unique_ptr<Kernel> rounded(const std::string &text, Tiles sizes = {});
};
} // namespace

INSTANTIATE_TEST_SUITE_P(
    , Products, testing::Values(attn::Products::BF16, attn::Products::Blocks),
    [](const auto &info) { return attn::stringifyProducts(info.param).str(); });

/// The program with products of bf16 wherever it allows them.
std::unique_ptr<Kernel> Products::rounded(const std::string &text,
                                          Tiles sizes) {
  // Matrices take keys by 32.
  if (GetParam() == attn::Products::Blocks) {
    sizes.keyLeaf = attn::kBlockRows;
    sizes.keyBlock = llvm::alignTo(sizes.keyBlock, sizes.keyLeaf);
    if (attn::kBlockRows % sizes.keyRows)
      sizes.keyRows = 8;
  }
  auto kernel = std::make_unique<Kernel>(text, scheduled(sizes, GetParam()),
                                         hostTargets(), Phase::Tiled);
  EXPECT_TRUE(kernel->isValid()) << kernel->diagnostics() << text;
  kernel->bounds.exactProducts = false;
  return kernel;
}

static Spec specOf(const std::string &scores) {
  Spec spec;
  spec.rowType = spec.valueType = "bf16";
  spec.visible = "visible(#attn.causal)";
  spec.scores = scores;
  return spec;
}

static std::string plainScores(const std::string &scale) {
  return "%s = attn.scores %q, %k scale(" + scale + ") : $Q, $K\n";
}
static const char *const kRope = "#attn.rope<base = 1.0e4>";

/// Edges of tiles, grouped heads, more queries than keys, nothing.
static const Dims kShapes[] = {
    {1, 1, 1, 1, 1},    {2, 4, 2, 16, 16}, {1, 2, 1, 15, 63},
    {1, 4, 1, 65, 97},  {1, 8, 2, 1, 129}, {1, 2, 1, 128, 127},
    {1, 1, 1, 97, 203}, {1, 2, 1, 5, 0},   {1, 2, 1, 0, 5}};

/// Within the bounds of a kernel that rounds nothing.
static void expectExact(Kernel &kernel, Buffers &inputs,
                        const std::string &what, bool isExact = true) {
  attn::ReferenceOptions options;
  options.exactProducts = true;
  auto expected = kernel.reference(inputs, options);
  ASSERT_TRUE(mlir::succeeded(expected)) << what;
  for (int32_t isa : allIsas()) {
    Call call;
    call.isa = isa;
    Verdict verdict = kernel.check(inputs, *expected, call,
                                   /*mayBeTrivial=*/true);
    EXPECT_EQ(verdict.passes, isExact)
        << what << ", isa " << isa << ": " << verdict.text;
  }
}

TEST_P(Products, EveryKindOfScores) {
  Spec plain = specOf(plainScores("0.2")), rope = specOf(rotaryScores(kRope)),
       slack = specOf(slackScores()), strict = specOf(strictScores());
  plain.channels = 59;
  plain.valueChannels = 40;
  plain.visible = "";
  rope.channels = 80;
  strict.valueChannels = 111;
  for (auto &[name, spec] : {std::pair<std::string, Spec &>{"plain", plain},
                             {"rope", rope},
                             {"slack", slack},
                             {"strict", strict}}) {
    std::unique_ptr<Kernel> kernel = rounded(programText(spec));
    ASSERT_TRUE(kernel->isValid());
    uint64_t seed = 300;
    for (const Dims &dims : kShapes)
      expectCloseAt(*kernel, dims, name, ++seed);
    // The points are used: a kernel that rounds nothing is closer than this.
    Buffers inputs = kernel->inputs({1, 2, 1, 65, 129});
    expectExact(*kernel, inputs, name, /*isExact=*/false);
  }
}

/// Whole numbers within [-most, most].
static void fillWhole(Buffer &buffer, int most, uint32_t seed) {
  for (int64_t i = 0; i < buffer.numElements(); ++i) {
    seed = seed * 1664525u + 1013904223u;
    buffer.set(i, int(seed >> 16) % (2 * most + 1) - most);
  }
}

TEST_P(Products, FeaturesThatNeedNoRounding) {
  // Sums of products of few bits, times a power of two, are exact: what is left
  // are the bounds of f32. Values are f32, so that weights are not rounded.
  for (int channels : {1, 16, 59}) {
    Spec spec = specOf(plainScores("0.125"));
    spec.channels = channels;
    spec.valueType = "f32";
    spec.valueChannels = 9;
    std::unique_ptr<Kernel> kernel = rounded(programText(spec));
    ASSERT_TRUE(kernel->isValid());
    for (const Dims &dims : kShapes) {
      Buffers inputs = kernel->inputs(dims);
      fillWhole(inputs[0], 3, 1);
      fillWhole(inputs[1], 3, 2);
      expectExact(*kernel, inputs,
                  std::to_string(channels) + " channels, " + spelled(dims));
    }
  }
}

/// Weights that are whole numbers: scores of few bits, and no exponential.
static std::string wholeWeights(int valueChannels, const std::string &visible) {
  std::string text = R"(
func.func @whole(%q: tensor<?x?x?x5xbf16>, %k: tensor<?x?x?x5xbf16>,
                 %v: tensor<?x?x?xDVxbf16>) -> tensor<?x?x?xDVxf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right)
      : tensor<?x?x?x5xbf16>, tensor<?x?x?x5xbf16>
  %s = attn.scores %q, %k scale(1.0) : tensor<?x?x?x5xbf16>, tensor<?x?x?x5xbf16>
  %p = attn.normalize %s at (%pq, %pk) by (#attn.relu<alpha = 0.0>) VISIBLE
      : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?xDVxbf16>
  %f = attn.convert %o to f32 : tensor<?x?x?xDVxbf16>
  return %f : tensor<?x?x?xDVxf32>
})";
  auto replace = [&](const std::string &word, const std::string &by) {
    for (size_t at; (at = text.find(word)) != std::string::npos;)
      text.replace(at, word.size(), by);
  };
  replace("DV", std::to_string(valueChannels));
  replace("VISIBLE", visible);
  return text;
}

TEST_P(Products, WeightsThatNeedNoRounding) {
  for (auto [channels, visible] :
       {std::pair<int, std::string>{1, ""},
        {8, "visible(#attn.causal)"},
        {33, "visible(#attn.sliding_window<back = 37, ahead = 2>)"},
        {64, ""}}) {
    std::unique_ptr<Kernel> kernel = rounded(wholeWeights(channels, visible));
    ASSERT_TRUE(kernel->isValid());
    for (const Dims &dims : kShapes) {
      Buffers inputs = kernel->inputs(dims);
      fillWhole(inputs[0], 3, 3);
      fillWhole(inputs[1], 3, 4);
      expectExact(*kernel, inputs,
                  std::to_string(channels) + " channels, " + spelled(dims) +
                      " " + visible);
    }
  }
}

TEST_P(Products, AnyTiles) {
  Spec spec = specOf(rotaryScores(kRope));
  spec.channels = 18;
  spec.valueChannels = 21;
  for (Tiles sizes : {Tiles{1, 2, 1, 2, 2}, Tiles{2, 8, 8, 128, 32},
                      Tiles{1, 16, 5, 48, 6}, Tiles{2, 6, 3, 60, 10},
                      Tiles{4, 2, 2, 64, 32}, Tiles{3, 4, 4, 24, 8}}) {
    std::unique_ptr<Kernel> kernel = rounded(programText(spec), sizes);
    ASSERT_TRUE(kernel->isValid());
    for (const Dims &dims : kShapes)
      expectCloseAt(*kernel, dims, "key rows " + std::to_string(sizes.keyRows),
                    5);
  }
}

TEST_P(Products, Masks) {
  for (std::string visible :
       {"visible(#attn.sliding_window<back = 20, ahead = 3>)",
        "visible(#attn.prefix<length = 61>)"}) {
    Spec spec = specOf(slackScores());
    spec.channels = spec.valueChannels = 24;
    spec.visible = visible;
    std::unique_ptr<Kernel> kernel = rounded(programText(spec));
    ASSERT_TRUE(kernel->isValid());
    for (Dims dims : {Dims{1, 2, 1, 65, 129}, Dims{2, 2, 2, 33, 20}})
      expectCloseAt(*kernel, dims, visible, 6, 0.7);
  }
}

TEST_P(Products, MapsOfScoresAndFactorsOfWeights) {
  std::unique_ptr<Kernel> kernel = rounded(R"(
!rows = tensor<?x?x?x20xbf16>
!scores = tensor<?x?x?x?xf32>
!pos = tensor<?x?xi32>
func.func @mapped(%q: !rows, %k: !rows, %v: !rows) -> (!rows, tensor<?x?x?xf32>) {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : !rows, !rows
  %r = attn.scores %q, %k scale(0.3) : !rows, !rows
  %b = attn.bias %r at (%pq, %pk) (#attn.alibi) : !scores, !pos, !pos
  %s = attn.softcap %b cap(3.0) : !scores
  %p, %lse = attn.softmax %s at (%pq, %pk) visible(#attn.causal) lse : !scores, !pos, !pos
  %g = attn.scale_weights %p at (%pq, %pk) (%bb, %h, %i, %j, %m, %n) {
    %one = arith.constant 1 : i32
    %odd = arith.andi %j, %one : i32
    %x = arith.sitofp %odd : i32 to f32
    attn.yield %x : f32
  } : !scores, !pos, !pos
  %o = attn.weighted_sum %g, %v : !scores, !rows
  return %o, %lse : !rows, tensor<?x?x?xf32>
})");
  ASSERT_TRUE(kernel->isValid());
  for (const Dims &dims : kShapes)
    expectCloseAt(*kernel, dims, "mapped", 7);
}

TEST_P(Products, EveryKindOfWeights) {
  for (Tiles sizes : {Tiles{}, Tiles{3, 4, 4, 24, 8}})
    for (std::string normalizer :
         {"#attn.sigmoid<per_key = true>", "#attn.stick_breaking",
          "#attn.sink<logit = 0.5>"}) {
      std::unique_ptr<Kernel> kernel = rounded(R"(
!rows = tensor<?x?x?x20xbf16>
!scores = tensor<?x?x?x?xf32>
!pos = tensor<?x?xi32>
func.func @weighed(%q: !rows, %k: !rows, %v: !rows) -> !rows {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : !rows, !rows
  %s = attn.scores %q, %k scale(0.3) : !rows, !rows
  %p = attn.normalize %s at (%pq, %pk) by ()" + normalizer +
                                                   R"() visible(#attn.causal)
      : !scores, !pos, !pos
  %o = attn.weighted_sum %p, %v : !scores, !rows
  return %o : !rows
})",
                                               sizes);
      ASSERT_TRUE(kernel->isValid());
      for (Dims dims : {Dims{1, 4, 2, 65, 97}, Dims{1, 1, 1, 15, 63}})
        expectCloseAt(*kernel, dims, normalizer, 8, 0.7);
    }
}

TEST_P(Products, ScoresThatAreAChoice) {
  Spec spec = specOf("%s = attn.rotary_scores %q, %k at (%pq, %pk) "
                     "(#attn.rerope<rotation = #attn.rope<base = 1.0e4>, "
                     "window = 16>) scale(0.125) : $Q, $K, $P, $P\n");
  std::unique_ptr<Kernel> kernel = rounded(programText(spec));
  ASSERT_TRUE(kernel->isValid());
  for (Dims dims : {Dims{1, 2, 1, 65, 97}, Dims{1, 1, 1, 15, 63}})
    expectCloseAt(*kernel, dims, "a choice", 9);
}

TEST_P(Products, FewQueries) {
  // The other template reads what this one would: keys of bf16, whose features
  // are stored as bf16 where they are not contents times angles.
  Tiles sizes;
  sizes.decodeQueries = 8;
  for (std::string scores : {rotaryScores(kRope), slackScores()}) {
    std::unique_ptr<Kernel> kernel =
        rounded(programText(specOf(scores)), sizes);
    ASSERT_TRUE(kernel->isValid());
    for (Dims dims :
         {Dims{1, 4, 2, 1, 129}, Dims{2, 2, 1, 7, 64}, Dims{1, 2, 2, 9, 70}})
      expectCloseAt(*kernel, dims, "few queries", 10);
  }
}

TEST_P(Products, ScoresThatGrow) {
  // The first block of keys sets a reference that later ones exceed: by little,
  // by so much that weights must be made again, by more than f32 can hold.
  Spec spec = specOf(plainScores("0.25"));
  for (std::string visible : {"", "visible(#attn.causal)"}) {
    spec.visible = visible;
    std::unique_ptr<Kernel> kernel = rounded(programText(spec));
    ASSERT_TRUE(kernel->isValid());
    for (double scale : {4.0, 64.0, 1024.0})
      for (int64_t from : {40, 128, 300}) {
        Buffers inputs = kernel->inputs({1, 2, 1, 65, 330});
        const int64_t channels = inputs[1].numElements() / 330;
        for (int64_t i = from * channels; i < inputs[1].numElements(); ++i)
          inputs[1].set(i, inputs[1].at(i) * scale);
        expectClose(*kernel, inputs,
                    visible + " times " + std::to_string(scale) + " from key " +
                        std::to_string(from));
      }
  }
}

TEST_P(Products, NumbersAtTheEdges) {
  Spec spec = specOf(plainScores("0.25"));
  spec.channels = spec.valueChannels = 11;
  std::unique_ptr<Kernel> kernel = rounded(programText(spec));
  ASSERT_TRUE(kernel->isValid());
  for (double junk : {kNaN, double(INFINITY), -double(INFINITY), 0x1.fep120,
                      0x1p-126, 0x1p-133})
    for (int64_t key : {40, 41, 96}) {
      // Queries that see the key, and those that must not notice.
      Buffers inputs = kernel->inputs({1, 1, 1, 97, 97});
      inputs[2].set(key * 11 + 3, junk);
      inputs[2].set(key * 11 + 10, junk);
      expectClose(*kernel, inputs,
                  "value " + std::to_string(junk) + " of " +
                      std::to_string(key));
      if (std::isfinite(junk) && junk > 1)
        continue;
      inputs = kernel->inputs({1, 1, 1, 97, 97});
      inputs[1].set(key * 11 + 10, junk);
      inputs[0].set(7 * 11 + 3, junk);
      expectClose(*kernel, inputs,
                  "key and query " + std::to_string(junk) + " of " +
                      std::to_string(key));
    }
}

TEST_P(Products, LayoutsDoNotMatter) {
  for (int channels : {17, 24}) {
    Spec spec = specOf(plainScores("0.2"));
    spec.channels = spec.valueChannels = channels;
    std::unique_ptr<Kernel> kernel = rounded(programText(spec));
    ASSERT_TRUE(kernel->isValid());
    Buffers dense = kernel->inputs({2, 2, 1, 35, 101});
    Buffers expected = results(*kernel, dense);
    for (Layout layout :
         {Layout::Offset, Layout::Transposed, Layout::Padded, Layout::Spread}) {
      Buffers inputs;
      for (Buffer &buffer : dense)
        inputs.push_back(buffer.copy(layout));
      Call call;
      call.outputs = layout;
      EXPECT_TRUE(sameBits(results(*kernel, inputs, call), expected))
          << "layout " << static_cast<int>(layout);
    }
  }
}

TEST_P(Products, TypesAskForExactFactors) {
  // Query and coefficients as f32: the schedule finds no rounding point there,
  // and the score, a square, keeps the precision of f32 at any size.
  Spec spec = specOf(slackScores());
  std::string text = programText(spec);
  const std::string head = "-> (tensor<?x?x?x64xbf16>, tensor<?x?x?xf32>) {\n";
  size_t body = text.find(head);
  ASSERT_NE(body, std::string::npos);
  body += head.size();
  std::string signature = text.substr(0, body), rest = text.substr(body);
  auto replace = [&](const std::string &word, const std::string &by) {
    for (size_t at = 0; (at = rest.find(word, at)) != std::string::npos;
         at += by.size())
      rest.replace(at, word.size(), by);
  };
  replace("%q", "%qf");
  replace("%k", "%kf");
  replace("bf16", "f32");
  // The names of other values begin alike.
  replace("%qfr", "%qr");
  replace("%kfk", "%kk");
  // Values and the output stay as they are.
  replace("%v : tensor<?x?x?x?xf32>, tensor<?x?x?x64xf32>",
          "%v : tensor<?x?x?x?xf32>, tensor<?x?x?x64xbf16>");
  replace("return %o, %lse : tensor<?x?x?x64xf32>",
          "return %o, %lse : tensor<?x?x?x64xbf16>");
  const std::string converts =
      "%qf = attn.convert %q to f32 : tensor<?x?x?x64xbf16>\n"
      "%kf = attn.convert %k to f32 : tensor<?x?x?x64xbf16>\n";
  std::unique_ptr<Kernel> fast = rounded(text),
                          precise = rounded(signature + converts + rest);
  ASSERT_TRUE(fast->isValid() && precise->isValid());
  for (double deviation : {1.0, 2.0}) {
    Dims dims{1, 2, 1, 65, 129};
    Buffers inputs = precise->inputs(dims, attn::Probe::Random, 11, deviation);
    expectClose(*precise, inputs, "precise");
    // The bound on scores is that of f32.
    auto declared = precise->reference(inputs), loose = fast->reference(inputs);
    attn::ReferenceOptions options;
    options.exactProducts = true;
    auto exact = precise->reference(inputs, options);
    ASSERT_TRUE(mlir::succeeded(declared) && mlir::succeeded(loose) &&
                mlir::succeeded(exact));
    EXPECT_EQ(declared->outputs[0].scoreError, exact->outputs[0].scoreError);
    EXPECT_GT(loose->outputs[0].scoreError[64],
              100 * declared->outputs[0].scoreError[64]);
    EXPECT_GT(declared->outputs[0].bound[0], exact->outputs[0].bound[0]);
  }
}
