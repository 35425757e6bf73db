//===- SlidingWindow.cpp - Keys near the query ----------------------------===//

#include "dialect/Attn/IR/AttnEntry.h"

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Masks/SlidingWindow.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Masks/SlidingWindow.cpp.inc"

LogicalResult
SlidingWindowAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                          int64_t back, int64_t ahead) {
  for (auto [name, reach] : {std::pair("back", back), {"ahead", ahead}}) {
    if (reach < 0) // sliding_window_c1
      return emitError() << "'" << name << "' must be >= 0, got " << reach;
    if (reach > INT32_MAX)
      return emitError() << "'" << name << "' must be < 2^31, got " << reach;
  }
  return success();
}

bool SlidingWindowAttr::evaluate(const PairCoordinates &at,
                                 const CaptureReader &) const {
  return at.queryPos - at.keyPos <= getBack() &&
         at.keyPos - at.queryPos <= getAhead();
}

// Positions are within 2^24, so the difference fits an i32.
Value SlidingWindowAttr::expand(OpBuilder &builder, Location loc,
                                const PairValues &at, ValueRange) const {
  auto limit = [&](int64_t value) -> Value {
    return arith::ConstantOp::create(builder, loc,
                                     builder.getI32IntegerAttr(value));
  };
  Value delta = arith::SubIOp::create(builder, loc, at.queryPos, at.keyPos);
  Value notBefore = arith::CmpIOp::create(
      builder, loc, arith::CmpIPredicate::sle, delta, limit(getBack()));
  Value notAfter = arith::CmpIOp::create(
      builder, loc, arith::CmpIPredicate::sge, delta, limit(-getAhead()));
  return arith::AndIOp::create(builder, loc, notBefore, notAfter);
}

SEXTANT_ATTN_SAMPLE(SlidingWindowAttr) {
  return llvm::formatv("#attn.sliding_window<back = {0}, ahead = {1}>",
                       draw.integer(0, 70), draw.integer(0, 20));
}

SEXTANT_ATTN_ENTRY(SlidingWindow, SlidingWindowAttr)
