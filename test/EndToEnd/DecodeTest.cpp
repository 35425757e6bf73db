//===- DecodeTest.cpp - Few queries, splits of the keys, merging ----------===//
//
// Calls of few queries run a template of their own; these cases reach both
// sides of the choice, every edge of its blocks, and splits over threads.
//
//===----------------------------------------------------------------------===//

#include "Suite.h"

#include <cmath>
#include <limits>

using namespace sextant;
using namespace sextant::test;

static const char *const kCausal = "visible(#attn.causal)";
static constexpr double kInfinity = std::numeric_limits<double>::infinity();
static constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

static void expectSplitCloseAt(Kernel *kernel, Dims dims,
                               const std::string &what) {
  if (!kernel)
    return;
  Buffers inputs = kernel->inputs(dims, attn::Probe::Random, 5);
  expectSplitClose(*kernel, inputs, what + ", " + spelled(dims));
}

/// Cheap rows: every edge is about their number.
static Spec narrow(const std::string &visible) {
  Spec spec;
  spec.channels = 20;
  spec.valueChannels = 11;
  spec.scores = "%s = attn.scores %q, %k scale(0.3) : $Q, $K\n";
  spec.visible = visible;
  return spec;
}

TEST(Decode, AScheduleMovesTheRule) {
  for (int64_t most : {0, 3, 40}) {
    Tiles sizes{
        /*queryVectors=*/2, /*keyRows=*/4,  /*valueRows=*/4,
        /*keyBlock=*/48,    /*keyLeaf=*/24, most};
    Kernel kernel(programText(narrow(kCausal)), scheduled(sizes), hostTargets(),
                  Phase::Tiled);
    ASSERT_TRUE(kernel.isValid()) << kernel.diagnostics();
    for (int64_t m : {1, 3, 4, 40, 41})
      expectSplitCloseAt(&kernel, {1, 2, 1, m, 130},
                         "decode of " + std::to_string(most));
  }
}

TEST(Decode, EveryEdge) {
  Kernel *kernel = compiled(narrow(kCausal));
  for (int64_t m : {1, 2, 4, 5, 8, 9})
    for (int64_t n : {0, 1, 7, 8, 9, 63, 64, 65, 127, 129})
      expectSplitCloseAt(kernel, {2, 2, 1, m, n}, "causal");
  for (int64_t n : {1023, 2048, 2049, 4100})
    expectSplitCloseAt(kernel, {1, 1, 1, 2, n}, "causal");
}

TEST(Decode, EmptyCalls) {
  Kernel *kernel = compiled(narrow(""));
  for (Dims dims : {Dims{0, 2, 1, 1, 5}, Dims{1, 0, 0, 1, 5},
                    Dims{1, 2, 1, 0, 5}, Dims{1, 2, 1, 1, 0}})
    expectSplitCloseAt(kernel, dims, "empty");
}

TEST(Decode, HeadsThatShareKeys) {
  Kernel *kernel = compiled(narrow(kCausal));
  for (Dims dims :
       {Dims{1, 8, 1, 1, 130}, Dims{2, 8, 2, 3, 70}, Dims{1, 64, 1, 2, 65},
        Dims{1, 40, 1, 1, 3000}, Dims{1, 6, 6, 8, 100}, Dims{1, 7, 1, 1, 330},
        Dims{1, 3, 1, 5, 33}})
    expectSplitCloseAt(kernel, dims, "grouped");
}

/// How many rows are computed together depends on how many there are.
TEST(Decode, EveryNumberOfRows) {
  Kernel *kernel = compiled(narrow(kCausal));
  for (int64_t heads = 1; heads <= 33; ++heads)
    expectSplitCloseAt(kernel, {1, heads, 1, 1, 150}, "grouped");
}

/// Whether a block has a maximum above those before it.
TEST(Decode, MaximaThatGrow) {
  for (std::string visible : {"", kCausal}) {
    Kernel *kernel = compiled(narrow(visible));
    if (!kernel)
      return;
    for (double growth : {1.001, 1.02, 1.2})
      for (int64_t heads : {1, 4, 8}) {
        Buffers inputs = kernel->inputs({1, heads, 1, 1, 400});
        const int64_t channels = inputs[1].numElements() / 400;
        for (int64_t i = 0; i < inputs[1].numElements(); ++i)
          inputs[1].set(i, inputs[1].at(i % channels) *
                               std::pow(growth, i / channels));
        expectSplitClose(*kernel, inputs,
                         visible + " times " + std::to_string(growth));
      }
  }
}

TEST(Decode, KeyAndValueHeadsOfTheirOwn) {
  Kernel *kernel = compiled(narrow(kCausal));
  if (!kernel)
    return;
  // 6 heads; keys have 2 or 6, values 3 or 1.
  for (auto [g, gv] : {std::pair<int64_t, int64_t>{2, 3}, {6, 1}, {2, 6}}) {
    Buffers inputs = kernel->inputs({1, 6, g, 2, 70});
    Buffers values = kernel->inputs({1, 6, gv, 2, 70}, attn::Probe::Random, 9);
    inputs[2] = std::move(values[2]);
    expectSplitClose(*kernel, inputs,
                     "key heads " + std::to_string(g) + ", value heads " +
                         std::to_string(gv));
  }
}

TEST(Decode, Widths) {
  for (auto [channels, values] : {std::pair<int, int>{1, 1},
                                  {7, 130},
                                  {64, 64},
                                  {128, 128},
                                  {200, 300}}) {
    Spec spec = narrow("");
    spec.channels = channels;
    spec.valueChannels = values;
    for (Dims dims :
         {Dims{1, 2, 2, 1, 77}, Dims{1, 5, 1, 1, 77}, Dims{1, 7, 1, 1, 77}})
      expectSplitCloseAt(compiled(spec), dims,
                         "channels " + std::to_string(channels));
  }
}

TEST(Decode, Masks) {
  static const char *const kEither =
      "#attn.or<[#attn.prefix<length = 4>, "
      "#attn.sliding_window<back = 64, ahead = 0>]>";
  const char *const masks[] = {
      "#attn.sliding_window<back = 3, ahead = 0>",
      "#attn.sliding_window<back = 200, ahead = 10>",
      "#attn.prefix<length = 70>",
      "#attn.not<#attn.causal>",
      kEither,
  };
  for (const char *mask : masks) {
    Kernel *kernel = compiled(narrow("visible(" + std::string(mask) + ")"));
    for (int64_t n : {1, 65, 300, 5000})
      expectSplitCloseAt(kernel, {1, 2, 1, 3, n}, mask);
    // Four rows of six at a time, and one row after the other.
    expectSplitCloseAt(kernel, {1, 3, 1, 2, 300}, mask);
  }
}

TEST(Decode, Lengths) {
  Spec spec =
      narrow("visible(#attn.and<[#attn.causal, #attn.lengths<capture = 0>]>)");
  spec.positions = "align(bottom_right) lengths(%lengths : tensor<?xi32>)";
  spec.arguments = ", %lengths: tensor<?xi32>";
  spec.captures = "captures(%lengths : tensor<?xi32>)";
  Kernel *kernel = compiled(spec);
  if (!kernel)
    return;
  for (auto lengths : {std::vector<int64_t>{0, 33, 97}, {96, 64, 1}}) {
    Buffers inputs = kernel->inputs({3, 2, 1, 2, 97});
    inputs[3].integers(lengths);
    expectSplitClose(*kernel, inputs, "lengths");
  }
}

TEST(Decode, PositionsInMemory) {
  std::string text = R"(
    func.func @attention(%q: tensor<?x?x?x16xf32>, %k: tensor<?x?x?x16xf32>,
        %v: tensor<?x?x?x16xf32>,
        %pq: tensor<?x?xi32> {attn.name = "query_pos"}, %pk: tensor<?x?xi32>)
        -> tensor<?x?x?x16xf32> {
      %qr = attn.rotate %q at %pq (#attn.rope<base = 1.0e4>) : tensor<?x?x?x16xf32>, tensor<?x?xi32>
      %kr = attn.rotate %k at %pk (#attn.rope<base = 1.0e4>) : tensor<?x?x?x16xf32>, tensor<?x?xi32>
      %s = attn.scores %qr, %kr scale(0.25) : tensor<?x?x?x16xf32>, tensor<?x?x?x16xf32>
      %p = attn.softmax %s at (%pq, %pk) visible(#attn.causal) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
      %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x16xf32>
      return %o : tensor<?x?x?x16xf32>
    })";
  Kernel *kernel = compiled(text);
  if (!kernel)
    return;
  Buffers inputs = kernel->inputs({2, 2, 1, 2, 150});
  std::vector<int64_t> queryPos = {700, 3, 60, 1000}, keyPos;
  for (int64_t i = 0; i < 300; ++i)
    keyPos.push_back(i * 37 % 1001);
  inputs[3].integers(queryPos);
  inputs[4].integers(keyPos);
  expectSplitClose(*kernel, inputs, "positions in memory");
}

TEST(Decode, ScoreMaps) {
  Spec spec = narrow(kCausal);
  spec.scores = "%r = attn.scores %q, %k scale(0.3) : $Q, $K\n"
                "%c = attn.softcap %r cap(5.0) : $S\n"
                "%s = attn.bias %c at (%pq, %pk) (#attn.alibi) : $S, $P, $P\n";
  Kernel *kernel = compiled(spec);
  for (Dims dims :
       {Dims{1, 4, 2, 1, 67}, Dims{2, 3, 1, 5, 129}, Dims{1, 1, 1, 1, 2100}})
    expectSplitCloseAt(kernel, dims, "softcap and alibi");
  // A strip by head and distance, read with the keys in the lanes.
  spec.scores = R"(%r = attn.scores %q, %k scale(0.3) : $Q, $K
    %s = attn.score_map %r at (%pq, %pk) (%x, %b, %h, %i, %j, %m, %n) {
      %d = arith.subi %m, %n : i32
      %f = arith.sitofp %d : i32 to f32
      %a = math.absf %f : f32
      %l = math.log1p %a : f32
      %y = arith.subf %x, %l : f32
      attn.yield %y : f32
    } : $S, $P, $P
)";
  kernel = compiled(spec);
  for (Dims dims :
       {Dims{1, 4, 2, 1, 67}, Dims{2, 3, 1, 5, 3}, Dims{1, 1, 1, 1, 2100}})
    expectSplitCloseAt(kernel, dims, "kerple");
}

TEST(Decode, NonFinite) {
  Kernel *kernel = compiled(narrow(kCausal));
  if (!kernel)
    return;
  auto at = [](const Buffer &buffer, int64_t row, int64_t channel) {
    return row * buffer.host().shape[3] + channel;
  };
  // Keys 149 and 148 are masked for queries 0 and 0, 1 of 3. Heads make three,
  // six and fifteen rows.
  for (Dims dims :
       {Dims{1, 1, 1, 3, 150}, Dims{1, 2, 1, 3, 150}, Dims{1, 5, 1, 3, 150}})
    for (double bad : {kNaN, kInfinity, -kInfinity}) {
      Buffers inputs = kernel->inputs(dims);
      inputs[2].set(at(inputs[2], 149, 3), bad);
      inputs[2].set(at(inputs[2], 148, 10), bad);
      expectSplitClose(*kernel, inputs, "a value");
      inputs = kernel->inputs(dims);
      inputs[1].set(at(inputs[1], 149, 0), bad);
      expectSplitClose(*kernel, inputs, "a masked key");
      inputs = kernel->inputs(dims);
      inputs[0].set(at(inputs[0], 1, 0), bad);
      expectSplitClose(*kernel, inputs, "a query");
    }
}

//===----------------------------------------------------------------------===//
// Contents of keys
//===----------------------------------------------------------------------===//

/// Slack or strict collinear attention whose keys are coefficients.
static std::string cachedCollinear(bool strict, const std::string &encoding,
                                   const std::string &length = "",
                                   const std::string &argument = "") {
  const std::string q = "tensor<?x?x?x64xf32>", t = "tensor<?x?x?x32xf32>",
                    p = "tensor<?x?xi32>", r = "tensor<?x?x?x?x64xf32>",
                    s = "tensor<?x?x?x?xf32>";
  auto rotate = [&](const std::string &to, const std::string &from,
                    const std::string &at, const std::string &type) {
    return to + " = attn.rotate " + from + " at " + at + " (" + encoding +
           ") " + length + " : " + type + ", " + p + "\n";
  };
  std::string keys = strict ? "%k = attn.collinear_keys %q, %t : " + q + ", " +
                                  q + "\n" + rotate("%kr", "%k", "%pk", r)
                            : rotate("%tr", "%t", "%pk", q) +
                                  "%kr = attn.collinear_keys %q, %tr : " + q +
                                  ", " + q + "\n";
  return "func.func @attention(%q: " + q + ", %tau: " + t + ", %v: " + q +
         argument + ") -> (" + q + ", tensor<?x?x?xf32>) {\n" +
         "%pq, %pk = attn.positions %q, %tau align(bottom_right) : " + q +
         ", " + t + "\n%t = attn.duplicate half %tau : " + t + "\n" + keys +
         rotate("%qr", "%q", "%pq", q) +
         "%s = attn.scores %qr, %kr scale(0.125) : " + q + ", " + r + "\n" +
         "%p, %lse = attn.softmax %s at (%pq, %pk) visible(#attn.causal) lse "
         ": " +
         s + ", " + p + ", " + p + "\n" +
         "%o = attn.weighted_sum %p, %v : " + s + ", " + q +
         "\nreturn %o, %lse : " + q + ", tensor<?x?x?xf32>\n}\n";
}

static const char *const kRope = "#attn.rope<base = 1.0e4>";

TEST(Decode, CoefficientCache) {
  for (bool strict : {false, true}) {
    Kernel *kernel = compiled(cachedCollinear(strict, kRope));
    for (Dims dims :
         {Dims{1, 2, 1, 1, 1}, Dims{2, 4, 2, 1, 200}, Dims{1, 2, 2, 4, 65},
          Dims{1, 1, 1, 1, 4100}, Dims{1, 7, 1, 1, 330}})
      expectSplitCloseAt(kernel, dims, strict ? "strict" : "slack");
    for (int64_t heads = 1; heads <= 10; ++heads)
      expectSplitCloseAt(kernel, {1, heads, 1, 1, 90}, "grouped");
  }
}

TEST(Decode, UnrotatedKeys) {
  Spec spec;
  spec.visible = kCausal;
  for (const char *encoding :
       {"#attn.rope<base = 1.0e4>",
        "#attn.rope<base = 1.0e4, layout = interleaved>",
        "#attn.rope<base = 1.0e4, rotary = 32>",
        "#attn.rope<base = 1.0e4, rotary = 24>",
        "#attn.rope<base = 1.0e4, scaling = [#attn.linear<factor = 8.0>]>"}) {
    spec.scores = rotaryScores(encoding);
    Kernel *kernel = compiled(spec);
    for (Dims dims :
         {Dims{1, 4, 2, 1, 150}, Dims{1, 1, 1, 3, 2200}, Dims{1, 7, 1, 1, 330}})
      expectSplitCloseAt(kernel, dims, encoding);
  }
  // Angles turn from block to block, but not over the blocks that nobody sees.
  Spec gap;
  gap.scores = rotaryScores("#attn.rope<base = 1.0e4>");
  gap.visible = "visible(#attn.or<[#attn.prefix<length = 4>, "
                "#attn.sliding_window<back = 90, ahead = 0>]>)";
  for (Dims dims : {Dims{1, 1, 1, 1, 2200}, Dims{1, 5, 1, 1, 777}})
    expectSplitCloseAt(compiled(gap), dims, "a gap");
  for (const std::string &layout : {"half", "interleaved"}) {
    spec.scores = slackScores(layout);
    expectSplitCloseAt(compiled(spec), {1, 4, 2, 1, 150}, "slack from u");
    spec.scores = strictScores(layout, /*tied=*/false);
    expectSplitCloseAt(compiled(spec), {1, 2, 1, 2, 150}, "strict, untied");
  }
}

TEST(Decode, LayoutsDoNotMatter) {
  Kernel *kernel = compiled(cachedCollinear(false, kRope));
  if (!kernel)
    return;
  Buffers dense = kernel->inputs({2, 4, 2, 2, 131});
  for (int32_t isa : allIsas()) {
    Call call;
    call.isa = isa;
    Buffers expected = results(*kernel, dense, call);
    for (Layout layout :
         {Layout::Offset, Layout::Transposed, Layout::Padded, Layout::Spread}) {
      Buffers inputs;
      for (Buffer &buffer : dense)
        inputs.push_back(buffer.copy(layout));
      EXPECT_TRUE(sameBits(results(*kernel, inputs, call), expected))
          << "isa " << isa << ", layout " << static_cast<int>(layout);
      Call strided = call;
      strided.outputs = layout;
      EXPECT_TRUE(sameBits(results(*kernel, dense, strided), expected))
          << "isa " << isa << ", outputs " << static_cast<int>(layout);
    }
  }
}

//===----------------------------------------------------------------------===//
// Three caches: coefficients, keys before rotation, rotated keys
//===----------------------------------------------------------------------===//

/// How far a call for the last query alone is from the last row of a call for
/// all of them: the largest difference of an output, and of an lse.
struct Difference {
  double output = 0, lse = 0;
};

/// `whole` are the inputs of `prefill` for as many queries as keys. `decode`
/// gets the last query, `keys` in place of the keys, and what else there is.
static Difference lastRowDifference(Kernel &prefill, Buffers &whole,
                                    Kernel &decode, const Buffer &keys,
                                    const Call &call) {
  const auto &shape = whole[0].host().shape; // B, H, M, D
  int64_t heads = shape[0] * shape[1], rows = shape[2], channels = shape[3];
  Buffers last;
  last.emplace_back(whole[0].host().type,
                    llvm::ArrayRef<int64_t>{shape[0], shape[1], 1, channels});
  for (int64_t head = 0; head < heads; ++head)
    for (int64_t c = 0; c < channels; ++c)
      last[0].set(head * channels + c,
                  whole[0].at((head * rows + rows - 1) * channels + c));
  last.push_back(keys.copy(Layout::Dense));
  for (size_t i = 2; i < whole.size(); ++i)
    last.push_back(whole[i].copy(Layout::Dense));
  Buffers all = results(prefill, whole, call),
          one = results(decode, last, call);
  Difference difference;
  if (all.size() != 2 || one.size() != 2) {
    ADD_FAILURE() << "expected an output and an lse";
    return difference;
  }
  // Not only equal, but right.
  expectSplitClose(decode, last, "the last row of " + std::to_string(rows));
  auto grow = [](double &largest, double a, double b) {
    // NaN counts as well.
    if (!(std::fabs(a - b) <= largest))
      largest = std::fabs(a - b);
  };
  for (int64_t head = 0; head < heads; ++head) {
    int64_t row = head * rows + rows - 1;
    grow(difference.lse, one[1].at(head), all[1].at(row));
    for (int64_t c = 0; c < channels; ++c)
      grow(difference.output, one[0].at(head * channels + c),
           all[0].at(row * channels + c));
  }
  return difference;
}

/// The cache that `decode` reads holds what `prefill` takes as its keys.
static void expectLastRow(Kernel *kernel, Dims dims, double tolerance = 1e-5,
                          double lseTolerance = 3e-5) {
  if (!kernel)
    return;
  dims.M = dims.N;
  Buffers whole = kernel->inputs(dims, attn::Probe::Random, 21);
  if (whole.size() > 3)
    whole[3].integers({dims.N}); // the length
  for (int32_t isa : allIsas()) {
    Call call;
    call.isa = isa;
    Difference difference =
        lastRowDifference(*kernel, whole, *kernel, whole[1], call);
    EXPECT_LE(difference.output, tolerance) << "isa " << isa << spelled(dims);
    EXPECT_LE(difference.lse, lseTolerance) << "isa " << isa << spelled(dims);
  }
}

static const char *const kDynamic =
    "#attn.rope<base = 1.0e4, scaling = "
    "[#attn.dynamic_ntk<factor = 2.0, trained = 128>]>";
static const char *const kInterpolated =
    "#attn.rope<base = 1.0e4, scaling = [#attn.linear<factor = 4.0>]>";

/// Rotary attention over keys before rotation, or over rotated ones.
static Spec rotary(const std::string &encoding, bool rotated,
                   const std::string &type = "f32") {
  const bool dynamic = encoding == kDynamic;
  const std::string length = dynamic ? "length(%n : tensor<i32>)" : "";
  Spec spec;
  spec.rowType = spec.valueType = type;
  spec.visible = kCausal;
  spec.scores = rotaryScores(encoding, length);
  if (dynamic)
    spec.arguments = ", %n: tensor<i32>";
  if (rotated)
    spec.scores = "%qr = attn.rotate %q at %pq (" + encoding + ") " + length +
                  " : $Q, $P\n%s = attn.scores %qr, %k scale(0.125) : $Q, $K\n";
  return spec;
}

TEST(Decode, CachedCoefficientsEqualPrefill) {
  for (int64_t n : {64, 257})
    expectLastRow(compiled(cachedCollinear(false, kRope)), {1, 2, 1, 1, n});
  expectLastRow(compiled(cachedCollinear(true, kInterpolated)),
                {1, 2, 1, 1, 300});
  for (int64_t n : {100, 129, 400})
    expectLastRow(
        compiled(cachedCollinear(false, kDynamic, "length(%n : tensor<i32>)",
                                 ", %n: tensor<i32>")),
        {1, 2, 2, 1, n});
}

TEST(Decode, CachedKeysBeforeRotationEqualPrefill) {
  for (const char *encoding : {kRope, kInterpolated, kDynamic})
    for (int64_t n : {100, 129, 400})
      expectLastRow(compiled(rotary(encoding, false)), {1, 4, 2, 1, n});
  // One unit of the last place of bf16 at 1 or below. Few queries are computed
  // in f32, many with rounded features where the target has products of bf16.
  expectLastRow(compiled(rotary(kDynamic, false, "bf16")), {1, 2, 1, 1, 300},
                0x1p-7, 0x1p-9);
}

/// Keys rotated before they are cached keep the angles of the call that rotated
/// them, so the two agree as long as no angle changes with the length.
TEST(Decode, CachedRotatedKeysEqualPrefillWhereAnglesStay) {
  auto rotated = [](const char *encoding, Buffers &whole, int64_t length) {
    const std::string rows = "tensor<?x?x?x64xf32>";
    const bool dynamic = encoding == kDynamic;
    Kernel *rotate = compiled(
        "func.func @rotate(%k: " + rows + (dynamic ? ", %n: tensor<i32>" : "") +
        ") -> " + rows +
        " {\n%p, %pk = attn.positions %k, %k "
        "align(bottom_right) : " +
        rows + ", " + rows + "\n%r = attn.rotate %k at %pk (" + encoding + ")" +
        (dynamic ? " length(%n : tensor<i32>)" : "") + " : " + rows +
        ", tensor<?x?xi32>\nreturn %r : " + rows + "\n}\n");
    Buffers inputs;
    inputs.push_back(whole[1].copy(Layout::Dense));
    if (dynamic) {
      inputs.push_back(whole[3].copy(Layout::Dense));
      inputs[1].integers({length});
    }
    return rotate ? results(*rotate, inputs) : Buffers();
  };
  constexpr int64_t kLength = 400;
  for (const char *encoding : {kRope, kInterpolated, kDynamic}) {
    Kernel *prefill = compiled(rotary(encoding, false));
    Kernel *decode = compiled(rotary(encoding, true));
    if (!prefill || !decode)
      return;
    Buffers whole = prefill->inputs({1, 4, 2, kLength, kLength});
    if (whole.size() > 3)
      whole[3].integers({kLength});
    auto difference = [&](int64_t length) {
      Buffers keys = rotated(encoding, whole, length);
      return keys.size() == 1
                 ? lastRowDifference(*prefill, whole, *decode, keys[0], {})
                 : Difference{1, 1};
    };
    EXPECT_LE(difference(kLength).output, 1e-5) << encoding;
    // Cached while the length was the trained one.
    if (encoding == kDynamic) {
      EXPECT_GT(difference(128).output, 1e-2);
    }
  }
}
