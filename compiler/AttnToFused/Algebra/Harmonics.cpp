//===- Harmonics.cpp - Circle identities and the harmonic basis -----------===//
//
// Reduction of squared sines and product-to-sum.
//
//===----------------------------------------------------------------------===//

#include "compiler/AttnToFused/Algebra/Harmonics.h"

#include <map>

using namespace sextant::algebra;

/// Appends the normal form of `coefficient * monomial`.
static void reduceInto(const AtomTable &table, const Monomial &monomial,
                       const Rational &coefficient, std::vector<Term> &result) {
  for (const Factor &factor : monomial.getFactors()) {
    const Atom &atom = table[factor.atom];
    if (atom.kind != AtomKind::Sin || factor.exponent < 2)
      continue;
    Monomial rest = monomial * Monomial(factor.atom, -2);
    reduceInto(table, rest, coefficient, result);
    reduceInto(table, rest * Monomial(atom.partner, 2), -coefficient, result);
    return;
  }
  result.push_back({monomial, coefficient});
}

Polynomial sextant::algebra::product(const AtomTable &table,
                                     const Polynomial &left,
                                     const Polynomial &right) {
  std::vector<Term> terms;
  terms.reserve(left.size() * right.size());
  for (const Term &a : left.getTerms())
    for (const Term &b : right.getTerms())
      reduceInto(table, a.monomial * b.monomial, a.coefficient * b.coefficient,
                 terms);
  return Polynomial(std::move(terms));
}

namespace {
/// A sum of harmonics of one angle: index k holds the coefficients of
/// cos(k angle) and sin(k angle).
class HarmonicSum {
public:
  HarmonicSum() : cosines{Rational(1)}, sines{Rational(0)} {}

  // cos a cos b = (cos(a+b) + cos(a-b)) / 2
  // sin a cos b = (sin(a+b) + sin(a-b)) / 2
  void timesCos() {
    HarmonicSum next(cosines.size() + 1);
    for (unsigned k = 0; k < cosines.size(); ++k) {
      next.addCos(k + 1, cosines[k]);
      next.addCos(int(k) - 1, cosines[k]);
      next.addSin(k + 1, sines[k]);
      next.addSin(int(k) - 1, sines[k]);
    }
    *this = std::move(next);
  }

  // cos a sin b = (sin(a+b) - sin(a-b)) / 2
  // sin a sin b = (cos(a-b) - cos(a+b)) / 2
  void timesSin() {
    HarmonicSum next(cosines.size() + 1);
    for (unsigned k = 0; k < cosines.size(); ++k) {
      next.addSin(k + 1, cosines[k]);
      next.addSin(int(k) - 1, -cosines[k]);
      next.addCos(int(k) - 1, sines[k]);
      next.addCos(k + 1, -sines[k]);
    }
    *this = std::move(next);
  }

  std::vector<Rational> cosines, sines;

private:
  explicit HarmonicSum(size_t size) : cosines(size), sines(size) {}
  void addCos(int k, const Rational &twice) {
    cosines[k < 0 ? -k : k] += twice / Rational(2);
  }
  void addSin(int k, const Rational &twice) {
    if (k != 0)
      sines[k < 0 ? -k : k] += (k < 0 ? -twice : twice) / Rational(2);
  }
};
} // namespace

/// cos^cosPower * sin^sinPower of the circle of `cosine`, in harmonics.
static Polynomial harmonicsOf(AtomTable &table, AtomId cosine, int cosPower,
                              int sinPower) {
  HarmonicSum sum;
  for (int i = 0; i < cosPower; ++i)
    sum.timesCos();
  for (int i = 0; i < sinPower; ++i)
    sum.timesSin();
  const Atom base = table[cosine];
  Polynomial result(sum.cosines[0]);
  for (unsigned k = 1; k < sum.cosines.size(); ++k) {
    if (sum.cosines[k].isZero() && sum.sines[k].isZero())
      continue;
    auto [cosK, sinK] = cosine.isPositional()
                            ? table.circle(base.side, base.symbol, k)
                            : table.circle(base.side, base.operands[0], k);
    result = result + Polynomial(cosK).scaled(sum.cosines[k]) +
             Polynomial(sinK).scaled(sum.sines[k]);
  }
  return result;
}

Polynomial sextant::algebra::toHarmonics(AtomTable &table,
                                         const Polynomial &polynomial) {
  std::vector<Term> terms;
  for (const Term &term : polynomial.getTerms()) {
    std::map<AtomId, std::pair<int, int>> powers;
    for (const Factor &factor : term.monomial.getFactors()) {
      const Atom &atom = table[factor.atom];
      if (atom.kind == AtomKind::Cos)
        powers[factor.atom].first += factor.exponent;
      else if (atom.kind == AtomKind::Sin)
        powers[atom.partner].second += factor.exponent;
    }
    Monomial rest = term.monomial.filter(
        [&](AtomId atom) { return !table[atom].isCircle(); });
    Polynomial expanded(rest, term.coefficient);
    for (auto &[cosine, power] : powers)
      expanded = expanded.timesDisjoint(
          harmonicsOf(table, cosine, power.first, power.second));
    terms.insert(terms.end(), expanded.getTerms().begin(),
                 expanded.getTerms().end());
  }
  return Polynomial(std::move(terms));
}
