//===- Invariance.h - Invariance under a shift of positions -----*- C++ -*-===//
//
// Proof or refutation that a score depends on relative positions only.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_INVARIANCE_H
#define SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_INVARIANCE_H

#include "compiler/AttnToFused/Algebra/Atom.h"

#include <optional>

namespace sextant::algebra {

enum class Verdict {
  /// For all shifts, integer or not, and all angles.
  Invariant,
  /// A shift adds a function of the query row: nothing to softmax, something
  /// to extra logits, other weights and an exported log-sum-exp.
  UpToRowConstant,
  /// The score as a function of real positions changes; a witness shows it.
  NotInvariant,
  /// An atom reads the position opaquely.
  Unknown,
};

struct Invariance {
  Verdict verdict;
  /// The atom that hides the answer, for Unknown.
  std::optional<AtomId> entangled;
  /// Two pairs of positions with different scores, for NotInvariant and
  /// Unknown when sampling found one: `score(7,5) = 3.372 but score(14,12) =
  /// 0.2597`.
  std::string witness;
};

/// (d/dm + d/dn) score, symbol by symbol. `score` is in the harmonic basis.
Invariance testInvariance(const AtomTable &table, const Polynomial &score);

/// `yes`, `up to a row constant`, `no` (or `not proven` without a witness) or
/// `unknown`, with the evidence.
std::string describe(const AtomTable &table, const Invariance &invariance);

} // namespace sextant::algebra

#endif // SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_INVARIANCE_H
