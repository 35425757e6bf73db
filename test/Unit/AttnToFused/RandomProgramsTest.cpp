//===- RandomProgramsTest.cpp - Programs drawn from the op language -------===//
//
// Rotations, ties, duplications, maps and reordered channels in random order:
// each program computes the same in both forms, and its width is the rank of a
// sampled score matrix, below which no exact form exists.
//
//===----------------------------------------------------------------------===//

#include "RunBothForms.h"

#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>
#include <random>

using namespace mlir;
using namespace sextant;

namespace {
/// Writes one program of 8 channels.
class Writer {
public:
  explicit Writer(unsigned seed) : random(seed) {}

  std::string write() {
    line("%pq, %pk = attn.positions %q, %u align(bottom_right) : " + rank4(8) +
         ", " + rank4(8));
    unsigned steps = 2 + random() % 5;
    for (unsigned i = 0; i < steps; ++i)
      step();
    line("%s = attn.scores " + query + ", " + key +
         " scale(0.25) : " + rank4(8) + ", " + keyType());
    return "func.func @random(%q: " + rank4(8) + ", %u: " + rank4(8) +
           ", %v: " + rank4(3) + ") -> " + rank4(3) + " {\n" + body +
           "  %p = attn.softmax %s : tensor<?x?x?x?xf32>\n"
           "  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, " +
           rank4(3) + "\n  return %o : " + rank4(3) + "\n}\n";
  }

private:
  static std::string rank4(int channels) {
    return "tensor<?x?x?x" + std::to_string(channels) + "xf32>";
  }
  std::string keyType(int channels = 8) const {
    return (ties ? "tensor<?x?x?x?x" : "tensor<?x?x?x") +
           std::to_string(channels) + "xf32>";
  }
  void line(const std::string &text) { body += "  " + text + "\n"; }
  std::string fresh() { return "%x" + std::to_string(names++); }
  std::string rope() {
    return random() % 3 ? "(#attn.rope<base = 1.0e4>)"
                        : "(#attn.rope<base = 1.0e2>)";
  }
  void step() {
    std::string next = fresh();
    switch (random() % 7) {
    case 0: // rotate the query
      line(next + " = attn.rotate " + query + " at %pq " + rope() + " : " +
           rank4(8) + ", tensor<?x?xi32>");
      query = next;
      return;
    case 1: // rotate the key
      line(next + " = attn.rotate " + key + " at %pk " + rope() + " : " +
           keyType() + ", tensor<?x?xi32>");
      key = next;
      return;
    case 2: // tie the key to the query
      if (ties == 2)
        return;
      line(next + " = attn.collinear_keys " + (random() % 2 ? query : "%q") +
           ", " + key + " : " + rank4(8) + ", " + keyType());
      key = next;
      ++ties;
      return;
    case 3: { // coefficients, duplicated
      if (ties)
        return;
      std::string half = fresh();
      line(half + " = attn.collinear_coefficients " + key + " : " + rank4(8));
      line(next + " = attn.duplicate half " + half + " : " + rank4(4));
      key = next;
      return;
    }
    case 4: { // exchange the halves
      std::string low = fresh(), high = fresh();
      line(low + " = attn.slice " + key + " channels(0, 4) : " + keyType());
      line(high + " = attn.slice " + key + " channels(4, 4) : " + keyType());
      line(next + " = attn.concat " + high + ", " + low + " : " + keyType(4) +
           ", " + keyType(4));
      key = next;
      return;
    }
    case 5: // a map that is no polynomial, on the key's rows
      if (ties)
        return;
      line(next + " = attn.row_map " + key +
           " (%e, %b, %h, %i, %m, %c) {\n    %y = math.tanh %e : f32\n"
           "    attn.yield %y : f32\n  } : " +
           keyType());
      key = next;
      return;
    case 6: // a linear map
      line(
          next + " = attn.row_map " + key +
          " (%e, %b, %h, %i, %m, %c) {\n    %a = arith.constant 1.5 : f32\n"
          "    %y = arith.mulf %e, %a : f32\n    %z = arith.subf %y, %e : f32\n"
          "    attn.yield %z : f32\n  } : " +
          keyType());
      key = next;
      return;
    }
  }

  std::mt19937 random;
  std::string body, query = "%q", key = "%u";
  unsigned ties = 0, names = 0;
};
} // namespace

TEST(RandomPrograms, SameResultsAndLeastWidth) {
  unsigned compared = 0;
  for (unsigned seed = 0; seed < 150; ++seed) {
    std::string text = Writer(seed).write();
    MLIRContext context;
    test::loadDialects(context);
    auto module = parseSourceString<ModuleOp>(text, &context);
    ASSERT_TRUE(module) << text;
    auto observe = [&](const FusedAnalysis &analysis, attn::FusedOp) {
      ASSERT_EQ(analysis.terms.size(), 1u);
      for (const SeparatedFamily &family : analysis.terms[0].families) {
        const algebra::ScoreAnalysis &known = family.analysis;
        // The cap of the sample says nothing.
        if (!known.sampledRank || *known.sampledRank >= 12)
          continue;
        EXPECT_EQ(family.width(), *known.sampledRank) << text;
        ++compared;
      }
    };
    test::expectSameResults(*module->getOps<func::FuncOp>().begin(), text,
                            1e-10, seed, observe);
  }
  EXPECT_GT(compared, 100u);
}
