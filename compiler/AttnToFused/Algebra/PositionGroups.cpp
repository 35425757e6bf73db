//===- PositionGroups.cpp - Content times position ------------------------===//
//
// Grouping of features by position monomial and the cost of the grouped form.
//
//===----------------------------------------------------------------------===//

#include "compiler/AttnToFused/Algebra/PositionGroups.h"

#include <algorithm>
#include <map>
#include <set>

using namespace sextant::algebra;

/// The factor f with `multiple == base * f`, or zero.
static Rational ratioOf(const Polynomial &multiple, const Polynomial &base) {
  const Term &lead = base.getTerms().front();
  Rational factor = multiple.coefficientOf(lead.monomial) / lead.coefficient;
  return multiple == base.scaled(factor) ? factor : Rational(0);
}

std::vector<PositionGroup>
sextant::algebra::groupByPosition(const Polynomial &polynomial) {
  std::map<Monomial, std::vector<Term>> table;
  for (const Term &term : polynomial.getTerms())
    table[term.monomial.position()].push_back(
        {term.monomial.content(), term.coefficient});

  std::vector<PositionGroup> groups;
  for (auto &[position, content] : table)
    groups.push_back(
        {Polynomial(std::move(content)), Polynomial(position, Rational(1))});

  bool rankOne = groups.size() > 1;
  std::vector<Term> position;
  for (const PositionGroup &group : groups) {
    Rational ratio = ratioOf(group.content, groups.front().content);
    rankOne &= !ratio.isZero();
    position.push_back({group.position.getTerms().front().monomial, ratio});
  }
  if (rankOne) {
    groups.resize(1);
    groups.front().position = Polynomial(std::move(position));
  }
  for (PositionGroup &group : groups)
    if (group.content.isConstant()) {
      group.position = group.position.scaled(group.content.getConstant());
      group.content = Polynomial(Rational(1));
    }
  return groups;
}

unsigned sextant::algebra::operationCount(llvm::ArrayRef<Polynomial> features) {
  std::set<Polynomial> seen;
  auto costOf = [&](const Polynomial &polynomial) -> unsigned {
    if (polynomial.isZero() || seen.count(polynomial) ||
        seen.count(-polynomial))
      return 0;
    seen.insert(polynomial);
    unsigned cost = polynomial.size() - 1;
    for (const Term &term : polynomial.getTerms()) {
      unsigned degree = term.monomial.degree();
      cost += (degree ? degree - 1 : 0) +
              (degree && !term.coefficient.isUnit() ? 1 : 0);
    }
    return cost;
  };
  unsigned count = 0;
  for (const Polynomial &feature : features) {
    std::vector<PositionGroup> groups = groupByPosition(feature);
    count += groups.empty() ? 0 : groups.size() - 1;
    for (const PositionGroup &group : groups) {
      count += costOf(group.content) + costOf(group.position);
      count += !group.content.isConstant() && !group.position.isConstant();
    }
  }
  return count;
}
