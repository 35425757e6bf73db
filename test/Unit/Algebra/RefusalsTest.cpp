//===- RefusalsTest.cpp - Programs that do not separate -------------------===//
//
// What is refused, with which message, operands and evidence.
//
//===----------------------------------------------------------------------===//

#include "test/Unit/Algebra/ChannelPrograms.h"

#include "gtest/gtest.h"

using namespace sextant::algebra;

namespace {
/// A refusal taken out of an analysis.
Refusal refusalOf(ChannelProgram &p, Value score) {
  AnalysisOptions options;
  options.opaque = evaluateOpaque;
  llvm::Expected<ScoreAnalysis> analysis = analyze(p.program, score, options);
  Refusal taken(RefusalReason::BrokenProof, "separated");
  if (!analysis)
    llvm::handleAllErrors(analysis.takeError(),
                          [&](const Refusal &refusal) { taken = refusal; });
  return taken;
}

/// For the payload of an op: some address.
const int here = 0;

TEST(Refusals, ReluOfAProductNamesItsOperandAndTheLowRank) {
  ChannelProgram p;
  Channels q = p.query("q", 1), t = p.key("t", 1);
  Value product = p.program.mul(q[0], t[0]);
  Value relu = p.program.opaque({"relu", nullptr, 0}, product, &here);
  Refusal refusal = refusalOf(p, p.program.mul(q[0], relu));
  EXPECT_EQ(refusal.reason, RefusalReason::TwoSidedOp);
  EXPECT_EQ(refusal.message, "'relu' reads query and key values at once: q*t");
  EXPECT_EQ(refusal.where, relu);
  EXPECT_EQ(refusal.payload, &here);
  ASSERT_EQ(refusal.operands.size(), 1u);
  EXPECT_EQ(refusal.operands[0], "q*t");
  ASSERT_EQ(refusal.operandValues.size(), 1u);
  EXPECT_EQ(refusal.operandValues[0], product);
  // q * relu(q t) = q relu(q) relu(t) + q relu(-q) relu(-t).
  EXPECT_EQ(refusal.sampledRank, 2u);
  EXPECT_EQ(refusal.evidence(),
            "but sampled scores have rank 2: an exact form of that width may "
            "exist, rewrite the score with one-sided ops");
}

TEST(Refusals, MaximumOfBothSidesNamesBothOperands) {
  ChannelProgram p;
  Channels q = p.query("q", 1), t = p.key("t", 1);
  Value maximum = p.program.opaque({"max", nullptr, 0}, {q[0], t[0]});
  Refusal refusal = refusalOf(p, p.program.mul(q[0], maximum));
  EXPECT_EQ(refusal.message, "'max' reads query and key values at once: q, t");
  EXPECT_GE(refusal.sampledRank, 7u);
  EXPECT_EQ(refusal.evidence(), "any exact form needs at least " +
                                    std::to_string(refusal.sampledRank) +
                                    " features");
}

TEST(Refusals, LearnedPhaseOfBothSides) {
  ChannelProgram p;
  Channels q = p.query("q", 1), t = p.key("t", 1);
  Value phase = p.program.opaque({"net", nullptr, 0}, {q[0], t[0]});
  Channels a = p.rotate({q[0], p.program.constant(0.0)}, Side::Query);
  Channels b = p.rotate({t[0], p.program.constant(0.0)}, Side::Key);
  Refusal refusal =
      refusalOf(p, p.scores(a, p.turnPairs(b, p.program.rotationBy(phase))));
  EXPECT_EQ(refusal.message, "'net' reads query and key values at once: q, t");
  EXPECT_EQ(refusal.sampledRank, 12u);
}

TEST(Refusals, AngleThatMultipliesTheSides) {
  ChannelProgram p;
  Channels q = p.query("q", 2), t = p.key("t", 2);
  Value x = p.key("x", 1)[0], y = p.query("y", 1)[0];
  Value angle = p.program.mul(x, y);
  Refusal refusal =
      refusalOf(p, p.scores(q, p.turnPairs(t, p.program.rotationBy(angle))));
  EXPECT_EQ(refusal.reason, RefusalReason::MixedAngle);
  EXPECT_EQ(refusal.message, "the angle contains x*y, which mixes query and "
                             "key; expected (query part) + (key part)");
  EXPECT_EQ(refusal.sampledRank, 12u);
}

TEST(Refusals, TiedKeyDividedByItsNorm) {
  ChannelProgram p;
  Channels q = p.query("q", 2), t = p.key("t", 2);
  Channels k = p.collinear(q, t);
  Value norm = p.scores(k, k);
  Refusal refusal = refusalOf(p, p.program.div(p.scores(q, k), norm, {"divf"}));
  EXPECT_EQ(refusal.message, "'divf' reads query and key values at once: "
                             "q_a^2*t_a^2 + q_b^2*t_b^2");
  EXPECT_EQ(refusal.sampledRank, 12u);
}

TEST(Refusals, SeparableRatioIsRefusedWithRankOne) {
  ChannelProgram p;
  Channels q = p.query("q", 1), t = p.key("t", 1);
  Value k = p.program.mul(q[0], t[0]);
  Value ratio = p.program.div(k, p.program.add(k, t[0]), {"divf"});
  Refusal refusal = refusalOf(p, p.program.mul(q[0], ratio));
  EXPECT_EQ(refusal.message,
            "'divf' reads query and key values at once: t + q*t");
  EXPECT_EQ(refusal.sampledRank, 1u);
}

TEST(Refusals, AbsoluteDistance) {
  ChannelProgram p;
  Channels q = p.query("q", 1), k = p.key("k", 1);
  Value distance = p.program.sub(p.program.position(Side::Key),
                                 p.program.position(Side::Query));
  Value absolute = p.program.opaque({"abs", nullptr, 0}, distance);
  Refusal refusal =
      refusalOf(p, p.program.mul(q[0], p.program.mul(k[0], absolute)));
  EXPECT_EQ(refusal.message, "'abs' reads query and key values at once: n - m");
  EXPECT_GE(refusal.sampledRank, 7u);
}

TEST(Refusals, PolynomialKernelPassesTheTermGuard) {
  ChannelProgram p;
  Value dot = p.scores(p.query("q", 8), p.key("t", 8));
  Refusal refusal = refusalOf(p, p.power(dot, 9));
  EXPECT_EQ(refusal.reason, RefusalReason::TooManyTerms);
  EXPECT_EQ(refusal.message, "the expansion has 6435 terms in one channel "
                             "group (limit 4096)");
  EXPECT_EQ(refusal.sampledRank, 12u);
}

TEST(Refusals, WidthGuard) {
  ChannelProgram p;
  Value dot = p.scores(p.query("q", 8), p.key("t", 8));
  Refusal refusal = refusalOf(p, p.power(dot, 3));
  EXPECT_EQ(refusal.reason, RefusalReason::TooWide);
  EXPECT_EQ(refusal.message,
            "the score needs more than 32 features in one channel group, too "
            "many for a dot product to pay");
}

TEST(Refusals, DegreeGuardStopsRepeatedSquaring) {
  ChannelProgram p;
  Value x = p.program.mul(p.query("q", 1)[0], p.key("k", 1)[0]);
  for (int i = 0; i < 7; ++i)
    x = p.program.mul(x, x);
  Refusal refusal = refusalOf(p, x);
  EXPECT_EQ(refusal.reason, RefusalReason::TooManyTerms);
  EXPECT_EQ(refusal.message, "the expansion reaches degree 128 (limit 64)");
}

TEST(Refusals, DivisionByIdenticalZero) {
  ChannelProgram p;
  Value q = p.query("q", 1)[0], k = p.key("k", 1)[0];
  Refusal refusal =
      refusalOf(p, p.program.div(k, p.program.sub(q, q), {"divf"}));
  EXPECT_EQ(refusal.reason, RefusalReason::DivisionByZero);
  EXPECT_EQ(refusal.message, "the divisor of 'divf' is zero for all rows");
}

TEST(Refusals, ExponentialOfAProduct) {
  ChannelProgram p;
  Value q = p.query("q", 1)[0], k = p.key("k", 1)[0];
  Refusal refusal = refusalOf(p, p.program.exp(p.program.mul(q, k)));
  EXPECT_EQ(refusal.message, "'exp' reads query and key values at once: q*k");
}
} // namespace
