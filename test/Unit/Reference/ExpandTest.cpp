//===- ExpandTest.cpp - Named entries: evaluate against expand ------------===//
//
// Every named encoding and mask has two independent definitions. Here the
// program with the name and the program with the name written out in general
// ops are both interpreted; their numbers must agree.
//
//===----------------------------------------------------------------------===//

#include "Program.h"

#include "dialect/Attn/IR/Attn.h"
#include "mlir/IR/Verifier.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace mlir;
using namespace sextant::attn;
using namespace sextant::attn::test;

/// Replaces every shorthand by its expansion, and mask attributes by regions.
static void expandAll(func::FuncOp func) {
  SmallVector<ExpandOpInterface> shorthands;
  func.walk([&](ExpandOpInterface op) { shorthands.push_back(op); });
  for (ExpandOpInterface op : shorthands) {
    OpBuilder builder(op);
    auto values = op.expand(builder);
    ASSERT_TRUE(succeeded(values));
    op->replaceAllUsesWith(*values);
    op->erase();
  }
  func.walk([&](SoftmaxOp op) {
    MaskAttrInterface mask = op.getMaskAttr();
    if (!mask)
      return;
    OpBuilder builder(op.getContext());
    Block *block = builder.createBlock(&op.getVisible());
    for (unsigned i = 0; i < kPairCoordinates; ++i)
      block->addArgument(builder.getI32Type(), op.getLoc());
    auto args = block->getArguments();
    PairValues at{args[0], args[1], args[2], args[3], args[4], args[5]};
    Value visible = mask.expand(builder, op.getLoc(), at, op.getCaptures());
    YieldOp::create(builder, op.getLoc(), ValueRange{visible});
    op.removeMaskAttr();
    op.getCapturesMutable().clear();
  });
  ASSERT_TRUE(succeeded(verify(func)));
}

static void
expectExpansionAgrees(const std::string &text,
                      const std::vector<SmallVector<int64_t>> &shapes,
                      std::vector<std::vector<int32_t>> integers) {
  Program program(text);
  ASSERT_TRUE(program.module);
  size_t nextInteger = 0;
  for (auto [argument, shape] :
       llvm::zip(program.function().getArguments(), shapes)) {
    auto type = cast<RankedTensorType>(argument.getType());
    if (type.getElementType().isInteger(32))
      program.i32(shape, integers[nextInteger++]);
    else
      program.zeros(shape);
  }
  program.fill(Probe::Random, 21);
  auto named = program.run();
  expandAll(program.function());
  auto expanded = program.run();
  ASSERT_TRUE(succeeded(named) && succeeded(expanded));
  for (size_t i = 0; i < named->outputs.size(); ++i) {
    // Constants of an expansion are f32 where the definition is exact.
    double tolerance = 1e-6;
    EXPECT_EQ(firstDifference(expanded->outputs[i].value,
                              named->outputs[i].value, tolerance),
              -1)
        << text;
    for (size_t e = 0; e < named->outputs[i].value.size(); ++e)
      if (std::isfinite(named->outputs[i].value[e]))
        EXPECT_LE(std::fabs(expanded->outputs[i].value[e] -
                            named->outputs[i].value[e]),
                  named->outputs[i].bound[e]);
  }
}

static std::string masked(const std::string &mask) {
  return R"(
func.func @f(%q: tensor<?x?x?x4xf32>, %k: tensor<?x?x?x4xf32>, %v: tensor<?x?x?x4xf32>, %l: tensor<?xi32>)
    -> (tensor<?x?x?x4xf32>, tensor<?x?x?xf32>) {
  %pq, %pk = attn.positions %q, %k align(bottom_right) offset(%l : tensor<?xi32>) : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  %s = attn.scores %q, %k : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  %p, %lse = attn.softmax %s at (%pq, %pk) visible()" +
         mask +
         R"() lse captures(%l : tensor<?xi32>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x4xf32>
  return %o, %lse : tensor<?x?x?x4xf32>, tensor<?x?x?xf32>
})";
}

TEST(Expand, Masks) {
  for (const char *mask :
       {"#attn.causal", "#attn.sliding_window<back = 3, ahead = 1>",
        "#attn.prefix<length = 4>", "#attn.prefix<capture = 0>",
        "#attn.lengths<capture = 0>",
        "#attn.and<[#attn.causal, #attn.lengths<capture = 0>]>",
        "#attn.or<[#attn.causal, #attn.prefix<length = 9>]>",
        "#attn.not<#attn.sliding_window<back = 2, ahead = 2>>",
        "#attn.chunked<size = 3>"})
    for (auto [m, n] : {std::pair<int64_t, int64_t>(7, 7), {3, 70}, {9, 4}})
      expectExpansionAgrees(masked(mask),
                            {{2, 2, m, 4}, {2, 1, n, 4}, {2, 1, n, 4}, {2}},
                            {{5, 2}});
}

static std::string encoded(const std::string &before, const std::string &after,
                           const std::string &query, const std::string &key) {
  return R"(
func.func @f(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x4xf32>, %n: tensor<i32>)
    -> (tensor<?x?x?x4xf32>, tensor<?x?x?xf32>) {
  %pq, %pk = attn.positions %q, %k align(top_left) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
)" + before +
         "  %s = attn.scores " + query + ", " + key +
         " scale(0.25) : tensor<?x?x?x8xf32>, " +
         (key == "%pairs" ? "tensor<?x?x?x?x8xf32>" : "tensor<?x?x?x8xf32>") +
         "\n" + after + R"(
  %p, %lse = attn.softmax %t lse : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x4xf32>
  return %o, %lse : tensor<?x?x?x4xf32>, tensor<?x?x?xf32>
})";
}
static const std::vector<SmallVector<int64_t>> kShapes = {
    {2, 6, 7, 8}, {2, 3, 70, 8}, {2, 3, 70, 4}, {}};
static const char *const kNothingAfter =
    "  %t = attn.softcap %s cap(30.0) : tensor<?x?x?x?xf32>";

TEST(Expand, Rotations) {
  struct {
    const char *spectrum, *length;
  } cases[] = {
      {"#attn.rope<base = 1.0e4>", ""},
      {"#attn.rope<base = 5.0e5, layout = interleaved>", ""},
      {"#attn.rope<base = 1.0e4, rotary = 4>", ""},
      {"#attn.nope", ""},
      {"#attn.rope<base = 1.0e4, scaling = [#attn.linear<factor = 4.0>]>", ""},
      {"#attn.rope<base = 1.0e4, scaling = [#attn.ntk<alpha = 8.0>]>", ""},
      {"#attn.rope<base = 1.0e4, scaling = [#attn.dynamic_ntk<factor = 4.0, "
       "trained = 16>]>",
       "length(%n : tensor<i32>)"}};
  for (auto &each : cases) {
    std::string before;
    for (std::string side : {"q", "k"})
      before += "  %" + side + "r = attn.rotate %" + side + " at %p" + side +
                " (" + each.spectrum + ") " + each.length +
                " : tensor<?x?x?x8xf32>, tensor<?x?xi32>\n";
    expectExpansionAgrees(encoded(before, kNothingAfter, "%qr", "%kr"), kShapes,
                          {{70}});
  }
}

TEST(Expand, PhasesOfATensorOfFrequencies) {
  std::string before = R"(
  %w = arith.constant dense<[1.0, 0.3, 0.01, 0.0]> : tensor<4xf64>
  %cq, %sq = attn.phase %pq, %w : tensor<?x?xi32>, tensor<4xf64>
  %ck, %sk = attn.phase %pk, %w : tensor<?x?xi32>, tensor<4xf64>
  %qr = attn.rotate %q by (%cq, %sq) layout(interleaved) : tensor<?x?x?x8xf32>, tensor<?x?x4xf32>
  %kr = attn.rotate %k by (%ck, %sk) layout(interleaved) : tensor<?x?x?x8xf32>, tensor<?x?x4xf32>
)";
  expectExpansionAgrees(encoded(before, kNothingAfter, "%qr", "%kr"), kShapes,
                        {{70}});
}

TEST(Expand, CollinearKeysAndTheirRotation) {
  std::string before = R"(
  %tau = attn.collinear_coefficients %k layout(interleaved) : tensor<?x?x?x8xf32>
  %d = attn.duplicate interleaved %tau : tensor<?x?x?x4xf32>
  %raw = attn.collinear_keys %q, %d : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %pairs = attn.rotate %raw at %pk (#attn.rope<base = 1.0e4, layout = interleaved, rotary = 6>) : tensor<?x?x?x?x8xf32>, tensor<?x?xi32>
  %qr = attn.rotate %q at %pq (#attn.rope<base = 1.0e4, layout = interleaved, rotary = 6>) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
)";
  expectExpansionAgrees(encoded(before, kNothingAfter, "%qr", "%pairs"),
                        kShapes, {{70}});
}

TEST(Expand, Biases) {
  for (const char *bias : {"#attn.alibi", "#attn.alibi<max_exponent = 4.0>"})
    expectExpansionAgrees(
        encoded("",
                std::string("  %t = attn.bias %s at (%pq, %pk) (") + bias +
                    ") : tensor<?x?x?x?xf32>, tensor<?x?xi32>, "
                    "tensor<?x?xi32>",
                "%q", "%k"),
        kShapes, {{70}});
}
