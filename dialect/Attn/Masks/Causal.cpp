//===- Causal.cpp - No key after the query --------------------------------===//

#include "dialect/Attn/IR/AttnEntry.h"

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Masks/Causal.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Masks/Causal.cpp.inc"

bool CausalAttr::evaluate(const PairCoordinates &at,
                          const CaptureReader &) const {
  return at.keyPos <= at.queryPos;
}

Value CausalAttr::expand(OpBuilder &builder, Location loc, const PairValues &at,
                         ValueRange) const {
  return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::sle,
                               at.keyPos, at.queryPos);
}

SEXTANT_ATTN_SAMPLE(CausalAttr) { return "#attn.causal"; }

SEXTANT_ATTN_ENTRY(Causal, CausalAttr)
