//===- ErrorsTest.cpp - What the interpreter refuses, and how it says so --===//

#include "Program.h"

#include <gtest/gtest.h>

using namespace sextant::attn;
using namespace sextant::attn::test;

static constexpr const char *kScores = R"(
func.func @f(%q: tensor<?x?x?x2xf32>, %k: tensor<?x?x?x2xf32>) -> tensor<?x?x?x?xf32> {
  %s = attn.scores %q, %k : tensor<?x?x?x2xf32>, tensor<?x?x?x2xf32>
  return %s : tensor<?x?x?x?xf32>
})";

static std::string errorOf(Program &program,
                           const ReferenceOptions &options = {}) {
  EXPECT_TRUE(
      mlir::failed(runReference(program.function(), program.inputs, options)));
  return program.diagnostics;
}
static bool contains(const std::string &text, const char *part) {
  if (text.find(part) != std::string::npos)
    return true;
  ADD_FAILURE() << "'" << part << "' is not in: " << text;
  return false;
}

TEST(Errors, InputsAreCheckedAgainstTheFunction) {
  Program count(kScores);
  count.zeros({1, 1, 1, 2});
  contains(errorOf(count), "expected 2 inputs, got 1");

  Program type(kScores);
  type.zeros({1, 1, 1, 2}).zeros({1, 1, 1, 2}, HostType::F16);
  contains(errorOf(type), "expected input 1 of type 'tensor<?x?x?x2xf32>', got "
                          "f16 of extents 1x1x1x2");

  Program rank(kScores);
  rank.zeros({1, 1, 1, 2}).zeros({1, 1, 2});
  contains(errorOf(rank), "got f32 of extents 1x1x2");

  Program channels(kScores);
  channels.zeros({1, 1, 1, 2}).zeros({1, 1, 1, 3});
  contains(errorOf(channels), "got extents 1x1x1x3");
}

TEST(Errors, CapturedTensorsFitTheCall) { // matched_c1
  const char *const scores =
      "func.func @f(%q: tensor<?x?x?x2xf32>, %k: tensor<?x?x?x2xf32>, "
      "%c: tensor<?x?xf32>) -> tensor<?x?x?x?xf32> {\n"
      "%s = attn.scores %q, %k : tensor<?x?x?x2xf32>, tensor<?x?x?x2xf32>\n";
  const std::string map =
      std::string(scores) +
      "%t = attn.score_map %s (%x, %b, %h, %i, %j, %m, %n) {\n"
      "%y = attn.read %c[%h, %j] {matched} : tensor<?x?xf32>\n"
      "%z = arith.addf %x, %y : f32\nattn.yield %z : f32\n"
      "} : tensor<?x?x?x?xf32>\nreturn %t : tensor<?x?x?x?xf32>\n}";
  Program heads(map);
  heads.zeros({1, 2, 3, 2}).zeros({1, 2, 5, 2}).zeros({3, 5});
  contains(errorOf(heads), "'attn.score_map' op expected extent 0 of a "
                           "captured tensor to be 2, one for each head, got 3");
  Program keys(map);
  keys.zeros({1, 2, 3, 2}).zeros({1, 2, 5, 2}).zeros({2, 4});
  contains(errorOf(keys), "expected extent 1 of a captured tensor to be 5, one "
                          "for each key, got 4");
  Program fits(map);
  fits.zeros({1, 2, 3, 2}).zeros({1, 2, 5, 2}).zeros({2, 5});
  EXPECT_TRUE(mlir::succeeded(fits.run()));
  // Without the word a read clamps.
  std::string clamped = map;
  clamped.erase(clamped.find("{matched} "), 10);
  Program loose(clamped);
  loose.zeros({1, 2, 3, 2}).zeros({1, 2, 5, 2}).zeros({3, 4});
  EXPECT_TRUE(mlir::succeeded(loose.run()));
}

TEST(Errors, ExtentsMustAgree) {
  Program batch(kScores);
  batch.zeros({2, 1, 1, 2}).zeros({3, 1, 1, 2});
  contains(errorOf(batch), "'attn.scores' op expected batch extent 2, got 3");

  Program heads(kScores);
  heads.zeros({1, 3, 1, 2}).zeros({1, 2, 1, 2});
  contains(errorOf(heads), "expected query heads (3) to be a multiple of key "
                           "heads (2)");

  Program positions(R"(
func.func @f(%x: tensor<?x?x?x2xf32>, %p: tensor<?x?xi32>) -> tensor<?x?x?x2xf32> {
  %y = attn.rotate %x at %p (#attn.rope<base = 1.0e4>) : tensor<?x?x?x2xf32>, tensor<?x?xi32>
  return %y : tensor<?x?x?x2xf32>
})");
  positions.zeros({1, 1, 3, 2}).i32({1, 2}, {0, 1});
  contains(errorOf(positions), "expected row count 3, got 2");
  positions.clearInputs();
  positions.zeros({1, 1, 1, 2}).i32({1, 1}, {16777217});
  contains(errorOf(positions),
           "expected positions within 2^24 of 0, got 16777217");
}

TEST(Errors, AReturnedVirtualTensorNamesItsMemory) {
  Program program(kScores);
  program.zeros({1, 8, 1024, 2}).zeros({1, 8, 1024, 2});
  ReferenceOptions options;
  options.memoryLimit = 1 << 20;
  contains(errorOf(program, options), "result over (query, key) pairs needs "
                                      "128 MiB in the interpreter, the limit "
                                      "is 1 MiB");
}

TEST(Errors, RowsOutsideTheResult) {
  Program program(kScores);
  program.zeros({1, 1, 2, 2}).zeros({1, 1, 2, 2});
  ReferenceOptions options;
  options.select = ReferenceOptions::Rows::List;
  options.rows = {{0, 0, 2}};
  contains(errorOf(program, options),
           "expected rows within 1x1x2, got (0, 0, 2)");
}

TEST(Errors, OtherOps) {
  Program other(R"(
func.func @f(%q: tensor<2xf32>) -> tensor<2xf32> {
  %s = arith.addf %q, %q : tensor<2xf32>
  return %s : tensor<2xf32>
})");
  other.zeros({2});
  contains(errorOf(other), "the reference interpreter has no meaning for "
                           "'arith.addf'");
}
