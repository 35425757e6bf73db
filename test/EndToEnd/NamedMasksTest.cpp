//===- NamedMasksTest.cpp - Masks that researchers have names for ---------===//
//
// Patterns of positions, windows over axes, block lists, trees: alone, and as
// random trees of and, or and not. Queries of the counting probe are 0, so
// that log-sum-exp is the logarithm of the number of keys counted: a key that
// a wrong tile class leaves out, lets in or counts twice shows.
//
//===----------------------------------------------------------------------===//

#include "Suite.h"

#include "llvm/ADT/StringExtras.h"

#include <cmath>
#include <random>

using namespace sextant;
using namespace sextant::test;

using Numbers = std::vector<int64_t>;

namespace {

/// A captured tensor of integers.
struct Captured {
  std::string type;
  std::vector<int64_t> shape;
  Numbers numbers;
};

/// What masks can be made of: tensors for a call, and masks that read them.
struct Material {
  std::vector<Captured> captures;
  std::vector<std::string> masks;
};

/// A tree of drafts: every node but the first few hangs on an earlier one.
std::vector<int64_t> randomParents(int64_t nodes, std::mt19937 &random) {
  std::vector<int64_t> parents;
  for (int64_t node = 0; node < nodes; ++node)
    parents.push_back(node == 0 ? -1 : int64_t(random() % (node + 1)) - 1);
  return parents;
}

/// Parents of a tree in preorder: each node hangs on the one before it or on
/// one of that one's ancestors.
std::vector<int64_t> preorderParents(int64_t nodes, std::mt19937 &random) {
  std::vector<int64_t> parents;
  for (int64_t node = 0; node < nodes; ++node) {
    int64_t parent = node - 1;
    for (int steps = random() % 4; steps-- && parent >= 0;)
      parent = parents[parent];
    parents.push_back(parent);
  }
  return parents;
}

constexpr int64_t kWords = 5; // bits of 160 nodes
constexpr int64_t kPlaces = 3;
constexpr int64_t kBlock = 20;

Material makeMaterial(Dims dims, uint32_t seed) {
  std::mt19937 random(seed);
  Material material;
  auto add = [&](std::string type, std::vector<int64_t> shape,
                 llvm::function_ref<int64_t(int64_t)> number) {
    int64_t count = 1;
    for (int64_t extent : shape)
      count *= extent;
    Numbers numbers;
    for (int64_t i = 0; i < count; ++i)
      numbers.push_back(number(i));
    material.captures.push_back({std::move(type), std::move(shape), numbers});
  };
  auto rare = [&](int64_t) { return random() % 40 == 0; };
  // Cells of a grid of 12 columns; the last query meets the last key.
  auto cell = [](int64_t i, int64_t rows, int64_t last, bool row) {
    int64_t at = last - rows + i % std::max<int64_t>(rows, 1) + 1;
    return row ? at / 12 : at % 12;
  };
  add("tensor<?x?xi1>", {dims.B, dims.M}, rare); // 0
  add("tensor<?x?xi1>", {dims.B, dims.N}, rare); // 1
  for (bool row : {true, false}) {               // 2 - 5
    add("tensor<?x?xi32>", {dims.B, dims.M},
        [&](int64_t i) { return cell(i, dims.M, dims.N + 9, row); });
    add("tensor<?x?xi32>", {dims.B, dims.N},
        [&](int64_t i) { return cell(i, dims.N, dims.N + 9, row); });
  }
  add("tensor<1x?x?x" + std::to_string(kPlaces) + "xi32>",
      {1, dims.H, (dims.M + kBlock - 1) / kBlock, kPlaces},
      [&](int64_t) { return int64_t(random() % (dims.N / kBlock + 2)) - 1; });
  Numbers bits, ends; // 7, 8
  for (int64_t b = 0; b < dims.B; ++b) {
    std::vector<int64_t> parents = randomParents(dims.M, random);
    for (int64_t node = 0; node < dims.M; ++node) {
      std::vector<uint32_t> words(kWords);
      for (int64_t at = node; at >= 0; at = parents[at])
        words[at / 32] |= uint32_t(1) << (at % 32);
      bits.insert(bits.end(), words.begin(), words.end());
    }
    parents = preorderParents(dims.M, random);
    Numbers last(dims.M);
    for (int64_t node = dims.M - 1; node >= 0; --node) {
      last[node] = std::max(last[node], node + 1);
      if (parents[node] >= 0)
        last[parents[node]] = std::max(last[parents[node]], last[node]);
    }
    ends.insert(ends.end(), last.begin(), last.end());
  }
  add("tensor<?x?x" + std::to_string(kWords) + "xi32>",
      {dims.B, dims.M, kWords},
      [&](int64_t i) { return int64_t(int32_t(uint32_t(bits[i]))); });
  add("tensor<?x?xi32>", {dims.B, dims.M}, [&](int64_t i) { return ends[i]; });
  add("tensor<?x1x?x?xi1>", {dims.B, 1, dims.M, dims.N}, // 9
      [&](int64_t) { return random() % 3 != 0; });
  material.masks = {
      "#attn.dilated<step = 3>",
      "#attn.dilated<step = 70>",
      "#attn.and<[#attn.sliding_window<back = 60, ahead = 10>, "
      "#attn.dilated<step = 2>]>",
      "#attn.and<[#attn.causal, #attn.or<[#attn.sliding_window<back = 31, "
      "ahead = 0>, #attn.dilated<step = 32>]>]>",
      "#attn.and<[#attn.causal, #attn.or<[#attn.chunked<size = 50>, "
      "#attn.periodic<period = 50, first = 46, count = 4>]>]>",
      "#attn.periodic<period = 90, first = 3, count = 40>",
      "#attn.chunked<size = 24, back = 1, ahead = 1>",
      "#attn.streaming<sinks = 4, window = 40>",
      "#attn.or<[#attn.sliding_window<back = 9, ahead = 9>, "
      "#attn.global_tokens<first = 3>]>",
      "#attn.dilated_segments<size = 60, step = 2>",
      "#attn.dilated_segments<size = 45, step = 5>",
      "#attn.neighborhood<extents = [12, 12], kernel = [3, 5]>",
      "#attn.neighborhood<extents = [4, 6, 8], kernel = [2, 3, 4], "
      "stride = [1, 2, 1], dilation = [1, 1, 2], causal = [1, 0, 0]>",
      "#attn.neighborhood<extents = [500], kernel = [40]>",
      "#attn.global_tokens<query = 0, key = 1>",
      "#attn.or<[#attn.sliding_window<back = 9, ahead = 9>, "
      "#attn.global_tokens<query = 0, key = 1>]>",
      "#attn.and<[#attn.axis_window<query = 2, key = 3, back = 2, ahead = 0>, "
      "#attn.axis_window<query = 4, key = 5, back = 3, ahead = 3>]>",
      "#attn.block_list<size = 20, capture = 6>",
      "#attn.or<[#attn.chunked<size = 20, back = 1, ahead = 1>, "
      "#attn.global_tokens<query = 0, key = 1>, "
      "#attn.block_list<size = 20, capture = 6>]>",
      "#attn.tree<bits = 7>",
      "#attn.tree<ends = 8>",
      "#attn.and<[#attn.causal, #attn.dense_mask<capture = 9>]>",
  };
  return material;
}

/// The program with all captures, of any mask.
Spec program(const std::string &mask) {
  const Material material = makeMaterial({1, 1, 1, 1, 1}, 1);
  Spec spec;
  spec.channels = 4;
  spec.valueChannels = 4;
  spec.scores = "%s = attn.scores %q, %k scale(0.5) : $Q, $K\n";
  spec.visible = "visible(" + mask + ")";
  std::string names, types;
  for (auto [i, capture] : llvm::enumerate(material.captures)) {
    std::string name = "%c" + std::to_string(i);
    spec.arguments += ", " + name + ": " + capture.type;
    names += (i ? ", " : "") + name;
    types += (i ? ", " : "") + capture.type;
  }
  spec.captures = "captures(" + names + " : " + types + ")";
  return spec;
}

Buffers inputsOf(Kernel &kernel, Dims dims, attn::Probe probe, uint32_t seed) {
  Buffers inputs = kernel.inputs(dims, probe, seed);
  const Material material = makeMaterial(dims, seed);
  for (auto [i, capture] : llvm::enumerate(material.captures)) {
    const bool isTruth = llvm::StringRef(capture.type).ends_with("xi1>");
    inputs[3 + i] = Buffer(isTruth ? attn::HostType::I1 : attn::HostType::I32,
                           capture.shape);
    inputs[3 + i].integers(capture.numbers);
  }
  return inputs;
}

/// Compares, and counts the keys of every row. Returns rows that see some keys
/// and not others.
int64_t expectCounts(Kernel &kernel, Dims dims, uint32_t seed,
                     const std::string &what) {
  Buffers inputs = inputsOf(kernel, dims, attn::Probe::Count, seed);
  auto expected = kernel.reference(inputs);
  EXPECT_TRUE(mlir::succeeded(expected)) << what;
  if (failed(expected))
    return 0;
  int64_t mixed = 0;
  const auto &lse = expected->outputs[1].value;
  for (double value : lse)
    mixed += std::isfinite(value) && value < std::log(double(dims.N)) - 1e-3;
  expectClose(kernel, inputs, what, /*mayBeTrivial=*/true);
  for (int32_t isa : allIsas()) {
    Call call;
    call.isa = isa;
    Buffers outputs = results(kernel, inputs, call);
    if (outputs.empty())
      return 0;
    for (size_t row = 0; row < lse.size(); ++row) {
      const long found = std::lround(std::exp(outputs[1].at(row)));
      const long keys = std::lround(std::exp(lse[row]));
      EXPECT_EQ(found, keys) << what << ", row " << row << ", isa " << isa;
      if (found != keys)
        return 0;
    }
  }
  return mixed;
}

} // namespace

TEST(NamedMasks, EachByItself) {
  for (const std::string &mask : makeMaterial({1, 1, 1, 1, 1}, 1).masks) {
    Kernel *kernel = compiled(program(mask));
    if (!kernel)
      continue;
    int64_t mixed = 0;
    for (Dims dims : {Dims{2, 4, 2, 131, 131}, Dims{1, 2, 1, 40, 203},
                      Dims{1, 1, 1, 130, 61}, Dims{1, 3, 3, 1, 97}})
      mixed += expectCounts(*kernel, dims, 7, mask + ", " + spelled(dims));
    EXPECT_GT(mixed, 100) << mask;
    Buffers inputs =
        inputsOf(*kernel, {1, 2, 1, 97, 150}, attn::Probe::Random, 3);
    expectClose(*kernel, inputs, mask + ", random", /*mayBeTrivial=*/true);
  }
}

TEST(NamedMasks, RandomTreesCountEveryVisibleKeyOnce) {
  int64_t mixed = 0;
  for (uint32_t seed = 1; seed <= 6; ++seed) {
    std::mt19937 random(seed);
    const std::vector<std::string> masks =
        makeMaterial({1, 1, 1, 1, 1}, 1).masks;
    std::function<std::string(int)> tree = [&](int depth) -> std::string {
      const int kind = depth == 0 ? 0 : random() % 4;
      if (kind == 0)
        return masks[random() % masks.size()];
      if (kind == 1)
        return "#attn.not<" + tree(depth - 1) + ">";
      std::string a = tree(depth - 1), b = tree(depth - 1);
      return std::string(kind == 2 ? "#attn.and<[" : "#attn.or<[") + a + ", " +
             b + "]>";
    };
    std::string mask = tree(3);
    Kernel *kernel = compiled(program(mask));
    if (!kernel)
      return;
    for (Dims dims : {Dims{2, 2, 1, 75, 170}, Dims{1, 2, 2, 130, 61}})
      mixed += expectCounts(*kernel, dims, seed, mask + ", " + spelled(dims));
  }
  EXPECT_GT(mixed, 500);
}

TEST(NamedMasks, WindowsOfEveryConvention) {
  // What programs call a window of 20, by their own predicate, as a region.
  struct Convention {
    const char *window, *region;
  };
  const Convention conventions[] = {
      // Hugging Face causal: n <= m and n > m - W
      {"back = 19, ahead = 0", "%x = arith.cmpi sle, %n, %m : i32\n"
                               "%l = arith.subi %m, %w : i32\n"
                               "%y = arith.cmpi sgt, %n, %l : i32\n"},
      // Hugging Face bidirectional, Longformer: |m - n| <= W
      {"back = 20, ahead = 20", "%d = arith.subi %m, %n : i32\n"
                                "%a = math.absi %d : i32\n"
                                "%x = arith.cmpi sle, %a, %w : i32\n"
                                "%y = arith.cmpi sle, %a, %w : i32\n"},
      // FlashAttention (-1, 20): n <= m + r
      {"back = 2147483647, ahead = 20", "%r = arith.addi %m, %w : i32\n"
                                        "%x = arith.cmpi sle, %n, %r : i32\n"
                                        "%y = arith.cmpi sle, %n, %r : i32\n"},
      // FlashInfer, FlexAttention: n >= m - W and causal
      {"back = 20, ahead = 0", "%x = arith.cmpi sle, %n, %m : i32\n"
                               "%l = arith.subi %m, %w : i32\n"
                               "%y = arith.cmpi sge, %n, %l : i32\n"},
  };
  for (const Convention &one : conventions) {
    Spec spec = program("#attn.causal");
    spec.arguments = spec.captures = "";
    spec.visible =
        std::string("visible(#attn.sliding_window<") + one.window + ">)";
    Kernel *named = compiled(spec);
    spec.visible = std::string("visible (%b, %h, %i, %j, %m, %n) {\n"
                               "%w = arith.constant 20 : i32\n") +
                   one.region +
                   "%seen = arith.andi %x, %y : i1\nattn.yield %seen : i1\n}";
    Kernel *written = compiled(spec);
    if (!named || !written)
      return;
    for (Dims dims : {Dims{1, 1, 1, 90, 90}, Dims{1, 1, 1, 33, 120},
                      Dims{1, 1, 1, 120, 33}}) {
      Buffers inputs = named->inputs(dims, attn::Probe::Random, 4);
      EXPECT_TRUE(sameBits(results(*named, inputs), results(*written, inputs)))
          << one.window << ", " << spelled(dims);
      expectClose(*named, inputs, one.window, /*mayBeTrivial=*/true);
    }
  }
}

TEST(NamedMasks, SlotsAreNotPositions) {
  // A cache of kept keys: rotated by slot, masked by what the slots hold.
  Spec spec;
  spec.channels = 16;
  spec.valueChannels = 8;
  spec.positions = "";
  spec.arguments = ", %sq: $P {attn.name = \"query_slots\"}, %sk: $P, "
                   "%pq: $P {attn.name = \"query_pos\"}, %pk: $P";
  spec.scores = "%qr = attn.rotate %q at %sq (#attn.rope<base = 1.0e4>) : $Q, "
                "$P\n%kr = attn.rotate %k at %sk (#attn.rope<base = 1.0e4>) : "
                "$K, $P\n%s = attn.scores %qr, %kr scale(0.25) : $Q, $K\n";
  spec.visible = "visible(#attn.streaming<sinks = 4, window = 60>)";
  Kernel *kernel = compiled(spec);
  if (!kernel)
    return;
  for (Dims dims : {Dims{1, 2, 1, 1, 64}, Dims{2, 2, 2, 33, 90}}) {
    Buffers inputs = kernel->inputs(dims, attn::Probe::Random, 6);
    Numbers slots[2], positions[2];
    for (int64_t b = 0; b < dims.B; ++b) {
      // Slots 0 to 3 hold the first tokens, the others the last.
      const int64_t gone = 1000 + 10 * b;
      auto add = [&](int side, int64_t slot) {
        slots[side].push_back(slot);
        positions[side].push_back(slot < 4 ? slot : slot + gone);
      };
      for (int64_t i = 0; i < dims.M; ++i)
        add(0, dims.N - dims.M + i);
      for (int64_t j = 0; j < dims.N; ++j)
        add(1, j);
    }
    for (int side : {0, 1}) {
      inputs[3 + side].integers(slots[side]);
      inputs[5 + side].integers(positions[side]);
    }
    expectClose(*kernel, inputs, "slots, " + spelled(dims));
  }
}
