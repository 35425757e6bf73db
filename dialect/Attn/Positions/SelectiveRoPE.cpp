//===- SelectiveRoPE.cpp - Rotation by angles of the input --------------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnScalar.h"

#include <cmath>

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/SelectiveRoPE.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/SelectiveRoPE.cpp.inc"

bool SelectiveRoPEAttr::usesPositions() const { return false; }

int64_t SelectiveRoPEAttr::getNumCaptures() const { return 1; }

LogicalResult
SelectiveRoPEAttr::verifyCaptures(function_ref<InFlightDiagnostic()> emitError,
                                  int64_t channels, TypeRange captures) const {
  // All channels turn: which ones do is a slice's, before this op.
  if (channels % 2) // selective_rope_c1
    return emitError() << "head dim must be even for rotary pairing, got "
                       << channels;
  int64_t any = ShapedType::kDynamic;
  return verifyNumbersCapture(emitError, getMnemonic(),
                              "angles, one a pair of each row", 0,
                              {any, any, any, channels / 2}, captures);
}

void SelectiveRoPEAttr::evaluate(const RowCoordinates &at, ArrayRef<double> row,
                                 const CaptureReader &read,
                                 MutableArrayRef<double> value,
                                 MutableArrayRef<double> slack) const {
  int64_t pairs = row.size() / 2;
  for (int64_t k = 0; k < pairs; ++k) {
    bool half = getLayout() == PairLayout::Half;
    int64_t a = half ? k : 2 * k, b = half ? k + pairs : 2 * k + 1;
    double angle = read(0, {at.batch, at.head, at.index, k});
    double cos = std::cos(angle), sin = std::sin(angle);
    value[a] = row[a] * cos - row[b] * sin;
    value[b] = row[b] * cos + row[a] * sin;
    double sizeA = std::abs(row[a]), sizeB = std::abs(row[b]);
    double byCos = 4 + std::abs(cos), bySin = 4 + std::abs(sin);
    slack[a] = sizeA * byCos + sizeB * bySin + std::abs(value[a]);
    slack[b] = sizeB * byCos + sizeA * bySin + std::abs(value[b]);
  }
}

Value SelectiveRoPEAttr::expand(OpBuilder &builder, Location loc, Value rows,
                                Value, ValueRange captures) const {
  int64_t channels =
      llvm::cast<RankedTensorType>(rows.getType()).getShape().back();
  return buildRowMap(
      builder, loc, rows, Value(), /*pairs=*/true, getLayout(), channels,
      [&](ValueRange args) -> SmallVector<Value> {
        ScalarBuilder build(builder, loc, builder.getF32Type());
        Value batch = args[2], head = args[3], index = args[4], pair = args[6];
        Value angle = build.read(captures[0], {batch, head, index, pair});
        Value cos = math::CosOp::create(builder, loc, angle);
        Value sin = math::SinOp::create(builder, loc, angle);
        return buildTurn(builder, loc, args[0], args[1], cos, sin);
      });
}

SEXTANT_ATTN_SAMPLE(SelectiveRoPEAttr) {
  if (draw.channels % 2)
    return "";
  draw.capture({{SampledTensor::Batches, SampledTensor::RowHeads,
                 SampledTensor::Rows, draw.channels / 2},
                SampledTensor::Numbers,
                -100,
                100,
                /*onlyF32=*/true});
  return llvm::formatv("#attn.selective_rope<layout = {0}>", draw.layout());
}

SEXTANT_ATTN_ENTRY(SelectiveRoPE, SelectiveRoPEAttr)
