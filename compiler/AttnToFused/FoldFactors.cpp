//===- FoldFactors.cpp - Factors of scores --------------------------------===//

#include "compiler/AttnToFused/FoldFactors.h"

#include "dialect/Attn/IR/Attn.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"

#include <cmath>

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

/// Scales that keep query features within f32, and are legal: finite and > 0.
static bool isPlainScale(double scale) {
  return std::isfinite(scale) && scale > 0x1p-60 && scale < 0x1p60;
}

static void foldFactor(ScoreMapOp map) {
  auto dot = map.getScores().getDefiningOp<ScoresOp>();
  Value score = map.getBody().front().getArgument(0);
  if (!dot || !dot->hasOneUse() || !score.hasOneUse())
    return;
  auto product = dyn_cast<arith::MulFOp>(*score.user_begin());
  if (!product)
    return;
  Value other = product.getLhs() == score ? product.getRhs() : product.getLhs();
  APFloat factor(0.0);
  if (!matchPattern(other, m_ConstantFloat(&factor)))
    return;
  const double scale =
      dot.getScale().convertToDouble() * double(factor.convertToFloat());
  if (!isPlainScale(scale))
    return;
  dot.setScale(APFloat(scale));
  product.replaceAllUsesWith(score);
  product.erase();
}

void sextant::foldFactors(Operation *root) { root->walk(foldFactor); }
