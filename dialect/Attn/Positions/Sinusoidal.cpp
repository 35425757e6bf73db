//===- Sinusoidal.cpp - Absolute sinusoidal positions -------------------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnScalar.h"

#include <cmath>

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/Sinusoidal.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/Sinusoidal.cpp.inc"

LogicalResult
SinusoidalAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                       APFloat base, PairLayout, APFloat scale) {
  double value = base.convertToDouble();
  if (!std::isfinite(value) || value <= 1) // sinusoidal_c1
    return emitError() << "'base' must be finite and > 1, got " << value;
  if (!std::isfinite(scale.convertToDouble())) // sinusoidal_c2
    return emitError() << "'scale' must be finite, got "
                       << scale.convertToDouble();
  return success();
}

LogicalResult
SinusoidalAttr::verifyChannels(function_ref<InFlightDiagnostic()> emitError,
                               int64_t channels) const {
  if (channels % 2) // sinusoidal_c3
    return emitError() << "head dim must be even for pairs of sine and cosine, "
                          "got "
                       << channels;
  return success();
}

void SinusoidalAttr::evaluate(const RowCoordinates &at, ArrayRef<double> row,
                              const CaptureReader &,
                              MutableArrayRef<double> value,
                              MutableArrayRef<double> slack) const {
  int64_t channels = row.size();
  double scale = getScale().convertToDouble();
  for (int64_t c = 0; c < channels; ++c) {
    bool half = getLayout() == PairLayout::Half;
    int64_t pair = half ? c % (channels / 2) : c / 2;
    bool sine = half ? c < channels / 2 : c % 2 == 0;
    double angle =
        double(at.position) * std::pow(getBase().convertToDouble(),
                                       -2.0 * double(pair) / double(channels));
    double scaled = scale * row[c];
    value[c] = scaled + (sine ? std::sin(angle) : std::cos(angle));
    slack[c] = 4 + std::abs(scaled) + std::abs(value[c]);
  }
}

Value SinusoidalAttr::expand(OpBuilder &builder, Location loc, Value rows,
                             Value positions, ValueRange) const {
  int64_t channels =
      llvm::cast<RankedTensorType>(rows.getType()).getShape().back();
  double scale = getScale().convertToDouble();
  double step = -2 * std::log2(getBase().convertToDouble()) / double(channels);
  return buildRowMap(
      builder, loc, rows, positions, /*pairs=*/true, getLayout(), channels,
      [&](ValueRange args) -> SmallVector<Value> {
        Value position = args[5], pair = args[6];
        ScalarBuilder wide(builder, loc, builder.getF64Type());
        ScalarBuilder build(builder, loc, builder.getF32Type());
        Value frequency = math::Exp2Op::create(
            builder, loc, wide.mul(wide.toFloat(pair), step));
        auto turn = CosSinOp::create(builder, loc, position, frequency);
        return {build.add(build.mul(args[0], scale), turn.getSin()),
                build.add(build.mul(args[1], scale), turn.getCos())};
      });
}

SEXTANT_ATTN_SAMPLE(SinusoidalAttr) {
  if (draw.channels % 2)
    return "";
  return llvm::formatv(
      "#attn.sinusoidal<base = {0}, layout = {1}, scale = {2}>",
      draw.number(10, 10010), draw.layout(), draw.number(0, 4));
}

SEXTANT_ATTN_ENTRY(Sinusoidal, SinusoidalAttr)
