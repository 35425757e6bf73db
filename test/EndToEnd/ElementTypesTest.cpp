//===- ElementTypesTest.cpp - Tensors of f16 and bf16 ---------------------===//

#include "Suite.h"

#include <cmath>

using namespace sextant;
using namespace sextant::test;

static const char *const kNarrow[] = {"bf16", "f16"};

/// Edges of tiles, grouped heads, decode, more queries than keys, nothing.
static const Dims kShapes[] = {
    {1, 1, 1, 1, 1},    {2, 4, 2, 16, 16}, {1, 2, 1, 15, 63},
    {1, 4, 1, 65, 97},  {1, 8, 2, 1, 129}, {1, 2, 1, 128, 127},
    {1, 1, 1, 97, 203}, {1, 2, 1, 5, 0},   {1, 2, 1, 0, 5}};

static Spec specOf(const std::string &type) {
  Spec spec;
  spec.rowType = spec.valueType = type;
  spec.visible = "visible(#attn.causal)";
  return spec;
}

TEST(ElementTypes, EveryKindOfScores) {
  for (std::string type : kNarrow) {
    Spec plain = specOf(type), rope = specOf(type), slack = specOf(type),
         strict = specOf(type);
    plain.channels = 59;
    plain.valueChannels = 40;
    plain.visible = "";
    rope.channels = 80;
    rope.scores =
        rotaryScores("#attn.rope<base = 1.0e4, layout = interleaved>");
    slack.scores = slackScores();
    strict.valueChannels = 111;
    strict.scores = strictScores();
    for (auto &[name, spec] : {std::pair<std::string, Spec &>{"plain", plain},
                               {"rope", rope},
                               {"slack", slack},
                               {"strict", strict}})
      if (Kernel *kernel = compiled(spec)) {
        uint64_t seed = 100;
        for (const Dims &dims : kShapes)
          expectCloseAt(*kernel, dims, type + " " + name, ++seed);
      }
  }
}

TEST(ElementTypes, ScoresOfAnySize) {
  // Nothing is rounded between: the score, a square, keeps the precision of
  // f32 however large it is.
  for (std::string type : kNarrow) {
    Spec spec = specOf(type);
    spec.scores = slackScores();
    if (Kernel *kernel = compiled(spec))
      for (double deviation : {0.1, 1.0, 2.0})
        expectCloseAt(*kernel, {1, 2, 1, 65, 129},
                      type + " slack, deviation " + std::to_string(deviation),
                      31, deviation);
  }
}

TEST(ElementTypes, AnyMixture) {
  // f16 queries meet bf16 keys; the output is f32, the keys come back as f16.
  Kernel *kernel = compiled(R"(
func.func @mixed(%q: tensor<?x?x?x24xf16>, %k: tensor<?x?x?x24xbf16>,
                 %v: tensor<?x?x?x40xbf16>)
    -> (tensor<?x?x?x40xf32>, tensor<?x?x?x24xf16>, tensor<?x?x?xf32>) {
  %a = attn.convert %q to f32 : tensor<?x?x?x24xf16>
  %b = attn.convert %k to f32 : tensor<?x?x?x24xbf16>
  %c = attn.convert %v to f32 : tensor<?x?x?x40xbf16>
  %s = attn.scores %a, %b scale(0.2) : tensor<?x?x?x24xf32>, tensor<?x?x?x24xf32>
  %p, %lse = attn.softmax %s lse : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %c : tensor<?x?x?x?xf32>, tensor<?x?x?x40xf32>
  %d = attn.convert %b to f16 : tensor<?x?x?x24xf32>
  return %o, %d, %lse : tensor<?x?x?x40xf32>, tensor<?x?x?x24xf16>, tensor<?x?x?xf32>
})");
  if (kernel)
    for (const Dims &dims : kShapes)
      expectCloseAt(*kernel, dims, "mixed", 5);
}

TEST(ElementTypes, RowsThatAreReturnedAndRead) {
  for (std::string type : kNarrow) {
    std::string text = R"(
!rows = tensor<?x?x?x32xTYPE>
func.func @rows(%q: !rows, %k: !rows, %v: !rows) -> (!rows, !rows, !rows) {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : !rows, !rows
  %kr = attn.rotate %k at %pk (#attn.rope<base = 1.0e4>) : !rows, tensor<?x?xi32>
  %m = attn.row_map %v (%x, %b, %h, %i, %p, %c) {
    %t = math.tanh %x : f32
    attn.yield %t : f32
  } : !rows
  %s = attn.scores %q, %kr scale(0.2) : !rows, !rows
  %p = attn.softmax %s at (%pq, %pk) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %m : tensor<?x?x?x?xf32>, !rows
  %s2 = attn.scores %o, %k scale(0.2) : !rows, !rows
  %p2 = attn.softmax %s2 : tensor<?x?x?x?xf32>
  %o2 = attn.weighted_sum %p2, %m : tensor<?x?x?x?xf32>, !rows
  return %kr, %m, %o2 : !rows, !rows, !rows
})";
    text.replace(text.find("TYPE"), 4, type);
    if (Kernel *kernel = compiled(text))
      for (Dims dims : {Dims{1, 2, 1, 17, 33}, Dims{2, 1, 1, 96, 97}})
        expectCloseAt(*kernel, dims, type + " rows", 6);
  }
}

TEST(ElementTypes, MergedRowsThatAreReturnedAndRead) {
  // The merged rows are stored once, and the next attention reads those.
  for (std::string type : kNarrow) {
    std::string text = R"(
!rows = tensor<?x?x?x8xTYPE>
func.func @rows(%q: !rows, %k: !rows, %v: !rows) -> (!rows, tensor<?x?x?x8xf32>) {
  %s0 = attn.scores %q, %k scale(0.4) : !rows, !rows
  %p0, %l0 = attn.softmax %s0 lse : tensor<?x?x?x?xf32>
  %o0 = attn.weighted_sum %p0, %v : tensor<?x?x?x?xf32>, !rows
  %s1 = attn.scores %q, %v scale(0.4) : !rows, !rows
  %p1, %l1 = attn.softmax %s1 lse : tensor<?x?x?x?xf32>
  %o1 = attn.weighted_sum %p1, %k : tensor<?x?x?x?xf32>, !rows
  %m, %lse = attn.merge (%o0, %o1) lse(%l0, %l1)
    : (!rows, !rows, tensor<?x?x?xf32>, tensor<?x?x?xf32>) -> (!rows, tensor<?x?x?xf32>)
  %mf = attn.convert %m to f32 : !rows
  %kf = attn.convert %k to f32 : !rows
  %vf = attn.convert %v to f32 : !rows
  %s = attn.scores %mf, %kf scale(0.2) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %vf : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %m, %o : !rows, tensor<?x?x?x8xf32>
})";
    text.replace(text.find("TYPE"), 4, type);
    if (Kernel *kernel = compiled(text))
      expectCloseAt(*kernel, {1, 2, 1, 33, 17}, type + " merged rows", 6);
  }
}

TEST(ElementTypes, CapturedTensors) {
  for (std::string type : kNarrow) {
    Spec spec = specOf(type);
    spec.channels = spec.valueChannels = 16;
    spec.arguments = ", %slope: tensor<?x" + type + ">";
    spec.scores = "%r = attn.scores %q, %k scale(0.25) : $Q, $K\n"
                  "%s = attn.score_map %r at (%pq, %pk) "
                  "(%x, %b, %h, %i, %j, %m, %n) {\n"
                  "  %w = attn.read %slope[%h] : tensor<?x" +
                  type +
                  ">\n"
                  "  %u = attn.read %slope[%j] : tensor<?x" +
                  type +
                  ">\n"
                  "  %t = attn.read %slope[%i] : tensor<?x" +
                  type +
                  ">\n"
                  "  %a = arith.addf %w, %u : f32\n"
                  "  %c = arith.addf %a, %t : f32\n"
                  "  %y = arith.addf %x, %c : f32\n"
                  "  attn.yield %y : f32\n} : $S, $P, $P\n";
    if (Kernel *kernel = compiled(spec))
      expectCloseAt(*kernel, {1, 4, 2, 33, 97}, type + " captured", 7);
  }
}

TEST(ElementTypes, LayoutsDoNotMatter) {
  for (std::string type : kNarrow) {
    Spec spec = specOf(type);
    spec.channels = 48;
    spec.scores = slackScores();
    Kernel *kernel = compiled(spec);
    if (!kernel)
      continue;
    Buffers dense = kernel->inputs({2, 2, 1, 35, 101});
    for (int32_t isa : allIsas()) {
      Call call;
      call.isa = isa;
      Buffers expected = results(*kernel, dense, call);
      for (Layout layout : {Layout::Offset, Layout::Transposed, Layout::Padded,
                            Layout::Spread}) {
        Buffers inputs;
        for (Buffer &buffer : dense)
          inputs.push_back(buffer.copy(layout));
        call.outputs = layout;
        EXPECT_TRUE(sameBits(results(*kernel, inputs, call), expected))
            << type << ", isa " << isa << ", layout "
            << static_cast<int>(layout);
      }
      call.outputs = Layout::Dense;
    }
  }
}

TEST(ElementTypes, NumbersAtTheEdges) {
  for (std::string type : kNarrow) {
    Spec spec = specOf(type);
    spec.channels = spec.valueChannels = 16;
    Kernel *kernel = compiled(spec);
    if (!kernel)
      continue;
    double least = type == "f16" ? 0x1p-24 : 0x1p-133;
    // A sum of f32 must hold as many as there are keys.
    double largest = type == "f16" ? 65504 : 0x1.fep120;
    // Numbers below the least normal one, everywhere in a value channel.
    Buffers inputs = kernel->inputs({1, 1, 1, 50, 97});
    for (int64_t key = 0; key < 97; ++key) {
      inputs[2].set(key * 16 + 3, least * (key % 7));
      inputs[2].set(key * 16 + 4, -least);
      inputs[2].set(key * 16 + 5, key % 2 ? largest : -largest);
    }
    expectClose(*kernel, inputs, type + ", least and largest");
    for (double junk : {double(NAN), double(INFINITY), -double(INFINITY)}) {
      inputs = kernel->inputs({1, 1, 1, 97, 97});
      inputs[2].set(40 * 16 + 3, junk);
      expectClose(*kernel, inputs, type + ", value " + std::to_string(junk));
      inputs = kernel->inputs({1, 1, 1, 97, 97});
      inputs[1].set(40 * 16 + 3, junk);
      inputs[0].set(7 * 16 + 3, junk);
      expectClose(*kernel, inputs,
                  type + ", key and query " + std::to_string(junk));
    }
  }
}

TEST(ElementTypes, ResultsThatOverflow) {
  Kernel *kernel = compiled(R"(
func.func @rows(%x: tensor<?x?x?x8xf32>)
    -> (tensor<?x?x?x8xf16>, tensor<?x?x?x8xbf16>) {
  %h = attn.convert %x to f16 : tensor<?x?x?x8xf32>
  %b = attn.convert %x to bf16 : tensor<?x?x?x8xf32>
  return %h, %b : tensor<?x?x?x8xf16>, tensor<?x?x?x8xbf16>
})");
  if (!kernel)
    return;
  Buffers inputs = kernel->inputs({1, 1, 1, 8, 8});
  const double numbers[] = {65519.996, 65520,  -65520,    1e6,
                            3.3e38,    3.4e38, -3.402e38, NAN};
  for (int64_t i = 0; i < 8; ++i)
    inputs[0].set(8 + i, numbers[i]);
  expectClose(*kernel, inputs, "overflow");
  for (int32_t isa : allIsas()) {
    Call call;
    call.isa = isa;
    Buffers out = results(*kernel, inputs, call);
    ASSERT_EQ(out.size(), 2u);
    EXPECT_EQ(out[0].at(8), 65504);
    EXPECT_EQ(out[0].at(9), INFINITY);
    EXPECT_EQ(out[0].at(10), -INFINITY);
    EXPECT_EQ(out[0].at(11), INFINITY);
    EXPECT_TRUE(std::isfinite(out[1].at(12)));
    EXPECT_EQ(out[1].at(13), INFINITY);
    EXPECT_EQ(out[1].at(14), -INFINITY);
    EXPECT_TRUE(std::isnan(out[0].at(15)) && std::isnan(out[1].at(15)));
  }
}

TEST(ElementTypes, BadCallsAreRefused) {
  for (std::string type : kNarrow) {
    Kernel *kernel = compiled(specOf(type));
    if (!kernel)
      continue;
    Dims dims{1, 2, 1, 4, 5};
    std::string error;
    Buffers inputs = kernel->inputs(dims, attn::Probe::Random, 1, 1.0,
                                    {Layout::Dense, Layout::Misaligned});
    EXPECT_FALSE(kernel->run(inputs, {}, error).has_value());
    EXPECT_NE(error.find("'in1': expected an address aligned to 2 bytes"),
              std::string::npos)
        << error;
    error.clear();
    Call call;
    call.outputs = Layout::Misaligned;
    inputs = kernel->inputs(dims);
    EXPECT_FALSE(kernel->run(inputs, call, error).has_value());
    EXPECT_NE(error.find("'out0': expected an address aligned to 2 bytes"),
              std::string::npos)
        << error;
  }
}
