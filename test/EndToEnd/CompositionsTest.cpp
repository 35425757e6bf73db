//===- CompositionsTest.cpp - Published variants that need no name --------===//
//
// The programs of docs/HowTo/Compose.md: what a paper adds is a region and the
// tensors that it reads.
//
//===----------------------------------------------------------------------===//

#include "Suite.h"

using namespace sextant;
using namespace sextant::test;

static constexpr int kColumns = 5;

static Spec spec(const std::string &arguments, const std::string &scores,
                 const std::string &visible = "") {
  Spec result;
  result.channels = result.valueChannels = 16;
  result.arguments = arguments;
  result.scores = scores;
  result.visible = visible;
  return result;
}

static void expectShapes(const Spec &spec, const std::string &name) {
  Kernel *kernel = compiled(spec);
  if (!kernel)
    return;
  uint64_t seed = 7;
  for (Dims dims : {Dims{1, 2, 1, 25, 25}, Dims{2, 4, 2, 10, 75},
                    Dims{1, 1, 1, 1, 40}, Dims{1, 2, 2, 99, 100}})
    expectCloseAt(*kernel, dims, name, ++seed);
}

/// %dy and %dx: how far query %i and key %j lie apart on a grid of kColumns.
static std::string gridOffsets(int rows) {
  auto constant = [](const std::string &name, int value) {
    return "%" + name + " = arith.constant " + std::to_string(value) +
           " : i32\n";
  };
  std::string text = constant("columns", kColumns) +
                     constant("middle_y", rows - 1) +
                     constant("middle_x", kColumns - 1);
  for (auto [axis, op] : {std::pair("y", "divsi"), {"x", "remsi"}}) {
    std::string a = axis;
    for (std::string side : {"i", "j"})
      text += "%" + side + a + " = arith." + op + " %" + side +
              ", %columns : i32\n";
    text += "%away_" + a + " = arith.subi %i" + a + ", %j" + a + " : i32\n%d" +
            a + " = arith.addi %away_" + a + ", %middle_" + a + " : i32\n";
  }
  return text;
}

static const char kMap[] = "%s = attn.score_map %s0 at (%pq, %pk) "
                           "(%x, %b, %h, %i, %j, %m, %n) {\n";
static const char kScores[] = "%s0 = attn.scores %q, %k scale(0.25) : $Q, $K\n";

TEST(Compositions, TableOfGridOffsets) {
  expectShapes(
      spec(", %t: tensor<?x39x9xf32>",
           kScores + std::string(kMap) + gridOffsets(20) +
               "%r = attn.read %t[%h, %dy, %dx] : tensor<?x39x9xf32>\n"
               "%y = arith.addf %x, %r : f32\nattn.yield %y : f32\n} : $S, $P, "
               "$P\n"),
      "table of grid offsets");
}

TEST(Compositions, DecomposedGridOffsets) {
  expectShapes(
      spec(", %ty: tensor<1x39x16xf32>, %tx: tensor<1x9x16xf32>",
           "%gy = attn.project %q, %ty : $Q, tensor<1x39x16xf32>\n"
           "%gx = attn.project %q, %tx : $Q, tensor<1x9x16xf32>\n" +
               std::string(kScores) + kMap + gridOffsets(20) +
               "%ry = attn.read %gy[%b, %h, %i, %dy] : tensor<?x?x?x39xf32>\n"
               "%rx = attn.read %gx[%b, %h, %i, %dx] : tensor<?x?x?x9xf32>\n"
               "%r = arith.addf %ry, %rx : f32\n%y = arith.addf %x, %r : f32\n"
               "attn.yield %y : f32\n} : $S, $P, $P\n"),
      "decomposed grid offsets");
}

TEST(Compositions, DistancesInAGraph) {
  // Distances are data; those past the table read its last row.
  Spec graph =
      spec(", %d: tensor<?x?x?xi32>, %t: tensor<8x?xf32>",
           kScores + std::string(kMap) +
               "%away = attn.read %d[%b, %i, %j] : tensor<?x?x?xi32>\n"
               "%r = attn.read %t[%away, %h] : tensor<8x?xf32>\n"
               "%y = arith.addf %x, %r : f32\nattn.yield %y : f32\n} : $S, $P, "
               "$P\n");
  Kernel *kernel = compiled(graph);
  if (!kernel)
    return;
  Dims dims{2, 4, 2, 19, 35};
  Buffers inputs = kernel->inputs(dims);
  std::vector<int64_t> distance(inputs[3].numElements());
  for (size_t i = 0; i < distance.size(); ++i)
    distance[i] = int64_t(i * 7 % 11);
  inputs[3].integers(distance);
  expectClose(*kernel, inputs, "distances in a graph");
}

TEST(Compositions, DecayOfEachChannel) {
  auto decayed = [](const std::string &row, const std::string &sign) {
    return "%" + row + "d = attn.row_map %" + row + ", %g" + row +
           " (%x, %g, %b, %h, %l, %p, %c) {\n%sign = arith.constant " + sign +
           " : f32\n%a = arith.mulf %sign, %g : f32\n%e = math.exp %a : f32\n"
           "%y = arith.mulf %x, %e : f32\nattn.yield %y : f32\n} : " +
           (row == "q" ? "$Q, $Q\n" : "$K, $K\n");
  };
  expectShapes(spec(", %gq: $Q, %gk: $K",
                    decayed("q", "1.0") + decayed("k", "-1.0") +
                        "%s = attn.scores %qd, %kd scale(0.25) : $Q, $K\n",
                    "visible(#attn.causal)"),
               "decay of each channel");
}

TEST(Compositions, LayersOfTwoKinds) {
  // Three layers of four: rotary, within chunks. The fourth: no positions, a
  // temperature that grows with the position.
  expectShapes(
      spec("", rotaryScores("#attn.rope<base = 5.0e5>"),
           "visible(#attn.and<[#attn.causal, #attn.chunked<size = 16>]>)"),
      "chunks");
  expectShapes(
      spec("",
           "%qt = attn.encode %q at %pq (#attn.step_temperature<slope = 0.1, "
           "step = 8>) : $Q, $P\n"
           "%s = attn.scores %qt, %k scale(0.25) : $Q, $K\n",
           "visible(#attn.causal)"),
      "temperature");
}
