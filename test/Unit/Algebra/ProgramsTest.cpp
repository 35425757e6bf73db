//===- ProgramsTest.cpp - Programs nobody listed --------------------------===//
//
// Angles and exponents found in computed values, placement of terms, random
// programs, and mutants that must be told apart.
//
//===----------------------------------------------------------------------===//

#include "test/Unit/Algebra/ChannelPrograms.h"

#include "compiler/AttnToFused/Algebra/Printer.h"

#include "gtest/gtest.h"

#include <random>

using namespace sextant::algebra;

namespace {
constexpr Side Q = Side::Query, K = Side::Key;

ScoreAnalysis analyzed(ChannelProgram &p, Value score, bool place = true) {
  AnalysisOptions options;
  options.opaque = evaluateOpaque;
  options.placeTerms = place;
  llvm::Expected<ScoreAnalysis> analysis = analyze(p.program, score, options);
  if (!analysis) {
    ADD_FAILURE() << llvm::toString(analysis.takeError());
    return ScoreAnalysis();
  }
  return std::move(*analysis);
}

/// A rotation written with sin and cos of position * parameter.
TEST(Programs, RotationByAComputedAngleIsARotation) {
  ChannelProgram p;
  Value rate = p.program.parameter({"w"});
  auto turn = [&](Side side) {
    return p.program.rotationBy(p.program.mul(p.program.position(side), rate));
  };
  Channels a = p.turnPairs(p.query("q", 2), turn(Q));
  Channels b = p.turnPairs(p.key("k", 2), turn(K));
  ScoreAnalysis analysis = analyzed(p, p.scores(a, b));
  const AtomTable &table = p.program.atoms();
  EXPECT_EQ(print(table, analysis.separation.keyFeatures),
            "k_a*c(w*n) - k_b*s(w*n), k_b*c(w*n) + k_a*s(w*n)");
  EXPECT_EQ(analysis.cache->stored, 2u);
  EXPECT_EQ(describe(table, *analysis.orbit), "rotation by w");
  EXPECT_EQ(analysis.invariance.verdict, Verdict::Invariant);
  EXPECT_EQ(analysis.sampledRank, 2u);
}

/// The relative form: one rotation by the distance of the rows.
TEST(Programs, RotationByTheDistanceSplits) {
  ChannelProgram p;
  Value distance = p.program.sub(p.program.position(K), p.program.position(Q));
  Value angle = p.program.mul(distance, p.program.constant(0.125));
  Channels b = p.turnPairs(p.key("k", 2), p.program.rotationBy(angle));
  ScoreAnalysis analysis = analyzed(p, p.scores(p.query("q", 2), b));
  EXPECT_EQ(analysis.separation.width(), 2u);
  EXPECT_EQ(analysis.sampledRank, 2u);
  EXPECT_EQ(analysis.invariance.verdict, Verdict::Invariant);
}

TEST(Programs, ExponentialOfTheDistanceIsADecay) {
  ChannelProgram p;
  Value rate = p.program.parameter({"g"});
  Value distance = p.program.sub(p.program.position(Q), p.program.position(K));
  Value weight = p.program.exp(p.program.neg(p.program.mul(rate, distance)));
  Value score = p.program.mul(weight, p.scores(p.query("q", 2), p.key("k", 2)));
  ScoreAnalysis analysis = analyzed(p, score);
  const AtomTable &table = p.program.atoms();
  EXPECT_EQ(print(table, analysis.separation.keyFeatures),
            "k_a*exp(g)^n, k_b*exp(g)^n");
  EXPECT_EQ(print(table, analysis.separation.queryFeatures),
            "q_a*exp(g)^(-m), q_b*exp(g)^(-m)");
  EXPECT_EQ(analysis.invariance.verdict, Verdict::Invariant);
  EXPECT_EQ(describe(table, *analysis.orbit), "scaling by g");
}

TEST(Programs, ExponentialOfContentSplits) {
  ChannelProgram p;
  Value sum = p.program.add(p.query("q", 1)[0], p.key("k", 1)[0]);
  ScoreAnalysis analysis = analyzed(p, p.program.exp(sum));
  const AtomTable &table = p.program.atoms();
  EXPECT_EQ(print(table, analysis.separation.queryFeatures), "exp(q)");
  EXPECT_EQ(print(table, analysis.separation.keyFeatures), "exp(k)");
}

TEST(Programs, RowNormIsOneReciprocal) {
  ChannelProgram p;
  Channels q = p.query("q", 2), k = p.key("k", 2);
  Value norm = p.scores(k, k);
  Channels unit = p.each(k, [&](Value v) { return p.program.div(v, norm); });
  ScoreAnalysis analysis = analyzed(p, p.scores(q, unit));
  const AtomTable &table = p.program.atoms();
  EXPECT_EQ(analysis.separation.width(), 2u);
  EXPECT_EQ(print(table, analysis.separation.keyFeatures),
            "k_a*(1/(k_a^2 + k_b^2)), k_b*(1/(k_a^2 + k_b^2))");
}

TEST(Programs, AnglesOfTwoAxesShiftApart) {
  ChannelProgram p;
  Symbol across = p.program.axis(nullptr, "x");
  Symbol down = p.program.axis(nullptr, "y");
  auto turn = [&](Side side, const Channels &v) {
    Channels first =
        p.turnPairs({v[0], v[1]},
                    p.program.turn(side, p.program.angle(nullptr, "", across)));
    Channels second = p.turnPairs(
        {v[2], v[3]}, p.program.turn(side, p.program.angle(nullptr, "", down)));
    first.append(second);
    return first;
  };
  ScoreAnalysis analysis =
      analyzed(p, p.scores(turn(Q, p.query("q", 4)), turn(K, p.key("k", 4))));
  EXPECT_EQ(analysis.separation.width(), 4u);
  EXPECT_EQ(analysis.orbit->generators.size(), 2u);
  EXPECT_EQ(analysis.invariance.verdict, Verdict::Invariant);
}

TEST(Placement, PositionBiasStaysInTheScoreRegionAsWritten) {
  ChannelProgram p;
  Value s = p.scores(p.query("q", 1), p.key("k", 1));
  Value distance = p.program.sub(p.program.position(K), p.program.position(Q));
  Value bias = p.program.mul(p.program.parameter({"slope"}), distance);
  ScoreAnalysis analysis = analyzed(p, p.program.sub(s, bias));
  EXPECT_EQ(analysis.separation.width(), 1u);
  ASSERT_EQ(analysis.placement.asWritten.size(), 1u);
  EXPECT_EQ(analysis.placement.asWritten[0].value, bias);
  EXPECT_TRUE(analysis.placement.asWritten[0].negative);
  EXPECT_TRUE(analysis.placement.positionTerms.isZero());
  EXPECT_EQ(analysis.invariance.verdict, Verdict::Invariant);
}

TEST(Placement, RowConstantsAndKeyBiasesAreApart) {
  ChannelProgram p;
  Value q = p.query("q", 1)[0], k = p.key("k", 1)[0];
  Value one = p.program.constant(1.0), m = p.program.position(Q);
  Value left = p.program.add(q, p.program.add(one, m));
  ScoreAnalysis analysis =
      analyzed(p, p.program.mul(left, p.program.add(k, one)));
  const AtomTable &table = p.program.atoms();
  const Placement &placed = analysis.placement;
  EXPECT_EQ(print(table, placed.features), "q*k + k*m");
  EXPECT_EQ(print(table, placed.rowConstant), "q");
  EXPECT_EQ(print(table, placed.keyBias), "k");
  EXPECT_EQ(print(table, placed.positionTerms), "1 + m");
  EXPECT_EQ(analysis.separation.width(), 1u);
}

TEST(Placement, AScoreWithoutContentHasNoFeatures) {
  ChannelProgram p;
  Value distance = p.program.sub(p.program.position(K), p.program.position(Q));
  ScoreAnalysis analysis = analyzed(p, distance);
  EXPECT_EQ(analysis.separation.width(), 0u);
  EXPECT_EQ(analysis.placement.asWritten.size(), 1u);
}

TEST(Invariance, ShiftOfTheQueryAloneIsARowConstant) {
  ChannelProgram p;
  Value s = p.scores(p.query("q", 1), p.key("k", 1));
  Value row = p.program.mul(p.query("q", 1)[0], p.program.position(Q));
  ScoreAnalysis analysis = analyzed(p, p.program.add(s, row));
  EXPECT_EQ(analysis.invariance.verdict, Verdict::UpToRowConstant);
}

//===----------------------------------------------------------------------===//
// Mutants: each defect changes something the other tests look at
//===----------------------------------------------------------------------===//

/// x |turned k|^2 + y |k|^2: one key feature, because turning keeps lengths.
Value weighedLengths(ChannelProgram &p, std::pair<Value, Value> turn) {
  Channels q = p.query("q", 2), k = p.key("k", 2);
  Channels turned = p.turnPairs(k, turn);
  return p.program.add(p.program.mul(q[0], p.scores(turned, turned)),
                       p.program.mul(q[1], p.scores(k, k)));
}

TEST(Mutants, WithoutTheCircleIdentityTheWidthGrows) {
  ChannelProgram whole, broken;
  Value score = weighedLengths(
      whole, whole.program.turn(K, whole.program.angle(nullptr, "")));
  EXPECT_EQ(analyzed(whole, score).separation.width(), 1u);
  // Cosine and sine as unrelated channels.
  Channels turn = broken.key("c", 2);
  Value unrelated = weighedLengths(broken, {turn[0], turn[1]});
  ScoreAnalysis analysis = analyzed(broken, unrelated);
  EXPECT_EQ(analysis.separation.width(), 2u);
  EXPECT_EQ(analysis.sampledRank, 2u);
}

TEST(Mutants, ADroppedTieWidensStrict) {
  for (bool dropped : {false, true}) {
    ChannelProgram p;
    Channels t =
        dropped ? p.map("relu", p.key("u", 2)) : p.duplicate(p.coefficients());
    Channels q = p.query("q", 2);
    ScoreAnalysis analysis =
        analyzed(p, p.scores(p.rotate(q, Q), p.rotate(p.collinear(q, t), K)));
    EXPECT_EQ(analysis.separation.width(), dropped ? 4u : 2u);
  }
}

TEST(Mutants, AFlippedCoefficientBreaksTheProof) {
  ChannelProgram p;
  Channels t = p.duplicate(p.coefficients()), q = p.query("q", 2);
  ScoreAnalysis analysis =
      analyzed(p, p.scores(p.rotate(q, Q), p.collinear(q, p.rotate(t, K))));
  ASSERT_TRUE(residual(analysis.separation).isZero());
  for (size_t feature = 0; feature < 2; ++feature)
    for (size_t flipped = 0;
         flipped < analysis.separation.queryFeatures[feature].size();
         ++flipped) {
      Separation mutant = analysis.separation;
      Polynomial &e = mutant.queryFeatures[feature];
      const Term &term = e.getTerms()[flipped];
      e = e - Polynomial(term.monomial, term.coefficient * Rational(2));
      EXPECT_FALSE(residual(mutant).isZero());
    }
}

TEST(Mutants, SwappedSidesChangeTheVerdictAndTheCache) {
  // The key in the place of the query: the cache would hold three products.
  ChannelProgram p;
  Channels u = p.query("u", 2), k = p.key("k", 2);
  Channels t = p.duplicate(p.map("relu", p.meanHalves(u)));
  ScoreAnalysis analysis =
      analyzed(p, p.scores(p.rotate(k, K), p.collinear(k, p.rotate(t, Q))));
  EXPECT_EQ(analysis.separation.width(), 2u);
  EXPECT_EQ(analysis.cache->stored, 3u);
}

//===----------------------------------------------------------------------===//
// Random programs: exact factors, and no wider than the function needs
//===----------------------------------------------------------------------===//

class RandomPrograms : public testing::TestWithParam<unsigned> {};

TEST_P(RandomPrograms, AreReproducedAtTheSampledRank) {
  ChannelProgram p;
  std::mt19937 random(GetParam());
  auto below = [&](unsigned n) { return random() % n; };
  Channels q = p.query("q", 2), k = p.key("k", 2);
  if (below(2))
    k = p.duplicate(p.coefficients());
  auto rowOps = [&](Channels &x, Side side) {
    for (unsigned step = 0, steps = below(3); step < steps; ++step)
      switch (below(4)) {
      case 0:
        x = p.rotate(x, side, below(3) ? "" : "B");
        break;
      case 1:
        x = p.decay(x, side, below(2) ? 1 : -1);
        break;
      case 2:
        std::swap(x[0], x[1]);
        break;
      case 3:
        x = {p.program.add(x[0], x[1]), p.program.sub(x[0], x[1])};
        break;
      }
  };
  rowOps(q, Q);
  rowOps(k, K);
  Channels pair = below(2) ? p.collinear(q, k) : k;
  if (below(2))
    pair = p.rotate(pair, below(2) ? Q : K);
  Value score = p.scores(q, pair);
  if (below(3) == 0)
    score = p.program.add(score, p.scores(q, k));

  ScoreAnalysis analysis = analyzed(p, score, /*place=*/false);
  EXPECT_TRUE(residual(analysis.separation).isZero());
  EXPECT_EQ(analysis.sampledRank, analysis.separation.width());
  OpaqueEvaluator evaluator = evaluateOpaque;
  for (unsigned row = 0; row < 4; ++row) {
    Sampler sampler(p.program, evaluator, GetParam());
    sampler.selectRows(row, row + 1);
    NumericEvaluator numeric(p.program, sampler);
    Rounded direct = numeric.score(score);
    Rounded dot = numeric.dot(analysis.queryPlan, analysis.keyPlan);
    double bound = 4e-16 * (direct.error + dot.error);
    EXPECT_NEAR(dot.value, direct.value, bound);
  }
}

INSTANTIATE_TEST_SUITE_P(Algebra, RandomPrograms, testing::Range(0u, 60u));
} // namespace
