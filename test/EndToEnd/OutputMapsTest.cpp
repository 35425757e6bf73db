//===- OutputMapsTest.cpp - Maps of the output, where it is stored --------===//
//
// Every element is mapped once, whichever template computes it: rows of vectors
// and the rest, rows that see no key, splits that are merged.
//
//===----------------------------------------------------------------------===//

#include "Weighing.h"

using namespace sextant;
using namespace sextant::test;

static const std::string kSoftmax =
    "%p = attn.softmax %s at (%pq, %pk) visible(#attn.causal) : $S, $P, $P\n";

namespace {
/// An attention whose sum %w has `maps` between it and the result %o.
struct Mapped {
  std::string maps;
  std::string arguments = "";
  std::string weights = kSoftmax;
  /// Of rows, and of the result.
  std::string type = "f32", result = "f32";
  bool rowResult = false;
};
} // namespace

static Kernel *mapped(const Mapped &spec) {
  std::string text =
      "func.func @attention(%q: $Q, %k: $K, %v: $V" + spec.arguments + ") -> " +
      (spec.rowResult ? "($O, $L)" : "$O") +
      " {\n%pq, %pk = attn.positions %q, %k align(bottom_right) : $Q, $K\n"
      "%s = attn.scores %q, %k scale(0.5) : $Q, $K\n" +
      spec.weights + "%w = attn.weighted_sum %p, %v : $S, $V\n" + spec.maps +
      (spec.rowResult ? "return %o, %row : $O, $L\n}" : "return %o : $O\n}");
  for (auto [word, channels, type] : {std::tuple("$Q", "16", spec.type),
                                      {"$K", "16", spec.type},
                                      {"$V", "24", spec.type},
                                      {"$O", "24", spec.result}})
    for (size_t at; (at = text.find(word)) != std::string::npos;)
      text.replace(at, 2,
                   std::string("tensor<?x?x?x") + channels + "x" + type + ">");
  return compiled(replaced(text));
}

/// Few and many threads, so that keys are split where queries are few.
static void expectMapped(Kernel *kernel, const std::string &name) {
  if (!kernel)
    return;
  expectAtShapes(kernel, name);
  for (const Dims &dims :
       {Dims{1, 4, 2, 1, 4100}, Dims{2, 2, 1, 7, 40}, Dims{1, 2, 2, 64, 64},
        Dims{1, 1, 1, 40, 3}, Dims{2, 0, 0, 3, 4}}) {
    Buffers inputs = kernel->inputs(dims);
    expectSplitClose(*kernel, inputs, name + " at " + spelled(dims));
  }
}

static const std::string kGateRows = ", %gate: $O {attn.name = \"query_gate\"}";
/// o * sigmoid(g) of rows of gates.
static const std::string kGate =
    "%o = attn.row_map %w, %gate (%x, %g, %b, %h, %i, %n, %c) {\n"
    "  %one = arith.constant 1.0 : f32\n"
    "  %m = arith.negf %g : f32\n"
    "  %e = math.exp %m : f32\n"
    "  %d = arith.addf %e, %one : f32\n"
    "  %y = arith.divf %x, %d : f32\n"
    "  attn.yield %y : f32\n} : $O, $O\n";

/// 0 does not stay 0: rows that see no key show whether they are mapped, and
/// how often.
static const std::string kShift =
    "%o = attn.row_map %w (%x, %b, %h, %i, %n, %c) {\n"
    "  %f = arith.sitofp %c : i32 to f32\n"
    "  %j = arith.sitofp %i : i32 to f32\n"
    "  %a = math.fma %j, %f, %x : f32\n"
    "  %z = math.cos %a : f32\n"
    "  %y = arith.addf %z, %x : f32\n"
    "  attn.yield %y : f32\n} : $O\n";

TEST(OutputMaps, GateOfRows) {
  for (const std::string &weights :
       {named("#attn.sink<logit = 0.5>"), kSoftmax,
        named("#attn.sigmoid<bias = -1.0, per_key = true>"),
        named("#attn.relu<power = 2.0, over_sum = true>"),
        named("#attn.stick_breaking")})
    expectMapped(mapped({kGate, kGateRows, weights}), weights);
}

TEST(OutputMaps, EveryRowOnce) {
  const std::string softmax = "%p, %row = attn.softmax %s at (%pq, %pk) "
                              "visible(#attn.causal) lse : $S, $P, $P\n";
  for (const std::string &weights :
       {softmax, named("#attn.stick_breaking", "", "visible(#attn.causal)",
                       "remainder")})
    expectMapped(mapped({kShift, "", weights, "f32", "f32", true}), weights);
  expectMapped(
      mapped({kShift, "", named("#attn.relu<power = 1.0, over_sum = true>")}),
      "relu over its sum");
}

TEST(OutputMaps, ElementTypes) {
  for (std::string type : {"f16", "bf16"}) {
    expectMapped(mapped({kGate, kGateRows, kSoftmax, type, type}), type);
    // Gates of f32 meet the output by a conversion of either.
    const std::string plain = "%p = attn.softmax %s : $S\n";
    std::string converted = "%u = attn.convert %w to f32 : $V\n" + kGate;
    converted.replace(converted.find("row_map %w"), 10, "row_map %u");
    expectMapped(mapped({converted, kGateRows, plain, type, "f32"}),
                 type + " and a gate of f32");
  }
}

TEST(OutputMaps, TablesPositionsAndChains) {
  // A table by head, a number of each row, and a map after the map.
  const std::string chain =
      "%t = attn.row_map %w at %pq (%x, %b, %h, %i, %n, %c) {\n"
      "  %a = attn.read %table[%h, %c] : tensor<?x24xf32>\n"
      "  %r = attn.read %rows[%b, %h, %i] {matched} : $L\n"
      "  %f = arith.sitofp %n : i32 to f32\n"
      "  %z = math.sin %f : f32\n"
      "  %y = arith.mulf %x, %a : f32\n"
      "  %l = math.fma %r, %z, %y : f32\n"
      "  attn.yield %l : f32\n} : $O at $P\n"
      "%o = attn.row_map %t at %at (%x, %b, %h, %i, %n, %c) {\n"
      "  %f = arith.sitofp %n : i32 to f32\n"
      "  %z = math.tanh %x : f32\n"
      "  %y = math.fma %z, %f, %x : f32\n"
      "  attn.yield %y : f32\n} : $O at $P\n";
  expectMapped(mapped({chain, ", %table: tensor<?x24xf32>, "
                              "%rows: $L {attn.name = \"query_rows\"}, "
                              "%at: $P {attn.name = \"query_at\"}"}),
               "a chain");
}

TEST(OutputMaps, DifferenceOfTwo) {
  // The second sum is a row of the first one's map.
  const std::string difference =
      "%s2 = attn.scores %k2, %k scale(0.5) : $Q, $K\n"
      "%p2 = attn.softmax %s2 at (%pq, %pk) visible(#attn.causal) : $S, $P, "
      "$P\n"
      "%w2 = attn.weighted_sum %p2, %v : $S, $V\n"
      "%o = attn.row_map %w, %w2 (%x, %z, %b, %h, %i, %n, %c) {\n"
      "  %l = attn.read %lambda[%h] : tensor<?xf32>\n"
      "  %m = arith.mulf %z, %l : f32\n"
      "  %y = arith.subf %x, %m : f32\n"
      "  attn.yield %y : f32\n} : $O, $O\n";
  expectMapped(mapped({difference, ", %k2: $Q, %lambda: tensor<?xf32>"}),
               "a difference");
}

TEST(OutputMaps, Layouts) {
  Kernel *kernel = mapped({kGate, kGateRows});
  if (!kernel)
    return;
  for (Layout layout :
       {Layout::Offset, Layout::Transposed, Layout::Padded, Layout::Spread})
    for (Layout outputs : {Layout::Dense, Layout::Spread, Layout::Transposed})
      for (Dims dims : {Dims{1, 2, 1, 3, 20}, Dims{2, 2, 2, 21, 30}}) {
        Buffers inputs = kernel->inputs(
            dims, attn::Probe::Random, 3, 1.0,
            {Layout::Dense, Layout::Dense, Layout::Dense, layout});
        auto expected = kernel->reference(inputs);
        ASSERT_TRUE(mlir::succeeded(expected));
        Call call;
        call.outputs = outputs;
        Verdict verdict = kernel->check(inputs, *expected, call);
        EXPECT_TRUE(verdict.passes)
            << spelled(dims) << ": " << int(layout) << " " << int(outputs)
            << ": " << verdict.text;
      }
}

TEST(OutputMaps, NotANumber) {
  Kernel *kernel = mapped({kGate, kGateRows});
  if (!kernel)
    return;
  for (Dims dims : {Dims{1, 1, 1, 1, 40}, Dims{1, 1, 1, 40, 40}}) {
    Buffers inputs = kernel->inputs(dims);
    put(inputs[3], dims.M - 1, 5, NAN);
    put(inputs[2], 39, 2, INFINITY);
    expectClose(*kernel, inputs, "NaN in a gate");
  }
}
