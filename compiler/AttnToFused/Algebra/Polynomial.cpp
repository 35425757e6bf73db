//===- Polynomial.cpp - Polynomials over atoms ----------------------------===//
//
// Arithmetic on sorted sparse polynomials.
//
//===----------------------------------------------------------------------===//

#include "compiler/AttnToFused/Algebra/Polynomial.h"

#include "llvm/ADT/STLExtras.h"

#include <cstdlib>

using namespace sextant::algebra;

Monomial::Monomial(AtomId atom, int exponent) {
  if (exponent)
    factors.push_back({atom, exponent});
}

unsigned Monomial::degree() const {
  unsigned total = 0;
  for (const Factor &factor : factors)
    total += std::abs(factor.exponent);
  return total;
}

int Monomial::exponentOf(AtomId atom) const {
  for (const Factor &factor : factors)
    if (factor.atom == atom)
      return factor.exponent;
  return 0;
}

// Content atoms order first, so the two ends tell.
bool Monomial::hasContent() const {
  return !factors.empty() && !factors.front().atom.isPositional();
}

bool Monomial::hasPosition() const {
  return !factors.empty() && factors.back().atom.isPositional();
}

Monomial Monomial::operator*(const Monomial &other) const {
  Monomial result;
  auto left = factors.begin(), leftEnd = factors.end();
  auto right = other.factors.begin(), rightEnd = other.factors.end();
  while (left != leftEnd || right != rightEnd) {
    if (right == rightEnd || (left != leftEnd && left->atom < right->atom)) {
      result.factors.push_back(*left++);
    } else if (left == leftEnd || right->atom < left->atom) {
      result.factors.push_back(*right++);
    } else {
      if (int exponent = left->exponent + right->exponent)
        result.factors.push_back({left->atom, exponent});
      ++left, ++right;
    }
  }
  return result;
}

Monomial Monomial::filter(llvm::function_ref<bool(AtomId)> keep) const {
  Monomial result;
  for (const Factor &factor : factors)
    if (keep(factor.atom))
      result.factors.push_back(factor);
  return result;
}

Monomial Monomial::content() const {
  return filter([](AtomId atom) { return !atom.isPositional(); });
}

Monomial Monomial::position() const {
  return filter([](AtomId atom) { return atom.isPositional(); });
}

bool Monomial::operator<(const Monomial &other) const {
  unsigned degreeHere = degree(), degreeThere = other.degree();
  if (degreeHere != degreeThere)
    return degreeHere < degreeThere;
  for (auto [left, right] : llvm::zip(factors, other.factors)) {
    if (left.atom != right.atom)
      return left.atom < right.atom;
    if (left.exponent != right.exponent)
      return left.exponent > right.exponent;
  }
  return factors.size() < other.factors.size();
}

Polynomial::Polynomial(const Rational &constant) {
  if (!constant.isZero())
    terms.push_back({Monomial(), constant});
}

Polynomial::Polynomial(AtomId atom, int exponent)
    : Polynomial(Monomial(atom, exponent), Rational(1)) {}

Polynomial::Polynomial(const Monomial &monomial, const Rational &coefficient) {
  if (!coefficient.isZero())
    terms.push_back({monomial, coefficient});
}

Polynomial::Polynomial(std::vector<Term> unsorted) {
  llvm::sort(unsorted, [](const Term &left, const Term &right) {
    return left.monomial < right.monomial;
  });
  for (Term &term : unsorted) {
    if (!terms.empty() && terms.back().monomial == term.monomial)
      terms.back().coefficient += term.coefficient;
    else
      terms.push_back(std::move(term));
  }
  llvm::erase_if(terms,
                 [](const Term &term) { return term.coefficient.isZero(); });
}

bool Polynomial::isConstant() const {
  return terms.empty() || (terms.size() == 1 && terms[0].monomial.isOne());
}

bool Polynomial::isOne() const { return isConstant() && getConstant().isOne(); }

Rational Polynomial::getConstant() const { return coefficientOf(Monomial()); }

Rational Polynomial::coefficientOf(const Monomial &monomial) const {
  auto found = llvm::lower_bound(terms, monomial,
                                 [](const Term &term, const Monomial &wanted) {
                                   return term.monomial < wanted;
                                 });
  if (found != terms.end() && found->monomial == monomial)
    return found->coefficient;
  return Rational(0);
}

Polynomial Polynomial::operator-() const { return scaled(Rational(-1)); }

Polynomial Polynomial::operator+(const Polynomial &other) const {
  Polynomial result;
  result.terms.reserve(terms.size() + other.terms.size());
  auto left = terms.begin(), leftEnd = terms.end();
  auto right = other.terms.begin(), rightEnd = other.terms.end();
  while (left != leftEnd || right != rightEnd) {
    if (right == rightEnd ||
        (left != leftEnd && left->monomial < right->monomial)) {
      result.terms.push_back(*left++);
    } else if (left == leftEnd || right->monomial < left->monomial) {
      result.terms.push_back(*right++);
    } else {
      Rational sum = left->coefficient + right->coefficient;
      if (!sum.isZero())
        result.terms.push_back({left->monomial, sum});
      ++left, ++right;
    }
  }
  return result;
}

Polynomial Polynomial::operator-(const Polynomial &other) const {
  return *this + -other;
}

Polynomial Polynomial::scaled(const Rational &factor) const {
  Polynomial result;
  if (factor.isZero())
    return result;
  result.terms = terms;
  for (Term &term : result.terms)
    term.coefficient = term.coefficient * factor;
  return result;
}

Polynomial Polynomial::timesDisjoint(const Polynomial &other) const {
  std::vector<Term> products;
  products.reserve(terms.size() * other.terms.size());
  for (const Term &left : terms)
    for (const Term &right : other.terms)
      products.push_back({left.monomial * right.monomial,
                          left.coefficient * right.coefficient});
  return Polynomial(std::move(products));
}

Polynomial Polynomial::derivative(AtomId atom) const {
  std::vector<Term> result;
  for (const Term &term : terms)
    if (int exponent = term.monomial.exponentOf(atom))
      result.push_back({term.monomial * Monomial(atom, -1),
                        term.coefficient * Rational(exponent)});
  return Polynomial(std::move(result));
}

Polynomial
Polynomial::filter(llvm::function_ref<bool(const Monomial &)> keep) const {
  Polynomial result;
  for (const Term &term : terms)
    if (keep(term.monomial))
      result.terms.push_back(term);
  return result;
}

std::vector<AtomId> Polynomial::atoms() const {
  std::vector<AtomId> result;
  for (const Term &term : terms)
    for (const Factor &factor : term.monomial.getFactors())
      result.push_back(factor.atom);
  llvm::sort(result);
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

bool Polynomial::operator<(const Polynomial &other) const {
  if (terms.size() != other.terms.size())
    return terms.size() < other.terms.size();
  for (auto [left, right] : llvm::zip(terms, other.terms)) {
    if (left.monomial != right.monomial)
      return left.monomial < right.monomial;
    if (left.coefficient != right.coefficient)
      return left.coefficient < right.coefficient;
  }
  return false;
}
