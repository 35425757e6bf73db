//===- EvaluationPlan.cpp - Arithmetic for features -----------------------===//
//
// Planning of polynomials as shared straight-line arithmetic.
//
//===----------------------------------------------------------------------===//

#include "compiler/AttnToFused/Algebra/EvaluationPlan.h"
#include "compiler/AttnToFused/Algebra/PositionGroups.h"

#include "llvm/ADT/STLExtras.h"

#include <tuple>

using namespace sextant::algebra;

unsigned EvaluationPlan::operationCount() const {
  return llvm::count_if(nodes, [](const PlanNode &node) {
    return node.op != PlanOp::Constant && node.op != PlanOp::Atom;
  });
}

namespace {
class Planner {
public:
  explicit Planner(const AtomTable &table) : table(table) {}

  unsigned feature(const Polynomial &polynomial);
  EvaluationPlan plan;

private:
  /// A node and a sign still to be applied.
  struct Signed {
    unsigned node;
    bool negative;
  };

  unsigned node(PlanNode wanted);
  unsigned constant(const Rational &value);
  unsigned binary(PlanOp op, unsigned left, unsigned right);
  unsigned times(unsigned left, unsigned right);
  unsigned power(AtomId atom, int exponent);
  unsigned monomial(const Monomial &monomial);
  /// Adds the positive addends first, then subtracts.
  Signed sum(llvm::ArrayRef<Signed> addends);
  Signed polynomial(const Polynomial &polynomial);
  Signed sumOfTerms(const Polynomial &polynomial);
  std::optional<Signed> squareOfCircle(const Polynomial &polynomial);
  unsigned settle(Signed value);

  using NodeKey = std::tuple<PlanOp, AtomId, int, unsigned, unsigned>;
  const AtomTable &table;
  std::map<NodeKey, unsigned> known;
  std::vector<std::pair<Rational, unsigned>> constants;
  std::map<Polynomial, Signed> planned;
};
} // namespace

unsigned Planner::node(PlanNode wanted) {
  NodeKey key(wanted.op, wanted.atom, wanted.exponent, wanted.left,
              wanted.right);
  auto [entry, fresh] = known.try_emplace(key, plan.nodes.size());
  if (fresh)
    plan.nodes.push_back(std::move(wanted));
  return entry->second;
}

unsigned Planner::constant(const Rational &value) {
  for (auto &[known, index] : constants)
    if (known == value)
      return index;
  PlanNode node;
  node.constant = value;
  constants.push_back({value, static_cast<unsigned>(plan.nodes.size())});
  plan.nodes.push_back(std::move(node));
  return constants.back().second;
}

unsigned Planner::binary(PlanOp op, unsigned left, unsigned right) {
  PlanNode wanted;
  wanted.op = op;
  wanted.left = left;
  wanted.right = right;
  return node(wanted);
}

unsigned Planner::times(unsigned left, unsigned right) {
  auto isOne = [&](unsigned index) {
    const PlanNode &node = plan.nodes[index];
    return node.op == PlanOp::Constant && node.constant.isOne();
  };
  if (isOne(left))
    return right;
  if (isOne(right))
    return left;
  return binary(PlanOp::Mul, left, right);
}

unsigned Planner::power(AtomId atom, int exponent) {
  PlanNode leaf;
  leaf.op = PlanOp::Atom;
  leaf.atom = atom;
  if (table[atom].kind == AtomKind::Decay) {
    leaf.exponent = exponent;
    return node(leaf);
  }
  if (exponent == 1)
    return node(leaf);
  unsigned half = power(atom, exponent / 2);
  unsigned square = times(half, half);
  return exponent % 2 ? times(square, power(atom, 1)) : square;
}

unsigned Planner::monomial(const Monomial &monomial) {
  if (monomial.isOne())
    return constant(Rational(1));
  std::optional<unsigned> result;
  for (const Factor &factor : monomial.getFactors()) {
    unsigned next = power(factor.atom, factor.exponent);
    result = result ? times(*result, next) : next;
  }
  return *result;
}

Planner::Signed Planner::sum(llvm::ArrayRef<Signed> addends) {
  // All negative: the sign goes to the whole.
  bool allNegative = llvm::all_of(
      addends, [](const Signed &addend) { return addend.negative; });
  std::optional<unsigned> total;
  for (bool negative : {false, true})
    for (const Signed &addend : addends) {
      if (addend.negative != negative)
        continue;
      bool subtract = negative && !allNegative;
      total = !total ? addend.node
                     : binary(subtract ? PlanOp::Sub : PlanOp::Add, *total,
                              addend.node);
    }
  return {*total, allNegative};
}

/// The largest monomial that divides every term; decay exponents may be
/// negative, so only atoms present in every term count.
static Monomial commonFactor(const Polynomial &polynomial) {
  Monomial common;
  for (const Factor &factor :
       polynomial.getTerms().front().monomial.getFactors()) {
    int least = factor.exponent;
    for (const Term &term : polynomial.getTerms()) {
      int exponent = term.monomial.exponentOf(factor.atom);
      bool sameSign = (exponent < 0) == (least < 0);
      if (exponent == 0 || !sameSign)
        least = 0;
      else if (std::abs(exponent) < std::abs(least))
        least = exponent;
      if (!least)
        break;
    }
    common = common * Monomial(factor.atom, least);
  }
  return common;
}

static Monomial inverse(const Monomial &monomial) {
  Monomial result;
  for (const Factor &factor : monomial.getFactors())
    result = result * Monomial(factor.atom, -factor.exponent);
  return result;
}

/// The monomial with this square, if there is one.
static std::optional<Monomial> squareRoot(const Monomial &monomial) {
  Monomial root;
  for (const Factor &factor : monomial.getFactors()) {
    if (factor.exponent % 2)
      return std::nullopt;
    root = root * Monomial(factor.atom, factor.exponent / 2);
  }
  return root;
}

/// The cosine of half the angle of the cosine, if the angle is a multiple whose
/// half occurs.
static std::optional<AtomId> cosineOfHalf(const AtomTable &table,
                                          const Monomial &monomial) {
  llvm::ArrayRef<Factor> factors = monomial.getFactors();
  if (factors.size() != 1 || factors[0].exponent != 1)
    return std::nullopt;
  const Atom &cosine = table[factors[0].atom];
  if (cosine.kind != AtomKind::Cos || cosine.harmonic % 2)
    return std::nullopt;
  for (const Atom &atom : table.getAtoms())
    if (atom.kind == AtomKind::Cos && atom.side == cosine.side &&
        atom.symbol == cosine.symbol && atom.operands == cosine.operands &&
        2 * atom.harmonic == cosine.harmonic)
      return atom.id;
  return std::nullopt;
}

/// 1 + cos 2a = 2 cos^2 a, 1 - cos 2a = 2 sin^2 a: products that harmonics made
/// into sums, which cancel where the cosine or sine is small.
std::optional<Planner::Signed>
Planner::squareOfCircle(const Polynomial &polynomial) {
  llvm::ArrayRef<Term> terms = polynomial.getTerms();
  if (terms.size() != 2 || !terms[0].coefficient.isUnit() ||
      !terms[1].coefficient.isUnit())
    return std::nullopt;
  const bool isFirst = terms[0].monomial.isOne();
  const Term &one = terms[isFirst ? 0 : 1], &other = terms[isFirst ? 1 : 0];
  std::optional<AtomId> half =
      one.monomial.isOne() ? cosineOfHalf(table, other.monomial) : std::nullopt;
  if (!half)
    return std::nullopt;
  const AtomId root =
      one.coefficient == other.coefficient ? *half : table[*half].partner;
  return Signed{times(constant(Rational(2)), power(root, 2)),
                one.coefficient.isNegative()};
}

Planner::Signed Planner::sumOfTerms(const Polynomial &polynomial) {
  if (std::optional<Signed> square = squareOfCircle(polynomial))
    return *square;
  llvm::ArrayRef<Term> terms = polynomial.getTerms();
  if (terms.size() == 2 && terms[0].coefficient.isUnit() &&
      terms[1].coefficient == -terms[0].coefficient) {
    bool swapped = terms[0].coefficient.isNegative();
    std::optional<Monomial> plus = squareRoot(terms[swapped].monomial);
    std::optional<Monomial> minus = squareRoot(terms[!swapped].monomial);
    if (plus && minus) {
      unsigned large = monomial(*plus), small = monomial(*minus);
      return {times(binary(PlanOp::Sub, large, small),
                    binary(PlanOp::Add, large, small)),
              false};
    }
  }
  std::vector<Signed> addends;
  for (const Term &term : terms) {
    Rational magnitude = abs(term.coefficient);
    unsigned product =
        term.monomial.isOne() ? constant(magnitude) : monomial(term.monomial);
    if (!term.monomial.isOne() && !magnitude.isOne())
      product = times(constant(magnitude), product);
    addends.push_back({product, term.coefficient.isNegative()});
  }
  return sum(addends);
}

Planner::Signed Planner::polynomial(const Polynomial &polynomial) {
  auto found = planned.find(polynomial);
  if (found != planned.end())
    return found->second;
  found = planned.find(-polynomial);
  if (found != planned.end())
    return {found->second.node, !found->second.negative};

  // scale * common * primitive, where the scale is taken out only if nothing
  // but +-1 is left.
  llvm::ArrayRef<Term> terms = polynomial.getTerms();
  Rational scale = abs(terms.front().coefficient);
  if (llvm::any_of(terms, [&](const Term &term) {
        return abs(term.coefficient) != scale;
      }))
    scale = Rational(1);
  Monomial common = terms.size() > 1 ? commonFactor(polynomial) : Monomial();
  Polynomial primitive =
      polynomial.scaled(Rational(1) / scale)
          .timesDisjoint(Polynomial(inverse(common), Rational(1)));
  Signed result = sumOfTerms(primitive);
  if (!common.isOne())
    result.node = times(monomial(common), result.node);
  if (!scale.isOne())
    result.node = times(constant(scale), result.node);
  planned.insert({polynomial, result});
  return result;
}

unsigned Planner::settle(Signed value) {
  if (!value.negative)
    return value.node;
  PlanNode wanted;
  wanted.op = PlanOp::Neg;
  wanted.left = value.node;
  return node(wanted);
}

unsigned Planner::feature(const Polynomial &feature) {
  if (feature.isZero())
    return constant(Rational(0));
  if (feature.isConstant())
    return constant(feature.getConstant());
  std::vector<Signed> addends;
  for (const PositionGroup &group : groupByPosition(feature)) {
    if (group.content.isOne() || group.position.isOne()) {
      addends.push_back(
          polynomial(group.content.isOne() ? group.position : group.content));
      continue;
    }
    Signed content = polynomial(group.content);
    Signed position = polynomial(group.position);
    addends.push_back({times(content.node, position.node),
                       content.negative != position.negative});
  }
  return settle(sum(addends));
}

EvaluationPlan
sextant::algebra::planEvaluation(const AtomTable &table,
                                 llvm::ArrayRef<Polynomial> polynomials) {
  Planner planner(table);
  for (const Polynomial &polynomial : polynomials) {
    unsigned result = planner.feature(polynomial);
    planner.plan.results.push_back(result);
  }
  return std::move(planner.plan);
}
