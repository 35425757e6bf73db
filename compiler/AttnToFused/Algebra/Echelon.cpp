//===- Echelon.cpp - Exact elimination ------------------------------------===//
//
// Gauss-Jordan elimination over the rationals.
//
//===----------------------------------------------------------------------===//

#include "compiler/AttnToFused/Algebra/Echelon.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"

using namespace sextant::algebra;

/// row -= factor * other
static void subtractMultiple(RationalRow &row, const RationalRow &other,
                             const Rational &factor) {
  for (auto [entry, pivotEntry] : llvm::zip(row, other))
    if (!pivotEntry.isZero())
      entry = entry - factor * pivotEntry;
}

Echelon sextant::algebra::reduceRows(RationalMatrix rows,
                                     llvm::ArrayRef<unsigned> columns,
                                     size_t maxRank) {
  Echelon result;
  size_t top = 0;
  for (unsigned column : columns) {
    if (top == rows.size() || top == maxRank)
      break;
    size_t pivot = top;
    while (pivot < rows.size() && rows[pivot][column].isZero())
      ++pivot;
    if (pivot == rows.size())
      continue;
    std::swap(rows[top], rows[pivot]);
    Rational inverse = Rational(1) / rows[top][column];
    if (!inverse.isOne())
      for (Rational &entry : rows[top])
        entry = entry * inverse;
    for (size_t i = 0; i < rows.size(); ++i)
      if (i != top && !rows[i][column].isZero())
        subtractMultiple(rows[i], rows[top], Rational(rows[i][column]));
    result.pivots.push_back(column);
    ++top;
  }
  rows.resize(top);
  result.rows = std::move(rows);
  return result;
}

RationalMatrix sextant::algebra::transpose(const RationalMatrix &matrix) {
  RationalMatrix result;
  if (matrix.empty())
    return result;
  result.resize(matrix.front().size());
  for (const RationalRow &row : matrix)
    for (auto [column, entry] : llvm::enumerate(row))
      result[column].push_back(entry);
  return result;
}

std::vector<Monomial>
sextant::algebra::monomialsOf(llvm::ArrayRef<Polynomial> polynomials) {
  std::vector<Monomial> result;
  for (const Polynomial &polynomial : polynomials)
    for (const Term &term : polynomial.getTerms())
      result.push_back(term.monomial);
  llvm::sort(result);
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

std::optional<RationalRow>
sextant::algebra::solveInSpan(const Polynomial &target,
                              llvm::ArrayRef<Polynomial> basis) {
  std::vector<Polynomial> columns(basis.begin(), basis.end());
  columns.push_back(target);
  RationalMatrix rows;
  for (const Monomial &monomial : monomialsOf(columns)) {
    rows.emplace_back();
    for (const Polynomial &polynomial : columns)
      rows.back().push_back(polynomial.coefficientOf(monomial));
  }
  Echelon echelon = reduceRows(
      std::move(rows), llvm::to_vector(llvm::seq<unsigned>(columns.size())));
  RationalRow coefficients(basis.size());
  for (auto [pivot, row] : llvm::zip(echelon.pivots, echelon.rows)) {
    if (pivot == basis.size())
      return std::nullopt;
    coefficients[pivot] = row.back();
  }
  return coefficients;
}
