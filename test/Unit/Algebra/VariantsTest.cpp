//===- VariantsTest.cpp - Known attention variants, factored --------------===//
//
// Width, factors, cache form and invariance of every verified variant, each
// compared with direct evaluation and with the sampled rank.
//
//===----------------------------------------------------------------------===//

#include "test/Unit/Algebra/ChannelPrograms.h"

#include "compiler/AttnToFused/Algebra/Printer.h"

#include "gtest/gtest.h"

using namespace sextant::algebra;

namespace {
using Builder = Value (*)(ChannelProgram &);

struct Variant {
  const char *name;
  Builder build;
  unsigned width;
  /// Stored numbers of the cache form; -1: none position-free.
  int stored;
  Verdict invariant;
  const char *queryFeatures, *keyFeatures;
  /// What a shift does to F; empty where there is no cache form.
  const char *shift;
  bool coarse = false;
};

constexpr Side Q = Side::Query, K = Side::Key;
constexpr const char *tau = "relu(1/2*u_a + 1/2*u_b)";

Value rope(ChannelProgram &p) {
  return p.scores(p.rotate(p.query("q", 2), Q), p.rotate(p.key("k", 2), K));
}

Value xPos(ChannelProgram &p, int keyPower) {
  Channels a = p.decay(p.rotate(p.query("q", 2), Q), Q, 1);
  Channels b = p.decay(p.rotate(p.key("k", 2), K), K, keyPower);
  return p.scores(a, b);
}

/// Polar encoding with an extra key phase given as (cos, sin) parameters.
Value polarEncoding(ChannelProgram &p, bool phase) {
  Value x = p.map("softplus", p.query("q", 1))[0];
  Value y = p.map("softplus", p.key("k", 1))[0];
  Symbol angle = p.program.angle(nullptr, "");
  auto keyTurn = p.program.turn(K, angle);
  if (phase) {
    Value delta = p.program.parameter({"d"});
    auto [cd, sd] = p.program.rotationBy(delta);
    Channels turned = p.turnPairs({keyTurn.first, keyTurn.second}, {cd, sd});
    keyTurn = {turned[0], turned[1]};
  }
  return p.scores(p.polar(x, p.program.turn(Q, angle)), p.polar(y, keyTurn));
}

/// strict: the tied key is rotated; slack: the coefficients are.
Value strict(ChannelProgram &p, const Channels &q, const Channels &t,
             llvm::StringRef keyAngle = "") {
  return p.scores(p.rotate(q, Q), p.rotate(p.collinear(q, t), K, keyAngle));
}

Value slack(ChannelProgram &p, const Channels &q, const Channels &t) {
  return p.scores(p.rotate(q, Q), p.collinear(q, p.rotate(t, K)));
}

Channels tied(ChannelProgram &p) { return p.duplicate(p.coefficients()); }

const Variant variants[] = {
    {"NoPE",
     [](ChannelProgram &p) { return p.scores(p.query("q", 1), p.key("k", 1)); },
     1, 1, Verdict::Invariant, "q", "k", "position-free already"},
    {"RoPE", rope, 2, 2, Verdict::Invariant, "q_a*cm - q_b*sm, q_b*cm + q_a*sm",
     "k_a*cn - k_b*sn, k_b*cn + k_a*sn", "rotation"},
    {"xPos", [](ChannelProgram &p) { return xPos(p, -1); }, 2, 2,
     Verdict::Invariant, "q_a*cm*z^m - q_b*sm*z^m, q_b*cm*z^m + q_a*sm*z^m",
     "k_a*cn*z^(-n) - k_b*sn*z^(-n), k_b*cn*z^(-n) + k_a*sn*z^(-n)",
     "rotation and scaling by z"},
    {"xPos, both signs +", [](ChannelProgram &p) { return xPos(p, 1); }, 2, 2,
     Verdict::NotInvariant, "q_a*cm*z^m - q_b*sm*z^m, q_b*cm*z^m + q_a*sm*z^m",
     "k_a*cn*z^n - k_b*sn*z^n, k_b*cn*z^n + k_a*sn*z^n",
     "rotation and scaling by z"},
    {"PoPE", [](ChannelProgram &p) { return polarEncoding(p, false); }, 2, 1,
     Verdict::Invariant, "softplus(q)*cm, softplus(q)*sm",
     "softplus(k)*cn, softplus(k)*sn", "rotation"},
    {"PoPE, learned phase",
     [](ChannelProgram &p) { return polarEncoding(p, true); }, 2, 1,
     Verdict::Invariant,
     "softplus(q)*c(d)*cm + softplus(q)*s(d)*sm, "
     "-softplus(q)*s(d)*cm + softplus(q)*c(d)*sm",
     "softplus(k)*cn, softplus(k)*sn", "rotation"},
    {"PoPE, content phases",
     [](ChannelProgram &p) {
       Channels q = p.query("q", 1), k = p.key("k", 1);
       Value x = p.map("softplus", q)[0], y = p.map("softplus", k)[0];
       Value phases = p.program.add(p.map("phi", q)[0], p.map("net", k)[0]);
       Channels a = p.rotate({x, p.program.constant(0.0)}, Q);
       Channels b = p.rotate({y, p.program.constant(0.0)}, K);
       return p.scores(p.turnPairs(a, p.program.rotationBy(phases)), b);
     },
     2, 2, Verdict::Invariant,
     "softplus(q)*c(phi(q))*cm - softplus(q)*s(phi(q))*sm, "
     "softplus(q)*s(phi(q))*cm + softplus(q)*c(phi(q))*sm",
     "softplus(k)*c(net(k))*cn + softplus(k)*s(net(k))*sn, "
     "-softplus(k)*s(net(k))*cn + softplus(k)*c(net(k))*sn",
     "rotation"},
    {"CoCA slack",
     [](ChannelProgram &p) {
       Channels t = tied(p);
       return slack(p, p.query("q", 2), t);
     },
     2, 1, Verdict::NotInvariant,
     "(q_a^2 + q_b^2)*cm, (q_b^2 - q_a^2)*cm + 2*q_a*q_b*sm",
     "relu(1/2*u_a + 1/2*u_b)*cn, relu(1/2*u_a + 1/2*u_b)*sn", "rotation"},
    {"CoCA strict S1",
     [](ChannelProgram &p) {
       Channels t = tied(p);
       return strict(p, p.query("q", 2), t);
     },
     2, 1, Verdict::Invariant, "(q_a^2 + q_b^2)*cm, (q_a^2 + q_b^2)*sm",
     "relu(1/2*u_a + 1/2*u_b)*cn, relu(1/2*u_a + 1/2*u_b)*sn", "rotation"},
    {"CoCA strict S1, duplicated before relu",
     [](ChannelProgram &p) {
       Channels t = p.map("relu", p.duplicate(p.meanHalves(p.key("u", 2))));
       return strict(p, p.query("q", 2), t);
     },
     2, 1, Verdict::Invariant, "(q_a^2 + q_b^2)*cm, (q_a^2 + q_b^2)*sm",
     "relu(1/2*u_a + 1/2*u_b)*cn, relu(1/2*u_a + 1/2*u_b)*sn", "rotation"},
    {"CoCA strict S2",
     [](ChannelProgram &p) {
       Channels t = tied(p);
       return strict(p, p.duplicate(p.query("x", 1)), t);
     },
     2, 1, Verdict::Invariant, "2*x^2*cm, 2*x^2*sm",
     "relu(1/2*u_a + 1/2*u_b)*cn, relu(1/2*u_a + 1/2*u_b)*sn", "rotation"},
    {"CoCA slack on a duplicated query",
     [](ChannelProgram &p) {
       Channels t = tied(p);
       return slack(p, p.duplicate(p.query("x", 1)), t);
     },
     2, 1, Verdict::Invariant, "2*x^2*cm, 2*x^2*sm",
     "relu(1/2*u_a + 1/2*u_b)*cn, relu(1/2*u_a + 1/2*u_b)*sn", "rotation"},
    {"strict, channels beyond a partial rotation",
     [](ChannelProgram &p) {
       Channels q = p.query("q", 1);
       return p.scores(q, p.collinear(q, p.map("relu", p.key("t", 1))));
     },
     1, 1, Verdict::Invariant, "q^2", "relu(t)", "position-free already"},
    {"strict, crossing pairings",
     [](ChannelProgram &p) {
       Channels t = p.duplicate(p.coefficients("u", 4)), q = p.query("q", 4);
       Channels k = p.collinear(q, t);
       Channels a = p.rotate({q[0], q[1]}, Q), b = p.rotate({k[0], k[1]}, K);
       a.append({q[2], q[3]});
       b.append({k[2], k[3]});
       return p.scores(a, b);
     },
     6, 2, Verdict::Invariant,
     "q_c^2, q_d^2, q_a^2*cm - q_a*q_b*sm, q_a*q_b*cm + q_a^2*sm, "
     "q_b^2*cm + q_a*q_b*sm, -q_a*q_b*cm + q_b^2*sm",
     "relu(1/2*u_a + 1/2*u_c), relu(1/2*u_b + 1/2*u_d), "
     "relu(1/2*u_a + 1/2*u_c)*cn, relu(1/2*u_a + 1/2*u_c)*sn, "
     "relu(1/2*u_b + 1/2*u_d)*cn, relu(1/2*u_b + 1/2*u_d)*sn",
     "rotation"},
    {"tied, no rotation",
     [](ChannelProgram &p) {
       Channels t = tied(p), q = p.query("q", 2);
       return p.scores(q, p.collinear(q, t));
     },
     1, 1, Verdict::Invariant, "q_a^2 + q_b^2", tau, "position-free already"},
    {"tied, key rotated by another base",
     [](ChannelProgram &p) {
       Channels t = tied(p);
       return strict(p, p.query("q", 2), t, "B");
     },
     2, 1, Verdict::NotInvariant, "(q_a^2 + q_b^2)*cm, (q_a^2 + q_b^2)*sm",
     "relu(1/2*u_a + 1/2*u_b)*cnB, relu(1/2*u_a + 1/2*u_b)*snB",
     "rotation by B"},
    {"rotate, tie, rotate",
     [](ChannelProgram &p) {
       Channels t = tied(p);
       Channels a = p.rotate(p.query("q", 2), Q);
       return p.scores(a, p.rotate(p.collinear(a, p.rotate(t, K)), K));
     },
     3, 1, Verdict::NotInvariant,
     "1/2*q_a^2 + 1/2*q_b^2 - q_a*q_b*c2m + (1/2*q_b^2 - 1/2*q_a^2)*s2m, "
     "1/2*q_a^2 + 1/2*q_b^2 + q_a*q_b*c2m + (1/2*q_a^2 - 1/2*q_b^2)*s2m, "
     "(1/2*q_b^2 - 1/2*q_a^2)*c2m + q_a*q_b*s2m",
     "relu(1/2*u_a + 1/2*u_b), relu(1/2*u_a + 1/2*u_b)*c2n, "
     "relu(1/2*u_a + 1/2*u_b)*s2n",
     "rotation"},
    {"tie twice",
     [](ChannelProgram &p) {
       Channels t = tied(p), q = p.query("q", 2);
       return strict(p, q, p.collinear(q, t));
     },
     2, 1, Verdict::Invariant,
     "(q_a^3 + q_b^3)*cm + (q_a*q_b^2 - q_a^2*q_b)*sm, "
     "(q_a^2*q_b - q_a*q_b^2)*cm + (q_a^3 + q_b^3)*sm",
     "relu(1/2*u_a + 1/2*u_b)*cn, relu(1/2*u_a + 1/2*u_b)*sn", "rotation"},
    {"strict, untied halves",
     [](ChannelProgram &p) {
       Channels t = p.key("t", 2);
       return strict(p, p.query("q", 2), t);
     },
     4, 2, Verdict::Invariant,
     "q_a^2*cm - q_a*q_b*sm, q_a*q_b*cm + q_a^2*sm, "
     "q_b^2*cm + q_a*q_b*sm, -q_a*q_b*cm + q_b^2*sm",
     "t_a*cn, t_a*sn, t_b*cn, t_b*sn", "rotation"},
    {"slack, untied halves",
     [](ChannelProgram &p) {
       Channels t = p.key("t", 2);
       return slack(p, p.query("q", 2), t);
     },
     2, 2, Verdict::NotInvariant,
     "q_a^2*cm - q_a*q_b*sm, q_b^2*cm + q_a*q_b*sm",
     "t_a*cn - t_b*sn, t_b*cn + t_a*sn", "rotation"},
    {"strict + xPos decay",
     [](ChannelProgram &p) {
       Channels t = tied(p), q = p.query("q", 2);
       return p.scores(p.decay(p.rotate(q, Q), Q, 1),
                       p.decay(p.rotate(p.collinear(q, t), K), K, -1));
     },
     2, 1, Verdict::Invariant, "(q_a^2 + q_b^2)*cm*z^m, (q_a^2 + q_b^2)*sm*z^m",
     "relu(1/2*u_a + 1/2*u_b)*cn*z^(-n), relu(1/2*u_a + 1/2*u_b)*sn*z^(-n)",
     "rotation and scaling by z"},
    {"slack + strict",
     [](ChannelProgram &p) {
       Channels t = tied(p), q = p.query("q", 2);
       Value one = strict(p, q, t);
       return p.program.add(one, slack(p, q, t));
     },
     2, 1, Verdict::NotInvariant,
     "(2*q_a^2 + 2*q_b^2)*cm, "
     "(q_b^2 - q_a^2)*cm + (q_a^2 + 2*q_a*q_b + q_b^2)*sm",
     "relu(1/2*u_a + 1/2*u_b)*cn, relu(1/2*u_a + 1/2*u_b)*sn", "rotation"},
    {"RoPE + strict, same query",
     [](ChannelProgram &p) {
       Channels t = tied(p), q = p.query("q", 2);
       Value one = strict(p, q, t);
       return p.program.add(
           one, p.scores(p.rotate(q, Q), p.rotate(p.key("l", 2), K)));
     },
     4, 3, Verdict::Invariant,
     "(q_a^2 + q_b^2)*cm, (q_a^2 + q_b^2)*sm, "
     "q_a*cm - q_b*sm, q_b*cm + q_a*sm",
     "relu(1/2*u_a + 1/2*u_b)*cn, relu(1/2*u_a + 1/2*u_b)*sn, "
     "l_a*cn - l_b*sn, l_b*cn + l_a*sn",
     "rotation"},
    {"NoPE + ALiBi",
     [](ChannelProgram &p) {
       Value s = p.scores(p.query("q", 1), p.key("k", 1));
       Value distance =
           p.program.sub(p.program.position(K), p.program.position(Q));
       Value slope = p.program.parameter({"slope"});
       return p.program.add(s, p.program.mul(slope, distance));
     },
     3, 1, Verdict::Invariant, "-slope*m, q, slope", "1, k, n", "translation"},
    {"key map that reads the position",
     [](ChannelProgram &p) {
       Channels k = p.key("k", 1);
       Value mapped =
           p.program.opaque({"phi", nullptr, 0}, {k[0], p.program.position(K)});
       return p.scores(p.query("q", 1), {mapped});
     },
     1, -1, Verdict::Unknown, "q", "phi(k, n)", ""},
    {"relu(qt) as one-sided products",
     [](ChannelProgram &p) {
       Channels q = p.query("q", 1), t = p.key("t", 1);
       auto negated = [&](const Channels &x) {
         return p.each(x, [&](Value v) { return p.program.neg(v); });
       };
       Value positive = p.scores(p.map("relu", q), p.map("relu", t));
       return p.program.add(positive, p.scores(p.map("relu", negated(q)),
                                               p.map("relu", negated(t))));
     },
     2, 2, Verdict::Invariant, "relu(q), relu(-q)", "relu(t), relu(-t)",
     "position-free already"},
    {"power 5 of a query sum",
     [](ChannelProgram &p) {
       Channels q = p.query("q", 8), w = p.query("w", 8);
       return p.program.mul(p.power(p.scores(q, w), 5), p.key("t", 1)[0]);
     },
     1, 1, Verdict::Invariant, "[q_a*w_a + q_b*w_b + q_c*w_c + q_d*w_d...]^5",
     "t", "position-free already", /*coarse=*/true},
    {"power 9 of a query sum",
     [](ChannelProgram &p) {
       Channels q = p.query("q", 8), w = p.query("w", 8), t = p.key("t", 8);
       return p.program.mul(p.power(p.scores(q, w), 9), p.scores(t, t));
     },
     1, 1, Verdict::Invariant, "[q_a*w_a + q_b*w_b + q_c*w_c + q_d*w_d...]^9",
     "[t_a^2 + t_b^2 + t_c^2 + t_d^2 + t_e^2...]", "position-free already",
     /*coarse=*/true},
};

class Variants : public testing::TestWithParam<Variant> {};

/// Largest |E.F - direct| relative to the sizes involved.
double worstError(const ChannelProgram &p, Value score,
                  const ScoreAnalysis &analysis) {
  double worst = 0;
  OpaqueEvaluator evaluator = evaluateOpaque;
  for (unsigned seed = 1; seed <= 4; ++seed)
    for (unsigned query = 0; query < 6; ++query)
      for (unsigned key = 0; key < 6; ++key) {
        Sampler sampler(p.program, evaluator, seed);
        sampler.selectRows(query, key);
        NumericEvaluator numeric(p.program, sampler);
        double direct = numeric.score(score).value, dot = 0;
        double size = std::fabs(direct);
        auto e = numeric.features(analysis.queryPlan);
        auto f = numeric.features(analysis.keyPlan);
        for (size_t i = 0; i < e.size(); ++i) {
          dot += e[i].value * f[i].value;
          size = std::max(size, std::fabs(e[i].value * f[i].value));
        }
        worst = std::max(worst, std::fabs(dot - direct) / size);
      }
  return worst;
}

TEST_P(Variants, SeparateAsDerivedByHand) {
  const Variant &variant = GetParam();
  ChannelProgram p;
  Value score = variant.build(p);
  AnalysisOptions options;
  options.opaque = evaluateOpaque;
  options.placeTerms = false;
  llvm::Expected<ScoreAnalysis> analysis = analyze(p.program, score, options);
  ASSERT_TRUE(bool(analysis)) << llvm::toString(analysis.takeError());
  const AtomTable &table = p.program.atoms();

  EXPECT_EQ(analysis->separation.width(), variant.width);
  EXPECT_EQ(print(table, analysis->separation.queryFeatures),
            variant.queryFeatures);
  EXPECT_EQ(print(table, analysis->separation.keyFeatures),
            variant.keyFeatures);
  EXPECT_TRUE(residual(analysis->separation).isZero());
  EXPECT_EQ(analysis->expansion == Expansion::Coarse, variant.coarse);

  ASSERT_EQ(analysis->cache.has_value(), variant.stored >= 0);
  if (analysis->cache) {
    EXPECT_EQ(int(analysis->cache->stored), variant.stored);
    ASSERT_TRUE(analysis->orbit.has_value());
    EXPECT_EQ(describe(table, *analysis->orbit), variant.shift);
  }
  EXPECT_EQ(analysis->invariance.verdict, variant.invariant)
      << describe(table, analysis->invariance);
  bool refuted = variant.invariant == Verdict::NotInvariant ||
                 variant.invariant == Verdict::Unknown;
  EXPECT_EQ(!findShiftWitness(p.program, score, options.opaque).empty(),
            refuted);

  // No exact form, polynomial or not, is narrower.
  EXPECT_EQ(analysis->sampledRank, variant.width);
  ASSERT_TRUE(analysis->roundingGrowth.has_value());
  EXPECT_LE(*analysis->roundingGrowth, 2.5);
  EXPECT_LE(worstError(p, score, *analysis), 1e-13);
}

/// F rebuilt from the cache form is F.
TEST_P(Variants, CacheFormReproducesKeyFeatures) {
  ChannelProgram p;
  AnalysisOptions options;
  options.placeTerms = false;
  Value score = GetParam().build(p);
  llvm::Expected<ScoreAnalysis> analysis = analyze(p.program, score, options);
  ASSERT_TRUE(bool(analysis)) << llvm::toString(analysis.takeError());
  if (!analysis->cache)
    return;
  const CacheForm &cache = *analysis->cache;
  for (size_t i = 0; i < analysis->separation.width(); ++i) {
    Polynomial rebuilt;
    for (size_t j = 0; j < cache.content.size(); ++j) {
      for (AtomId atom : cache.content[j].atoms())
        EXPECT_FALSE(atom.isPositional());
      for (AtomId atom : cache.position[i][j].atoms())
        EXPECT_TRUE(atom.isPositional());
      rebuilt = rebuilt + cache.position[i][j].timesDisjoint(cache.content[j]);
    }
    EXPECT_EQ(rebuilt, analysis->separation.keyFeatures[i]);
  }
}

std::string caseName(const testing::TestParamInfo<Variant> &info) {
  std::string name;
  for (char c : llvm::StringRef(info.param.name))
    if (llvm::isAlnum(c))
      name += c;
  return name + std::to_string(info.index);
}

INSTANTIATE_TEST_SUITE_P(Algebra, Variants, testing::ValuesIn(variants),
                         caseName);
} // namespace
