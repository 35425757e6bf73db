//===- GathersTest.cpp - What a row says of a distance --------------------===//
//
// attn.project and the biases that read its result, tabulated by bands or
// gathered, in both kernel templates.
//
//===----------------------------------------------------------------------===//

#include "Suite.h"

#include "llvm/ADT/STLExtras.h"

using namespace sextant;
using namespace sextant::test;

static const Dims kShapes[] = {
    {1, 2, 1, 2, 17},  {2, 4, 2, 33, 97}, {1, 3, 3, 1, 129}, {1, 1, 1, 65, 17},
    {1, 2, 1, 49, 49}, {1, 2, 1, 0, 5},   {1, 2, 1, 5, 0},   {0, 2, 1, 5, 5},
};

static void expectShapes(Kernel *kernel, const std::string &name) {
  if (!kernel)
    return;
  uint64_t seed = 60;
  for (const Dims &dims : kShapes)
    expectCloseAt(*kernel, dims, name, ++seed);
}

static std::string table(int rows, int channels, const std::string &heads = "?",
                         const std::string &element = "f32") {
  return "tensor<" + heads + "x" + std::to_string(rows) + "x" +
         std::to_string(channels) + "x" + element + ">";
}

static std::string products(int count) {
  return "tensor<?x?x?x" + std::to_string(count) + "xf32>";
}

/// Relative keys of `type`, whose products with the queries %g `bias` adds.
static Spec relative(const std::string &type, const std::string &bias) {
  Spec spec;
  spec.channels = 16;
  spec.valueChannels = 24;
  spec.arguments = ", %e: " + type;
  spec.scores = "%g = attn.project %q, %e : $Q, " + type +
                "\n%s0 = attn.scores %q, %k scale(0.25) : $Q, $K\n" + bias;
  return spec;
}

static std::string shaw(int clip) {
  return "%s = attn.bias %s0 at (%pq, %pk) (#attn.shaw<clip = " +
         std::to_string(clip) + ">) captures(%g : " + products(2 * clip + 1) +
         ") : $S, $P, $P\n";
}

TEST(Gathers, RelativeKeys) {
  for (int clip : {0, 3, 40}) {
    Spec spec = relative(table(2 * clip + 1, 16), shaw(clip));
    if (clip == 3) {
      spec.visible = "visible(#attn.causal)";
      spec.positions = "align(top_left)";
    }
    expectShapes(compiled(spec), "shaw " + std::to_string(clip));
  }
}

TEST(Gathers, TablesOfOneHeadAndOfSixteenBits) {
  Spec spec = relative(table(11, 16, "1", "f16"), shaw(5));
  spec.rowType = "bf16";
  spec.visible = "visible(#attn.sliding_window<back = 20, ahead = 3>)";
  expectShapes(compiled(spec), "shaw, one head, bf16");
}

// Positions that no row number gives: a gather for each pair.
TEST(Gathers, GivenPositions) {
  Spec spec = relative(table(9, 16), shaw(4));
  spec.positions = "";
  spec.arguments += ", %pq: $P {attn.name = \"query_positions\"}, %pk: $P";
  Kernel *kernel = compiled(spec);
  if (!kernel)
    return;
  Dims dims{2, 4, 2, 19, 35};
  Buffers inputs = kernel->inputs(dims);
  std::vector<int64_t> query, key;
  for (int64_t i = 0; i < dims.B * dims.M; ++i)
    query.push_back(i * 7 % 23);
  for (int64_t j = 0; j < dims.B * dims.N; ++j)
    key.push_back(j * 5 % 31 - 4);
  inputs[4].integers(query);
  inputs[5].integers(key);
  expectClose(*kernel, inputs, "shaw, given positions");
}

// Offsets move both sides alike; lengths differ from one batch entry to
// another.
TEST(Gathers, OffsetsAndLengths) {
  for (auto [word, fill] :
       {std::pair("offset", std::vector<int64_t>{3, -9}),
        std::pair("lengths", std::vector<int64_t>{30, 35})}) {
    Spec spec = relative(table(9, 16), shaw(4));
    spec.positions =
        std::string("align(bottom_right) ") + word + "(%n : tensor<?xi32>)";
    spec.arguments += ", %n: tensor<?xi32>";
    Kernel *kernel = compiled(spec);
    if (!kernel)
      continue;
    Buffers inputs = kernel->inputs({2, 4, 2, 19, 35});
    inputs[4].integers(fill);
    expectClose(*kernel, inputs, std::string("shaw, ") + word);
  }
}

// A region of another bucket, read by the key, after a scale by the query.
TEST(Gathers, RegionsOfKeys) {
  Spec spec;
  spec.channels = spec.valueChannels = 16;
  const std::string type = table(6, 16);
  spec.arguments = ", %e: " + type;
  spec.scores =
      "%g = attn.project %k, %e : $K, " + type +
      "\n%s0 = attn.scores %q, %k scale(0.25) : $Q, $K\n"
      "%s = attn.score_map %s0 at (%pq, %pk) (%x, %b, %h, %i, %j, %m, %n) {\n"
      "%zero = arith.constant 0 : i32\n%two = arith.constant 2 : i32\n"
      "%ten = arith.constant 10 : i32\n%d = arith.subi %n, %m : i32\n"
      "%low = arith.maxsi %d, %zero : i32\n"
      "%limited = arith.minsi %low, %ten : i32\n"
      "%bucket = arith.divsi %limited, %two : i32\n"
      "%r = attn.read %g[%b, %h, %j, %bucket] {matched} : " +
      products(6) +
      "\n%y = arith.addf %x, %r : f32\nattn.yield %y : f32\n} : $S, $P, $P\n";
  expectShapes(compiled(spec), "region of keys");
}

TEST(Gathers, BothSides) {
  for (const std::string &options :
       {std::string("span = 1"),
        std::string("span = 12, max_distance = 30, mirrored = false"),
        // Wider than a band that is stored.
        std::string("span = 12, max_distance = 3000")}) {
    int span = std::stoi(options.substr(7));
    Spec spec;
    spec.channels = spec.valueChannels = 16;
    const std::string type = table(2 * span, 16), product = products(2 * span);
    spec.arguments = ", %c: " + type + ", %r: " + type;
    spec.scores = "%c2p = attn.project %q, %c : $Q, " + type +
                  "\n%p2c = attn.project %k, %r : $K, " + type +
                  "\n%s0 = attn.scores %q, %k scale(0.25) : $Q, $K\n"
                  "%s = attn.bias %s0 at (%pq, %pk) (#attn.deberta<" +
                  options + ">) captures(%c2p, %p2c : " + product + ", " +
                  product + ") : $S, $P, $P\n";
    expectShapes(compiled(spec), "deberta, " + options);
  }
}

TEST(Gathers, SinusoidsOfTheDistance) {
  for (int features : {2, 6, 48}) {
    Spec spec;
    if (features == 6)
      spec.rowType = "bf16";
    spec.channels = spec.valueChannels = 16;
    const std::string f = std::to_string(features);
    const std::string wide = "tensor<?x?x?x" + std::to_string(16 + features) +
                             "x" + spec.rowType + ">";
    const std::string w = table(features, 16);
    spec.arguments = ", %u: tensor<?x16xf32>, %b: tensor<?x16xf32>, %w: " + w;
    spec.visible = "visible(#attn.causal)";
    spec.scores =
        "%qe = attn.encode %q at %pq (#attn.transformer_xl<side = query, "
        "features = " +
        f + ">) captures(%u, %b, %w : tensor<?x16xf32>, tensor<?x16xf32>, " +
        w +
        ") : $Q, $P\n%ke = attn.encode %k at %pk (#attn.transformer_xl<"
        "side = key, features = " +
        f + ">) : $K, $P\n%s = attn.scores %qe, %ke scale(0.25) : " + wide +
        ", " + wide + "\n";
    expectShapes(compiled(spec), "transformer xl, " + f);
  }
}

// The products themselves: every width of a last panel, some strides.
TEST(Gathers, Products) {
  for (auto [rows, channels] : {std::pair(1, 1), std::pair(23, 5),
                                std::pair(24, 16), std::pair(57, 3)}) {
    const std::string x = products(channels), y = products(rows);
    const std::string t = table(rows, channels);
    Kernel *kernel = compiled("func.func @f(%x: " + x + ", %t: " + t + ") -> " +
                              y + " {\n%y = attn.project %x, %t : " + x + ", " +
                              t + "\nreturn %y : " + y + "\n}\n");
    if (!kernel)
      continue;
    for (Dims dims :
         {Dims{2, 4, 2, 7, 1}, Dims{1, 1, 1, 300, 1}, Dims{1, 2, 1, 0, 1}})
      expectCloseAt(*kernel, dims, "project " + std::to_string(rows));
  }
}

TEST(Gathers, ProductsOfStridedRows) {
  const std::string x = products(5), y = products(19), t = table(19, 5);
  Kernel *kernel = compiled("func.func @f(%x: " + x + ", %t: " + t + ") -> " +
                            y + " {\n%y = attn.project %x, %t : " + x + ", " +
                            t + "\nreturn %y : " + y + "\n}\n");
  if (!kernel)
    return;
  for (Layout layout : {Layout::Transposed, Layout::Spread}) {
    const Layout layouts[] = {layout, layout};
    Buffers inputs =
        kernel->inputs({2, 4, 2, 9, 1}, attn::Probe::Random, 3, 1.0, layouts);
    auto expected = kernel->reference(inputs);
    ASSERT_TRUE(succeeded(expected));
    for (int32_t isa : allIsas()) {
      Call call;
      call.isa = isa;
      call.outputs = layout;
      Verdict verdict = kernel->check(inputs, *expected, call);
      EXPECT_TRUE(verdict.passes) << verdict.text;
    }
  }
}
