//===- Evaluate.cpp - Score programs over polynomials ---------------------===//
//
// One rule for each program op, in terms of atoms and polynomial arithmetic.
//
//===----------------------------------------------------------------------===//

#include "compiler/AttnToFused/Algebra/Evaluate.h"
#include "compiler/AttnToFused/Algebra/Harmonics.h"
#include "compiler/AttnToFused/Algebra/Printer.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"

using namespace sextant::algebra;
using llvm::Expected;
using llvm::Twine;

namespace sextant::algebra {
class SymbolicEvaluator {
public:
  SymbolicEvaluator(ScoreProgram &program, Expansion expansion,
                    const EvaluationLimits &limits)
      : program(program), table(program.atoms()), expansion(expansion),
        limits(limits) {}

  Expected<SymbolicValues> run(Value score);

private:
  Expected<Polynomial> evaluate(Value value);
  Expected<Polynomial> multiply(Value at, const Polynomial &left,
                                const Polynomial &right);
  Expected<Polynomial> divide(Value at);
  Expected<Polynomial> opaque(Value at);
  Expected<Polynomial> turnByAngle(Value at);
  Expected<Polynomial> exponential(Value at);
  Polynomial coarsened(const Polynomial &polynomial, Value value);

  const Polynomial &operand(Value at, unsigned index) const {
    return result.of(program[at].operands[index]);
  }
  llvm::Error refuse(RefusalReason reason, Value at, const Twine &message,
                     std::vector<std::string> offending = {}) const;
  llvm::Error refuseTwoSided(Value at,
                             llvm::ArrayRef<Polynomial> offending) const;

  ScoreProgram &program;
  AtomTable &table;
  Expansion expansion;
  EvaluationLimits limits;
  SymbolicValues result;
};
} // namespace sextant::algebra

llvm::Error
SymbolicEvaluator::refuse(RefusalReason reason, Value at, const Twine &message,
                          std::vector<std::string> offending) const {
  auto refusal = std::make_unique<Refusal>(reason, message.str());
  refusal->where = at;
  refusal->payload = program[at].payload;
  refusal->operandValues.assign(program[at].operands.begin(),
                                program[at].operands.end());
  refusal->operands = std::move(offending);
  return llvm::Error(std::move(refusal));
}

llvm::Error
SymbolicEvaluator::refuseTwoSided(Value at,
                                  llvm::ArrayRef<Polynomial> offending) const {
  std::vector<std::string> printed;
  for (const Polynomial &polynomial : offending)
    printed.push_back(print(table, polynomial));
  return refuse(
      RefusalReason::TwoSidedOp, at,
      "'" + program[at].what.name +
          "' reads query and key values at once: " + llvm::join(printed, ", "),
      printed);
}

/// The coarse mode's unit: a sum that reads exactly one row, as one atom.
Polynomial SymbolicEvaluator::coarsened(const Polynomial &polynomial,
                                        Value value) {
  SideSet sides = table.sidesOf(polynomial);
  if (expansion == Expansion::Full || polynomial.size() < 2 || sides.both() ||
      sides.neither())
    return polynomial;
  return Polynomial(
      table.unary(AtomKind::OneSidedSum, sides.only(), polynomial, value));
}

Expected<Polynomial> SymbolicEvaluator::multiply(Value at,
                                                 const Polynomial &left,
                                                 const Polynomial &right) {
  if (left.isConstant())
    return right.scaled(left.getConstant());
  if (right.isConstant())
    return left.scaled(right.getConstant());

  // Cancellation can make a product much smaller than its raw size, so the
  // first test is lenient.
  constexpr size_t headroom = 16;
  size_t products = left.size() * right.size();
  if (products > headroom * limits.terms)
    return refuse(RefusalReason::TooManyTerms, at,
                  "the expansion needs " + Twine(products) +
                      " products in one channel group (limit " +
                      Twine(headroom * limits.terms) + ")");
  // Terms are sorted by degree.
  unsigned degree = left.getTerms().back().monomial.degree() +
                    right.getTerms().back().monomial.degree();
  if (degree > limits.degree)
    return refuse(RefusalReason::TooManyTerms, at,
                  "the expansion reaches degree " + Twine(degree) + " (limit " +
                      Twine(limits.degree) + ")");
  Polynomial expanded = product(table, left, right);
  if (expanded.size() > limits.terms)
    return refuse(RefusalReason::TooManyTerms, at,
                  "the expansion has " + Twine(expanded.size()) +
                      " terms in one channel group (limit " +
                      Twine(limits.terms) + ")");
  return expanded;
}

Expected<Polynomial> SymbolicEvaluator::divide(Value at) {
  const Polynomial &divisor = operand(at, 1);
  if (divisor.isZero())
    return refuse(RefusalReason::DivisionByZero, at,
                  "the divisor of '" + program[at].what.name +
                      "' is zero for all rows");
  if (divisor.isConstant())
    return operand(at, 0).scaled(Rational(1) / divisor.getConstant());
  SideSet sides = table.sidesOf(divisor);
  if (sides.both())
    return refuseTwoSided(at, divisor);
  AtomId reciprocal =
      table.unary(AtomKind::Reciprocal, sides.only(), divisor, at);
  return multiply(at, coarsened(operand(at, 0), program[at].operands[0]),
                  Polynomial(reciprocal));
}

Expected<Polynomial> SymbolicEvaluator::opaque(Value at) {
  const ProgramNode &node = program[at];
  llvm::SmallVector<Polynomial> operands;
  SideSet sides;
  for (Value value : node.operands) {
    operands.push_back(result.of(value));
    SideSet read = table.sidesOf(operands.back());
    sides.query |= read.query;
    sides.key |= read.key;
  }
  if (sides.both())
    return refuseTwoSided(at, operands);
  return Polynomial(table.opaque(sides.only(), node.what, operands, at));
}

namespace {
/// A computed angle or exponent, taken apart: position(axis) * frequency for
/// the linear positional terms, and one remainder for each owner.
struct AngleParts {
  struct Linear {
    Side side;
    Symbol axis;
    /// Without sign, so that opposite angles share their symbol.
    Polynomial frequency;
    bool negative;
  };
  std::vector<Linear> linear;
  /// Indexed by Side.
  Polynomial rest[3];
  /// The first monomial that reads both rows.
  std::optional<Polynomial> mixed;
};
} // namespace

static AngleParts takeApart(const AtomTable &table, const Polynomial &angle) {
  AngleParts parts;
  for (const Term &term : angle.getTerms()) {
    Polynomial whole(term.monomial, term.coefficient);
    SideSet sides = table.sidesOf(term.monomial);
    if (sides.both()) {
      parts.mixed = whole;
      return parts;
    }
    Monomial position = term.monomial.position();
    bool linear = position.degree() == 1;
    for (const Factor &factor : term.monomial.getFactors()) {
      const Atom &atom = table[factor.atom];
      linear &= atom.side == Side::None || atom.kind == AtomKind::Position;
    }
    if (!linear) {
      Polynomial &rest = parts.rest[static_cast<unsigned>(sides.only())];
      rest = rest + whole;
      continue;
    }
    parts.linear.push_back(
        {sides.only(), table[position.getFactors().front().atom].symbol,
         Polynomial(term.monomial.content(), abs(term.coefficient)),
         term.coefficient.isNegative()});
  }
  return parts;
}

/// cos or sin of a sum of one-sided angles, by the addition theorem.
Expected<Polynomial> SymbolicEvaluator::turnByAngle(Value at) {
  AngleParts parts = takeApart(table, operand(at, 0));
  if (parts.mixed) {
    std::string mixed = print(table, *parts.mixed);
    return refuse(
        RefusalReason::MixedAngle, at,
        "the angle contains " + mixed +
            ", which mixes query and key; expected (query part) + (key part)",
        {mixed});
  }
  Polynomial cosine(Rational(1)), sine;
  auto turn = [&](std::pair<AtomId, AtomId> circle, bool negative) {
    Polynomial c(circle.first), s(circle.second);
    if (negative)
      s = -s;
    Polynomial turned = product(table, cosine, c) - product(table, sine, s);
    sine = product(table, sine, c) + product(table, cosine, s);
    cosine = std::move(turned);
  };
  for (const AngleParts::Linear &part : parts.linear) {
    Symbol angle = table.derive(SymbolKind::Angle, part.axis, part.frequency);
    turn(table.circle(part.side, angle), part.negative);
  }
  for (Side side : {Side::Query, Side::Key, Side::None}) {
    const Polynomial &rest = parts.rest[static_cast<unsigned>(side)];
    if (rest.isZero())
      continue;
    bool negative = rest.getTerms().front().coefficient.isNegative();
    turn(table.circle(side, negative ? -rest : rest), negative);
  }
  return program[at].op == ProgramOp::AngleCos ? cosine : sine;
}

/// exp of a sum of one-sided parts is the product of their exponentials.
Expected<Polynomial> SymbolicEvaluator::exponential(Value at) {
  AngleParts parts = takeApart(table, operand(at, 0));
  if (parts.mixed)
    return refuseTwoSided(at, *parts.mixed);
  Monomial factors;
  for (const AngleParts::Linear &part : parts.linear) {
    Symbol base = table.derive(SymbolKind::Decay, part.axis, part.frequency);
    factors = factors *
              Monomial(table.decay(part.side, base), part.negative ? -1 : 1);
  }
  for (Side side : {Side::Query, Side::Key, Side::None}) {
    const Polynomial &rest = parts.rest[static_cast<unsigned>(side)];
    if (!rest.isZero())
      factors = factors *
                Monomial(table.unary(AtomKind::Exponential, side, rest, at));
  }
  return Polynomial(factors, Rational(1));
}

Expected<Polynomial> SymbolicEvaluator::evaluate(Value at) {
  const ProgramNode &node = program[at];
  switch (node.op) {
  case ProgramOp::Input:
    return Polynomial(table.input(node.side, node.what, at));
  case ProgramOp::Parameter:
    return Polynomial(table.parameter(node.what, at));
  case ProgramOp::Constant:
    return Polynomial(node.constant);
  case ProgramOp::Position:
    return Polynomial(table.position(node.side, node.symbol));
  case ProgramOp::Decay:
    return Polynomial(table.decay(node.side, node.symbol), node.power);
  case ProgramOp::TurnCos:
    return Polynomial(table.circle(node.side, node.symbol).first);
  case ProgramOp::TurnSin:
    return Polynomial(table.circle(node.side, node.symbol).second);
  case ProgramOp::Add:
    return operand(at, 0) + operand(at, 1);
  case ProgramOp::Sub:
    return operand(at, 0) - operand(at, 1);
  case ProgramOp::Neg:
    return -operand(at, 0);
  case ProgramOp::Mul: {
    // Scaling by a constant expands nothing.
    const Polynomial &left = operand(at, 0), &right = operand(at, 1);
    if (left.isConstant() || right.isConstant())
      return multiply(at, left, right);
    return multiply(at, coarsened(left, node.operands[0]),
                    coarsened(right, node.operands[1]));
  }
  case ProgramOp::Div:
    return divide(at);
  case ProgramOp::Opaque:
    return opaque(at);
  case ProgramOp::AngleCos:
  case ProgramOp::AngleSin:
    return turnByAngle(at);
  case ProgramOp::Exp:
    return exponential(at);
  }
  llvm_unreachable("unknown program op");
}

Expected<SymbolicValues> SymbolicEvaluator::run(Value score) {
  result.values.resize(score.index + 1);
  for (Value value : program.slice(score)) {
    Expected<Polynomial> polynomial = evaluate(value);
    if (!polynomial)
      return polynomial.takeError();
    if (polynomial->size() > limits.terms)
      return refuse(RefusalReason::TooManyTerms, value,
                    "the expansion has " + Twine(polynomial->size()) +
                        " terms in one channel group (limit " +
                        Twine(limits.terms) + ")");
    result.values[value.index] = std::move(*polynomial);
  }
  return std::move(result);
}

Expected<SymbolicValues>
sextant::algebra::evaluate(ScoreProgram &program, Value score,
                           Expansion expansion,
                           const EvaluationLimits &limits) {
  return SymbolicEvaluator(program, expansion, limits).run(score);
}
