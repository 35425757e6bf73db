//===- NormalizersTest.cpp - How scores become weights --------------------===//
//
// Every entry of dialect/Attn/Normalizers, weights by regions, what scales
// weights, and outputs that several attentions share, against the interpreter.
//
//===----------------------------------------------------------------------===//

#include "Weighing.h"

using namespace sextant;
using namespace sextant::test;

//===----------------------------------------------------------------------===//
// Softmax with extra logits
//===----------------------------------------------------------------------===//

TEST(Normalizers, FixedSinks) {
  // Logits far below and above all scores, and masks that empty rows.
  using Pair = std::pair<std::string, std::string>;
  for (const auto &[logit, visible] :
       {Pair("0.0", ""), Pair("1.5", "visible(#attn.causal)"),
        Pair("-300.0", "visible(#attn.not<#attn.causal>)"),
        Pair("300.0", "visible(#attn.sliding_window<back = 3, ahead = 0>)")}) {
    std::string attribute = "#attn.sink<logit = " + logit + ">";
    Kernel *kernel = weighed({named(attribute, "", visible, "lse"), "", true});
    if (!kernel)
      continue;
    for (const Dims &dims : {Dims{1, 2, 1, 33, 97}, Dims{1, 1, 1, 70, 9}}) {
      Buffers inputs = kernel->inputs(dims, attn::Probe::Random, 3);
      expectClose(*kernel, inputs, attribute + visible + spelled(dims),
                  /*mayBeTrivial=*/logit == "300.0" || dims.N < dims.M);
    }
  }
}

TEST(Normalizers, SinksThatLeaveTinyWeights) {
  // Near exp(-60), of scores whose own error is all that matters.
  Weighing spec;
  spec.scores = "%s = attn.scores %q, %k scale(2.0) : $Q, $K\n";
  spec.ops = named("#attn.sink<logit = 70.0>");
  expectAtShapes(weighed(spec), "a sink above large scores");
}

TEST(Normalizers, SinksBesideAScoreMap) {
  Weighing spec;
  spec.ops = "%t = attn.softcap %s cap(5.0) : $S\n"
             "%p, %row = attn.normalize %t at (%pq, %pk) by (#attn.sink<logit "
             "= 2.0>) visible(#attn.causal) lse : $S, $P, $P\n";
  spec.rowResult = true;
  expectAtShapes(weighed(spec), "sink after a softcap");
}

TEST(Normalizers, LearnedSinks) {
  for (bool several : {false, true}) {
    std::string type = several ? "tensor<?x3xbf16>" : "tensor<?xf32>";
    Weighing spec{named("#attn.learned_sinks", "with (%z : " + type + ")",
                        "visible(#attn.causal)", "lse"),
                  ", %z: " + type, true};
    Kernel *kernel = weighed(spec);
    if (!kernel)
      continue;
    for (const Dims &dims : kWeighingShapes) {
      Buffers inputs = kernel->inputs(dims, attn::Probe::Random, 5);
      std::vector<int64_t> shape{dims.H};
      if (several)
        shape.push_back(3);
      inputs[3] =
          Buffer(several ? attn::HostType::BF16 : attn::HostType::F32, shape);
      for (int64_t i = 0; i < inputs[3].numElements(); ++i)
        inputs[3].set(i, double(i % 5) * 1.5 - 3);
      expectClose(*kernel, inputs, "learned sinks, " + spelled(dims),
                  dims.M * dims.N == 0);
      if (dims.M < 2)
        continue;
      // Sinks of -inf are none, NaN and +inf make the rows NaN.
      for (double sink : {-double(INFINITY), double(INFINITY), double(NAN)}) {
        inputs[3].set(0, sink);
        expectClose(*kernel, inputs, "a sink of " + std::to_string(sink),
                    /*mayBeTrivial=*/true);
      }
    }
  }
}

TEST(Normalizers, ExtraLogitsByRegion) {
  Weighing spec;
  spec.rowResult = true;
  spec.ops = "%p, %row = attn.softmax %s at (%pq, %pk) visible(#attn.causal) "
             "extra (%b, %h, %i, %m) {\n"
             "  %f = arith.sitofp %m : i32 to f32\n"
             "  %g = arith.sitofp %h : i32 to f32\n"
             "  %c = arith.constant 0.125 : f32\n"
             "  %x = arith.mulf %f, %c : f32\n"
             "  attn.yield %x, %g : f32, f32\n"
             "} lse : $S, $P, $P\n";
  expectAtShapes(weighed(spec), "extra logits of position and head");
}

//===----------------------------------------------------------------------===//
// Weights of their own scores
//===----------------------------------------------------------------------===//

TEST(Normalizers, Sigmoid) {
  for (const std::string &attribute :
       {"#attn.sigmoid", "#attn.sigmoid<bias = -8.3>",
        "#attn.sigmoid<bias = 0.5, per_key = true>"}) {
    expectAtShapes(weighed({named(attribute)}), attribute);
    expectAtShapes(weighed({named(attribute, "", "")}), attribute, 4.0);
  }
}

TEST(Normalizers, Relu) {
  for (const std::string &attribute :
       {"#attn.relu", "#attn.relu<power = 2.0>",
        "#attn.relu<power = 1.5, alpha = 0.5>",
        "#attn.relu<power = 3.0, over_sum = true>",
        "#attn.relu<over_sum = true>"})
    expectAtShapes(weighed({named(attribute)}), attribute);
}

TEST(Normalizers, WeightsByRegion) {
  // exp of a score that a head's slope bends, over the sum: a softmax whose
  // reference is 0; and a signed weight that nothing divides.
  for (bool overSum : {true, false}) {
    Weighing spec;
    spec.ops =
        std::string("%p = attn.weights %s at (%pq, %pk) (%x, %b, %h, %i, %j, "
                    "%m, %n) {\n"
                    "  %d = arith.subi %n, %m : i32\n"
                    "  %f = arith.sitofp %d : i32 to f32\n"
                    "  %c = attn.read %slopes[%h] : tensor<?xf32>\n"
                    "  %y = arith.mulf %f, %c : f32\n"
                    "  %z = arith.addf %x, %y : f32\n") +
        (overSum ? "  %w = math.exp %z : f32\n"
                 : "  %w = math.tanh %z : f32\n") +
        "  attn.yield %w : f32\n} visible(#attn.causal)" +
        (overSum ? " over_sum" : "") + " : $S, $P, $P\n";
    spec.arguments = ", %slopes: tensor<?xf32>";
    Kernel *kernel = weighed(spec);
    if (!kernel)
      continue;
    for (const Dims &dims : kWeighingShapes) {
      Buffers inputs = kernel->inputs(dims, attn::Probe::Random, 6, 0.5);
      inputs[3] = Buffer(attn::HostType::F32, {dims.H});
      for (int64_t h = 0; h < dims.H; ++h)
        inputs[3].set(h, 0.05 * double(h + 1));
      expectClose(*kernel, inputs, "weights by a region, " + spelled(dims),
                  dims.M * dims.N == 0);
    }
  }
}

TEST(Normalizers, MaskedPairsHaveNoEffect) {
  for (const std::string &attribute :
       {"#attn.sigmoid", "#attn.relu<power = 2.0, over_sum = true>",
        "#attn.sink"}) {
    Kernel *kernel = weighed({named(attribute)});
    if (!kernel)
      continue;
    for (double junk : {double(NAN), double(INFINITY)})
      for (int64_t key : {1, 24, 63, 96}) {
        Buffers inputs = kernel->inputs({1, 1, 1, 97, 97});
        put(inputs[1], key, 3, NAN);
        expectClose(*kernel, inputs, attribute + ", a key of NaN");
        inputs = kernel->inputs({1, 1, 1, 97, 97});
        put(inputs[2], key, 3, junk);
        expectClose(*kernel, inputs, attribute + ", a value that is junk");
      }
  }
}

TEST(Normalizers, InfiniteScores) {
  for (const std::string &attribute :
       {"#attn.sigmoid", "#attn.relu<power = 2.0>", "#attn.sink"}) {
    Kernel *kernel = weighed({named(attribute, "", "")});
    if (!kernel)
      continue;
    Buffers inputs = kernel->inputs({1, 1, 1, 33, 97});
    put(inputs[0], 9, 5, INFINITY);
    for (int64_t key = 0; key < 97; ++key)
      put(inputs[1], key, 5, key == 60 ? 1.0 : -1.0);
    expectClose(*kernel, inputs, attribute + ", scores of both infinities");
    inputs = kernel->inputs({1, 1, 1, 33, 97});
    put(inputs[0], 7, 0, NAN);
    expectClose(*kernel, inputs, attribute + ", a query of NaN");
  }
}

TEST(Normalizers, AsStoredInSixteenBits) {
  std::string text = replaced(
      "func.func @attention(%q: tensor<?x?x?x16xbf16>, %k: "
      "tensor<?x?x?x16xbf16>, %v: tensor<?x?x?x24xf16>) -> "
      "tensor<?x?x?x24xf16> {\n"
      "%s = attn.scores %q, %k scale(0.5) : tensor<?x?x?x16xbf16>, "
      "tensor<?x?x?x16xbf16>\n"
      "%p = attn.normalize %s by (#attn.sigmoid<per_key = true>) : $S\n"
      "%o = attn.weighted_sum %p, %v : $S, tensor<?x?x?x24xf16>\n"
      "return %o : tensor<?x?x?x24xf16>\n}");
  expectAtShapes(compiled(text), "sigmoid of 16-bit rows");
}

//===----------------------------------------------------------------------===//
// Weights scaled
//===----------------------------------------------------------------------===//

TEST(Normalizers, DropoutIsTheInterpreters) {
  // A weight dropped on one side only is far outside the bound.
  const std::string arguments = ", %seed: tensor<i32>, %drop: tensor<f32>";
  const std::string dropout =
      "%p = attn.dropout %w seed(%seed : tensor<i32>) probability(%drop : "
      "tensor<f32>) : $S\n";
  for (const std::string &weights :
       {"%w, %row = attn.softmax %s at (%pq, %pk) visible(#attn.causal) lse : "
        "$S, $P, $P\n",
        "%w = attn.normalize %s at (%pq, %pk) by (#attn.sigmoid) "
        "visible(#attn.causal) : $S, $P, $P\n"}) {
    bool rowResult = weights.find("lse") != std::string::npos;
    Kernel *kernel = weighed({weights + dropout, arguments, rowResult});
    if (!kernel)
      continue;
    for (const Dims &dims : kWeighingShapes)
      for (auto [seed, drop] : {std::pair(1, 0.5), {-77, 0.1}, {3, 0.0}}) {
        Buffers inputs = kernel->inputs(dims, attn::Probe::Random, 8);
        inputs[3].integers({seed});
        inputs[4].set(0, drop);
        expectClose(*kernel, inputs,
                    "dropout of " + std::to_string(drop) + ", " + spelled(dims),
                    dims.M * dims.N == 0);
      }
    for (double drop : {1.0, 2.0, -1.0, double(NAN)}) {
      Buffers inputs = kernel->inputs({1, 2, 1, 9, 33});
      inputs[3].integers({5});
      inputs[4].set(0, drop);
      expectClose(*kernel, inputs, "dropout of " + std::to_string(drop),
                  /*mayBeTrivial=*/true);
    }
  }
}

TEST(Normalizers, GatesByRegion) {
  Weighing spec;
  spec.ops =
      "%w = attn.softmax %s at (%pq, %pk) visible(#attn.causal) : $S, $P, $P\n"
      "%x = attn.scale_weights %w (%b, %h, %i, %j, %m, %n) {\n"
      "  %g = attn.read %gate[%b, %j] : tensor<?x?xf32>\n"
      "  attn.yield %g : f32\n} : $S\n"
      "%p = attn.scale_weights %x at (%pq, %pk) (%b, %h, %i, %j, %m, %n) {\n"
      "  %d = arith.subi %m, %n : i32\n"
      "  %f = arith.sitofp %d : i32 to f32\n"
      "  %e = math.cos %f : f32\n"
      "  attn.yield %e : f32\n} : $S, $P, $P\n";
  spec.arguments = ", %gate: tensor<?x?xf32>";
  Kernel *kernel = weighed(spec);
  if (!kernel)
    return;
  for (const Dims &dims : kWeighingShapes) {
    Buffers inputs = kernel->inputs(dims, attn::Probe::Random, 9);
    inputs[3] = Buffer(attn::HostType::F32, {dims.B, dims.N});
    for (int64_t i = 0; i < inputs[3].numElements(); ++i)
      inputs[3].set(i, double(i % 7) / 4 - 0.5);
    expectClose(*kernel, inputs, "two gates, " + spelled(dims),
                dims.M * dims.N == 0);
  }
}

//===----------------------------------------------------------------------===//
// Several attentions in one function
//===----------------------------------------------------------------------===//

/// Two softmaxes over one value, the second times a number subtracted, then a
/// norm of the output rows: differential attention.
static std::string differential() {
  auto chain = [](const std::string &n) {
    return "%pq" + n + ", %pk" + n + " = attn.positions %q" + n + ", %k" + n +
           " align(bottom_right) : $Q, $K\n"
           "%qr" +
           n + " = attn.rotate %q" + n + " at %pq" + n +
           " (#attn.rope<base = 1.0e4, layout = interleaved>) : $Q, $P\n"
           "%kr" +
           n + " = attn.rotate %k" + n + " at %pk" + n +
           " (#attn.rope<base = 1.0e4, layout = interleaved>) : $K, $P\n"
           "%s" +
           n + " = attn.scores %qr" + n + ", %kr" + n +
           " scale(0.25) : $Q, $K\n"
           "%p" +
           n + " = attn.softmax %s" + n + " at (%pq" + n + ", %pk" + n +
           ") visible(#attn.causal) : $S, $P, $P\n"
           "%o" +
           n + " = attn.weighted_sum %p" + n + ", %v : $S, $V\n";
  };
  return "func.func @differential(%q1: $Q, %k1: $K, %q2: $Q, %k2: $K, %v: $V, "
         "%lambda: tensor<?xf32>) -> $V {\n" +
         chain("1") + chain("2") +
         "%d = attn.row_map %o1, %o2 (%x, %y, %b, %h, %i, %m, %c) {\n"
         "  %l = attn.read %lambda[%h] : tensor<?xf32>\n"
         "  %z = arith.mulf %y, %l : f32\n"
         "  %e = arith.subf %x, %z : f32\n"
         "  attn.yield %e : f32\n} : $V, $V\n"
         "%n = attn.encode %d (#attn.rms_norm<eps = 1.0e-5>) : $V\n"
         "%o = attn.row_map %n (%x, %b, %h, %i, %m, %c) {\n"
         "  %r = arith.constant 0.8 : f32\n"
         "  %y = arith.mulf %x, %r : f32\n"
         "  attn.yield %y : f32\n} : $V\n"
         "return %o : $V\n}";
}

TEST(Normalizers, DifferencesOfSoftmaxes) {
  Kernel *kernel = compiled(replaced(differential()));
  if (!kernel)
    return;
  for (const Dims &dims : {Dims{1, 2, 1, 2, 17}, Dims{2, 4, 2, 33, 97},
                           Dims{1, 1, 1, 65, 65}, Dims{1, 2, 1, 0, 5}}) {
    Buffers inputs = kernel->inputs(dims, attn::Probe::Random, 12);
    inputs[5] = Buffer(attn::HostType::F32, {dims.H});
    for (int64_t h = 0; h < dims.H; ++h)
      inputs[5].set(h, 0.2 + 0.1 * double(h));
    expectClose(*kernel, inputs, "differential, " + spelled(dims), dims.M == 0);
  }
}

TEST(Normalizers, AttentionOfAttention) {
  // The output of one attention is the query of the next, normalised.
  Kernel *kernel =
      compiled(replaced("func.func @twice(%q: $Q, %k: $K, %v: $K) -> $K {\n"
                        "%s = attn.scores %q, %k scale(0.25) : $Q, $K\n"
                        "%p = attn.softmax %s : $S\n"
                        "%a = attn.weighted_sum %p, %v : $S, $K\n"
                        "%n = attn.encode %a (#attn.l2_norm) : $K\n"
                        "%t = attn.scores %n, %k : $K, $K\n"
                        "%w = attn.normalize %t by (#attn.sigmoid) : $S\n"
                        "%o = attn.weighted_sum %w, %v : $S, $K\n"
                        "return %o : $K\n}"));
  expectAtShapes(kernel, "attention of attention");
}

//===----------------------------------------------------------------------===//
// Norms of queries and keys
//===----------------------------------------------------------------------===//

static Kernel *normed(const std::string &attribute, bool weights,
                      const std::string &before, const std::string &after) {
  const std::string captures = weights ? "captures(%w : tensor<16xf32>) " : "";
  Weighing spec;
  spec.scores.clear();
  for (const std::string &x : {"q", "k"}) {
    std::string rows = "%" + x;
    auto rotate = [&](const std::string &encoding) {
      if (encoding.empty())
        return;
      spec.scores += rows + "r = attn.rotate " + rows + " at %p" + x + " (" +
                     encoding + ") : $Q, $P\n";
      rows += "r";
    };
    rotate(before);
    spec.scores += rows + "n = attn.encode " + rows + " (" + attribute + ") " +
                   captures + ": $Q\n";
    rows += "n";
    rotate(after);
    spec.scores += "%" + x + "x = attn.convert " + rows + " to f32 : $Q\n";
  }
  spec.scores += "%s = attn.scores %qx, %kx scale(2.0) : $Q, $K\n";
  spec.ops = "%p, %row = attn.softmax %s at (%pq, %pk) visible(#attn.causal) "
             "lse : $S, $P, $P\n";
  spec.rowResult = true;
  if (weights)
    spec.arguments = ", %w: tensor<16xf32>";
  return weighed(spec);
}

TEST(Norms, OfQueriesAndKeys) {
  const std::string rope = "#attn.rope<base = 1.0e4>";
  const std::string partial = "#attn.rope<base = 1.0e4, rotary = 8>";
  const std::string xpos =
      "#attn.rope<base = 1.0e4, scaling = [#attn.magnitude<1.5>]>";
  expectAtShapes(normed("#attn.rms_norm", false, "", rope), "rms, rope");
  expectAtShapes(
      normed("#attn.rms_norm<weighted = true, offset = 1.0>", true, "", rope),
      "rms, weights, rope");
  expectAtShapes(normed("#attn.rms_norm", false, partial, ""), "rope, rms");
  expectAtShapes(
      normed("#attn.rms_norm<eps = 0.25, weighted = true>", true, rope, ""),
      "rope, rms, weights");
  // A rotation with a magnitude changes lengths.
  expectAtShapes(normed("#attn.rms_norm", false, xpos, ""), "magnitude, rms");
  expectAtShapes(normed("#attn.l2_norm", false, "", rope), "l2, rope");
  expectAtShapes(normed("#attn.l2_norm<weighted = true>", true, rope, ""),
                 "rope, l2, weights");
}

TEST(Norms, RowsOfZerosAndBeyondRange) {
  for (const std::string &attribute : {"#attn.rms_norm", "#attn.l2_norm"}) {
    Kernel *kernel = normed(attribute, false, "", "#attn.rope<base = 1.0e4>");
    if (!kernel)
      continue;
    for (double number : {0.0, 1e30, double(NAN), double(INFINITY)}) {
      Buffers inputs = kernel->inputs({1, 1, 1, 33, 33});
      for (int64_t channel = 0; channel < 16; ++channel) {
        put(inputs[0], 7, channel, number);
        put(inputs[1], 9, channel, number);
      }
      expectClose(*kernel, inputs,
                  attribute + ", a row of " + std::to_string(number));
    }
  }
}

TEST(Norms, NumbersOfRows) {
  // A norm of one's own: mean and variance, as in a layer norm; and a returned
  // number.
  Kernel *kernel = compiled(
      "func.func @layer(%x: tensor<?x?x?x37xf32>) -> (tensor<?x?x?x37xf32>, "
      "tensor<?x?x?xf32>) {\n"
      "%s = attn.row_reduce sum %x : tensor<?x?x?x37xf32>\n"
      "%c = attn.row_map %x (%e, %b, %h, %i, %m, %k) {\n"
      "  %t = attn.read %s[%b, %h, %i] : tensor<?x?x?xf32>\n"
      "  %n = arith.constant 0.027027027 : f32\n"
      "  %u = arith.mulf %t, %n : f32\n"
      "  %y = arith.subf %e, %u : f32\n"
      "  attn.yield %y : f32\n} : tensor<?x?x?x37xf32>\n"
      "%q = attn.row_reduce sum_of_squares %c : tensor<?x?x?x37xf32>\n"
      "%y = attn.row_map %c (%e, %b, %h, %i, %m, %k) {\n"
      "  %t = attn.read %q[%b, %h, %i] : tensor<?x?x?xf32>\n"
      "  %n = arith.constant 0.027027027 : f32\n"
      "  %u = arith.mulf %t, %n : f32\n"
      "  %r = math.rsqrt %u : f32\n"
      "  %z = arith.mulf %e, %r : f32\n"
      "  attn.yield %z : f32\n} : tensor<?x?x?x37xf32>\n"
      "%l = attn.row_reduce max %y : tensor<?x?x?x37xf32>\n"
      "return %y, %l : tensor<?x?x?x37xf32>, tensor<?x?x?xf32>\n}");
  if (!kernel)
    return;
  for (Layout layout :
       {Layout::Dense, Layout::Transposed, Layout::Padded, Layout::Spread}) {
    Buffers inputs = kernel->inputs({2, 3, 1, 65, 65}, attn::Probe::Random, 3,
                                    1.0, {layout});
    for (Buffer &input : inputs)
      for (int64_t i = 0; i < input.numElements(); ++i)
        input.set(i, double((i * 7919) % 101) / 50 - 1);
    expectClose(*kernel, inputs, "a layer norm");
  }
}
