//===- NoPE.cpp - No position at all --------------------------------------===//

#include "dialect/Attn/IR/AttnEntry.h"

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/NoPE.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/NoPE.cpp.inc"

PairLayout NoPEAttr::getPairLayout() const { return PairLayout::Half; }

int64_t NoPEAttr::getRotaryWidth(int64_t) const { return 0; }

bool NoPEAttr::needsLength() const { return false; }

LogicalResult NoPEAttr::verifyChannels(function_ref<InFlightDiagnostic()>,
                                       int64_t) const {
  return success();
}

// No pair exists; a frequency that is asked for all the same turns nothing.
double NoPEAttr::evaluateFrequency(int64_t, int64_t, double) const { return 0; }

Value NoPEAttr::expandFrequency(OpBuilder &builder, Location loc, Value,
                                int64_t, Value) const {
  return arith::ConstantOp::create(builder, loc, builder.getF64FloatAttr(0.0));
}

SEXTANT_ATTN_SAMPLE(NoPEAttr) { return "#attn.nope"; }

SEXTANT_ATTN_ENTRY(NoPE, NoPEAttr)
