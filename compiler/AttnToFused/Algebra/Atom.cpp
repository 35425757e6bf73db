//===- Atom.cpp - Atoms and their hash-consing table ----------------------===//
//
// Interning of atoms and symbols.
//
//===----------------------------------------------------------------------===//

#include "compiler/AttnToFused/Algebra/Atom.h"

#include "llvm/ADT/STLExtras.h"

#include <functional>
#include <tuple>

using namespace sextant::algebra;

AtomTable::AtomTable() {
  symbols.push_back({SymbolKind::Axis, nullptr, "", Symbol(), Polynomial()});
}

Symbol AtomTable::declare(SymbolKind kind, const void *key,
                          llvm::StringRef name, Symbol axis) {
  for (auto [index, info] : llvm::enumerate(symbols))
    if (info.kind == kind && info.key == key && info.name == name &&
        info.axis == axis && info.frequency.isZero() && index != 0)
      return Symbol{static_cast<unsigned>(index)};
  symbols.push_back({kind, key, name.str(), axis, Polynomial()});
  return Symbol{static_cast<unsigned>(symbols.size() - 1)};
}

Symbol AtomTable::derive(SymbolKind kind, Symbol axis,
                         const Polynomial &frequency) {
  for (auto [index, info] : llvm::enumerate(symbols))
    if (info.kind == kind && info.axis == axis && info.frequency == frequency)
      return Symbol{static_cast<unsigned>(index)};
  symbols.push_back({kind, nullptr, "", axis, frequency});
  return Symbol{static_cast<unsigned>(symbols.size() - 1)};
}

bool AtomTable::KeyOrder::operator()(const Atom &left,
                                     const Atom &right) const {
  auto head = [](const Atom &atom) {
    return std::make_tuple(
        atom.kind, atom.side, atom.symbol.index, atom.harmonic, atom.op.result,
        reinterpret_cast<uintptr_t>(atom.op.key), atom.operands.size());
  };
  auto leftHead = head(left), rightHead = head(right);
  if (leftHead != rightHead)
    return leftHead < rightHead;
  if (int order = left.op.name.compare(right.op.name))
    return order < 0;
  return std::lexicographical_compare(
      left.operands.begin(), left.operands.end(), right.operands.begin(),
      right.operands.end());
}

AtomId AtomTable::intern(Atom atom, bool positional) {
  auto found = known.find(atom);
  if (found != known.end())
    return found->second;
  atom.id = AtomId(atoms.size(), positional);
  for (const Polynomial &operand : atom.operands)
    for (AtomId read : operand.atoms())
      atom.entangled |= read.isPositional() || (*this)[read].entangled;
  atoms.push_back(atom);
  AtomId id = atom.id;
  known.emplace(std::move(atom), id);
  return id;
}

AtomId AtomTable::input(Side side, const OpaqueOp &name, Value value) {
  Atom atom;
  atom.kind = AtomKind::Input;
  atom.side = side;
  atom.op = name;
  atom.value = value;
  return intern(std::move(atom), /*positional=*/false);
}

AtomId AtomTable::parameter(const OpaqueOp &name, Value value) {
  Atom atom;
  atom.kind = AtomKind::Parameter;
  atom.op = name;
  atom.value = value;
  return intern(std::move(atom), /*positional=*/false);
}

AtomId AtomTable::position(Side side, Symbol axis) {
  Atom atom;
  atom.kind = AtomKind::Position;
  atom.side = side;
  atom.symbol = axis;
  return intern(std::move(atom), /*positional=*/true);
}

AtomId AtomTable::decay(Side side, Symbol base) {
  Atom atom;
  atom.kind = AtomKind::Decay;
  atom.side = side;
  atom.symbol = base;
  return intern(std::move(atom), /*positional=*/true);
}

std::pair<AtomId, AtomId> AtomTable::circle(Side side, Symbol angle,
                                            unsigned harmonic) {
  Atom cosine;
  cosine.side = side;
  cosine.symbol = angle;
  cosine.harmonic = harmonic;
  return circle(std::move(cosine), /*positional=*/true);
}

std::pair<AtomId, AtomId> AtomTable::circle(Side side, const Polynomial &angle,
                                            unsigned harmonic) {
  Atom cosine;
  cosine.side = side;
  cosine.operands.push_back(angle);
  cosine.harmonic = harmonic;
  return circle(std::move(cosine), /*positional=*/false);
}

std::pair<AtomId, AtomId> AtomTable::circle(Atom cosine, bool positional) {
  cosine.kind = AtomKind::Cos;
  Atom sine = cosine;
  sine.kind = AtomKind::Sin;
  AtomId cosineId = intern(std::move(cosine), positional);
  AtomId sineId = intern(std::move(sine), positional);
  atoms[cosineId.index()].partner = sineId;
  atoms[sineId.index()].partner = cosineId;
  return {cosineId, sineId};
}

AtomId AtomTable::opaque(Side side, const OpaqueOp &op,
                         llvm::ArrayRef<Polynomial> operands, Value value) {
  Atom atom;
  atom.kind = AtomKind::Opaque;
  atom.side = side;
  atom.op = op;
  atom.operands.assign(operands.begin(), operands.end());
  atom.value = value;
  return intern(std::move(atom), /*positional=*/false);
}

AtomId AtomTable::unary(AtomKind kind, Side side, const Polynomial &operand,
                        Value value) {
  Atom atom;
  atom.kind = kind;
  atom.side = side;
  atom.operands.push_back(operand);
  atom.value = value;
  return intern(std::move(atom), /*positional=*/false);
}

SideSet AtomTable::sidesOf(const Monomial &monomial) const {
  SideSet result;
  for (const Factor &factor : monomial.getFactors()) {
    Side side = (*this)[factor.atom].side;
    result.query |= side == Side::Query;
    result.key |= side == Side::Key;
  }
  return result;
}

SideSet AtomTable::sidesOf(const Polynomial &polynomial) const {
  SideSet result;
  for (const Term &term : polynomial.getTerms()) {
    SideSet sides = sidesOf(term.monomial);
    result.query |= sides.query;
    result.key |= sides.key;
  }
  return result;
}
