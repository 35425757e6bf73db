//===- Harmonics.h - Circle identities and the harmonic basis ---*- C++ -*-===//
//
// Products reduced by cos^2 + sin^2 = 1, and the change to harmonics.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_HARMONICS_H
#define SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_HARMONICS_H

#include "compiler/AttnToFused/Algebra/Atom.h"

namespace sextant::algebra {

/// The product in normal form: no sine occurs squared. The rules
/// sin^2 -> 1 - cos^2 of distinct circles have coprime leading terms, hence
/// form a Groebner basis: normal forms are unique and zero has no terms.
Polynomial product(const AtomTable &table, const Polynomial &left,
                   const Polynomial &right);

/// The same function with every product of cosines and sines of one angle
/// written in cos(k angle), sin(k angle): another linear basis of the same
/// ring, with coefficients at most 1 that do not cancel.
/// Takes a polynomial in normal form without harmonics above the first.
Polynomial toHarmonics(AtomTable &table, const Polynomial &polynomial);

} // namespace sextant::algebra

#endif // SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_HARMONICS_H
