//===- Polynomial.h - Polynomials over atoms --------------------*- C++ -*-===//
//
// Sparse polynomials with rational coefficients in the atoms of a score.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_POLYNOMIAL_H
#define SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_POLYNOMIAL_H

#include "compiler/AttnToFused/Algebra/Rational.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"

#include <vector>

namespace sextant::algebra {

/// Names an atom of an AtomTable. Positional atoms (known functions of a row
/// position alone) order after all others, so every order on monomials puts
/// content before position without asking the table.
class AtomId {
public:
  AtomId() = default;
  AtomId(unsigned index, bool positional)
      : raw(index | (positional ? positionalBit : 0)) {}

  unsigned index() const { return raw & ~positionalBit; }
  bool isPositional() const { return raw & positionalBit; }
  bool operator==(AtomId other) const { return raw == other.raw; }
  bool operator!=(AtomId other) const { return raw != other.raw; }
  bool operator<(AtomId other) const { return raw < other.raw; }

private:
  static constexpr uint32_t positionalBit = 1u << 31;
  uint32_t raw = ~0u;
};

/// One atom raised to a power. Only decay atoms may have negative exponents.
struct Factor {
  AtomId atom;
  int exponent;
  bool operator==(const Factor &other) const {
    return atom == other.atom && exponent == other.exponent;
  }
};

/// A product of powers of distinct atoms, in atom order; empty means 1.
class Monomial {
public:
  Monomial() = default;
  explicit Monomial(AtomId atom, int exponent = 1);

  llvm::ArrayRef<Factor> getFactors() const { return factors; }
  bool isOne() const { return factors.empty(); }
  /// Sum of the absolute exponents.
  unsigned degree() const;
  int exponentOf(AtomId atom) const;
  bool hasContent() const;
  bool hasPosition() const;

  Monomial operator*(const Monomial &other) const;
  /// The factors that satisfy `keep`.
  Monomial filter(llvm::function_ref<bool(AtomId)> keep) const;
  /// The factors that are not positional, and those that are.
  Monomial content() const;
  Monomial position() const;

  bool operator==(const Monomial &other) const {
    return factors == other.factors;
  }
  bool operator!=(const Monomial &other) const { return !(*this == other); }
  /// Low degree first, then content before position and earlier atoms before
  /// later ones: the one order everything deterministic relies on.
  bool operator<(const Monomial &other) const;

private:
  llvm::SmallVector<Factor, 4> factors;
};

struct Term {
  Monomial monomial;
  Rational coefficient;
  bool operator==(const Term &other) const {
    return monomial == other.monomial && coefficient == other.coefficient;
  }
};

/// A sum of terms with distinct monomials in order and no zero coefficient, so
/// equal polynomials are equal sequences and zero is the empty one. The circle
/// identities need the atom table and are applied by `product`.
class Polynomial {
public:
  Polynomial() = default;
  Polynomial(const Rational &constant);
  explicit Polynomial(AtomId atom, int exponent = 1);
  Polynomial(const Monomial &monomial, const Rational &coefficient);
  /// Sorts and merges.
  explicit Polynomial(std::vector<Term> terms);

  llvm::ArrayRef<Term> getTerms() const { return terms; }
  size_t size() const { return terms.size(); }
  bool isZero() const { return terms.empty(); }
  bool isConstant() const;
  bool isOne() const;
  /// The value of a constant polynomial.
  Rational getConstant() const;
  Rational coefficientOf(const Monomial &monomial) const;

  Polynomial operator-() const;
  Polynomial operator+(const Polynomial &other) const;
  Polynomial operator-(const Polynomial &other) const;
  Polynomial scaled(const Rational &factor) const;
  /// Termwise product, without the circle identities: right when the operands
  /// share no circle, as the two sides of a score do.
  Polynomial timesDisjoint(const Polynomial &other) const;
  /// Partial derivative by one atom, all atoms taken as independent.
  Polynomial derivative(AtomId atom) const;
  /// The terms that satisfy `keep`.
  Polynomial filter(llvm::function_ref<bool(const Monomial &)> keep) const;

  /// The atoms that occur, in order.
  std::vector<AtomId> atoms() const;

  bool operator==(const Polynomial &other) const {
    return terms == other.terms;
  }
  bool operator!=(const Polynomial &other) const { return !(*this == other); }
  /// Some total order, for maps.
  bool operator<(const Polynomial &other) const;

private:
  std::vector<Term> terms;
};

} // namespace sextant::algebra

#endif // SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_POLYNOMIAL_H
