//===- Prefix.cpp - A prefix that every query sees ------------------------===//

#include "dialect/Attn/IR/AttnEntry.h"

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Masks/Prefix.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Masks/Prefix.cpp.inc"

LogicalResult PrefixAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                 std::optional<int64_t> length,
                                 std::optional<int64_t> capture) {
  if (length.has_value() == capture.has_value()) // prefix_c1
    return emitError() << "expected either 'length' or 'capture', got "
                       << (length ? "both" : "neither");
  if (length && (*length < 0 || *length > INT32_MAX)) // prefix_c2
    return emitError() << "'length' must be within [0, 2^31), got " << *length;
  if (capture && (*capture < 0 || *capture > 255)) // prefix_c3
    return emitError() << "'capture' must be within [0, 256), got " << *capture;
  return success();
}

int64_t PrefixAttr::getNumCaptures() const {
  return getCapture() ? *getCapture() + 1 : 0;
}

LogicalResult
PrefixAttr::verifyCaptures(function_ref<InFlightDiagnostic()> emitError,
                           TypeRange captures) const {
  if (!getCapture())
    return success();
  return verifyIntegerCapture(emitError, "prefix", *getCapture(), /*rank=*/1,
                              captures);
}

bool PrefixAttr::evaluate(const PairCoordinates &at,
                          const CaptureReader &captures) const {
  double length =
      getLength() ? double(*getLength()) : captures(*getCapture(), {at.batch});
  return double(at.keyPos) < length;
}

Value PrefixAttr::expand(OpBuilder &builder, Location loc, const PairValues &at,
                         ValueRange captures) const {
  Value length;
  if (getCapture())
    length =
        ReadOp::createMatched(builder, loc, builder.getI32Type(),
                              captures[*getCapture()], ValueRange{at.batch});
  else
    length = arith::ConstantOp::create(builder, loc,
                                       builder.getI32IntegerAttr(*getLength()));
  return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::slt,
                               at.keyPos, length);
}

SEXTANT_ATTN_SAMPLE(PrefixAttr) {
  if (!draw.flag())
    return llvm::formatv("#attn.prefix<length = {0}>", draw.integer(0, 80));
  return llvm::formatv(
      "#attn.prefix<capture = {0}>",
      draw.capture({{SampledTensor::Batches}, SampledTensor::Lengths}));
}

SEXTANT_ATTN_ENTRY(Prefix, PrefixAttr)
