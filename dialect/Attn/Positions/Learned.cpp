//===- Learned.cpp - Absolute learned positions -------------------------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnScalar.h"

#include <cmath>

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/Learned.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/Learned.cpp.inc"

LogicalResult LearnedAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                  int64_t offset) {
  if (std::abs(offset) > (1 << 24)) // learned_c1
    return emitError() << "'offset' must be within [-2^24, 2^24], got "
                       << offset;
  return success();
}

int64_t LearnedAttr::getNumCaptures() const { return 1; }

LogicalResult
LearnedAttr::verifyCaptures(function_ref<InFlightDiagnostic()> emitError,
                            int64_t channels, TypeRange captures) const {
  return verifyNumbersCapture(emitError, getMnemonic(), "positions x channels",
                              0, {ShapedType::kDynamic, channels}, captures);
}

void LearnedAttr::evaluate(const RowCoordinates &at, ArrayRef<double> row,
                           const CaptureReader &read,
                           MutableArrayRef<double> value,
                           MutableArrayRef<double> slack) const {
  for (int64_t c = 0, channels = row.size(); c < channels; ++c) {
    value[c] = row[c] + read(0, {at.position + getOffset(), c});
    slack[c] = std::abs(value[c]);
  }
}

Value LearnedAttr::expand(OpBuilder &builder, Location loc, Value rows,
                          Value positions, ValueRange captures) const {
  int64_t channels =
      llvm::cast<RankedTensorType>(rows.getType()).getShape().back();
  return buildRowMap(
      builder, loc, rows, positions, /*pairs=*/false, std::nullopt, channels,
      [&](ValueRange args) -> SmallVector<Value> {
        ScalarBuilder build(builder, loc, builder.getF32Type());
        Value position = args[4], channel = args[5];
        Value place = arith::AddIOp::create(
            builder, loc, position, build.integer(int32_t(getOffset())));
        return {build.add(args[0], build.read(captures[0], {place, channel}))};
      });
}

SEXTANT_ATTN_SAMPLE(LearnedAttr) {
  draw.capture({{SampledTensor::Any, draw.channels}});
  return llvm::formatv("#attn.learned<offset = {0}>", draw.integer(0, 5));
}

SEXTANT_ATTN_ENTRY(Learned, LearnedAttr)
