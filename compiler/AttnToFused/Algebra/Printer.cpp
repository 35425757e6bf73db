//===- Printer.cpp - Polynomials as a person would write them -------------===//
//
// Text of atoms and polynomials.
//
//===----------------------------------------------------------------------===//

#include "compiler/AttnToFused/Algebra/Printer.h"
#include "compiler/AttnToFused/Algebra/PositionGroups.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace sextant::algebra;

/// Operands longer than this are elided inside the label of an atom.
static constexpr size_t operandWidth = 40;

static std::string elided(std::string text) {
  if (text.size() <= operandWidth)
    return text;
  return text.substr(0, operandWidth - 3) + "...";
}

/// The letter of a row's position: m for queries, n for keys.
static std::string positionName(const AtomTable &table, const Atom &atom,
                                Symbol axis) {
  return (atom.side == Side::Query ? "m" : "n") + table[axis].name;
}

static std::string printCircle(const AtomTable &table, const Atom &atom) {
  std::string text = atom.kind == AtomKind::Cos ? "c" : "s";
  std::string multiple = atom.harmonic == 1 ? "" : llvm::utostr(atom.harmonic);
  if (!atom.operands.empty())
    return text + multiple + "(" + elided(print(table, atom.operands[0])) + ")";
  const SymbolInfo &angle = table[atom.symbol];
  std::string row = positionName(table, atom, angle.axis);
  if (angle.frequency.isZero())
    return text + multiple + row + angle.name;
  return text + multiple + "(" + elided(print(table, angle.frequency)) + "*" +
         row + ")";
}

/// base^(exponent * position), with the exponent folded into the power.
static std::string printDecay(const AtomTable &table, const Atom &atom,
                              int exponent) {
  const SymbolInfo &base = table[atom.symbol];
  std::string row = positionName(table, atom, base.axis);
  std::string power = exponent == 1    ? row
                      : exponent == -1 ? "-" + row
                                       : llvm::itostr(exponent) + row;
  std::string name = base.frequency.isZero()
                         ? base.name
                         : "exp(" + elided(print(table, base.frequency)) + ")";
  return name + "^" + (exponent == 1 ? power : "(" + power + ")");
}

std::string sextant::algebra::printAtom(const AtomTable &table, AtomId id) {
  const Atom &atom = table[id];
  auto operands = [&] { return elided(print(table, atom.operands)); };
  switch (atom.kind) {
  case AtomKind::Input:
  case AtomKind::Parameter:
    return atom.op.name;
  case AtomKind::Position:
    return positionName(table, atom, atom.symbol);
  case AtomKind::Decay:
    return printDecay(table, atom, 1);
  case AtomKind::Cos:
  case AtomKind::Sin:
    return printCircle(table, atom);
  case AtomKind::OneSidedSum:
    return "[" + operands() + "]";
  case AtomKind::Reciprocal:
    return "(1/(" + operands() + "))";
  case AtomKind::Exponential:
    return "exp(" + operands() + ")";
  case AtomKind::Opaque:
    return atom.op.name + "(" + operands() + ")" +
           (atom.op.result ? "." + llvm::utostr(atom.op.result) : "");
  }
  llvm_unreachable("unknown atom kind");
}

std::string sextant::algebra::printMonomial(const AtomTable &table,
                                            const Monomial &monomial) {
  std::string text;
  for (const Factor &factor : monomial.getFactors()) {
    if (!text.empty())
      text += "*";
    if (table[factor.atom].kind == AtomKind::Decay) {
      text += printDecay(table, table[factor.atom], factor.exponent);
      continue;
    }
    text += printAtom(table, factor.atom);
    if (factor.exponent != 1)
      text += "^" + llvm::itostr(factor.exponent);
  }
  return text.empty() ? "1" : text;
}

/// Joins signed parts into a sum.
static void appendPart(std::string &sum, llvm::StringRef part) {
  if (sum.empty())
    sum = part.str();
  else if (part.consume_front("-"))
    sum += " - " + part.str();
  else
    sum += " + " + part.str();
}

static std::string printTerm(const AtomTable &table, const Term &term) {
  std::string text;
  llvm::raw_string_ostream os(text);
  Rational magnitude = abs(term.coefficient);
  if (term.coefficient.isNegative())
    os << '-';
  if (term.monomial.isOne())
    os << magnitude;
  else if (magnitude.isOne())
    os << printMonomial(table, term.monomial);
  else
    os << magnitude << '*' << printMonomial(table, term.monomial);
  return text;
}

/// Term by term; a positive term leads if there is one.
static std::string printFlat(const AtomTable &table,
                             const Polynomial &polynomial) {
  llvm::ArrayRef<Term> terms = polynomial.getTerms();
  const Term *lead = llvm::find_if(
      terms, [](const Term &term) { return !term.coefficient.isNegative(); });
  std::string sum;
  if (lead != terms.end())
    sum = printTerm(table, *lead);
  for (const Term &term : terms)
    if (&term != lead)
      appendPart(sum, printTerm(table, term));
  return sum;
}

static std::string printFactor(const AtomTable &table,
                               const Polynomial &polynomial) {
  std::string text = printFlat(table, polynomial);
  return polynomial.size() == 1 ? text : "(" + text + ")";
}

std::string sextant::algebra::print(const AtomTable &table,
                                    const Polynomial &polynomial) {
  std::vector<PositionGroup> groups = groupByPosition(polynomial);
  if (groups.empty())
    return "0";
  std::string sum;
  for (const PositionGroup &group : groups) {
    // A bare sum needs no parentheses beside other addends either.
    if (group.position.isOne())
      appendPart(sum, printFlat(table, group.content));
    else if (group.content.isOne())
      appendPart(sum, printFlat(table, group.position));
    else
      appendPart(sum, printFactor(table, group.content) + "*" +
                          printFactor(table, group.position));
  }
  return sum;
}

std::string sextant::algebra::print(const AtomTable &table,
                                    llvm::ArrayRef<Polynomial> polynomials) {
  std::string text;
  for (const Polynomial &polynomial : polynomials) {
    if (!text.empty())
      text += ", ";
    text += print(table, polynomial);
  }
  return text;
}
