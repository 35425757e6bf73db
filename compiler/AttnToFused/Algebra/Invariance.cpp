//===- Invariance.cpp - Invariance under a shift of positions -------------===//
//
// The shift derivative of a score.
//
//===----------------------------------------------------------------------===//

#include "compiler/AttnToFused/Algebra/Invariance.h"
#include "compiler/AttnToFused/Algebra/CacheForm.h"
#include "compiler/AttnToFused/Algebra/Printer.h"

using namespace sextant::algebra;

Invariance sextant::algebra::testInvariance(const AtomTable &table,
                                            const Polynomial &score) {
  if (std::optional<AtomId> atom = entangledAtom(table, score))
    return {Verdict::Unknown, atom, ""};
  SideSet both;
  both.query = both.key = true;
  Verdict verdict = Verdict::Invariant;
  for (Symbol symbol : symbolsOf(table, score)) {
    Polynomial rest = shiftDerivative(table, score, symbol, both);
    if (rest.isZero())
      continue;
    if (table.sidesOf(rest).key)
      return {Verdict::NotInvariant, std::nullopt, ""};
    verdict = Verdict::UpToRowConstant;
  }
  return {verdict, std::nullopt, ""};
}

std::string sextant::algebra::describe(const AtomTable &table,
                                       const Invariance &invariance) {
  std::string evidence =
      invariance.witness.empty() ? "" : ": " + invariance.witness;
  switch (invariance.verdict) {
  case Verdict::Invariant:
    return "yes";
  case Verdict::UpToRowConstant:
    return "up to a row constant";
  case Verdict::NotInvariant:
    // Without a witness the angles may be special.
    return (evidence.empty() ? "not proven" : "no") + evidence;
  case Verdict::Unknown:
    return "unknown, " + printAtom(table, *invariance.entangled) +
           " reads the position" + evidence;
  }
  llvm_unreachable("unknown verdict");
}
