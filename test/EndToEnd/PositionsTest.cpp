//===- PositionsTest.cpp - Named encodings, compiled, against the interpreter //
//
// Every entry of dialect/Attn/Positions with all its options.
//
//===----------------------------------------------------------------------===//

#include "Suite.h"

#include "llvm/ADT/STLExtras.h"

using namespace sextant;
using namespace sextant::test;

static const Dims kShapes[] = {
    {1, 2, 1, 2, 17},  {2, 4, 2, 33, 97}, {1, 3, 3, 1, 129},
    {1, 1, 1, 65, 17}, {1, 2, 1, 0, 5},   {1, 2, 1, 5, 0},
};

static void expectEncoding(Kernel *kernel, const std::string &name) {
  if (!kernel)
    return;
  uint64_t seed = 40;
  for (const Dims &dims : kShapes)
    expectCloseAt(*kernel, dims, name, ++seed);
}

/// A rotation by `chain`, 16 channels; `length` is that of a policy.
static Kernel *chain(const std::string &chain, bool length = false,
                     const std::string &more = "") {
  Spec spec;
  spec.channels = 16;
  spec.valueChannels = 16;
  spec.visible = "visible(#attn.causal)";
  spec.arguments = length ? ", %n: tensor<i32>" : "";
  spec.scores = rotaryScores("#attn.rope<base = 1.0e4" + more +
                                 ", scaling = [" + chain + "]>",
                             length ? "length(%n : tensor<i32>)" : "");
  return compiled(spec);
}

TEST(Positions, FrequenciesByParts) {
  expectEncoding(chain("#attn.ntk_by_parts<factor = 16.0, trained = 4096>"),
                 "by parts");
  expectEncoding(chain("#attn.ntk_by_parts<factor = 3.0, trained = 50, slow = "
                       "0.5, fast = 2.0>",
                       false, ", layout = interleaved, rotary = 12"),
                 "by parts, interleaved");
  expectEncoding(chain("#attn.yarn<factor = 16.0, trained = 4096>, "
                       "#attn.magnitude<1.277259>"),
                 "yarn");
  expectEncoding(chain("#attn.yarn<factor = 4.0, trained = 64, slow = 0.5, "
                       "fast = 4.0, truncate = false>",
                       false, ", rotary = 8"),
                 "yarn, partial");
  expectEncoding(chain("#attn.llama3<factor = 8.0, trained = 64>"), "llama 3");
  expectEncoding(
      chain("#attn.llama3<factor = 8.0, trained = 64, low = 2.0, high = 2.0>"),
      "llama 3, step");
  expectEncoding(chain("#attn.p_rope<fraction = 0.4>"), "p-rope");
}

TEST(Positions, FrequenciesByLength) {
  const std::string lists =
      "short_factors = [1.0, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6], "
      "long_factors = [1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 21.0, 34.0], "
      "trained = 64";
  for (const std::string &links :
       {"#attn.long_rope<" + lists + ">, #attn.magnitude<1.19>",
        // The ramp of the last link follows the base of the first.
        std::string("#attn.dynamic_ntk<factor = 4.0, trained = 64>, "
                    "#attn.yarn<factor = 4.0, trained = 64, fast = 4.0>")}) {
    Kernel *kernel = chain(links, /*length=*/true);
    if (!kernel)
      continue;
    for (int64_t length : {1, 64, 65, 1000}) {
      Buffers inputs = kernel->inputs({2, 2, 1, 33, 97});
      inputs[3].integers({length});
      expectClose(*kernel, inputs,
                  links + ", length " + std::to_string(length));
    }
  }
  expectEncoding(chain("#attn.long_rope<long_factors = [1.0, 2.0, 3.0, 5.0, "
                       "8.0, 13.0, 21.0, 34.0]>"),
                 "long rope, one list");
}

/// A score of rows that decay with the distance; `options` hold on both sides.
static Kernel *decay(const std::string &options, const std::string &more = "") {
  Spec spec;
  spec.channels = 16;
  spec.valueChannels = 16;
  spec.visible = "visible(#attn.causal)";
  spec.scores = "";
  for (auto [x, side] : {std::pair("q", "query"), std::pair("k", "key")})
    spec.scores += std::string("%") + x + "r = attn.rotate %" + x + " at %p" +
                   x + " (#attn.rope<base = 1.0e4" + more +
                   ", scaling = [#attn.xpos<side = " + side + options +
                   ">]>) : $Q, $P\n";
  spec.scores += "%s = attn.scores %qr, %kr scale(0.25) : $Q, $K\n";
  return compiled(spec);
}

TEST(Positions, DecayingPairs) {
  expectEncoding(decay(""), "xpos");
  expectEncoding(decay(", scale_base = 32.0, gamma = 0.2, center = 40",
                       ", layout = interleaved, rotary = 8"),
                 "xpos, centered");
}

TEST(Positions, None) {
  Spec spec;
  spec.channels = 9;
  spec.valueChannels = 9;
  spec.visible = "visible(#attn.causal)";
  spec.scores = rotaryScores("#attn.nope");
  expectEncoding(compiled(spec), "nope");
}

TEST(Positions, MagnitudesInPhases) {
  Spec spec;
  spec.channels = 16;
  spec.valueChannels = 16;
  spec.scores = "";
  for (std::string x : {"q", "k"})
    spec.scores += "%c" + x + ", %s" + x + " = attn.phase %p" + x +
                   " channels(16) (#attn.rope<base = 1.0e4, scaling = "
                   "[#attn.magnitude<1.5>]>) : $P\n%" +
                   x + "r = attn.rotate %" + x + " by (%c" + x + ", %s" + x +
                   ") layout(half) : $Q, tensor<?x?x8xf32>\n";
  spec.scores += "%s = attn.scores %qr, %kr scale(0.25) : $Q, $K\n";
  expectEncoding(compiled(spec), "phase with a magnitude");
}

//===----------------------------------------------------------------------===//
// Biases with captured tensors
//===----------------------------------------------------------------------===//

/// One bias on scores of 8 channels, causal unless `visible` says otherwise.
static Kernel *bias(const std::string &attribute, const std::string &arguments,
                    const std::string &captures, bool positions = true,
                    const std::string &visible = "visible(#attn.causal)") {
  Spec spec;
  spec.channels = 8;
  spec.valueChannels = 8;
  spec.visible = visible;
  spec.arguments = arguments;
  spec.scores = "%r = attn.scores %q, %k scale(0.3) : $Q, $K\n"
                "%s = attn.bias %r " +
                std::string(positions ? "at (%pq, %pk) " : "") + "(" +
                attribute + ") " + captures + " : $S" +
                (positions ? ", $P, $P\n" : "\n");
  return compiled(spec);
}

/// Inputs for a call; captured numbers are positive.
static Buffers inputsOf(Kernel &kernel, Dims dims, uint64_t seed) {
  Buffers inputs = kernel.inputs(dims, attn::Probe::Random, seed);
  for (Buffer &capture : llvm::MutableArrayRef(inputs).drop_front(3))
    for (int64_t i = 0; i < capture.numElements(); ++i)
      capture.set(i, std::fabs(capture.at(i)));
  return inputs;
}

static void expectBias(Kernel *kernel, const std::string &name) {
  if (!kernel)
    return;
  uint64_t seed = 60;
  for (const Dims &dims : kShapes) {
    Buffers inputs = inputsOf(*kernel, dims, ++seed);
    expectClose(*kernel, inputs, name + ", " + spelled(dims));
  }
}

TEST(Positions, BiasesByBuckets) {
  expectBias(bias("#attn.t5", ", %t: tensor<32x?xf32>",
                  "captures(%t : tensor<32x?xf32>)"),
             "t5");
  expectBias(
      bias("#attn.t5<buckets = 8, max_distance = 20, bidirectional = true>",
           ", %t: tensor<8x?xf32>", "captures(%t : tensor<8x?xf32>)", true, ""),
      "t5, both ways");
}

TEST(Positions, BiasesOfTheDistance) {
  const std::string two = ", %height: tensor<?xf32>, %rate: tensor<?xf32>";
  const std::string both =
      "captures(%height, %rate : tensor<?xf32>, tensor<?xf32>)";
  expectBias(bias("#attn.kerple_log", two, both), "kerple, log");
  expectBias(bias("#attn.kerple_power", two, both, true, ""), "kerple, power");
  expectBias(bias("#attn.sandwich", "", ""), "sandwich");
  expectBias(bias("#attn.sandwich<dim = 6>", "", "", true, ""), "sandwich 6");
}

TEST(Positions, BiasesOfThePosition) {
  for (int width : {1, 32}) {
    std::string w = std::to_string(width);
    std::string types = "tensor<" + w + "xf32>, tensor<" + w +
                        "xf32>, tensor<?x" + w +
                        "xf32>, tensor<?xf32>, tensor<f32>, tensor<f32>";
    Kernel *kernel =
        bias("#attn.fire<width = " + w + ">",
             ", %w: tensor<" + w + "xf32>, %b: tensor<" + w +
                 "xf32>, %out: tensor<?x" + w +
                 "xf32>, %d: tensor<?xf32>, %c: tensor<f32>, %l: tensor<f32>",
             "captures(%w, %b, %out, %d, %c, %l : " + types + ")");
    if (!kernel)
      continue;
    for (float limit : {0.0f, -30.0f, 1000.0f}) {
      Buffers inputs = kernel->inputs({2, 4, 2, 33, 97});
      inputs[7].set(0, 0.1);
      inputs[8].set(0, limit);
      expectClose(*kernel, inputs,
                  "fire " + w + ", limit " + std::to_string(limit));
    }
  }
}

TEST(Positions, BiasesOfGates) {
  Kernel *kernel =
      bias("#attn.fox", ", %f: tensor<?x?x?xf32>, %g: tensor<?x?x?xf32>",
           "captures(%f, %g : tensor<?x?x?xf32>, tensor<?x?x?xf32>)",
           /*positions=*/false);
  if (!kernel)
    return;
  for (Dims dims : {Dims{2, 4, 2, 33, 97}, Dims{1, 2, 1, 1, 129}}) {
    Buffers inputs = kernel->inputs(dims, attn::Probe::Random, 9);
    inputs[3] = Buffer(sextant::attn::HostType::F32, {dims.B, dims.H, dims.M});
    inputs[4] = Buffer(sextant::attn::HostType::F32, {dims.B, dims.H, dims.N});
    // Sums that fall by up to 0.25 a step; the queries are the last rows.
    for (int64_t row = 0; row < dims.B * dims.H; ++row) {
      double sum = 0;
      for (int64_t j = 0; j < dims.N; ++j) {
        sum -= double((j * 37 + row * 11) % 8) / 32;
        inputs[4].set(row * dims.N + j, sum);
        if (j >= dims.N - dims.M)
          inputs[3].set(row * dims.M + j - (dims.N - dims.M), sum);
      }
    }
    expectClose(*kernel, inputs, "fox, " + spelled(dims));
  }
}

//===----------------------------------------------------------------------===//
// Encodings of rows
//===----------------------------------------------------------------------===//

/// Query and key rows encoded before they meet; the attribute of the keys may
/// be another one, or none.
static Kernel *encoded(const std::string &query, const std::string &key,
                       const std::string &arguments = "",
                       const std::string &captures = "",
                       bool positions = true) {
  Spec spec;
  spec.channels = 16;
  spec.valueChannels = 16;
  spec.visible = "visible(#attn.causal)";
  spec.arguments = arguments;
  spec.scores.clear();
  std::string names[] = {"%q", "%k"};
  for (int side : {0, 1}) {
    std::string attribute = side ? key : query;
    if (attribute.empty())
      continue;
    std::string x = side ? "k" : "q";
    spec.scores += "%" + x + "e = attn.encode %" + x +
                   (positions ? " at %p" + x : "") + " (" + attribute + ") " +
                   captures + " : $Q" + (positions ? ", $P\n" : "\n");
    names[side] = "%" + x + "e";
  }
  spec.scores += "%s = attn.scores " + names[0] + ", " + names[1] +
                 " scale(0.25) : $Q, $K\n";
  return compiled(spec);
}

TEST(Positions, AbsoluteRows) {
  expectEncoding(encoded("#attn.sinusoidal", "#attn.sinusoidal"), "sinusoidal");
  const std::string other =
      "#attn.sinusoidal<base = 1.0e2, layout = half, scale = 3.0>";
  expectEncoding(encoded(other, other), "sinusoidal, half");
  expectBias(encoded("#attn.learned<offset = 2>", "#attn.learned<offset = 2>",
                     ", %t: tensor<?x16xf32>",
                     "captures(%t : tensor<?x16xf32>)"),
             "learned");
}

TEST(Positions, Temperatures) {
  expectEncoding(encoded("#attn.log_n<trained = 20>", ""), "log n");
  expectEncoding(encoded("#attn.step_temperature<slope = 0.3, step = 8>", ""),
                 "steps");
  expectEncoding(
      encoded("#attn.step_temperature<slope = 1.0, step = 1, shift = 0>", ""),
      "steps of one");
}

TEST(Positions, AnglesOfTheInput) {
  for (const std::string &layout : {"", "<layout = interleaved>"}) {
    Spec spec;
    spec.channels = 16;
    spec.valueChannels = 16;
    spec.visible = "visible(#attn.causal)";
    spec.arguments = ", %a: tensor<?x?x?x8xf32>, %b: tensor<?x?x?x8xf32>";
    spec.scores = "";
    for (auto [x, angles] : {std::pair("q", "a"), std::pair("k", "b")})
      spec.scores += std::string("%") + x + "e = attn.encode %" + x +
                     " (#attn.selective_rope" + layout + ") captures(%" +
                     angles + " : tensor<?x?x?x8xf32>) : $Q\n";
    spec.scores += "%s = attn.scores %qe, %ke scale(0.25) : $Q, $K\n";
    Kernel *kernel = compiled(spec);
    if (!kernel)
      continue;
    for (Dims dims : {Dims{2, 4, 2, 33, 97}, Dims{1, 2, 1, 1, 129}}) {
      Buffers inputs = kernel->inputs(dims);
      inputs[3] =
          Buffer(sextant::attn::HostType::F32, {dims.B, dims.H, dims.M, 8});
      inputs[4] =
          Buffer(sextant::attn::HostType::F32, {dims.B, dims.G, dims.N, 8});
      for (int argument : {3, 4})
        for (int64_t i = 0; i < inputs[argument].numElements(); ++i)
          inputs[argument].set(i, double((i * 7919) % 4001) / 16 - 125);
      expectClose(*kernel, inputs, "selective, " + spelled(dims));
    }
  }
}

//===----------------------------------------------------------------------===//
// Positions of several axes
//===----------------------------------------------------------------------===//

TEST(Positions, SeveralAxes) {
  const std::string rope = "spectrum = #attn.rope<base = 1.0e4";
  for (const std::string &attribute :
       {"#attn.mrope<" + rope + ">, sections = [2, 3, 3]>",
        "#attn.mrope<" + rope + ">, sections = [4, 2, 2], interleaved = true>",
        "#attn.mrope<" + rope +
            ", layout = interleaved, scaling = [#attn.yarn<factor = 4.0, "
            "trained = 64, fast = 4.0>, #attn.magnitude<1.25>]>, sections = "
            "[2, 1, 5], restart = true>"}) {
    Spec spec;
    spec.channels = 16;
    spec.valueChannels = 16;
    spec.visible = "visible(#attn.causal)";
    spec.arguments = ", %mq: tensor<?x?x3xi32>, %mk: tensor<?x?x3xi32>";
    spec.scores = "";
    for (std::string x : {"q", "k"})
      spec.scores += "%" + x + "r = attn.rotate %" + x + " at %m" + x + " (" +
                     attribute + ") : $Q, tensor<?x?x3xi32>\n";
    spec.scores += "%s = attn.scores %qr, %kr scale(0.25) : $Q, $K\n";
    Kernel *kernel = compiled(spec);
    if (!kernel)
      continue;
    for (Dims dims : {Dims{2, 4, 2, 33, 97}, Dims{1, 2, 1, 1, 129}}) {
      Buffers inputs = kernel->inputs(dims);
      for (auto [argument, rows] :
           {std::pair(3, dims.M), std::pair(4, dims.N)}) {
        inputs[argument] =
            Buffer(sextant::attn::HostType::I32, {dims.B, rows, 3});
        std::vector<int64_t> places;
        for (int64_t i = 0; i < inputs[argument].numElements(); ++i)
          places.push_back((i * 7919) % 100003 - 3000);
        inputs[argument].integers(places);
      }
      expectClose(*kernel, inputs, attribute + ", " + spelled(dims));
    }
  }
}

//===----------------------------------------------------------------------===//
// Features wider than rows
//===----------------------------------------------------------------------===//

TEST(Positions, PolarChannels) {
  for (bool phase : {false, true}) {
    Spec spec;
    spec.channels = 12;
    spec.valueChannels = 16;
    spec.visible = "visible(#attn.causal)";
    const std::string wide = "tensor<?x?x?x24xf32>";
    spec.arguments =
        phase ? ", %d: tensor<?x12xf32> {attn.name = \"key_offsets\"}" : "";
    spec.scores = "%qe = attn.encode %q at %pq (#attn.pope) : $Q, $P\n"
                  "%ke = attn.encode %k at %pk (#attn.pope" +
                  std::string(phase ? "<phase = true>) captures(%d : "
                                      "tensor<?x12xf32>)"
                                    : ")") +
                  " : $K, $P\n%s = attn.scores %qe, %ke scale(0.25) : " + wide +
                  ", " + wide + "\n";
    expectEncoding(compiled(spec), phase ? "pope, phase" : "pope");
  }
}
