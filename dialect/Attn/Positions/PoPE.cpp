//===- PoPE.cpp - Polar coordinate position embedding ---------------------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnScalar.h"

#include <cmath>

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/PoPE.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/PoPE.cpp.inc"

LogicalResult PoPEAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                               APFloat base, bool) {
  double value = base.convertToDouble();
  if (!std::isfinite(value) || value <= 1) // pope_c1
    return emitError() << "'base' must be finite and > 1, got " << value;
  return success();
}

int64_t PoPEAttr::getEncodedChannels(int64_t channels) const {
  return 2 * channels;
}

int64_t PoPEAttr::getNumCaptures() const { return getPhase() ? 1 : 0; }

LogicalResult
PoPEAttr::verifyCaptures(function_ref<InFlightDiagnostic()> emitError,
                         int64_t channels, TypeRange captures) const {
  if (!getPhase())
    return success();
  return verifyNumbersCapture(emitError, getMnemonic(), "heads x channels", 0,
                              {ShapedType::kDynamic, channels}, captures);
}

static double softplus(double x) {
  return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
}

void PoPEAttr::evaluate(const RowCoordinates &at, ArrayRef<double> row,
                        const CaptureReader &read,
                        MutableArrayRef<double> value,
                        MutableArrayRef<double> slack) const {
  int64_t channels = row.size();
  double base = getBase().convertToDouble();
  // A cosine is good to 4 units; that of a sum of angles is two products.
  double slackOfCircle = getPhase() ? 16 : 4;
  for (int64_t c = 0; c < channels; ++c) {
    double angle =
        double(at.position) * std::pow(base, -double(c) / double(channels));
    if (getPhase())
      angle += std::min(std::max(read(0, {at.head, c}), -2 * M_PI), 0.0);
    double magnitude = softplus(row[c]);
    value[c] = magnitude * std::cos(angle);
    value[channels + c] = magnitude * std::sin(angle);
    // exp is good to 2 ulp, log1p to 4; a sum and a product.
    for (int64_t place : {c, channels + c})
      slack[place] = magnitude * slackOfCircle + 14 * std::abs(value[place]);
  }
}

/// max(x, 0) + ln(1 + e^-|x|): no overflow, and exact for large x.
static Value expandSoftplus(OpBuilder &builder, Location loc, Value x) {
  ScalarBuilder build(builder, loc, builder.getF32Type());
  Value size = math::AbsFOp::create(builder, loc, x);
  Value small = math::ExpOp::create(builder, loc,
                                    arith::NegFOp::create(builder, loc, size));
  return build.add(build.max(x, build.number(0)),
                   math::Log1pOp::create(builder, loc, small));
}

Value PoPEAttr::expand(OpBuilder &builder, Location loc, Value rows,
                       Value positions, ValueRange captures) const {
  int64_t channels =
      llvm::cast<RankedTensorType>(rows.getType()).getShape().back();
  double step = -std::log2(getBase().convertToDouble()) / double(channels);
  return buildRowMap(
      builder, loc, rows, positions, /*pairs=*/false, PairLayout::Half,
      2 * channels, [&](ValueRange args) -> SmallVector<Value> {
        Value head = args[2], position = args[4], channel = args[5];
        ScalarBuilder wide(builder, loc, builder.getF64Type());
        ScalarBuilder build(builder, loc, builder.getF32Type());
        Value frequency = math::Exp2Op::create(
            builder, loc, wide.mul(wide.toFloat(channel), step));
        auto turn = CosSinOp::create(builder, loc, position, frequency);
        Value cos = turn.getCos(), sin = turn.getSin();
        if (getPhase()) {
          Value phase = build.read(captures[0], {head, channel});
          phase = build.min(build.max(phase, build.number(-2 * M_PI)),
                            build.number(0));
          Value cosPhase = math::CosOp::create(builder, loc, phase);
          Value sinPhase = math::SinOp::create(builder, loc, phase);
          auto turned = buildTurn(builder, loc, cos, sin, cosPhase, sinPhase);
          cos = turned[0], sin = turned[1];
        }
        Value magnitude = expandSoftplus(builder, loc, args[0]);
        return {build.mul(magnitude, cos), build.mul(magnitude, sin)};
      });
}

SEXTANT_ATTN_SAMPLE(PoPEAttr) {
  const bool hasPhase = draw.flag();
  if (hasPhase)
    draw.capture({{SampledTensor::RowHeads, draw.channels},
                  SampledTensor::Numbers,
                  -7,
                  1});
  return llvm::formatv("#attn.pope<base = {0}, phase = {1}>",
                       draw.number(10, 10010), hasPhase ? "true" : "false");
}

SEXTANT_ATTN_ENTRY(PoPE, PoPEAttr)
