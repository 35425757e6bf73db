//===- PlanTest.cpp - Evaluation plans ------------------------------------===//
//
// Operation counts, sharing and factoring of planned features.
//
//===----------------------------------------------------------------------===//

#include "test/Unit/Algebra/ChannelPrograms.h"

#include "compiler/AttnToFused/Algebra/PositionGroups.h"
#include "compiler/AttnToFused/Algebra/Printer.h"

#include "gtest/gtest.h"

using namespace sextant::algebra;

namespace {
/// The plan as nested text.
std::string text(const AtomTable &table, const EvaluationPlan &plan,
                 unsigned index) {
  const PlanNode &node = plan.nodes[index];
  auto operand = [&](unsigned of) { return text(table, plan, of); };
  switch (node.op) {
  case PlanOp::Constant: {
    return print(table, Polynomial(node.constant));
  }
  case PlanOp::Atom:
    return printMonomial(table, Monomial(node.atom, node.exponent));
  case PlanOp::Add:
    return "(" + operand(node.left) + " + " + operand(node.right) + ")";
  case PlanOp::Sub:
    return "(" + operand(node.left) + " - " + operand(node.right) + ")";
  case PlanOp::Mul:
    return operand(node.left) + "*" + operand(node.right);
  case PlanOp::Neg:
    return "-" + operand(node.left);
  }
  return "";
}

struct Planned {
  unsigned counted, planned;
};

Planned plan(const ChannelProgram &p, llvm::ArrayRef<Polynomial> features) {
  return {operationCount(features),
          planEvaluation(p.program.atoms(), features).operationCount()};
}

ScoreAnalysis analyzed(ChannelProgram &p, Value score) {
  return llvm::cantFail(analyze(p.program, score));
}

TEST(Plan, StrictSharesTheSquareSum) {
  ChannelProgram p;
  Channels t = p.duplicate(p.coefficients()), q = p.query("q", 2);
  ScoreAnalysis a =
      analyzed(p, p.scores(p.rotate(q, Side::Query),
                           p.rotate(p.collinear(q, t), Side::Key)));
  Planned e = plan(p, a.separation.queryFeatures);
  EXPECT_EQ(e.counted, 5u);
  EXPECT_EQ(e.planned, 5u);
  Planned f = plan(p, a.separation.keyFeatures);
  EXPECT_EQ(f.counted, 2u);
  EXPECT_EQ(f.planned, 2u);
  const AtomTable &table = p.program.atoms();
  EXPECT_EQ(text(table, a.queryPlan, a.queryPlan.results[1]),
            "(q_a*q_a + q_b*q_b)*sm");
}

TEST(Plan, SlackFactorsTheDifferenceOfSquares) {
  ChannelProgram p;
  Channels t = p.duplicate(p.coefficients()), q = p.query("q", 2);
  ScoreAnalysis a =
      analyzed(p, p.scores(p.rotate(q, Side::Query),
                           p.collinear(q, p.rotate(t, Side::Key))));
  Planned e = plan(p, a.separation.queryFeatures);
  EXPECT_EQ(e.counted, 12u);
  EXPECT_EQ(e.planned, 12u);
  EXPECT_EQ(plan(p, a.separation.keyFeatures).planned, 2u);
  const AtomTable &table = p.program.atoms();
  EXPECT_EQ(text(table, a.queryPlan, a.queryPlan.results[1]),
            "((q_b - q_a)*(q_b + q_a)*cm + 2*q_a*q_b*sm)");
}

TEST(Plan, RotationsTakeSixOperationsASide) {
  ChannelProgram p;
  ScoreAnalysis a = analyzed(p, p.scores(p.rotate(p.query("q", 2), Side::Query),
                                         p.rotate(p.key("k", 2), Side::Key)));
  Planned e = plan(p, a.separation.queryFeatures);
  EXPECT_EQ(e.counted, 6u);
  EXPECT_EQ(e.planned, 6u);
  EXPECT_EQ(plan(p, a.separation.keyFeatures).planned, 6u);
}

class PlanText : public testing::Test {
protected:
  AtomTable table;
  Polynomial x{table.input(Side::Query, {"x", nullptr, 0}, Value())};
  Polynomial y{table.input(Side::Query, {"y", nullptr, 0}, Value())};
  Polynomial z{
      table.decay(Side::Query, table.declare(SymbolKind::Decay, nullptr, "z"))};
  Polynomial times(const Polynomial &a, const Polynomial &b) {
    return a.timesDisjoint(b);
  }
  std::string planned(const Polynomial &polynomial) {
    EvaluationPlan plan = planEvaluation(table, polynomial);
    return text(table, plan, plan.results[0]);
  }
};

TEST_F(PlanText, TakesOutCommonFactorsAndScales) {
  EXPECT_EQ(planned(times(times(x, y), x - y)), "x*y*(x - y)");
  EXPECT_EQ(planned((times(x, x) + times(y, y)).scaled(Rational(2))),
            "2*(x*x + y*y)");
  EXPECT_EQ(planned(-x - y), "-(x + y)");
  EXPECT_EQ(planned(y - x), "(y - x)");
}

TEST_F(PlanText, SquaresOfCosinesDoNotCancel) {
  Symbol angle = table.declare(SymbolKind::Angle, nullptr, "w");
  auto cosine = [&](unsigned harmonic) {
    return Polynomial(table.circle(Side::Query, angle, harmonic).first);
  };
  const Polynomial one(Rational(1)), twice = cosine(2), thrice = cosine(3);
  // The half angle does not occur yet.
  EXPECT_EQ(planned(one + twice), "(1 + " + planned(twice) + ")");
  const std::string cos = planned(cosine(1)),
                    sin = printMonomial(
                        table,
                        Monomial(table.circle(Side::Query, angle).second));
  EXPECT_EQ(planned(one + twice), "2*" + cos + "*" + cos);
  EXPECT_EQ(planned(one - twice), "2*" + sin + "*" + sin);
  EXPECT_EQ(planned(twice - one), "-2*" + sin + "*" + sin);
  EXPECT_EQ(planned(-one - twice), "-2*" + cos + "*" + cos);
  EXPECT_EQ(planned(times(x, one + twice)), "x*2*" + cos + "*" + cos);
  EXPECT_EQ(planned(one + thrice), "(1 + " + planned(thrice) + ")");
}

TEST_F(PlanText, ConstantsAndZero) {
  EXPECT_EQ(planned(Polynomial()), "0");
  EXPECT_EQ(planned(Polynomial(Rational(-3))), "-3");
  EXPECT_EQ(planned(x + Polynomial(Rational(-3))), "(x - 3)");
}

TEST_F(PlanText, PowersAreShared) {
  Polynomial fifth(times(times(times(x, x), times(x, x)), x));
  EvaluationPlan plan = planEvaluation(table, {fifth, times(x, x)});
  EXPECT_EQ(plan.operationCount(), 3u);
}

TEST_F(PlanText, DecayPowersAreLeaves) {
  Polynomial inverse(table.decay(Side::Query, Symbol{1}), -2);
  EXPECT_EQ(planned(times(x, inverse)), "x*z^(-2m)");
}
} // namespace
