//===- Placement.cpp - Terms that should not become features --------------===//
//
// Classification of the terms and addends of a score.
//
//===----------------------------------------------------------------------===//

#include "compiler/AttnToFused/Algebra/Placement.h"

#include "llvm/ADT/STLExtras.h"

using namespace sextant::algebra;

/// Content is what a row holds; an opaque function of the position alone
/// counts as position.
static bool readsContent(const AtomTable &table, const Polynomial &polynomial);

static bool isContent(const AtomTable &table, AtomId id) {
  const Atom &atom = table[id];
  if (id.isPositional() || atom.side == Side::None)
    return false;
  if (atom.kind == AtomKind::Input)
    return true;
  return llvm::any_of(atom.operands, [&](const Polynomial &operand) {
    return readsContent(table, operand);
  });
}

static bool readsContent(const AtomTable &table, const Polynomial &polynomial) {
  return llvm::any_of(polynomial.atoms(),
                      [&](AtomId atom) { return isContent(table, atom); });
}

Placement sextant::algebra::placeTerms(const AtomTable &table,
                                       const Polynomial &score) {
  std::vector<Term> features, rowConstant, keyBias, positionTerms;
  for (const Term &term : score.getTerms()) {
    bool content =
        llvm::any_of(term.monomial.getFactors(), [&](const Factor &factor) {
          return isContent(table, factor.atom);
        });
    SideSet sides = table.sidesOf(term.monomial);
    if (!content)
      positionTerms.push_back(term);
    else if (sides.both())
      features.push_back(term);
    else
      (sides.query ? rowConstant : keyBias).push_back(term);
  }
  Placement result;
  result.features = Polynomial(std::move(features));
  result.rowConstant = Polynomial(std::move(rowConstant));
  result.keyBias = Polynomial(std::move(keyBias));
  result.positionTerms = Polynomial(std::move(positionTerms));
  return result;
}

/// Walks down sums and signs. A sum without content is kept whole, so that
/// slope * n - slope * m written as slope * (n - m) stays in one piece.
static void collectPositionAddends(const ScoreProgram &program,
                                   const SymbolicValues &values, Value value,
                                   bool negative,
                                   std::vector<SignedValue> &kept) {
  const Polynomial &polynomial = values.of(value);
  if (polynomial.isZero())
    return;
  if (!readsContent(program.atoms(), polynomial)) {
    kept.push_back({value, negative});
    return;
  }
  const ProgramNode &node = program[value];
  bool isSum = node.op == ProgramOp::Add || node.op == ProgramOp::Sub ||
               node.op == ProgramOp::Neg;
  if (!isSum)
    return;
  for (auto [index, operand] : llvm::enumerate(node.operands)) {
    bool flips =
        node.op == ProgramOp::Neg || (node.op == ProgramOp::Sub && index == 1);
    collectPositionAddends(program, values, operand, negative != flips, kept);
  }
}

Placement sextant::algebra::placeTerms(const ScoreProgram &program, Value score,
                                       const SymbolicValues &values) {
  std::vector<SignedValue> kept;
  collectPositionAddends(program, values, score, /*negative=*/false, kept);
  Polynomial rest = values.of(score);
  for (const SignedValue &addend : kept) {
    const Polynomial &polynomial = values.of(addend.value);
    rest = addend.negative ? rest + polynomial : rest - polynomial;
  }
  Placement result = placeTerms(program.atoms(), rest);
  result.asWritten = std::move(kept);
  return result;
}
