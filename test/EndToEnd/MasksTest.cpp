//===- MasksTest.cpp - Masks, lengths and tile edges ----------------------===//

#include "Suite.h"

#include <cmath>

using namespace sextant;
using namespace sextant::test;

/// Small rows: a mask does not care.
static Spec masked(const std::string &mask) {
  Spec spec;
  spec.channels = 8;
  spec.valueChannels = 8;
  spec.scores = "%s = attn.scores %q, %k scale(0.35) : $Q, $K\n";
  if (!mask.empty())
    spec.visible = "visible(" + mask + ")";
  return spec;
}

/// Compares count, ramp, needle and random inputs. Rows that see nothing, and
/// the constant queries of ramp, may leave little to tell apart: the mask's
/// name says which case it was.
static void expectProbes(Kernel &kernel, Dims dims, const std::string &what,
                         llvm::ArrayRef<int64_t> lengths = {}) {
  using attn::Probe;
  for (Probe probe :
       {Probe::Count, Probe::Ramp, Probe::Needle, Probe::Random}) {
    Buffers inputs = kernel.inputs(dims, probe, 11);
    for (Buffer &buffer : inputs)
      if (!lengths.empty() && buffer.host().type == attn::HostType::I32)
        buffer.integers(lengths);
    expectClose(kernel, inputs,
                what + ", " + spelled(dims) + ", probe " +
                    std::to_string(static_cast<int>(probe)),
                /*mayBeTrivial=*/true);
  }
}

/// Around the leaf, the block and the query tile of every schedule.
static const int64_t kEdges[] = {1,  2,   15,  16,  17,  23,  24,  25,
                                 31, 32,  33,  63,  64,  65,  95,  96,
                                 97, 127, 128, 129, 191, 192, 193, 203};

TEST(Masks, NoneAtEveryEdge) {
  if (Kernel *kernel = compiled(masked("")))
    for (int64_t n : kEdges)
      expectProbes(*kernel, {1, 2, 1, 19, n}, "no mask");
}

TEST(Masks, CausalAtEveryEdge) {
  if (Kernel *kernel = compiled(masked("#attn.causal")))
    for (int64_t n : kEdges) {
      expectProbes(*kernel, {1, 2, 1, n, n}, "causal");
      expectProbes(*kernel, {1, 1, 1, 33, n}, "causal");
    }
}

TEST(Masks, CausalAlignedTopLeft) {
  Spec spec = masked("#attn.causal");
  spec.positions = "align(top_left)";
  if (Kernel *kernel = compiled(spec))
    for (Dims dims : {Dims{1, 2, 1, 65, 97}, Dims{2, 1, 1, 97, 33},
                      Dims{1, 1, 1, 17, 203}, Dims{1, 1, 1, 129, 128}})
      expectProbes(*kernel, dims, "causal top left");
}

TEST(Masks, Windows) {
  for (int64_t back : {0, 1, 23, 24, 25, 32, 96, 97, 5000}) {
    Kernel *kernel =
        compiled(masked("#attn.sliding_window<back = " + std::to_string(back) +
                        ", ahead = 0>"));
    if (!kernel)
      continue;
    std::string what = "window " + std::to_string(back);
    expectProbes(*kernel, {1, 2, 1, 203, 203}, what);
    expectProbes(*kernel, {1, 1, 1, 65, 17}, what);
    expectProbes(*kernel, {1, 1, 1, 1, 129}, what);
  }
}

TEST(Masks, WindowsOnBothSides) {
  if (Kernel *kernel =
          compiled(masked("#attn.sliding_window<back = 17, ahead = 30>")))
    for (Dims dims : {Dims{1, 2, 2, 129, 128}, Dims{1, 1, 1, 15, 203},
                      Dims{1, 1, 1, 203, 64}})
      expectProbes(*kernel, dims, "window 17 and 30");
}

TEST(Masks, Lengths) {
  Spec spec = masked("#attn.lengths<capture = 0>");
  spec.arguments = ", %lengths: tensor<?xi32>";
  spec.captures = "captures(%lengths : tensor<?xi32>)";
  if (Kernel *kernel = compiled(spec))
    for (auto lengths :
         {std::vector<int64_t>{0, 1, 97}, {96, 95, 500}, {24, 0, -3}})
      expectProbes(*kernel, {3, 2, 1, 17, 97}, "lengths", lengths);
}

TEST(Masks, PositionsByLength) {
  Spec spec = masked("#attn.and<[#attn.causal, #attn.lengths<capture = 0>]>");
  spec.positions = "align(bottom_right) lengths(%lengths : tensor<?xi32>)";
  spec.arguments = ", %lengths: tensor<?xi32>";
  spec.captures = "captures(%lengths : tensor<?xi32>)";
  if (Kernel *kernel = compiled(spec))
    for (auto lengths : {std::vector<int64_t>{0, 33, 97}, {96, 64, 1}})
      expectProbes(*kernel, {3, 1, 1, 33, 97}, "lengths and positions",
                   lengths);
}

TEST(Masks, Trees) {
  const char *const trees[] = {
      "#attn.or<[#attn.causal, #attn.prefix<length = 40>]>",
      "#attn.not<#attn.sliding_window<back = 8, ahead = 8>>",
      "#attn.and<[#attn.causal, #attn.not<#attn.prefix<length = 25>>]>",
      ("#attn.or<[#attn.sliding_window<back = 5, ahead = 0>, "
       "#attn.and<[#attn.causal, #attn.prefix<length = 4>]>]>"),
      "#attn.not<#attn.causal>",
      "#attn.and<[#attn.chunked<size = 40>, #attn.causal]>",
  };
  for (const char *tree : trees)
    if (Kernel *kernel = compiled(masked(tree)))
      for (Dims dims : {Dims{1, 2, 1, 97, 97}, Dims{1, 1, 1, 33, 129},
                        Dims{1, 1, 1, 65, 17}})
        expectProbes(*kernel, dims, tree);
}

TEST(Masks, KeysThatTheFirstQueriesDoNotSee) {
  // Leaves that are shorter than a vector of queries: the last keys of a tile
  // come without its first vector, and may be the first that the others see.
  for (auto [vectors, leaf] : {std::pair<int64_t, int64_t>{3, 4}, {2, 8}}) {
    Tiles sizes{vectors, /*keyRows=*/4, /*valueRows=*/4, /*keyBlock=*/24, leaf};
    for (const char *mask :
         {"#attn.causal", "#attn.sliding_window<back = 9, ahead = 0>",
          "#attn.or<[#attn.sliding_window<back = 5, ahead = 0>, "
          "#attn.and<[#attn.causal, #attn.prefix<length = 4>]>]>",
          "#attn.chunked<size = 40>", "#attn.not<#attn.causal>"}) {
      Kernel kernel(programText(masked(mask)), scheduled(sizes), hostTargets(),
                    Phase::Tiled);
      ASSERT_TRUE(kernel.isValid()) << kernel.diagnostics();
      for (Dims dims : {Dims{1, 2, 1, 97, 97}, Dims{1, 1, 1, 33, 129},
                        Dims{1, 1, 1, 130, 65}})
        expectProbes(kernel, dims, mask);
    }
  }
}

TEST(Masks, Regions) {
  // Every third key, and blocks of a document each.
  Spec spec = masked("");
  spec.visible = "visible (%b, %h, %i, %j, %m, %n) {\n"
                 "  %three = arith.constant 3 : i32\n"
                 "  %width = arith.constant 37 : i32\n"
                 "  %r = arith.remsi %j, %three : i32\n"
                 "  %e = arith.cmpi eq, %r, %h : i32\n"
                 "  %x = arith.divsi %i, %width : i32\n"
                 "  %y = arith.divsi %j, %width : i32\n"
                 "  %d = arith.cmpi eq, %x, %y : i32\n"
                 "  %seen = arith.ori %e, %d : i1\n"
                 "  attn.yield %seen : i1\n}";
  if (Kernel *kernel = compiled(spec))
    for (Dims dims : {Dims{1, 4, 2, 97, 129}, Dims{1, 1, 1, 130, 33}})
      expectProbes(*kernel, dims, "region");
}

TEST(Masks, RowsThatSeeNothing) {
  // With more queries than keys the first see none: 0 and -inf.
  Kernel *kernel = compiled(masked("#attn.causal"));
  if (!kernel)
    return;
  Buffers inputs = kernel->inputs({1, 1, 1, 40, 9});
  for (int32_t isa : allIsas()) {
    Call call;
    call.isa = isa;
    Buffers outputs = results(*kernel, inputs, call);
    if (outputs.empty())
      return;
    for (int64_t row = 0; row < 40; ++row) {
      const bool sees = row >= 31;
      EXPECT_EQ(std::isinf(outputs[1].at(row)), !sees) << row;
      for (int64_t c = 0; c < 8; ++c)
        EXPECT_EQ(outputs[0].at(row * 8 + c) == 0, !sees) << row;
    }
  }
  // And so with no keys at all.
  Buffers none = kernel->inputs({2, 1, 1, 3, 0});
  Buffers outputs = results(*kernel, none);
  if (outputs.empty())
    return;
  for (int64_t row = 0; row < 6; ++row)
    EXPECT_EQ(outputs[1].at(row), -INFINITY);
  for (int64_t i = 0; i < outputs[0].numElements(); ++i)
    EXPECT_EQ(outputs[0].at(i), 0);
}
