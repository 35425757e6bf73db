//===- CacheForm.cpp - What a key cache can hold --------------------------===//
//
// The content x position factorization of key features, and shift closure.
//
//===----------------------------------------------------------------------===//

#include "compiler/AttnToFused/Algebra/CacheForm.h"
#include "compiler/AttnToFused/Algebra/Echelon.h"
#include "compiler/AttnToFused/Algebra/Printer.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"

#include <set>

using namespace sextant::algebra;

std::optional<AtomId>
sextant::algebra::entangledAtom(const AtomTable &table,
                                llvm::ArrayRef<Polynomial> features) {
  for (const Polynomial &feature : features)
    for (AtomId atom : feature.atoms())
      if (table[atom].entangled)
        return atom;
  return std::nullopt;
}

std::optional<CacheForm>
sextant::algebra::cacheForm(const AtomTable &table,
                            llvm::ArrayRef<Polynomial> keyFeatures) {
  if (entangledAtom(table, keyFeatures))
    return std::nullopt;

  // One row for each (feature, position monomial), one column for each content
  // monomial; the echelon form's rows are the stored polynomials, and its pivot
  // columns of the table say how much of each goes into a feature.
  std::set<Monomial> contents;
  std::map<std::pair<unsigned, Monomial>, std::map<Monomial, Rational>> cells;
  for (auto [index, feature] : llvm::enumerate(keyFeatures))
    for (const Term &term : feature.getTerms()) {
      Monomial content = term.monomial.content();
      cells[{index, term.monomial.position()}][content] = term.coefficient;
      contents.insert(content);
    }
  std::vector<Monomial> columns(contents.begin(), contents.end());
  RationalMatrix matrix;
  for (auto &[place, entries] : cells) {
    RationalRow row;
    for (const Monomial &content : columns) {
      auto entry = entries.find(content);
      row.push_back(entry == entries.end() ? Rational(0) : entry->second);
    }
    matrix.push_back(std::move(row));
  }
  Echelon echelon =
      reduceRows(matrix, llvm::to_vector(llvm::seq<unsigned>(columns.size())));

  CacheForm form;
  for (const RationalRow &row : echelon.rows) {
    std::vector<Term> terms;
    for (auto [content, coefficient] : llvm::zip(columns, row))
      terms.push_back({content, coefficient});
    form.content.push_back(Polynomial(std::move(terms)));
    form.stored += !form.content.back().isConstant();
  }
  form.position.assign(keyFeatures.size(),
                       std::vector<Polynomial>(echelon.rank()));
  for (auto [cell, row] : llvm::zip(cells, matrix)) {
    auto &[feature, position] = cell.first;
    for (auto [stored, pivot] : llvm::enumerate(echelon.pivots)) {
      Polynomial &entry = form.position[feature][stored];
      entry = entry + Polynomial(position, row[pivot]);
    }
  }
  return form;
}

Polynomial sextant::algebra::shiftDerivative(const AtomTable &table,
                                             const Polynomial &polynomial,
                                             Symbol symbol, SideSet sides) {
  Polynomial total;
  for (AtomId id : polynomial.atoms()) {
    const Atom &atom = table[id];
    bool moves = atom.side == Side::Query ? sides.query : sides.key;
    if (!id.isPositional() || !moves || atom.symbol != symbol)
      continue;
    Polynomial partial = polynomial.derivative(id);
    switch (atom.kind) {
    case AtomKind::Cos:
      total = total - partial.timesDisjoint(Polynomial(atom.partner))
                          .scaled(Rational(atom.harmonic));
      break;
    case AtomKind::Sin:
      total = total + partial.timesDisjoint(Polynomial(atom.partner))
                          .scaled(Rational(atom.harmonic));
      break;
    case AtomKind::Decay:
      total = total + partial.timesDisjoint(Polynomial(id));
      break;
    default:
      total = total + partial;
    }
  }
  return total;
}

std::vector<Symbol>
sextant::algebra::symbolsOf(const AtomTable &table,
                            llvm::ArrayRef<Polynomial> polynomials) {
  std::set<Symbol> symbols;
  for (const Polynomial &polynomial : polynomials)
    for (AtomId atom : polynomial.atoms())
      if (atom.isPositional())
        symbols.insert(table[atom].symbol);
  return {symbols.begin(), symbols.end()};
}

std::optional<Orbit>
sextant::algebra::findOrbit(const AtomTable &table,
                            llvm::ArrayRef<Polynomial> keyFeatures) {
  if (entangledAtom(table, keyFeatures))
    return std::nullopt;
  SideSet keys;
  keys.key = true;
  Orbit orbit;
  for (Symbol symbol : symbolsOf(table, keyFeatures))
    for (const Polynomial &feature : keyFeatures) {
      std::optional<RationalRow> row = solveInSpan(
          shiftDerivative(table, feature, symbol, keys), keyFeatures);
      if (!row)
        return std::nullopt;
      orbit.generators[symbol].push_back(std::move(*row));
    }
  return orbit;
}

bool Orbit::isRotation(Symbol symbol) const {
  const RationalMatrix &generator = generators.at(symbol);
  for (size_t i = 0; i < generator.size(); ++i)
    for (size_t j = 0; j <= i; ++j)
      if (generator[i][j] != -generator[j][i])
        return false;
  return true;
}

std::string sextant::algebra::describe(const AtomTable &table,
                                       const Orbit &orbit) {
  std::string text;
  for (const auto &[symbol, generator] : orbit.generators) {
    const SymbolInfo &info = table[symbol];
    std::string name =
        info.frequency.isZero() ? info.name : print(table, info.frequency);
    std::string effect;
    if (info.kind == SymbolKind::Axis)
      effect = "translation";
    else if (info.kind == SymbolKind::Decay)
      effect = "scaling";
    else
      effect = orbit.isRotation(symbol) ? "rotation" : "linear group";
    if (!text.empty())
      text += " and ";
    text += effect + (name.empty() ? "" : " by " + name);
  }
  return text.empty() ? "position-free already" : text;
}
