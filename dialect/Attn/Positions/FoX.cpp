//===- FoX.cpp - Forget gates summed along the sequence -----------------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnScalar.h"

#include <cmath>

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/FoX.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/FoX.cpp.inc"

bool FoXAttr::usesPositions() const { return false; }

int64_t FoXAttr::getNumCaptures() const { return 2; }

LogicalResult
FoXAttr::verifyCaptures(function_ref<InFlightDiagnostic()> emitError,
                        TypeRange captures) const {
  for (int64_t place : {0, 1})
    if (failed(verifyNumbersCapture(
            emitError, getMnemonic(),
            place ? "gates of keys" : "gates of queries", place,
            {ShapedType::kDynamic, ShapedType::kDynamic, ShapedType::kDynamic},
            captures)))
      return failure();
  return success();
}

double FoXAttr::evaluate(const PairCoordinates &at,
                         const CaptureReader &read) const {
  return read(0, {at.batch, at.head, at.queryIndex}) -
         read(1, {at.batch, at.head, at.keyIndex});
}

// The gates may be added to the score one after the other.
double FoXAttr::boundSlack(const PairCoordinates &at, const CaptureReader &read,
                           double bias) const {
  return std::abs(bias) +
         std::abs(read(0, {at.batch, at.head, at.queryIndex})) +
         std::abs(read(1, {at.batch, at.head, at.keyIndex}));
}

Value FoXAttr::expand(OpBuilder &builder, Location loc, const PairValues &at,
                      ValueRange captures) const {
  ScalarBuilder build(builder, loc, builder.getF32Type());
  return build.sub(build.read(captures[0], {at.batch, at.head, at.queryIndex}),
                   build.read(captures[1], {at.batch, at.head, at.keyIndex}));
}

SEXTANT_ATTN_SAMPLE(FoXAttr) {
  for (auto rows : {SampledTensor::Queries, SampledTensor::Keys})
    draw.capture({{SampledTensor::Batches, SampledTensor::Heads, rows},
                  SampledTensor::RunningSums,
                  -0.25,
                  0});
  return "#attn.fox";
}

SEXTANT_ATTN_ENTRY(FoX, FoXAttr)
