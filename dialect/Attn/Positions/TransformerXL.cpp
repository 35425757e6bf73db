//===- TransformerXL.cpp - Sinusoids of the distance ----------------------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnScalar.h"

#include <cmath>

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/TransformerXL.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/TransformerXL.cpp.inc"

/// The places of u, v and W among the captured tensors.
enum Capture : int64_t { kContentBias, kPositionBias, kProjection };

LogicalResult
TransformerXLAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                          ScoreSide, int64_t features, APFloat base) {
  if (features < 2 || features > 32768 || features % 2) // transformer_xl_c1
    return emitError() << "'features' must be even and within [2, 32768], got "
                       << features;
  double value = base.convertToDouble();
  if (!std::isfinite(value) || value <= 1) // transformer_xl_c2
    return emitError() << "'base' must be finite and > 1, got " << value;
  return success();
}

static bool isQuery(const TransformerXLAttr &attr) {
  return attr.getSide() == ScoreSide::Query;
}

int64_t TransformerXLAttr::getEncodedChannels(int64_t channels) const {
  return channels + getFeatures();
}

bool TransformerXLAttr::mixesChannels() const { return isQuery(*this); }

int64_t TransformerXLAttr::getNumCaptures() const {
  return isQuery(*this) ? 3 : 0;
}

LogicalResult
TransformerXLAttr::verifyCaptures(function_ref<InFlightDiagnostic()> emitError,
                                  int64_t channels, TypeRange captures) const {
  if (!isQuery(*this))
    return success();
  constexpr int64_t any = ShapedType::kDynamic;
  for (int64_t place : {kContentBias, kPositionBias})
    if (failed(verifyNumbersCapture(emitError, getMnemonic(),
                                    "heads x channels", place, {any, channels},
                                    captures)))
      return failure();
  return verifyNumbersCapture(emitError, getMnemonic(),
                              "heads x features x channels", kProjection,
                              {any, getFeatures(), channels}, captures);
}

void TransformerXLAttr::evaluate(const RowCoordinates &at, ArrayRef<double> row,
                                 const CaptureReader &read,
                                 MutableArrayRef<double> value,
                                 MutableArrayRef<double> slack) const {
  int64_t channels = row.size(), pairs = getFeatures() / 2;
  double base = getBase().convertToDouble();
  auto angle = [&](int64_t k) {
    return double(at.position) * std::pow(base, -double(k) / double(pairs));
  };
  for (int64_t c = 0; c < channels; ++c) {
    value[c] = row[c];
    slack[c] = 0;
    if (isQuery(*this)) {
      value[c] += read(kContentBias, {at.head, c});
      slack[c] = std::abs(value[c]);
    }
  }
  if (!isQuery(*this)) {
    for (int64_t k = 0; k < pairs; ++k) {
      value[channels + k] = std::cos(angle(k));
      value[channels + pairs + k] = std::sin(angle(k));
      slack[channels + k] = slack[channels + pairs + k] = 4;
    }
    return;
  }
  SmallVector<double> moved(row);
  for (int64_t c = 0; c < channels; ++c)
    moved[c] += read(kPositionBias, {at.head, c});
  SmallVector<double> product(getFeatures()), bound(getFeatures());
  for (int64_t f = 0; f < getFeatures(); ++f)
    for (int64_t c = 0; c < channels; ++c) {
      double term = moved[c] * read(kProjection, {at.head, f, c});
      product[f] += term;
      // A dot product, and the sum that is its factor.
      bound[f] += 4 * std::abs(term);
    }
  for (int64_t k = 0; k < pairs; ++k) {
    double sine = product[k], cosine = product[pairs + k];
    double cos = std::cos(angle(k)), sin = std::sin(angle(k));
    value[channels + k] = sine * sin + cosine * cos;
    value[channels + pairs + k] = cosine * sin - sine * cos;
    // Of the angle 4 units, of a product and a sum 1 each.
    double own = 6 * (std::abs(sine) + std::abs(cosine));
    slack[channels + k] =
        own + bound[k] * std::abs(sin) + bound[pairs + k] * std::abs(cos);
    slack[channels + pairs + k] =
        own + bound[pairs + k] * std::abs(sin) + bound[k] * std::abs(cos);
  }
}

/// Rows plus a captured tensor of one row a head.
static Value addHeads(OpBuilder &builder, Location loc, Value rows,
                      Value captured) {
  int64_t channels =
      llvm::cast<RankedTensorType>(rows.getType()).getShape().back();
  return buildRowMap(
      builder, loc, rows, Value(), /*pairs=*/false, std::nullopt, channels,
      [&](ValueRange args) -> SmallVector<Value> {
        ScalarBuilder build(builder, loc, builder.getF32Type());
        Value head = args[2], channel = args[5];
        return {build.add(args[0], build.read(captured, {head, channel}))};
      });
}

/// `count` channels of `rows`, whichever: one that is mapped needs some input.
static Value anyChannels(OpBuilder &builder, Location loc, Value rows,
                         int64_t count) {
  int64_t channels =
      llvm::cast<RankedTensorType>(rows.getType()).getShape().back();
  SmallVector<Value> parts(count / channels, rows);
  if (int64_t rest = count % channels)
    parts.push_back(SliceOp::create(builder, loc, rows, 0, rest));
  return parts.size() == 1 ? parts.front()
                           : Value(ConcatOp::create(builder, loc, parts));
}

Value TransformerXLAttr::expand(OpBuilder &builder, Location loc, Value rows,
                                Value positions, ValueRange captures) const {
  int64_t features = getFeatures();
  ScalarBuilder build(builder, loc, builder.getF32Type());
  auto turn = [&](Value position, Value pair) {
    ScalarBuilder wide(builder, loc, builder.getF64Type());
    double step =
        -std::log2(getBase().convertToDouble()) / double(features / 2);
    Value frequency =
        math::Exp2Op::create(builder, loc, wide.mul(wide.toFloat(pair), step));
    return CosSinOp::create(builder, loc, position, frequency);
  };
  if (!isQuery(*this)) {
    Value circle = buildRowMap(
        builder, loc, anyChannels(builder, loc, rows, features / 2), positions,
        /*pairs=*/false, PairLayout::Half, features,
        [&](ValueRange args) -> SmallVector<Value> {
          auto own = turn(args[4], args[5]);
          return {own.getCos(), own.getSin()};
        });
    return ConcatOp::create(builder, loc, ValueRange{rows, circle});
  }
  Value content = addHeads(builder, loc, rows, captures[kContentBias]);
  Value product = ProjectOp::create(
      builder, loc, addHeads(builder, loc, rows, captures[kPositionBias]),
      captures[kProjection]);
  Type element = llvm::cast<RankedTensorType>(rows.getType()).getElementType();
  if (!element.isF32())
    product = ConvertOp::create(builder, loc, product, element);
  Value turned = buildRowMap(
      builder, loc, product, positions, /*pairs=*/true, PairLayout::Half,
      features, [&](ValueRange args) -> SmallVector<Value> {
        Value sine = args[0], cosine = args[1];
        auto own = turn(args[5], args[6]);
        Value cos = own.getCos(), sin = own.getSin();
        return {build.add(build.mul(sine, sin), build.mul(cosine, cos)),
                build.sub(build.mul(cosine, sin), build.mul(sine, cos))};
      });
  return ConcatOp::create(builder, loc, ValueRange{content, turned});
}

SEXTANT_ATTN_SAMPLE(TransformerXLAttr) {
  const int64_t features = 2 * draw.integer(1, 10);
  if (draw.side == ScoreSide::Key)
    return llvm::formatv("#attn.transformer_xl<side = key, features = {0}>",
                         features);
  for (int64_t place : {kContentBias, kPositionBias}) {
    (void)place;
    draw.capture({{SampledTensor::RowHeads, draw.channels}});
  }
  draw.capture({{SampledTensor::RowHeads, features, draw.channels}});
  return llvm::formatv(
      "#attn.transformer_xl<side = query, features = {0}, base = {1}>",
      features, draw.number(10, 10010));
}

SEXTANT_ATTN_ENTRY(TransformerXL, TransformerXLAttr)
