//===- CoverageTest.cpp - Every visible key once, and no other ------------===//
//
// Random mask trees, one a head, over rows, positions and tensors. Queries are
// 0, so that log-sum-exp is the logarithm of the number of keys counted and the
// output is the mean of their values: a key that a wrong range leaves out,
// counts twice or lets in shows in both.
//
//===----------------------------------------------------------------------===//

#include "Suite.h"

#include <cmath>
#include <random>

using namespace sextant;
using namespace sextant::test;

using Numbers = std::vector<int64_t>;

namespace {

/// Writes the ops of a random predicate of a pair.
class MaskWriter {
public:
  explicit MaskWriter(uint32_t seed) : random(seed) {}

  /// A visible region in which each of `heads` heads has a tree of its own.
  std::string region(int heads) {
    std::string seen = truth(2);
    for (int head = 1; head < heads; ++head) {
      std::string own = truth(1 + head % 3);
      std::string isOwn = op("arith.cmpi eq, %h, " + constant(head) + " : i32");
      seen = op("arith.select " + isOwn + ", " + own + ", " + seen + " : i1");
    }
    return "visible (%b, %h, %i, %j, %m, %n) {\n" + text + "  attn.yield " +
           seen + " : i1\n}";
  }

private:
  int pick(int n) { return std::uniform_int_distribution<>(0, n - 1)(random); }
  std::string op(const std::string &what) {
    std::string name = "%r" + std::to_string(count++);
    text += "  " + name + " = " + what + "\n";
    return name;
  }
  std::string constant(int value) {
    return op("arith.constant " + std::to_string(value) + " : i32");
  }

  std::string leaf() {
    switch (pick(12)) {
    case 0:
      return constant(pick(160) - 20);
    case 1:
      return op("attn.read %lengths[%b] : tensor<?xi32>");
    case 2:
      return op("attn.read %sq[%b, %i] : $P");
    case 3:
      return op("attn.read %sk[%b, %j] : $P");
    case 4:
      return op(pick(2) ? "attn.extent keys" : "attn.extent queries");
    default: {
      const char *const coordinates[] = {"%i", "%j", "%m", "%n", "%h"};
      return coordinates[pick(5)];
    }
    }
  }
  std::string number(int depth) {
    if (depth == 0 || pick(3) == 0)
      return leaf();
    std::string a = number(depth - 1);
    switch (pick(9)) {
    case 0:
      return op("arith.divsi " + a + ", " + constant(1 + pick(40)) + " : i32");
    case 1:
      return op("arith.remsi " + a + ", " + constant(1 + pick(40)) + " : i32");
    case 2:
      return op("arith.muli " + a + ", " + constant(pick(7) - 3) + " : i32");
    case 3:
      return op("math.absi " + a + " : i32");
    case 4:
      return op("arith.shrsi " + a + ", " + constant(pick(6)) + " : i32");
    case 5:
      return op("arith.minsi " + a + ", " + number(depth - 1) + " : i32");
    case 6:
      return op("arith.maxsi " + a + ", " + number(depth - 1) + " : i32");
    case 7:
      return op("arith.addi " + a + ", " + number(depth - 1) + " : i32");
    default:
      return op("arith.subi " + a + ", " + number(depth - 1) + " : i32");
    }
  }
  std::string truth(int depth) {
    if (depth == 0 || pick(5) == 0) {
      if (pick(8) == 0)
        return op("attn.read %flags[%b, %j] : tensor<?x?xi1>");
      const char *const predicates[] = {"slt", "sle", "sgt", "sge", "eq", "ne"};
      std::string a = number(2), b = number(2);
      return op(std::string("arith.cmpi ") + predicates[pick(6)] + ", " + a +
                ", " + b + " : i32");
    }
    std::string a = truth(depth - 1), b = truth(depth - 1);
    switch (pick(4)) {
    case 0:
      return op("arith.andi " + a + ", " + b + " : i1");
    case 1:
      return op("arith.ori " + a + ", " + b + " : i1");
    case 2:
      return op("arith.xori " + a + ", " + b + " : i1");
    default: {
      std::string c = truth(0);
      return op("arith.select " + c + ", " + a + ", " + b + " : i1");
    }
    }
  }

  std::mt19937 random;
  std::string text;
  int count = 0;
};

/// Runs of equal integers that grow, with a few steps back.
Numbers segments(int64_t batches, int64_t tokens, std::mt19937 &random) {
  Numbers all;
  for (int64_t b = 0; b < batches; ++b) {
    int64_t id = int64_t(random() % 5) - 2;
    for (int64_t t = 0; t < tokens; ++t) {
      if (random() % 20 == 0)
        id += random() % 8 == 0 ? -3 : 1 + random() % 4;
      all.push_back(id);
    }
  }
  return all;
}

} // namespace

static constexpr int kHeads = 6;

TEST(Coverage, RandomMaskTreesCountEveryVisibleKeyOnce) {
  int64_t mixed = 0;
  for (uint32_t seed = 1; seed <= 4; ++seed) {
    Spec spec;
    spec.channels = 4;
    spec.valueChannels = 4;
    spec.arguments =
        ", %lengths: tensor<?xi32>, %sq: $P {attn.name = \"query_segments\"}, "
        "%sk: $P, %flags: tensor<?x?xi1>";
    spec.scores = "%s = attn.scores %q, %k scale(0.5) : $Q, $K\n";
    spec.visible = MaskWriter(seed).region(kHeads);
    // Positions as arguments half of the time.
    if (seed % 2) {
      spec.positions = "";
      spec.arguments += ", %pq: $P {attn.name = \"query_pos\"}, %pk: $P";
    }
    Kernel *kernel = compiled(spec);
    if (!kernel)
      return;
    for (Dims dims : {Dims{2, kHeads, 2, 75, 170}, Dims{1, kHeads, 1, 40, 40},
                      Dims{1, kHeads, 6, 130, 61}}) {
      std::mt19937 random(seed);
      Buffers inputs = kernel->inputs(dims, attn::Probe::Count, seed);
      Numbers lengths, flags;
      for (int64_t b = 0; b < dims.B; ++b)
        lengths.push_back(random() % (dims.N + 20));
      for (int64_t i = 0; i < dims.B * dims.N; ++i)
        flags.push_back(i / 30 % 3 != 0);
      inputs[3].integers(lengths);
      inputs[4].integers(segments(dims.B, dims.M, random));
      inputs[5].integers(segments(dims.B, dims.N, random));
      inputs[6].integers(flags);
      if (seed % 2) {
        inputs[7].integers(segments(dims.B, dims.M, random));
        inputs[8].integers(segments(dims.B, dims.N, random));
      }
      const std::string what =
          "mask trees " + std::to_string(seed) + ", " + spelled(dims);
      auto expected = kernel->reference(inputs);
      ASSERT_TRUE(mlir::succeeded(expected)) << what;
      const auto &lse = expected->outputs[1].value;
      for (double value : lse)
        mixed +=
            std::isfinite(value) && value < std::log(double(dims.N)) - 1e-3;
      expectClose(*kernel, inputs, what, /*mayBeTrivial=*/true);
      for (int32_t isa : allIsas()) {
        Call call;
        call.isa = isa;
        Buffers outputs = results(*kernel, inputs, call);
        if (outputs.empty())
          return;
        for (size_t row = 0; row < lse.size(); ++row)
          ASSERT_EQ(std::lround(std::exp(outputs[1].at(row))),
                    std::lround(std::exp(lse[row])))
              << what << ", row " << row << ", isa " << isa;
      }
    }
  }
  // The trees are no trivial ones: enough rows see some keys and not others.
  EXPECT_GT(mixed, 2000);
}
