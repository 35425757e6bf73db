//===- Numeric.cpp - Scores and features over numbers ---------------------===//
//
// Running error analysis of programs, plans and polynomials.
//
//===----------------------------------------------------------------------===//

#include "compiler/AttnToFused/Algebra/Numeric.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>

using namespace sextant::algebra;

RowValues::~RowValues() = default;

Rounded Rounded::once(double value) { return {value, std::fabs(value)}; }

// Adding zero and scaling by one are exact.
Rounded Rounded::operator+(const Rounded &other) const {
  double sum = value + other.value;
  bool exact = value == 0 || other.value == 0;
  return {sum, error + other.error + (exact ? 0 : std::fabs(sum))};
}

Rounded Rounded::operator-(const Rounded &other) const {
  return *this + Rounded{-other.value, other.error};
}

Rounded Rounded::operator*(const Rounded &other) const {
  double product = value * other.value;
  bool exact = std::fabs(value) == 1 || std::fabs(other.value) == 1;
  return {product, std::fabs(value) * other.error +
                       std::fabs(other.value) * error +
                       (exact ? 0 : std::fabs(product))};
}

Rounded Rounded::operator/(const Rounded &other) const {
  double quotient = value / other.value;
  return {quotient,
          std::fabs(quotient) + (error + std::fabs(quotient) * other.error) /
                                    std::fabs(other.value)};
}

/// A smooth function with slopes of at most `slope`, itself rounded once.
static Rounded smooth(double value, double slope, const Rounded &operand) {
  return {value, std::fabs(value) + std::fabs(slope) * operand.error};
}

/// An unknown function: slopes of size 1 are assumed.
static Rounded callOpaque(const RowValues &rows, const ProgramNode &node,
                          llvm::ArrayRef<Rounded> operands) {
  llvm::SmallVector<double> values;
  double error = 0;
  for (const Rounded &operand : operands) {
    values.push_back(operand.value);
    error += operand.error;
  }
  double value = rows.opaque(node, values);
  return {value, std::fabs(value) + error};
}

Rounded NumericEvaluator::score(Value score) const {
  std::vector<Rounded> values(score.index + 1);
  for (Value value : program.slice(score)) {
    const ProgramNode &node = program[value];
    llvm::SmallVector<Rounded> operands;
    for (Value operand : node.operands)
      operands.push_back(values[operand.index]);
    Rounded &result = values[value.index];
    auto position = [&](Symbol axis) { return rows.position(node.side, axis); };
    auto turned = [&] {
      return rows.rate(node.symbol) * position(table[node.symbol].axis);
    };
    switch (node.op) {
    case ProgramOp::Input:
      result = {rows.leaf(value), 0};
      break;
    case ProgramOp::Parameter:
      result = Rounded::once(rows.leaf(value));
      break;
    case ProgramOp::Constant:
      result = {node.constant.toDouble(), 0};
      break;
    case ProgramOp::Position:
      result = {position(node.symbol), 0};
      break;
    case ProgramOp::Decay:
      result = Rounded::once(
          std::pow(rows.rate(node.symbol),
                   node.power * position(table[node.symbol].axis)));
      break;
    case ProgramOp::TurnCos:
      result = Rounded::once(std::cos(turned()));
      break;
    case ProgramOp::TurnSin:
      result = Rounded::once(std::sin(turned()));
      break;
    case ProgramOp::Add:
      result = operands[0] + operands[1];
      break;
    case ProgramOp::Sub:
      result = operands[0] - operands[1];
      break;
    case ProgramOp::Mul:
      result = operands[0] * operands[1];
      break;
    case ProgramOp::Div:
      result = operands[0] / operands[1];
      break;
    case ProgramOp::Neg:
      result = {-operands[0].value, operands[0].error};
      break;
    case ProgramOp::Opaque:
      result = callOpaque(rows, node, operands);
      break;
    case ProgramOp::AngleCos:
      result = smooth(std::cos(operands[0].value), 1, operands[0]);
      break;
    case ProgramOp::AngleSin:
      result = smooth(std::sin(operands[0].value), 1, operands[0]);
      break;
    case ProgramOp::Exp: {
      double value = std::exp(operands[0].value);
      result = smooth(value, value, operands[0]);
      break;
    }
    }
  }
  return values[score.index];
}

std::vector<Rounded> NumericEvaluator::features(const EvaluationPlan &plan) {
  std::vector<Rounded> values;
  for (const PlanNode &node : plan.nodes) {
    switch (node.op) {
    case PlanOp::Constant:
      values.push_back({node.constant.toDouble(), 0});
      break;
    case PlanOp::Atom:
      values.push_back(atom(node.atom, node.exponent));
      break;
    case PlanOp::Add:
      values.push_back(values[node.left] + values[node.right]);
      break;
    case PlanOp::Sub:
      values.push_back(values[node.left] - values[node.right]);
      break;
    case PlanOp::Mul:
      values.push_back(values[node.left] * values[node.right]);
      break;
    case PlanOp::Neg:
      values.push_back({-values[node.left].value, values[node.left].error});
      break;
    }
  }
  std::vector<Rounded> results;
  for (unsigned result : plan.results)
    results.push_back(values[result]);
  return results;
}

Rounded NumericEvaluator::dot(const EvaluationPlan &query,
                              const EvaluationPlan &key) {
  Rounded total;
  for (auto [e, f] : llvm::zip(features(query), features(key)))
    total = total + e * f;
  return total;
}

Rounded NumericEvaluator::polynomial(const Polynomial &polynomial) {
  Rounded total;
  for (const Term &term : polynomial.getTerms()) {
    Rounded product{term.coefficient.toDouble(), 0};
    for (const Factor &factor : term.monomial.getFactors()) {
      if (factor.exponent < 0) {
        product = product * atom(factor.atom, factor.exponent);
        continue;
      }
      for (int i = 0; i < factor.exponent; ++i)
        product = product * atom(factor.atom, 1);
    }
    total = total + product;
  }
  return total;
}

Rounded NumericEvaluator::atom(AtomId id, int exponent) {
  auto found = known.find({id, exponent});
  if (found != known.end())
    return found->second;
  Rounded value = computeAtom(table[id], exponent);
  known.insert({{id, exponent}, value});
  return value;
}

/// harmonic * angle, with the error of a computed angle.
Rounded NumericEvaluator::angle(const Atom &circle) {
  double harmonic = circle.harmonic;
  if (!circle.operands.empty()) {
    Rounded angle = polynomial(circle.operands[0]);
    return {harmonic * angle.value, harmonic * angle.error};
  }
  const SymbolInfo &symbol = table[circle.symbol];
  double position = rows.position(circle.side, symbol.axis);
  if (symbol.frequency.isZero())
    return {harmonic * rows.rate(circle.symbol) * position, 0};
  Rounded frequency = polynomial(symbol.frequency);
  double multiple = harmonic * position;
  return {multiple * frequency.value, std::fabs(multiple) * frequency.error};
}

Rounded NumericEvaluator::computeAtom(const Atom &atom, int exponent) {
  switch (atom.kind) {
  case AtomKind::Input:
    return {rows.leaf(atom.value), 0};
  case AtomKind::Parameter:
    return Rounded::once(rows.leaf(atom.value));
  case AtomKind::Position:
    return {rows.position(atom.side, atom.symbol), 0};
  case AtomKind::Decay: {
    const SymbolInfo &symbol = table[atom.symbol];
    double power = exponent * rows.position(atom.side, symbol.axis);
    if (symbol.frequency.isZero())
      return Rounded::once(std::pow(rows.rate(atom.symbol), power));
    Rounded frequency = polynomial(symbol.frequency);
    double value = std::exp(power * frequency.value);
    return smooth(value, value * power, frequency);
  }
  case AtomKind::Cos: {
    Rounded x = angle(atom);
    return smooth(std::cos(x.value), 1, x);
  }
  case AtomKind::Sin: {
    Rounded x = angle(atom);
    return smooth(std::sin(x.value), 1, x);
  }
  case AtomKind::OneSidedSum:
  case AtomKind::Opaque:
    // Computed as written, not from the expansion of the operands.
    return score(atom.value);
  case AtomKind::Reciprocal:
    return Rounded{1, 0} / polynomial(atom.operands[0]);
  case AtomKind::Exponential: {
    Rounded x = polynomial(atom.operands[0]);
    double value = std::exp(x.value);
    return smooth(value, value, x);
  }
  }
  llvm_unreachable("unknown atom kind");
}
