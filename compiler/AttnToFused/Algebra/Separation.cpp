//===- Separation.cpp - Score = E(query) . F(key) -------------------------===//
//
// The coefficient matrix of a score, its rank and the choice of a basis.
//
//===----------------------------------------------------------------------===//

#include "compiler/AttnToFused/Algebra/Separation.h"
#include "compiler/AttnToFused/Algebra/Echelon.h"
#include "compiler/AttnToFused/Algebra/Harmonics.h"
#include "compiler/AttnToFused/Algebra/PositionGroups.h"
#include "compiler/AttnToFused/Algebra/Printer.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"
#include "llvm/ADT/Twine.h"

#include <map>
#include <tuple>

using namespace sextant::algebra;

namespace {
/// C[query monomial][key monomial], for one assignment of the parameters.
struct CoefficientMatrix {
  std::vector<Monomial> rows, columns;
  RationalMatrix entries;
};

/// A choice of features with what ranks it.
struct Basis {
  std::vector<Polynomial> queryFeatures, keyFeatures;
  /// Largest echelon coefficient, 1 at least: the growth of rounding errors.
  Rational growth;
  unsigned keyOperations = 0, queryOperations = 0;

  bool operator<(const Basis &other) const {
    return std::tie(growth, keyOperations, queryOperations) <
           std::tie(other.growth, other.keyOperations, other.queryOperations);
  }
};

using ParameterSides = std::map<AtomId, Side>;
} // namespace

static CoefficientMatrix buildMatrix(const AtomTable &table,
                                     const Polynomial &score,
                                     const ParameterSides &parameters) {
  auto onQuerySide = [&](AtomId atom) {
    auto parameter = parameters.find(atom);
    return (parameter != parameters.end() ? parameter->second
                                          : table[atom].side) == Side::Query;
  };
  std::map<Monomial, std::map<Monomial, Rational>> cells;
  std::map<Monomial, unsigned> columnOf;
  for (const Term &term : score.getTerms()) {
    Monomial query = term.monomial.filter(onQuerySide);
    Monomial key =
        term.monomial.filter([&](AtomId atom) { return !onQuerySide(atom); });
    columnOf[key] = 0;
    cells[std::move(query)][std::move(key)] = term.coefficient;
  }
  CoefficientMatrix matrix;
  for (auto &[monomial, column] : columnOf) {
    column = matrix.columns.size();
    matrix.columns.push_back(monomial);
  }
  for (auto &[query, entries] : cells) {
    matrix.rows.push_back(query);
    RationalRow row(matrix.columns.size());
    for (auto &[key, coefficient] : entries)
      row[columnOf[key]] = coefficient;
    matrix.entries.push_back(std::move(row));
  }
  return matrix;
}

static llvm::SmallVector<unsigned> allColumns(size_t count) {
  return llvm::to_vector(llvm::seq<unsigned>(count));
}

/// A parameter belongs to neither row: every way to put the parameters on the
/// sides is tried when there are few, else all on one side or the other.
static std::vector<ParameterSides>
parameterAssignments(const AtomTable &table, const Polynomial &score) {
  std::vector<AtomId> parameters;
  for (AtomId atom : score.atoms())
    if (table[atom].side == Side::None)
      parameters.push_back(atom);
  constexpr size_t mostTriedApart = 4;
  bool apart = parameters.size() <= mostTriedApart;
  std::vector<ParameterSides> result;
  unsigned count = apart ? 1u << parameters.size() : 2;
  for (unsigned choice = 0; choice < count; ++choice) {
    ParameterSides sides;
    for (auto [index, atom] : llvm::enumerate(parameters)) {
      bool key = apart ? choice >> index & 1 : choice == 1;
      sides[atom] = key ? Side::Key : Side::Query;
    }
    result.push_back(std::move(sides));
  }
  return result;
}

static Polynomial combine(llvm::ArrayRef<Monomial> monomials,
                          const RationalRow &coefficients) {
  std::vector<Term> terms;
  for (auto [monomial, coefficient] : llvm::zip(monomials, coefficients))
    if (!coefficient.isZero())
      terms.push_back({monomial, coefficient});
  return Polynomial(std::move(terms));
}

/// Moves the rational content and the sign of a key feature to the query side.
static void makePrimitive(Polynomial &query, Polynomial &key) {
  Rational content(0);
  for (const Term &term : key.getTerms())
    content = gcd(content, term.coefficient);
  if (key.getTerms().front().coefficient.isNegative())
    content = -content;
  query = query.scaled(content);
  key = key.scaled(Rational(1) / content);
}

/// The skeleton on `chosen`: those monomials of one side, completed by the
/// echelon form, against the matching columns of the matrix on the other side.
/// Nothing if the chosen columns are dependent.
static std::optional<Basis> skeleton(const CoefficientMatrix &matrix,
                                     const RationalMatrix &rowSpace,
                                     llvm::ArrayRef<unsigned> chosen,
                                     bool transposed) {
  Echelon echelon = reduceRows(rowSpace, chosen);
  if (echelon.rank() < chosen.size())
    return std::nullopt;
  Basis basis;
  basis.growth = Rational(1);
  for (auto [column, echelonRow] : llvm::zip(chosen, echelon.rows)) {
    RationalRow picked;
    for (const RationalRow &row : matrix.entries)
      picked.push_back(row[column]);
    Polynomial completed = combine(matrix.columns, echelonRow);
    Polynomial opposite = combine(matrix.rows, picked);
    basis.queryFeatures.push_back(transposed ? completed : opposite);
    basis.keyFeatures.push_back(transposed ? opposite : completed);
    makePrimitive(basis.queryFeatures.back(), basis.keyFeatures.back());
    for (const Rational &entry : echelonRow)
      basis.growth = std::max(basis.growth, abs(entry));
  }
  basis.keyOperations = operationCount(basis.keyFeatures);
  basis.queryOperations = operationCount(basis.queryFeatures);
  return basis;
}

/// The next subset of [0, size) in lexicographic order, if there is one.
static bool nextSubset(llvm::MutableArrayRef<unsigned> subset, size_t size) {
  for (size_t i = subset.size(); i-- > 0;) {
    if (subset[i] + (subset.size() - i) >= size)
      continue;
    ++subset[i];
    for (size_t j = i + 1; j < subset.size(); ++j)
      subset[j] = subset[j - 1] + 1;
    return true;
  }
  return false;
}

/// Tries skeletons on the columns of `matrix` and keeps the best; earlier wins
/// a draw.
static void tryColumns(const CoefficientMatrix &matrix, size_t rank,
                       bool transposed, unsigned limit,
                       std::optional<Basis> &best) {
  auto consider = [&](std::optional<Basis> candidate) {
    if (candidate && (!best || *candidate < *best))
      best = std::move(candidate);
  };
  // The work of a candidate grows with the matrix; keep the total bounded.
  constexpr size_t cellBudget = size_t(1) << 17, leastTries = 8;
  size_t cells = matrix.rows.size() * matrix.columns.size();
  size_t tries =
      std::min<size_t>(limit, std::max(leastTries, cellBudget / cells));

  Echelon rowSpace =
      reduceRows(matrix.entries, allColumns(matrix.columns.size()));
  llvm::SmallVector<unsigned> subset = allColumns(rank);
  do {
    consider(skeleton(matrix, rowSpace.rows, subset, transposed));
  } while (--tries && nextSubset(subset, matrix.columns.size()));
  // The first subsets may all be dependent; the pivots never are.
  if (!best)
    consider(skeleton(matrix, rowSpace.rows, rowSpace.pivots, transposed));
}

static Basis chooseBasis(const CoefficientMatrix &matrix, size_t rank,
                         unsigned limit) {
  std::optional<Basis> best;
  tryColumns(matrix, rank, /*transposed=*/false, limit, best);
  CoefficientMatrix mirror{matrix.columns, matrix.rows,
                           transpose(matrix.entries)};
  tryColumns(mirror, rank, /*transposed=*/true, limit, best);
  return std::move(*best);
}

static unsigned defaultWidthLimit(const AtomTable &table,
                                  const Polynomial &score) {
  unsigned query = 0, key = 0;
  for (AtomId atom : score.atoms()) {
    query += !atom.isPositional() && table[atom].side == Side::Query;
    key += !atom.isPositional() && table[atom].side == Side::Key;
  }
  constexpr unsigned widthPerAtom = 4;
  return widthPerAtom * std::max({query, key, 1u});
}

Polynomial sextant::algebra::residual(const Separation &separation) {
  Polynomial total = -separation.score;
  for (auto [query, key] :
       llvm::zip(separation.queryFeatures, separation.keyFeatures))
    total = total + query.timesDisjoint(key);
  return total;
}

llvm::Expected<Separation>
sextant::algebra::separate(AtomTable &table, const Polynomial &score,
                           const SeparationLimits &limits) {
  Separation result;
  result.score = toHarmonics(table, score);
  if (result.score.isZero())
    return result;

  unsigned widest =
      limits.width ? limits.width : defaultWidthLimit(table, result.score);
  std::optional<CoefficientMatrix> matrix;
  size_t rank = size_t(widest) + 1;
  for (const ParameterSides &sides :
       parameterAssignments(table, result.score)) {
    CoefficientMatrix candidate = buildMatrix(table, result.score, sides);
    size_t candidateRank =
        reduceRows(candidate.entries, allColumns(candidate.columns.size()),
                   rank)
            .rank();
    if (candidateRank < rank) {
      rank = candidateRank;
      matrix = std::move(candidate);
    }
  }
  if (!matrix)
    return llvm::make_error<Refusal>(
        RefusalReason::TooWide,
        ("the score needs more than " + llvm::Twine(widest) +
         " features in one channel group, too many for a dot product to pay")
            .str());

  result.queryMonomials = matrix->rows.size();
  result.keyMonomials = matrix->columns.size();
  Basis basis = chooseBasis(*matrix, rank, limits.bases);
  result.queryFeatures = std::move(basis.queryFeatures);
  result.keyFeatures = std::move(basis.keyFeatures);

  Polynomial difference = residual(result);
  if (!difference.isZero())
    return llvm::make_error<Refusal>(
        RefusalReason::BrokenProof,
        "internal error: the features do not reproduce the score, they differ "
        "by " +
            print(table, difference));
  return result;
}
