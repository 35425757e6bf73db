//===- Chunked.cpp - Keys of the query's own chunk ------------------------===//

#include "dialect/Attn/IR/AttnEntry.h"

#include <cmath>

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Masks/Chunked.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Masks/Chunked.cpp.inc"

LogicalResult ChunkedAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                  int64_t size) {
  if (size < 1 || size > (int64_t(1) << 24)) // chunked_c1
    return emitError() << "'size' must be within [1, 2^24], got " << size;
  return success();
}

bool ChunkedAttr::evaluate(const PairCoordinates &at,
                           const CaptureReader &) const {
  return std::floor(double(at.queryPos) / double(getSize())) ==
         std::floor(double(at.keyPos) / double(getSize()));
}

Value ChunkedAttr::expand(OpBuilder &builder, Location loc,
                          const PairValues &at, ValueRange) const {
  auto constant = [&](int64_t value) -> Value {
    return arith::ConstantOp::create(builder, loc,
                                     builder.getI32IntegerAttr(value));
  };
  // A quotient rounds towards zero: one less where something negative is left.
  auto chunkOf = [&](Value position) -> Value {
    Value size = constant(getSize());
    Value quotient = arith::DivSIOp::create(builder, loc, position, size);
    Value rest = arith::RemSIOp::create(builder, loc, position, size);
    Value isBelow = arith::CmpIOp::create(
        builder, loc, arith::CmpIPredicate::slt, rest, constant(0));
    Value below = arith::SubIOp::create(builder, loc, quotient, constant(1));
    return arith::SelectOp::create(builder, loc, isBelow, below, quotient);
  };
  Value ofQuery = chunkOf(at.queryPos), ofKey = chunkOf(at.keyPos);
  return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, ofQuery,
                               ofKey);
}

SEXTANT_ATTN_ENTRY(Chunked, ChunkedAttr)
