//===- Norm.cpp - Rows of one length --------------------------------------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnScalar.h"

#include <cfloat>
#include <cmath>

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Rows/Norm.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Rows/Norm.cpp.inc"

static LogicalResult verifyNorm(function_ref<InFlightDiagnostic()> emitError,
                                const APFloat &eps, double least, bool weighted,
                                const APFloat &offset) {
  double value = eps.convertToDouble();
  if (!(value >= least && value <= 1)) // rms_norm_c1, l2_norm_c1
    return emitError() << "'eps' must be within [" << least << ", 1], got "
                       << value;
  double shift = offset.convertToDouble();
  if (!std::isfinite(shift)) // rms_norm_c2, l2_norm_c2
    return emitError() << "'offset' must be finite, got " << shift;
  if (shift != 0 && !weighted) // rms_norm_c3, l2_norm_c3
    return emitError() << "'offset' is added to weights: expected 'weighted = "
                          "true' or no 'offset', got "
                       << shift;
  return success();
}

/// y = x factor (w + offset), w = 1 without weights.
static void scaleRow(ArrayRef<double> row, double factor, bool weighted,
                     double offset, const CaptureReader &captures,
                     MutableArrayRef<double> value,
                     MutableArrayRef<double> slack) {
  for (auto [c, x] : llvm::enumerate(row)) {
    double weight = weighted ? captures(0, {int64_t(c)}) + offset : 1;
    value[c] = x * factor * weight;
    // Half of the sum's 3 units, 4 of the root, 4 of products and sums; a sum
    // of weight and offset may cancel.
    double sum = weighted ? std::fabs(weight - offset) + std::fabs(offset) : 0;
    slack[c] = 10 * std::fabs(value[c]) + std::fabs(x * factor) * sum;
  }
}

/// The sum of squares as f32 holds it: infinite beyond its largest number.
static double sumOfSquares(ArrayRef<double> row) {
  double sum = 0;
  for (double x : row)
    sum += x * x;
  return sum > FLT_MAX ? INFINITY : sum;
}

/// The same as IR; `factor` is built from the sum of squares of a row.
static Value
buildNorm(OpBuilder &builder, Location loc, Value rows, bool weighted,
          double offset, ValueRange captures,
          llvm::function_ref<Value(ScalarBuilder &, Value)> factor) {
  int64_t channels =
      llvm::cast<RankedTensorType>(rows.getType()).getShape().back();
  // A rotation keeps lengths: rows need not be rotated to know them.
  Value squares = RowReduceOp::create(builder, loc, withoutRotations(rows),
                                      Reduction::SumOfSquares);
  return buildRowMap(
      builder, loc, rows, Value(), /*pairs=*/false, std::nullopt, channels,
      [&](ValueRange args) -> SmallVector<Value> {
        ScalarBuilder build(builder, loc, builder.getF32Type());
        Value batch = args[1], head = args[2], index = args[3];
        Value scale = factor(build, build.read(squares, {batch, head, index}));
        Value y = build.mul(args[0], scale);
        if (weighted)
          y = build.mul(y,
                        build.add(build.read(captures[0], {args[5]}), offset));
        return {y};
      });
}

static LogicalResult verifyWeights(function_ref<InFlightDiagnostic()> emitError,
                                   StringRef name, bool weighted,
                                   int64_t channels, TypeRange captures) {
  if (!weighted)
    return success();
  return verifyNumbersCapture(emitError, name, "weights", 0, {channels},
                              captures);
}

//===----------------------------------------------------------------------===//
// The root of the mean square
//===----------------------------------------------------------------------===//

LogicalResult RMSNormAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                  APFloat eps, bool weighted, APFloat offset) {
  return verifyNorm(emitError, eps, 1e-30, weighted, offset);
}

bool RMSNormAttr::usesPositions() const { return false; }
bool RMSNormAttr::mixesChannels() const { return true; }
int64_t RMSNormAttr::getNumCaptures() const { return getWeighted(); }
LogicalResult
RMSNormAttr::verifyCaptures(function_ref<InFlightDiagnostic()> emitError,
                            int64_t channels, TypeRange captures) const {
  return verifyWeights(emitError, getMnemonic(), getWeighted(), channels,
                       captures);
}

void RMSNormAttr::evaluate(const RowCoordinates &, ArrayRef<double> row,
                           const CaptureReader &captures,
                           MutableArrayRef<double> value,
                           MutableArrayRef<double> slack) const {
  double mean = sumOfSquares(row) / double(row.size());
  scaleRow(row, 1 / std::sqrt(mean + getEps().convertToDouble()), getWeighted(),
           getOffset().convertToDouble(), captures, value, slack);
}

Value RMSNormAttr::expand(OpBuilder &builder, Location loc, Value rows, Value,
                          ValueRange captures) const {
  double channels =
      double(llvm::cast<RankedTensorType>(rows.getType()).getShape().back());
  return buildNorm(
      builder, loc, rows, getWeighted(), getOffset().convertToDouble(),
      captures, [&](ScalarBuilder &build, Value squares) -> Value {
        Value mean = build.mul(squares, 1 / channels);
        return math::RsqrtOp::create(
            builder, loc, build.add(mean, getEps().convertToDouble()));
      });
}

//===----------------------------------------------------------------------===//
// Length 1
//===----------------------------------------------------------------------===//

LogicalResult L2NormAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                 APFloat eps, bool weighted, APFloat offset) {
  return verifyNorm(emitError, eps, 1e-15, weighted, offset);
}

bool L2NormAttr::usesPositions() const { return false; }
bool L2NormAttr::mixesChannels() const { return true; }
int64_t L2NormAttr::getNumCaptures() const { return getWeighted(); }
LogicalResult
L2NormAttr::verifyCaptures(function_ref<InFlightDiagnostic()> emitError,
                           int64_t channels, TypeRange captures) const {
  return verifyWeights(emitError, getMnemonic(), getWeighted(), channels,
                       captures);
}

void L2NormAttr::evaluate(const RowCoordinates &, ArrayRef<double> row,
                          const CaptureReader &captures,
                          MutableArrayRef<double> value,
                          MutableArrayRef<double> slack) const {
  double length = std::sqrt(sumOfSquares(row));
  // Not std::max, which forgets a NaN.
  double least = getEps().convertToDouble();
  scaleRow(row, 1 / (length < least ? least : length), getWeighted(),
           getOffset().convertToDouble(), captures, value, slack);
}

Value L2NormAttr::expand(OpBuilder &builder, Location loc, Value rows, Value,
                         ValueRange captures) const {
  return buildNorm(
      builder, loc, rows, getWeighted(), getOffset().convertToDouble(),
      captures, [&](ScalarBuilder &build, Value squares) -> Value {
        double least = getEps().convertToDouble();
        return math::RsqrtOp::create(
            builder, loc, build.max(squares, build.number(least * least)));
      });
}

/// What follows the epsilon; one weight a channel.
static std::string sampleWeights(EntrySampler &draw) {
  if (!draw.flag())
    return ">";
  draw.capture({{draw.channels}});
  return ", weighted = true, offset = " + draw.number(0, 1) + ">";
}

SEXTANT_ATTN_SAMPLE(RMSNormAttr) {
  return "#attn.rms_norm<eps = " + draw.number(0.001, 0.501) +
         sampleWeights(draw);
}

SEXTANT_ATTN_SAMPLE(L2NormAttr) {
  return "#attn.l2_norm<eps = " + draw.number(0.001, 0.501) +
         sampleWeights(draw);
}

SEXTANT_ATTN_ENTRY(Norm, RMSNormAttr, L2NormAttr)
