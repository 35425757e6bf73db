//===- Numeric.h - Scores and features over numbers -------------*- C++ -*-===//
//
// Double evaluation with first-order bounds of the rounding error.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_NUMERIC_H
#define SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_NUMERIC_H

#include "compiler/AttnToFused/Algebra/EvaluationPlan.h"
#include "compiler/AttnToFused/Algebra/ScoreProgram.h"

#include <map>

namespace sextant::algebra {

/// A value and a first-order bound of its rounding error, in units of the
/// rounding unit of whatever format the arithmetic runs in.
struct Rounded {
  double value = 0, error = 0;

  /// A number that carries one rounding, such as a table entry.
  static Rounded once(double value);
  Rounded operator+(const Rounded &other) const;
  Rounded operator-(const Rounded &other) const;
  Rounded operator*(const Rounded &other) const;
  Rounded operator/(const Rounded &other) const;
};

/// The numbers of one query row and one key row.
class RowValues {
public:
  virtual ~RowValues();
  /// An Input or Parameter node.
  virtual double leaf(Value value) const = 0;
  virtual double position(Side side, Symbol axis) const = 0;
  /// The angle per unit of position, or the base of the decay, of a declared
  /// symbol.
  virtual double rate(Symbol symbol) const = 0;
  /// An Opaque node on numbers; NaN if it is not known how to compute it.
  virtual double opaque(const ProgramNode &node,
                        llvm::ArrayRef<double> operands) const = 0;
};

/// Evaluates one pair of rows.
class NumericEvaluator {
public:
  NumericEvaluator(const ScoreProgram &program, const RowValues &rows)
      : program(program), table(program.atoms()), rows(rows) {}

  /// The program as written.
  Rounded score(Value score) const;
  /// The features as planned.
  std::vector<Rounded> features(const EvaluationPlan &plan);
  /// sum E_i F_i from their plans.
  Rounded dot(const EvaluationPlan &query, const EvaluationPlan &key);
  /// Term by term.
  Rounded polynomial(const Polynomial &polynomial);

private:
  Rounded atom(AtomId atom, int exponent);
  Rounded computeAtom(const Atom &atom, int exponent);
  Rounded angle(const Atom &circle);

  const ScoreProgram &program;
  const AtomTable &table;
  const RowValues &rows;
  std::map<std::pair<AtomId, int>, Rounded> known;
};

} // namespace sextant::algebra

#endif // SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_NUMERIC_H
