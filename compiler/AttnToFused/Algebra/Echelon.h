//===- Echelon.h - Exact elimination ----------------------------*- C++ -*-===//
//
// Row echelon forms over the rationals.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_ECHELON_H
#define SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_ECHELON_H

#include "compiler/AttnToFused/Algebra/Polynomial.h"

#include <optional>

namespace sextant::algebra {

using RationalRow = std::vector<Rational>;
using RationalMatrix = std::vector<RationalRow>;

struct Echelon {
  /// Pivot column of each row.
  std::vector<unsigned> pivots;
  /// Nonzero rows: 1 in their pivot column, 0 in the other pivot columns.
  RationalMatrix rows;
  size_t rank() const { return pivots.size(); }
};

/// Eliminates with pivots searched in `columns`, in that order; stops at
/// `maxRank` pivots. Rows without a pivot are dropped.
Echelon reduceRows(RationalMatrix rows, llvm::ArrayRef<unsigned> columns,
                   size_t maxRank = ~size_t(0));

RationalMatrix transpose(const RationalMatrix &matrix);

/// Coefficients a with target = sum a_i basis_i, if there are any.
std::optional<RationalRow> solveInSpan(const Polynomial &target,
                                       llvm::ArrayRef<Polynomial> basis);

/// The monomials of all `polynomials`, in order.
std::vector<Monomial> monomialsOf(llvm::ArrayRef<Polynomial> polynomials);

} // namespace sextant::algebra

#endif // SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_ECHELON_H
