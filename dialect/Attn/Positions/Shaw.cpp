//===- Shaw.cpp - What a query says of a distance -------------------------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnScalar.h"

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/Shaw.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/Shaw.cpp.inc"

LogicalResult ShawAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                               int64_t clip) {
  if (clip < 0 || clip > 32767) // shaw_c1
    return emitError() << "'clip' must be within [0, 32767], got " << clip;
  return success();
}

int64_t ShawAttr::getNumCaptures() const { return 1; }

LogicalResult
ShawAttr::verifyCaptures(function_ref<InFlightDiagnostic()> emitError,
                         TypeRange captures) const {
  constexpr int64_t any = ShapedType::kDynamic;
  return verifyNumbersCapture(emitError, getMnemonic(),
                              "a number for each distance of each query", 0,
                              {any, any, any, 2 * getClip() + 1}, captures);
}

double ShawAttr::evaluate(const PairCoordinates &at,
                          const CaptureReader &read) const {
  int64_t ahead = at.keyPos - at.queryPos, clip = getClip();
  int64_t row = ahead < -clip ? 0 : ahead > clip ? 2 * clip : ahead + clip;
  return read(0, {at.batch, at.head, at.queryIndex, row});
}

// It is read, and added to the score.
double ShawAttr::boundSlack(const PairCoordinates &, const CaptureReader &,
                            double) const {
  return 0;
}

Value ShawAttr::expand(OpBuilder &builder, Location loc, const PairValues &at,
                       ValueRange captures) const {
  ScalarBuilder build(builder, loc, builder.getF32Type());
  Value clip = build.integer(getClip());
  Value ahead = arith::SubIOp::create(builder, loc, at.keyPos, at.queryPos);
  Value limited = arith::MinSIOp::create(
      builder, loc,
      arith::MaxSIOp::create(builder, loc, ahead, build.integer(-getClip())),
      clip);
  Value row = arith::AddIOp::create(builder, loc, limited, clip);
  return build.read(captures[0], {at.batch, at.head, at.queryIndex, row});
}

SEXTANT_ATTN_SAMPLE(ShawAttr) {
  const int64_t clip = draw.integer(0, 20);
  draw.capture({{SampledTensor::Batches, SampledTensor::Heads,
                 SampledTensor::Queries, 2 * clip + 1}});
  return llvm::formatv("#attn.shaw<clip = {0}>", clip);
}

SEXTANT_ATTN_ENTRY(Shaw, ShawAttr)
