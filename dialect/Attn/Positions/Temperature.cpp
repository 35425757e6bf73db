//===- Temperature.cpp - Queries that sharpen with the position ---------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnScalar.h"

#include <cmath>

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/Temperature.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/Temperature.cpp.inc"

/// Every channel times `factor`, which is made of a logarithm of 6 units and
/// three roundings; one more for the product.
static void scaleRow(ArrayRef<double> row, double factor,
                     MutableArrayRef<double> value,
                     MutableArrayRef<double> slack) {
  for (auto [x, y, bound] : llvm::zip_equal(row, value, slack)) {
    y = x * factor;
    bound = 10 * std::abs(y);
  }
}

/// The same as a row map; `factor` builds it from the position.
static Value
buildScaledRow(OpBuilder &builder, Location loc, Value rows, Value positions,
               llvm::function_ref<Value(ScalarBuilder &, Value)> factor) {
  int64_t channels =
      llvm::cast<RankedTensorType>(rows.getType()).getShape().back();
  return buildRowMap(
      builder, loc, rows, positions, /*pairs=*/false, std::nullopt, channels,
      [&](ValueRange args) -> SmallVector<Value> {
        ScalarBuilder build(builder, loc, builder.getF32Type());
        return {build.mul(args[0], factor(build, /*position=*/args[4]))};
      });
}

LogicalResult LogNAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                               int64_t trained) {
  if (trained < 2 || trained > (1 << 24)) // log_n_c1
    return emitError() << "'trained' must be within [2, 2^24], got " << trained;
  return success();
}

void LogNAttr::evaluate(const RowCoordinates &at, ArrayRef<double> row,
                        const CaptureReader &, MutableArrayRef<double> value,
                        MutableArrayRef<double> slack) const {
  double rows = std::max(1.0, double(at.position) + 1);
  double factor = std::log(rows) / std::log(double(getTrained()));
  scaleRow(row, std::max(1.0, factor), value, slack);
}

Value LogNAttr::expand(OpBuilder &builder, Location loc, Value rows,
                       Value positions, ValueRange) const {
  return buildScaledRow(
      builder, loc, rows, positions, [&](ScalarBuilder &build, Value position) {
        Value one = build.integer(1);
        Value next = arith::AddIOp::create(builder, loc, position, one);
        Value count =
            build.toFloat(arith::MaxSIOp::create(builder, loc, next, one));
        Value log = math::LogOp::create(builder, loc, count);
        return build.max(build.mul(log, 1 / std::log(double(getTrained()))),
                         build.number(1));
      });
}

LogicalResult
StepTemperatureAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                            APFloat slope, int64_t step, int64_t shift) {
  double value = slope.convertToDouble();
  if (!std::isfinite(value) || value < 0) // step_temperature_c1
    return emitError() << "'slope' must be finite and >= 0, got " << value;
  if (step < 1 || step > (1 << 24)) // step_temperature_c2
    return emitError() << "'step' must be within [1, 2^24], got " << step;
  if (shift < 0 || shift > (1 << 24)) // step_temperature_c3
    return emitError() << "'shift' must be within [0, 2^24], got " << shift;
  return success();
}

void StepTemperatureAttr::evaluate(const RowCoordinates &at,
                                   ArrayRef<double> row, const CaptureReader &,
                                   MutableArrayRef<double> value,
                                   MutableArrayRef<double> slack) const {
  double steps =
      std::floor(double(at.position + getShift()) / double(getStep()));
  scaleRow(row,
           1 + getSlope().convertToDouble() *
                   std::log(1 + std::max(0.0, steps)),
           value, slack);
}

Value StepTemperatureAttr::expand(OpBuilder &builder, Location loc, Value rows,
                                  Value positions, ValueRange) const {
  return buildScaledRow(
      builder, loc, rows, positions, [&](ScalarBuilder &build, Value position) {
        Value place = arith::AddIOp::create(builder, loc, position,
                                            build.integer(int32_t(getShift())));
        place = arith::MaxSIOp::create(builder, loc, place, build.integer(0));
        Value steps = arith::DivSIOp::create(builder, loc, place,
                                             build.integer(int32_t(getStep())));
        Value log = math::LogOp::create(builder, loc,
                                        build.add(build.toFloat(steps), 1));
        return build.add(build.mul(log, getSlope().convertToDouble()), 1);
      });
}

SEXTANT_ATTN_SAMPLE(LogNAttr) {
  return llvm::formatv("#attn.log_n<trained = {0}>", draw.integer(2, 100));
}

SEXTANT_ATTN_SAMPLE(StepTemperatureAttr) {
  return llvm::formatv(
      "#attn.step_temperature<slope = {0}, step = {1}, shift = {2}>",
      draw.number(0, 1), draw.integer(1, 40), draw.integer(0, 3));
}

SEXTANT_ATTN_ENTRY(Temperature, LogNAttr, StepTemperatureAttr)
