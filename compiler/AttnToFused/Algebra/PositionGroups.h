//===- PositionGroups.h - Content times position ----------------*- C++ -*-===//
//
// A polynomial as a sum of products (content polynomial) * (position function).
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_POSITIONGROUPS_H
#define SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_POSITIONGROUPS_H

#include "compiler/AttnToFused/Algebra/Polynomial.h"

namespace sextant::algebra {

struct PositionGroup {
  /// Free of positional atoms.
  Polynomial content;
  /// Positional atoms only.
  Polynomial position;
};

/// One product if the content x position table has rank 1, else one for each
/// position monomial, in monomial order. A constant content is moved into the
/// position function.
std::vector<PositionGroup> groupByPosition(const Polynomial &polynomial);

/// Multiplications and additions to evaluate all `features` together in the
/// grouped form, sharing content polynomials up to sign. The cost that ranks
/// candidate bases; the evaluation plan may do better.
unsigned operationCount(llvm::ArrayRef<Polynomial> features);

} // namespace sextant::algebra

#endif // SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_POSITIONGROUPS_H
