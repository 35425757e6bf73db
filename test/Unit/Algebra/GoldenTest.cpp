//===- GoldenTest.cpp - Outside values of collinear attention -------------===//
//
// Features on the golden values computed by an independent implementation.
//
//===----------------------------------------------------------------------===//

#include "test/Unit/Algebra/ChannelPrograms.h"

#include "gtest/gtest.h"

using namespace sextant::algebra;

namespace {
/// Four channels in two pairs: q = (1, 2, 3, -1), u = (0.5, -1, 1.5, 2), angles
/// 1 and 0.01.
class GoldenRows : public RowValues {
public:
  GoldenRows(const ScoreProgram &program, unsigned pair, int m, int n)
      : program(program), pair(pair), m(m), n(n) {}

  double leaf(Value value) const override {
    constexpr double q[2][2] = {{1, 3}, {2, -1}};
    constexpr double u[2][2] = {{0.5, 1.5}, {-1, 2}};
    llvm::StringRef name = program[value].what.name;
    return (name.starts_with("q") ? q : u)[pair][name.ends_with("_b")];
  }
  double position(Side side, Symbol) const override {
    return side == Side::Query ? m : n;
  }
  double rate(Symbol) const override { return pair == 0 ? 1 : 0.01; }
  double opaque(const ProgramNode &node,
                llvm::ArrayRef<double> operands) const override {
    return evaluateOpaque(node, operands);
  }

private:
  const ScoreProgram &program;
  unsigned pair;
  int m, n;
};

struct Golden {
  int m, n;
  double strict, slack;
};

constexpr Golden golden[] = {
    {0, 0, 6.25, 6.25},
    {3, 1, -0.830984174, -4.408852191},
    {1, 3, -0.830984174, -0.786661484},
    {5, 5, 6.25, 3.279828404},
    {103, 101, -0.830984174, -4.768999096},
};

TEST(Golden, FeaturesReproduceOutsideValues) {
  for (bool slack : {false, true}) {
    ChannelProgram p;
    Channels t = p.duplicate(p.coefficients()), q = p.query("q", 2);
    Channels a = p.rotate(q, Side::Query);
    Value score = slack ? p.scores(a, p.collinear(q, p.rotate(t, Side::Key)))
                        : p.scores(a, p.rotate(p.collinear(q, t), Side::Key));
    llvm::Expected<ScoreAnalysis> analysis = analyze(p.program, score);
    ASSERT_TRUE(bool(analysis)) << llvm::toString(analysis.takeError());
    for (const Golden &row : golden) {
      double total = 0;
      for (unsigned pair : {0, 1}) {
        GoldenRows rows(p.program, pair, row.m, row.n);
        NumericEvaluator numeric(p.program, rows);
        total += numeric.dot(analysis->queryPlan, analysis->keyPlan).value;
      }
      EXPECT_NEAR(total / 2, slack ? row.slack : row.strict, 1e-9)
          << "slack " << slack << ", m " << row.m << ", n " << row.n;
    }
  }
}
} // namespace
