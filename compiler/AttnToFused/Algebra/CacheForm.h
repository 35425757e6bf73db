//===- CacheForm.h - What a key cache can hold ------------------*- C++ -*-===//
//
// Key features as known position functions times position-free content.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_CACHEFORM_H
#define SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_CACHEFORM_H

#include "compiler/AttnToFused/Algebra/Separation.h"

#include <map>

namespace sextant::algebra {

/// F_i = sum_l position[i][l] * content[l], with the least number of content
/// polynomials.
struct CacheForm {
  /// Free of positions; constants among them need no storage.
  std::vector<Polynomial> content;
  std::vector<std::vector<Polynomial>> position;
  /// Contents that are not constant: numbers stored for each key row.
  unsigned stored = 0;
};

/// The first atom of the features that reads a position opaquely: with one
/// there is no position-free form, and stored features cannot be re-positioned.
std::optional<AtomId> entangledAtom(const AtomTable &table,
                                    llvm::ArrayRef<Polynomial> features);

/// Nothing if an atom is entangled.
std::optional<CacheForm> cacheForm(const AtomTable &table,
                                   llvm::ArrayRef<Polynomial> keyFeatures);

/// The derivative of `polynomial` along a common shift of the positions: the
/// part that multiplies the symbol, which is an angle, a decay or an axis.
/// `sides` are the rows whose positions move.
Polynomial shiftDerivative(const AtomTable &table, const Polynomial &polynomial,
                           Symbol symbol, SideSet sides);

/// The symbols of the positional atoms of `polynomials`, in order.
std::vector<Symbol> symbolsOf(const AtomTable &table,
                              llvm::ArrayRef<Polynomial> polynomials);

/// The generators of a shift of the key position: dF/dn = (sum of generators,
/// each times its symbol's rate) F. With them F(n) is an orbit of the
/// position-free F(0), and stored features can be moved by any shift.
struct Orbit {
  std::map<Symbol, std::vector<std::vector<Rational>>> generators;
  /// A skew generator of an angle is a rotation.
  bool isRotation(Symbol symbol) const;
};

/// Nothing if the features are not closed under shifts, or one is entangled.
std::optional<Orbit> findOrbit(const AtomTable &table,
                               llvm::ArrayRef<Polynomial> keyFeatures);

/// `rotation by A and scaling by z`; `position-free already` without symbols.
std::string describe(const AtomTable &table, const Orbit &orbit);

} // namespace sextant::algebra

#endif // SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_CACHEFORM_H
