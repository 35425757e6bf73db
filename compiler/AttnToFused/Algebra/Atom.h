//===- Atom.h - Atoms and their hash-consing table --------------*- C++ -*-===//
//
// The symbols a score is a polynomial in, each owned by one row or by none.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_ATOM_H
#define SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_ATOM_H

#include "compiler/AttnToFused/Algebra/Polynomial.h"

#include "llvm/ADT/StringRef.h"

#include <map>
#include <string>
#include <utility>

namespace sextant::algebra {

/// The row a value belongs to. `None` is a parameter: equal for all rows.
enum class Side : uint8_t { None, Query, Key };

/// A value of a ScoreProgram.
struct Value {
  unsigned index = ~0u;
  bool operator==(Value other) const { return index == other.index; }
  bool operator!=(Value other) const { return index != other.index; }
};

/// An axis of positions, an angle per unit of position, or the base of a decay
/// that is raised to the position. Equal symbols on both sides are the same
/// number; different symbols are taken as unrelated.
struct Symbol {
  unsigned index = 0;
  bool operator==(Symbol other) const { return index == other.index; }
  bool operator!=(Symbol other) const { return index != other.index; }
  bool operator<(Symbol other) const { return index < other.index; }
};

enum class SymbolKind : uint8_t { Axis, Angle, Decay };

struct SymbolInfo {
  SymbolKind kind;
  /// The caller's identity for a declared symbol; null for a derived one.
  const void *key;
  std::string name;
  /// The position that multiplies the angle or is the exponent of the decay.
  Symbol axis;
  /// Non-zero for a symbol the algebra found in a computed angle or exponent:
  /// the angle itself, or the logarithm of the decay's base.
  Polynomial frequency;
};

enum class AtomKind : uint8_t {
  Input,       ///< a channel of a row
  Parameter,   ///< a number that belongs to no row
  Position,    ///< the row's position on an axis
  Decay,       ///< base^position; any integer exponent
  Cos,         ///< cos(harmonic * angle); `partner` is the sine
  Sin,         ///< sin(harmonic * angle); `partner` is the cosine
  Opaque,      ///< one result of an op that is no polynomial
  OneSidedSum, ///< the value of its operand, deliberately not expanded
  Reciprocal,  ///< 1 / operand
  Exponential, ///< exp(operand)
};

/// What an opaque atom computes: equal name, key and operands, equal value.
struct OpaqueOp {
  std::string name;
  /// The caller's identity of everything else that decides the result (a
  /// uniqued attribute dictionary, a payload); compared by address.
  const void *key = nullptr;
  unsigned result = 0;
};

struct Atom {
  AtomKind kind = AtomKind::Input;
  Side side = Side::None;
  AtomId id;
  /// The program value that made the atom first.
  Value value;
  OpaqueOp op;
  /// Position, Decay and positional Cos and Sin.
  Symbol symbol;
  /// The multiple of the angle, for Cos and Sin.
  unsigned harmonic = 1;
  AtomId partner;
  /// Operands of Opaque; the one operand of OneSidedSum, Reciprocal,
  /// Exponential, and the angle of Cos and Sin of a computed angle.
  llvm::SmallVector<Polynomial, 1> operands;
  /// Reads a position but is not a known function of it.
  bool entangled = false;

  bool isCircle() const {
    return kind == AtomKind::Cos || kind == AtomKind::Sin;
  }
};

/// The rows a polynomial reads. Parameters count for neither.
struct SideSet {
  bool query = false, key = false;
  bool both() const { return query && key; }
  bool neither() const { return !query && !key; }
  /// The only side, or None; not to be asked of `both()`.
  Side only() const {
    return query ? Side::Query : key ? Side::Key : Side::None;
  }
};

/// Owns the atoms of one score. Atoms are hash-consed on kind, side, op and the
/// normal form of their operands. That is the whole treatment of ties: two
/// channels that hold the same value are the same atom.
class AtomTable {
public:
  /// Symbol 0 is the default axis.
  AtomTable();

  Symbol declare(SymbolKind kind, const void *key, llvm::StringRef name,
                 Symbol axis = Symbol());
  /// The symbol of a computed angle or exponent `frequency * position(axis)`.
  Symbol derive(SymbolKind kind, Symbol axis, const Polynomial &frequency);
  const SymbolInfo &operator[](Symbol symbol) const {
    return symbols[symbol.index];
  }
  llvm::ArrayRef<SymbolInfo> getSymbols() const { return symbols; }

  AtomId input(Side side, const OpaqueOp &name, Value value);
  AtomId parameter(const OpaqueOp &name, Value value);
  AtomId position(Side side, Symbol axis);
  AtomId decay(Side side, Symbol base);
  /// Cosine and sine of harmonic * angle * position.
  std::pair<AtomId, AtomId> circle(Side side, Symbol angle,
                                   unsigned harmonic = 1);
  /// Cosine and sine of harmonic * a computed one-sided angle.
  std::pair<AtomId, AtomId> circle(Side side, const Polynomial &angle,
                                   unsigned harmonic = 1);
  AtomId opaque(Side side, const OpaqueOp &op,
                llvm::ArrayRef<Polynomial> operands, Value value);
  /// OneSidedSum, Reciprocal or Exponential of `operand`.
  AtomId unary(AtomKind kind, Side side, const Polynomial &operand,
               Value value);

  const Atom &operator[](AtomId id) const { return atoms[id.index()]; }
  llvm::ArrayRef<Atom> getAtoms() const { return atoms; }

  SideSet sidesOf(const Monomial &monomial) const;
  SideSet sidesOf(const Polynomial &polynomial) const;

private:
  struct KeyOrder {
    bool operator()(const Atom &left, const Atom &right) const;
  };

  AtomId intern(Atom atom, bool positional);
  std::pair<AtomId, AtomId> circle(Atom cosine, bool positional);

  std::vector<Atom> atoms;
  std::vector<SymbolInfo> symbols;
  std::map<Atom, AtomId, KeyOrder> known;
};

} // namespace sextant::algebra

#endif // SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_ATOM_H
