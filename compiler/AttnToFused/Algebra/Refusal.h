//===- Refusal.h - Why a score is not separated -----------------*- C++ -*-===//
//
// The error of the algebra: what was refused, where, and on which evidence.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_REFUSAL_H
#define SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_REFUSAL_H

#include "compiler/AttnToFused/Algebra/Atom.h"

#include "llvm/Support/Error.h"

namespace sextant::algebra {

enum class RefusalReason {
  TwoSidedOp,   ///< an op that is no polynomial reads both rows
  MixedAngle,   ///< an angle that is not (query part) + (key part)
  TooManyTerms, ///< the expansion passes the term or degree guard
  TooWide,      ///< the least width passes the width guard
  DivisionByZero,
  BrokenProof, ///< E.F and the score differ: a defect of this library
};

/// Carried by llvm::Error. `message` starts lower case and has no period; the
/// caller adds the memory of the unseparated form, which needs the extents.
class Refusal : public llvm::ErrorInfo<Refusal> {
public:
  static char ID;

  Refusal(RefusalReason reason, std::string message)
      : reason(reason), message(std::move(message)) {}

  void log(llvm::raw_ostream &os) const override;
  std::error_code convertToErrorCode() const override;

  RefusalReason reason;
  std::string message;
  /// Where: invalid for a refusal of the score as a whole.
  Value where;
  const void *payload = nullptr;
  /// The offending operands or monomials, printed, and where they are defined.
  std::vector<std::string> operands;
  std::vector<Value> operandValues;
  /// Set by `analyze` when the program could be sampled: numeric rank of a
  /// score matrix of `sampleSize` rows and columns, a lower bound on the width
  /// of any exact form. 0 means not sampled.
  unsigned sampledRank = 0, sampleSize = 0;

  /// `sampledRank` as a sentence for the user; empty when not sampled.
  std::string evidence() const;
};

} // namespace sextant::algebra

#endif // SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_REFUSAL_H
