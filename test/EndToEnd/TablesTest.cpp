//===- TablesTest.cpp - Score maps whose values are tabulated -------------===//
//
// Costly terms of one row: gates of keys, temperatures of queries, decays of
// positions. They are computed once a row, whatever else the map reads.
//
//===----------------------------------------------------------------------===//

#include "Suite.h"

#include <random>

using namespace sextant;
using namespace sextant::test;

/// A causal program with the score map `body` of %x, which yields %z.
static Spec mapped(const std::string &arguments, const std::string &body) {
  Spec spec;
  spec.channels = 8;
  spec.valueChannels = 8;
  spec.arguments = arguments;
  spec.scores = "%t = attn.scores %q, %k scale(0.35) : $Q, $K\n"
                "%s = attn.score_map %t at (%pq, %pk) "
                "(%x, %b, %h, %i, %j, %m, %n) {\n" +
                body + "  attn.yield %z : f32\n} : $S, $P, $P\n";
  spec.visible = "visible(#attn.causal)";
  return spec;
}

static const Dims kDims[] = {{2, 4, 2, 75, 170}, {1, 2, 1, 130, 61},
                             {2, 2, 1, 1, 97},   {1, 2, 2, 24, 24},
                             {1, 1, 1, 3, 0},    {2, 1, 1, 0, 5}};

/// Float arguments from the fourth on: `shape` of one, filled within (low, 1).
static void setNumbers(Buffers &inputs, unsigned place,
                       llvm::ArrayRef<int64_t> shape, double low,
                       Layout layout = Layout::Dense) {
  std::mt19937 random(place);
  inputs[place] = Buffer(attn::HostType::F32, shape, layout);
  for (int64_t i = 0; i < inputs[place].numElements(); ++i)
    inputs[place].set(i,
                      std::uniform_real_distribution<double>(low, 1)(random));
}

TEST(Tables, LogarithmOfAGateAKey) {
  Kernel *kernel = compiled(mapped(", %gate: tensor<?x?xf32>",
                                   "  %g = attn.read %gate[%b, %j] : "
                                   "tensor<?x?xf32>\n"
                                   "  %l = math.log %g : f32\n"
                                   "  %z = arith.addf %x, %l : f32\n"));
  if (!kernel)
    return;
  for (Dims dims : kDims)
    for (Layout layout : {Layout::Dense, Layout::Spread}) {
      Buffers inputs = kernel->inputs(dims);
      setNumbers(inputs, 3, {dims.B, dims.N}, 0.05, layout);
      expectClose(*kernel, inputs, "gates, " + spelled(dims), true);
    }
  // Tensors of other extents than the call's are read clamped.
  for (int64_t length : {0, 1, 50, 300}) {
    Buffers inputs = kernel->inputs({2, 2, 1, 40, 130});
    setNumbers(inputs, 3, {2, length}, 0.05);
    expectClose(*kernel, inputs, "gates of " + std::to_string(length), true);
  }
}

TEST(Tables, ForgettingByCumulativeGates) {
  // score + F[query] - F[key], F a number a head and token (the running sum of
  // its log gates), here kept as its exponential, so that both sides cost.
  Kernel *kernel = compiled(mapped(", %sums: $L",
                                   "  %sq = attn.read %sums[%b, %h, %i] : $L\n"
                                   "  %sk = attn.read %sums[%b, %h, %j] : $L\n"
                                   "  %fq = math.log %sq : f32\n"
                                   "  %fk = math.log %sk : f32\n"
                                   "  %f = arith.subf %fq, %fk : f32\n"
                                   "  %z = arith.addf %x, %f : f32\n"));
  if (!kernel)
    return;
  for (Dims dims : kDims) {
    Buffers inputs = kernel->inputs(dims);
    setNumbers(inputs, 3, {dims.B, dims.H, dims.N}, 0.1);
    expectClose(*kernel, inputs, "forgetting, " + spelled(dims), true);
  }
}

TEST(Tables, EveryClassAtOnce) {
  // Of (head, key position), (batch, query), (head, distance), (key): a table
  // each; and a product of two of them, which has none.
  Kernel *kernel =
      compiled(mapped(", %rate: tensor<?xf32>, %heat: tensor<?x?xf32>",
                      "  %r = attn.read %rate[%h] : tensor<?xf32>\n"
                      "  %nf = arith.sitofp %n : i32 to f32\n"
                      "  %rn = arith.mulf %r, %nf : f32\n"
                      "  %c = math.cos %rn : f32\n"
                      "  %a = attn.read %heat[%b, %i] : tensor<?x?xf32>\n"
                      "  %l = math.log1p %a : f32\n"
                      "  %d = arith.subi %m, %n : i32\n"
                      "  %e = math.absi %d : i32\n"
                      "  %ef = arith.sitofp %e : i32 to f32\n"
                      "  %er = arith.mulf %ef, %r : f32\n"
                      "  %k1 = math.log1p %er : f32\n"
                      "  %jf = arith.sitofp %j : i32 to f32\n"
                      "  %s1 = math.sin %jf : f32\n"
                      "  %cl = arith.mulf %c, %l : f32\n"
                      "  %x1 = arith.addf %x, %cl : f32\n"
                      "  %x2 = arith.subf %x1, %k1 : f32\n"
                      "  %z = arith.addf %x2, %s1 : f32\n"));
  if (!kernel)
    return;
  for (Dims dims : kDims) {
    Buffers inputs = kernel->inputs(dims);
    setNumbers(inputs, 3, {dims.H}, 0.01);
    setNumbers(inputs, 4, {dims.B, dims.M}, 0.01);
    expectClose(*kernel, inputs, "all classes, " + spelled(dims), true);
  }
}

TEST(Tables, PositionsOfArguments) {
  // The table of a position differs from one batch entry to another.
  Spec spec = mapped(", %pq: $P {attn.name = \"query_pos\"}, %pk: $P",
                     "  %nf = arith.sitofp %n : i32 to f32\n"
                     "  %c = math.cos %nf : f32\n"
                     "  %mf = arith.sitofp %m : i32 to f32\n"
                     "  %e = math.sin %mf : f32\n"
                     "  %ce = arith.mulf %c, %e : f32\n"
                     "  %z = arith.addf %x, %ce : f32\n");
  spec.positions = "";
  Kernel *kernel = compiled(spec);
  if (!kernel)
    return;
  for (Dims dims : kDims) {
    std::mt19937 random(7);
    Buffers inputs = kernel->inputs(dims);
    for (unsigned place : {3, 4}) {
      std::vector<int64_t> positions(inputs[place].numElements());
      for (int64_t &position : positions)
        position = int64_t(random() % 400) - 100;
      inputs[place].integers(positions);
    }
    expectClose(*kernel, inputs, "positions, " + spelled(dims), true);
  }
}

TEST(Tables, OffsetsAndLengthsMakePositionsOfABatchEntry) {
  Spec spec = mapped(", %lengths: tensor<?xi32>, %offsets: tensor<?xi32>",
                     "  %nf = arith.sitofp %n : i32 to f32\n"
                     "  %c = math.cos %nf : f32\n"
                     "  %mf = arith.sitofp %m : i32 to f32\n"
                     "  %e = math.sin %mf : f32\n"
                     "  %ce = arith.mulf %c, %e : f32\n"
                     "  %z = arith.addf %x, %ce : f32\n");
  spec.positions = "align(bottom_right) offset(%offsets : tensor<?xi32>) "
                   "lengths(%lengths : tensor<?xi32>)";
  Kernel *kernel = compiled(spec);
  if (!kernel)
    return;
  Buffers inputs = kernel->inputs({3, 2, 1, 40, 97});
  inputs[3].integers({97, 40, 5});
  inputs[4].integers({0, -30, 1000});
  expectClose(*kernel, inputs, "offsets and lengths", true);
}
