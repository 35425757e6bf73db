//===- VariantsTest.cpp - Every variant against the interpreter -----------===//

#include "Suite.h"

#include "llvm/Support/MemoryBuffer.h"

#include <cmath>

using namespace sextant;
using namespace sextant::test;

/// Extents that every variant must serve: decode and prefill, more queries
/// than keys, grouped heads, edges of tiles, and nothing at all.
static const Dims kShapes[] = {
    {1, 1, 1, 1, 1},   {1, 2, 1, 2, 17},    {2, 4, 2, 16, 16},
    {3, 2, 2, 15, 63}, {1, 7, 7, 17, 64},   {1, 4, 1, 65, 97},
    {1, 8, 2, 1, 129}, {1, 2, 1, 128, 127}, {1, 1, 1, 97, 203},
    {0, 2, 1, 4, 4},   {1, 2, 1, 0, 5},     {1, 2, 1, 5, 0},
};

static void expectVariant(Kernel *kernel, const std::string &name) {
  if (!kernel)
    return;
  uint64_t seed = 100;
  for (const Dims &dims : kShapes)
    expectCloseAt(*kernel, dims, name, ++seed);
}

static const char *const kCausal = "visible(#attn.causal)";

TEST(Variants, Plain) {
  Spec spec;
  expectVariant(compiled(spec), "plain 64");
  spec.visible = kCausal;
  spec.channels = 59;
  spec.valueChannels = 40;
  expectVariant(compiled(spec), "plain causal 59, 40");
}

TEST(Variants, PlainAtOtherWidths) {
  struct {
    int channels, values;
  } widths[] = {{1, 1}, {8, 16}, {16, 8}, {111, 111}, {256, 128}};
  for (auto [channels, values] : widths) {
    Spec spec;
    spec.channels = channels;
    spec.valueChannels = values;
    spec.visible = kCausal;
    Kernel *kernel = compiled(spec);
    if (!kernel)
      continue;
    std::string name =
        "plain " + std::to_string(channels) + ", " + std::to_string(values);
    expectCloseAt(*kernel, {2, 4, 2, 33, 97}, name, 7);
    expectCloseAt(*kernel, {1, 1, 1, 17, 129}, name, 8);
    expectCloseAt(*kernel, {1, 2, 1, 16, 15}, name, 9);
  }
}

TEST(Variants, RotaryHalf) {
  Spec spec;
  spec.channels = 128;
  spec.valueChannels = 128;
  spec.visible = kCausal;
  spec.scores = rotaryScores("#attn.rope<base = 1.0e4>");
  expectVariant(compiled(spec), "rope half");
}

TEST(Variants, RotaryInterleaved) {
  Spec spec;
  spec.channels = 80;
  spec.valueChannels = 64;
  spec.scores = rotaryScores("#attn.rope<base = 1.0e4, layout = interleaved>");
  expectVariant(compiled(spec), "rope interleaved");
}

TEST(Variants, RotaryPartialAndScaled) {
  Spec spec;
  spec.channels = 111;
  spec.valueChannels = 80;
  spec.visible = kCausal;
  spec.scores = rotaryScores("#attn.rope<base = 5.0e5, rotary = 32, scaling = "
                             "[#attn.linear<factor = 4.0>, "
                             "#attn.ntk<alpha = 8.0>]>");
  expectVariant(compiled(spec), "rope partial, linear, ntk");
}

TEST(Variants, RotaryByRunningLength) {
  Spec spec;
  spec.visible = kCausal;
  spec.arguments = ", %n: tensor<i32>";
  spec.scores = rotaryScores("#attn.rope<base = 1.0e4, scaling = "
                             "[#attn.dynamic_ntk<factor = 4.0, trained = 64>]>",
                             "length(%n : tensor<i32>)");
  Kernel *kernel = compiled(spec);
  if (!kernel)
    return;
  for (int64_t length : {1, 64, 65, 1000}) {
    Buffers inputs = kernel->inputs({2, 2, 1, 33, 97});
    inputs[3].integers({length});
    expectClose(*kernel, inputs,
                "dynamic ntk, length " + std::to_string(length));
  }
}

TEST(Variants, AnglesOfF32Products) {
  // Far out, where rounded angles are 10^-2 from the exact ones: a kernel that
  // took one for the other would be refused.
  Spec rope, slack, phase, region;
  for (Spec *spec : {&rope, &slack, &phase, &region}) {
    spec->visible = kCausal;
    spec->arguments = ", %offset: tensor<?xi32>";
    spec->positions = "align(bottom_right) offset(%offset : tensor<?xi32>)";
  }
  rope.scores = rotaryScores("#attn.rope<base = 1.0e4>", "angles(f32)");
  slack.scores = slackScores("half", /*tied=*/true, "angles(f32)");
  phase.arguments += ", %freq: tensor<32xf32>";
  phase.scores =
      "%cq, %sq = attn.phase %pq, %freq angles(f32) : $P, tensor<32xf32>\n"
      "%ck, %sk = attn.phase %pk, %freq angles(f32) : $P, tensor<32xf32>\n"
      "%qr = attn.rotate %q by (%cq, %sq) layout(half) : $Q, "
      "tensor<?x?x32xf32>\n"
      "%kr = attn.rotate %k by (%ck, %sk) layout(half) : $K, "
      "tensor<?x?x32xf32>\n"
      "%s = attn.scores %qr, %kr scale(0.125) : $Q, $K\n";
  // Angles that no rotation has: of twice the position.
  auto turned = [](std::string row, std::string at) {
    return "%" + row + "r = attn.row_map %" + row + " at %" + at +
           " (%e, %b, %h, %i, %m, %c) {\n"
           "  %two = arith.constant 2 : i32\n"
           "  %w = arith.constant 0.7 : f64\n"
           "  %n = arith.muli %m, %two : i32\n"
           "  %cos, %sin = attn.cos_sin %n, %w angles(f32)\n"
           "  %y = arith.mulf %e, %cos : f32\n"
           "  attn.yield %y : f32\n} : $Q at $P\n";
  };
  region.scores = turned("q", "pq") + turned("k", "pk") +
                  "%s = attn.scores %qr, %kr scale(0.125) : $Q, $K\n";
  for (auto &[name, spec] : {std::pair<std::string, Spec &>{"rope", rope},
                             {"slack", slack},
                             {"phase", phase},
                             {"region", region}})
    if (Kernel *kernel = compiled(spec))
      for (int64_t offset : {0, 1 << 20})
        // In both templates: few queries too.
        for (int64_t queries : {1, 33}) {
          Buffers inputs = kernel->inputs({2, 2, 1, queries, 97});
          inputs[3].integers({offset, offset - offset / 3});
          if (&spec == &phase)
            for (int64_t pair = 0; pair < 32; ++pair)
              inputs[4].set(pair, std::pow(1e4, -pair / 32.0));
          expectClose(*kernel, inputs,
                      name + ", f32 angles, offset " + std::to_string(offset));
        }
}

TEST(Variants, LinearBiases) {
  Spec spec;
  spec.visible = kCausal;
  spec.scores = "%r = attn.scores %q, %k scale(0.125) : $Q, $K\n"
                "%s = attn.bias %r at (%pq, %pk) (#attn.alibi) : $S, $P, $P\n";
  Kernel *kernel = compiled(spec);
  expectVariant(kernel, "alibi");
  if (kernel)
    for (int64_t heads : {1, 6, 8, 12})
      expectCloseAt(*kernel, {1, heads, 1, 18, 70},
                    "alibi, heads " + std::to_string(heads));
}

TEST(Variants, CollinearSlack) {
  Spec spec;
  spec.visible = kCausal;
  spec.scores = slackScores();
  expectVariant(compiled(spec), "slack");
}

TEST(Variants, CollinearStrict) {
  Spec spec;
  spec.visible = kCausal;
  spec.scores = strictScores();
  expectVariant(compiled(spec), "strict");
}

TEST(Variants, CollinearInterleaved) {
  Spec spec;
  spec.channels = 16;
  spec.valueChannels = 24;
  spec.scores = slackScores("interleaved");
  expectVariant(compiled(spec), "slack interleaved");
  spec.scores = strictScores("interleaved");
  expectVariant(compiled(spec), "strict interleaved");
}

TEST(Variants, CollinearDuplicated) {
  // The query argument holds x of the pairs (x, x), half as many channels.
  Spec spec;
  spec.visible = kCausal;
  spec.scores = strictScores();
  std::string text = programText(spec);
  auto put = [&](const std::string &from, const std::string &to) {
    for (size_t at = 0; (at = text.find(from, at)) != std::string::npos;
         at += to.size())
      text.replace(at, from.size(), to);
  };
  put("(%q: tensor<?x?x?x64xf32>", "(%x: tensor<?x?x?x32xf32>");
  put("{\n%pq,", "{\n%q = attn.duplicate half %x : tensor<?x?x?x32xf32>\n%pq,");
  expectVariant(compiled(text), "strict, duplicated query");
}

TEST(Variants, CollinearUntied) {
  Spec spec;
  spec.channels = 32;
  spec.valueChannels = 32;
  spec.scores = slackScores("half", /*tied=*/false);
  expectVariant(compiled(spec), "slack untied");
  spec.scores = strictScores("half", /*tied=*/false);
  expectVariant(compiled(spec), "strict untied");
}

TEST(Variants, RowMapsAroundTheTie) {
  const std::string softplus = " (%e, %b, %h, %i, %m, %c) {\n"
                               "  %x = math.exp %e : f32\n"
                               "  %y = math.log1p %x : f32\n"
                               "  attn.yield %y : f32\n}";
  auto around = [](std::string text, const std::string &from,
                   const std::string &to) {
    text.replace(text.find(from), from.size(), to);
    return text;
  };
  Spec spec;
  spec.channels = 32;
  spec.valueChannels = 32;
  spec.visible = kCausal;
  // On the rows the coefficients come from, and on the coefficients.
  spec.scores = "%w = attn.row_map %k" + softplus + " : $K\n" +
                around(slackScores(), "coefficients %k", "coefficients %w");
  expectVariant(compiled(spec), "slack, map before");
  spec.scores = around(strictScores(), "duplicate half %tau : $X",
                       "duplicate half %w : $X");
  spec.scores =
      around(spec.scores,
             "%t = ", "%w = attn.row_map %tau" + softplus + " : $X\n%t = ");
  expectVariant(compiled(spec), "strict, map after");
}

TEST(Variants, Softcap) {
  Spec spec;
  spec.channels = 192;
  spec.valueChannels = 8;
  spec.visible = kCausal;
  spec.scores = "%r = attn.scores %q, %k scale(0.5) : $Q, $K\n"
                "%s = attn.softcap %r cap(3.0) : $S\n";
  expectVariant(compiled(spec), "softcap");
}

TEST(Variants, TwoBases) {
  Spec spec;
  spec.channels = 8;
  spec.valueChannels = 8;
  std::string scores;
  auto half = "tensor<?x?x?x4xf32>";
  for (std::string x : {"q", "k"}) {
    for (int part : {0, 1}) {
      std::string name = x + std::to_string(part);
      scores += "%" + name + " = attn.slice %" + x + " channels(" +
                std::to_string(4 * part) + ", 4) : $Q\n%" + name +
                "r = attn.rotate %" + name + " at %p" + x +
                " (#attn.rope<base = " + (part ? "5.0e5" : "1.0e2") +
                ">) : " + half + ", $P\n";
    }
    scores += "%" + x + "r = attn.concat %" + x + "0r, %" + x + "1r : " + half +
              ", " + half + "\n";
  }
  spec.scores = scores + "%s = attn.scores %qr, %kr scale(0.5) : $Q, $K\n";
  expectVariant(compiled(spec), "two bases");
}

/// A program of examples/, as users read it.
static Kernel *example(const std::string &path) {
  auto text = llvm::MemoryBuffer::getFile(SEXTANT_EXAMPLES "/" + path);
  EXPECT_TRUE(bool(text)) << path;
  return text ? compiled((*text)->getBuffer().str()) : nullptr;
}

TEST(Variants, EncodingsOfRegions) {
  expectVariant(example("my_own_encoding/xpos.mlir"), "xpos");
  Kernel *kernel = example("my_own_encoding/kerple.mlir");
  if (!kernel)
    return;
  for (Dims dims :
       {Dims{2, 4, 2, 33, 97}, Dims{1, 6, 6, 1, 129}, Dims{1, 1, 1, 65, 17}}) {
    Buffers inputs = kernel->inputs(dims, attn::Probe::Random, 5);
    // Its learned numbers are positive.
    for (size_t argument : {3, 4})
      for (int64_t i = 0; i < inputs[argument].numElements(); ++i)
        inputs[argument].set(i, std::fabs(inputs[argument].at(i)));
    expectClose(*kernel, inputs, "kerple, " + spelled(dims));
  }
}
