//===- ExplainWeights.cpp - What is known of ordered weights --------------===//

#include "compiler/AttnToFused/Explain.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Matchers.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

/// `value` as 1 / (1 + e) of an exponential e; null if it is no such quotient.
static Value exponentialOf(Value value) {
  auto quotient = value.getDefiningOp<arith::DivFOp>();
  if (!quotient || !matchPattern(quotient.getLhs(), m_OneFloat()))
    return {};
  auto sum = quotient.getRhs().getDefiningOp<arith::AddFOp>();
  if (!sum)
    return {};
  for (auto [e, one] :
       {std::pair(sum.getLhs(), sum.getRhs()), {sum.getRhs(), sum.getLhs()}})
    if (matchPattern(one, m_OneFloat()) &&
        isa_and_nonnull<math::ExpOp, math::Exp2Op>(e.getDefiningOp()))
      return e;
  return {};
}

/// True if one number is 1 / (1 + e) and the other e / (1 + e), e not negative:
/// both are within [0, 1] and add up to 1.
static bool addUpToOne(Value a, Value b) {
  for (auto [quotient, rest] : {std::pair(a, b), {b, a}}) {
    Value e = exponentialOf(quotient);
    auto product = rest.getDefiningOp<arith::MulFOp>();
    if (e && product &&
        ((product.getLhs() == e && product.getRhs() == quotient) ||
         (product.getLhs() == quotient && product.getRhs() == e)))
      return true;
  }
  return false;
}

void sextant::explainWeights(FusedOp fused, llvm::raw_ostream &os) {
  if (!fused.getNormalizer().isOrdered())
    return;
  Operation *shares = fused.getCarry().front().getTerminator();
  os << "  weights: shares of what later keys leave; keys are taken in order, "
        "in one pass\n"
     << (addUpToOne(shares->getOperand(0), shares->getOperand(1))
             ? "    what a key takes and what it leaves add up to 1: weights "
               "are within [0, 1] and add up to at most 1\n"
             : "    what a key takes and what it leaves are not known to add "
               "up "
               "to 1: weights may add up to anything\n");
}
