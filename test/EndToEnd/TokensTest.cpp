//===- TokensTest.cpp - Masks by what tensors say of each token -----------===//
//
// Positions that arguments give, segment ids of packed documents, flags of
// padding: tiles are classed by summaries of these tensors, and no tensor may
// make a kernel leave a key out or count one twice.
//
//===----------------------------------------------------------------------===//

#include "Suite.h"

#include <numeric>
#include <random>

using namespace sextant;
using namespace sextant::test;

using Numbers = std::vector<int64_t>;

static Spec smallRows() {
  Spec spec;
  spec.channels = 8;
  spec.valueChannels = 8;
  spec.scores = "%s = attn.scores %q, %k scale(0.35) : $Q, $K\n";
  return spec;
}

/// Positions are the arguments %pq and %pk.
static Spec withPositions(const std::string &mask) {
  Spec spec = smallRows();
  spec.positions = "";
  spec.arguments = ", %pq: $P {attn.name = \"query_pos\"}, %pk: $P";
  spec.visible = "visible(" + mask + ")";
  return spec;
}

/// Integers for arguments 3, 4, ... of all probes.
static void expectProbes(Kernel &kernel, Dims dims,
                         llvm::ArrayRef<Numbers> integers,
                         const std::string &what,
                         llvm::ArrayRef<Layout> layouts = {}) {
  using attn::Probe;
  for (Probe probe : {Probe::Count, Probe::Random}) {
    Buffers inputs = kernel.inputs(dims, probe, 5, 1.0, layouts);
    for (auto [i, values] : llvm::enumerate(integers))
      inputs[3 + i].integers(values);
    expectClose(kernel, inputs,
                what + ", " + spelled(dims) +
                    (probe == Probe::Count ? ", count" : ", random"),
                /*mayBeTrivial=*/true);
  }
}

namespace {
/// Positions of `count` tokens, made anew for each batch entry.
struct Positions {
  const char *name;
  void (*fill)(Numbers &, std::mt19937 &);
};
} // namespace

static const Positions kPositions[] = {
    {"increasing",
     [](Numbers &p, std::mt19937 &) { std::iota(p.begin(), p.end(), 0); }},
    {"with gaps",
     [](Numbers &p, std::mt19937 &random) {
       int64_t at = 0;
       for (int64_t &value : p)
         value = at += 1 + (random() % 9 == 0 ? random() % 200 : 0);
     }},
    {"negative",
     [](Numbers &p, std::mt19937 &) {
       std::iota(p.begin(), p.end(), -int64_t(p.size()) / 2);
     }},
    {"duplicates",
     [](Numbers &p, std::mt19937 &) {
       for (size_t i = 0; i < p.size(); ++i)
         p[i] = i / 5;
     }},
    {"shuffled",
     [](Numbers &p, std::mt19937 &random) {
       std::iota(p.begin(), p.end(), 0);
       std::shuffle(p.begin(), p.end(), random);
     }},
    {"reversed",
     [](Numbers &p, std::mt19937 &) {
       for (size_t i = 0; i < p.size(); ++i)
         p[i] = p.size() - i;
     }},
    {"the extremes",
     [](Numbers &p, std::mt19937 &random) {
       for (int64_t &value : p)
         value = (random() % 2 ? 1 : -1) * ((1 << 24) - int64_t(random() % 40));
     }},
};

static Numbers positionsOf(const Positions &kind, int64_t batches,
                           int64_t tokens, uint32_t seed) {
  std::mt19937 random(seed);
  Numbers all;
  for (int64_t b = 0; b < batches; ++b) {
    Numbers row(tokens);
    kind.fill(row, random);
    all.insert(all.end(), row.begin(), row.end());
  }
  return all;
}

TEST(Tokens, PositionsGivenByArguments) {
  for (const char *mask :
       {"#attn.causal", "#attn.sliding_window<back = 20, ahead = 3>",
        "#attn.or<[#attn.prefix<length = 7>, "
        "#attn.not<#attn.sliding_window<back = 40, ahead = 1000>>]>"})
    if (Kernel *kernel = compiled(withPositions(mask)))
      for (const Positions &kind : kPositions)
        for (Dims dims :
             {Dims{1, 2, 1, 131, 131}, Dims{2, 1, 1, 33, 201},
              Dims{1, 1, 1, 70, 9}, Dims{1, 1, 1, 1, 97}, Dims{2, 1, 1, 3, 0}})
          expectProbes(*kernel, dims,
                       {positionsOf(kind, dims.B, dims.M, 1),
                        positionsOf(kind, dims.B, dims.N, 2)},
                       std::string(mask) + ", positions " + kind.name);
}

TEST(Tokens, PositionsBeyondTheLongestRun) {
  // More keys than a longest run of a summary has (65536), and few channels.
  Kernel *kernel =
      compiled(withPositions("#attn.sliding_window<back = 300, ahead = 0>"));
  if (!kernel)
    return;
  const Dims dims{1, 1, 1, 5, 2 * 65536 + 77};
  Numbers keys = positionsOf(kPositions[0], 1, dims.N, 1);
  for (int64_t first : {int64_t(0), int64_t(65536), dims.N - 5}) {
    Numbers queries(dims.M);
    std::iota(queries.begin(), queries.end(), first);
    Buffers inputs = kernel->inputs(dims, attn::Probe::Count, 3);
    inputs[3].integers(queries);
    inputs[4].integers(keys);
    expectClose(*kernel, inputs, "window at " + std::to_string(first), true);
  }
}

TEST(Tokens, OnePositionTensorForBothSides) {
  Spec spec = withPositions("#attn.causal");
  spec.arguments = ", %pos: $P";
  std::string text = programText(spec);
  for (const char *name : {"%pq", "%pk"})
    for (size_t at; (at = text.find(name)) != std::string::npos;)
      text.replace(at, 3, "%pos");
  if (Kernel *kernel = compiled(text))
    for (const Positions &kind : kPositions)
      for (int64_t n : {1, 24, 130})
        expectProbes(*kernel, {2, 1, 1, n, n}, {positionsOf(kind, 2, n, 9)},
                     std::string("one tensor, ") + kind.name);
}

TEST(Tokens, LayoutsOfPositions) {
  if (Kernel *kernel = compiled(withPositions("#attn.causal")))
    for (Layout layout : {Layout::Offset, Layout::Padded, Layout::Spread}) {
      const Dims dims{2, 1, 1, 67, 131};
      expectProbes(
          *kernel, dims,
          {positionsOf(kPositions[1], dims.B, dims.M, 1),
           positionsOf(kPositions[4], dims.B, dims.N, 2)},
          "layout " + std::to_string(static_cast<int>(layout)),
          {Layout::Dense, Layout::Dense, Layout::Dense, layout, layout});
    }
}

//===----------------------------------------------------------------------===//
// Documents
//===----------------------------------------------------------------------===//

/// Segment ids of packed documents of random lengths; id -1 is padding.
static Numbers documents(int64_t batches, int64_t tokens, int longest,
                         uint32_t seed) {
  std::mt19937 random(seed);
  Numbers all;
  for (int64_t b = 0; b < batches; ++b) {
    int64_t id = 0;
    for (int64_t t = 0; t < tokens; ++id)
      for (int64_t left = 1 + random() % longest; left-- && t < tokens; ++t)
        all.push_back(t + 5 > tokens ? -1 : id);
  }
  return all;
}

/// Queries see the keys of their own document, up to their own position.
static Spec packedDocuments() {
  Spec spec = smallRows();
  spec.arguments = ", %sq: $P {attn.name = \"query_segments\"}, %sk: $P";
  spec.visible = "visible (%b, %h, %i, %j, %m, %n) {\n"
                 "  %x = attn.read %sq[%b, %i] : $P\n"
                 "  %y = attn.read %sk[%b, %j] : $P\n"
                 "  %same = arith.cmpi eq, %x, %y : i32\n"
                 "  %zero = arith.constant 0 : i32\n"
                 "  %real = arith.cmpi sge, %x, %zero : i32\n"
                 "  %past = arith.cmpi sle, %n, %m : i32\n"
                 "  %both = arith.andi %same, %real : i1\n"
                 "  %seen = arith.andi %both, %past : i1\n"
                 "  attn.yield %seen : i1\n}";
  return spec;
}

TEST(Tokens, PackedDocuments) {
  if (Kernel *kernel = compiled(packedDocuments()))
    for (int longest : {1, 7, 60, 1000})
      for (Dims dims : {Dims{1, 2, 1, 203, 203}, Dims{3, 1, 1, 97, 97},
                        Dims{1, 1, 1, 1, 1}, Dims{1, 1, 1, 40, 150}}) {
        Numbers keys = documents(dims.B, dims.N, longest, 4), queries;
        for (int64_t b = 0; b < dims.B; ++b)
          for (int64_t i = 0; i < dims.M; ++i)
            queries.push_back(keys[b * dims.N + dims.N - dims.M + i]);
        expectProbes(*kernel, dims, {queries, keys},
                     "documents of up to " + std::to_string(longest));
      }
}

TEST(Tokens, DocumentsByName) {
  // One tensor for both sides, beside a capture that is not read.
  Spec spec = smallRows();
  spec.arguments = ", %other: tensor<?xi32>, %s8: $P";
  spec.visible = "visible(#attn.and<[#attn.documents<query = 1, key = 1>, "
                 "#attn.causal]>)";
  spec.captures = "captures(%other, %s8 : tensor<?xi32>, $P)";
  if (Kernel *kernel = compiled(spec))
    for (int longest : {3, 80})
      for (int64_t n : {1, 97, 203})
        expectProbes(*kernel, {2, 2, 1, n, n},
                     {{0, 0}, documents(2, n, longest, 7)},
                     "named documents of up to " + std::to_string(longest));
}

TEST(Tokens, SegmentsInAnyOrder) {
  // Nothing promises that a document's tokens follow each other.
  if (Kernel *kernel = compiled(packedDocuments())) {
    const Dims dims{2, 1, 1, 150, 150};
    std::mt19937 random(8);
    Numbers ids(dims.B * dims.N);
    for (int64_t &id : ids)
      id = random() % 4;
    expectProbes(*kernel, dims, {ids, ids}, "shuffled segments");
  }
}

TEST(Tokens, ReadsPastTheTensorClamp) {
  // Tensors of other lengths than the call's, and of none.
  Kernel *kernel = compiled(packedDocuments());
  if (!kernel)
    return;
  const Dims dims{2, 1, 1, 64, 130};
  for (int64_t length : {0, 1, 50, 300}) {
    Buffers inputs = kernel->inputs(dims, attn::Probe::Count, 5);
    for (int place : {3, 4}) {
      inputs[place] = Buffer(attn::HostType::I32, {dims.B, length});
      inputs[place].integers(documents(dims.B, length, 30, 6));
    }
    expectClose(*kernel, inputs, "segments of " + std::to_string(length), true);
  }
}

TEST(Tokens, FlagsOfPadding) {
  // A key is real if its flag is set; the flag before it is read as well.
  Spec spec = smallRows();
  spec.arguments = ", %real: tensor<?x?xi1>";
  spec.visible = "visible (%b, %h, %i, %j, %m, %n) {\n"
                 "  %one = arith.constant 1 : i32\n"
                 "  %x = attn.read %real[%b, %j] : tensor<?x?xi1>\n"
                 "  %before = arith.subi %j, %one : i32\n"
                 "  %y = attn.read %real[%b, %before] : tensor<?x?xi1>\n"
                 "  %seen = arith.andi %x, %y : i1\n"
                 "  attn.yield %seen : i1\n}";
  Kernel *kernel = compiled(spec);
  if (!kernel)
    return;
  const Dims dims{2, 1, 1, 20, 203};
  for (uint32_t run : {1, 40, 150}) {
    Numbers flags;
    for (int64_t i = 0; i < dims.B * dims.N; ++i)
      flags.push_back(i / run % 2);
    expectProbes(*kernel, dims, {flags}, "runs of " + std::to_string(run));
  }
}

TEST(Tokens, RowsSayHowFarTheySee) {
  // Two integers a row, [first, end): any list of ranges, one a query.
  Spec spec = smallRows();
  spec.arguments = ", %first: $P {attn.name = \"query_first\"}, "
                   "%end: $P {attn.name = \"query_end\"}";
  spec.visible = "visible (%b, %h, %i, %j, %m, %n) {\n"
                 "  %x = attn.read %first[%b, %i] : $P\n"
                 "  %y = attn.read %end[%b, %i] : $P\n"
                 "  %after = arith.cmpi sge, %j, %x : i32\n"
                 "  %before = arith.cmpi slt, %j, %y : i32\n"
                 "  %seen = arith.andi %after, %before : i1\n"
                 "  attn.yield %seen : i1\n}";
  Kernel *kernel = compiled(spec);
  if (!kernel)
    return;
  const Dims dims{2, 2, 1, 83, 190};
  std::mt19937 random(3);
  for (int64_t width : {0, 1, 30, 500}) {
    Numbers first, end;
    for (int64_t i = 0; i < dims.B * dims.M; ++i) {
      first.push_back(int64_t(random() % 250) - 30);
      end.push_back(first.back() + width);
    }
    expectProbes(*kernel, dims, {first, end},
                 "ranges of " + std::to_string(width));
  }
}
