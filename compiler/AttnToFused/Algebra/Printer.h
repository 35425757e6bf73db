//===- Printer.h - Polynomials as a person would write them -----*- C++ -*-===//
//
// Deterministic text of monomials, polynomials and factors.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_PRINTER_H
#define SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_PRINTER_H

#include "compiler/AttnToFused/Algebra/Atom.h"

namespace sextant::algebra {

/// `cm` is the cosine of the query row's angle, `sn` the sine of the key row's;
/// harmonics read `c2m`, further angles append their name.
std::string printAtom(const AtomTable &table, AtomId atom);
std::string printMonomial(const AtomTable &table, const Monomial &monomial);
/// Grouped by position: `(y^2 - x^2)*cm + 2*x*y*sm`.
std::string print(const AtomTable &table, const Polynomial &polynomial);
/// Comma-separated.
std::string print(const AtomTable &table,
                  llvm::ArrayRef<Polynomial> polynomials);

} // namespace sextant::algebra

#endif // SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_PRINTER_H
