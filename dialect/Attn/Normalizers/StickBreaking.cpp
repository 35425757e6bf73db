//===- StickBreaking.cpp - Each key breaks a piece off a stick ------------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnSample.h"
#include "dialect/Attn/IR/AttnScalar.h"

#include <cmath>

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Normalizers/StickBreaking.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Normalizers/StickBreaking.cpp.inc"

bool StickBreakingAttr::isOrdered() const { return true; }

KeyShare StickBreakingAttr::evaluateShare(const PairCoordinates &,
                                          const CaptureReader &, double score,
                                          double slack) const {
  KeyShare share;
  share.take = 1 / (1 + std::exp(-score));
  share.keep = 1 / (1 + std::exp(score));
  if (std::isinf(score)) // 0 and 1, exactly
    return share;
  // The exponential is that of a score that was rounded; what follows takes 4
  // roundings, and the exponential itself is within 4 units.
  double moved = share.take * share.keep * (slack + std::fabs(score));
  share.takeSlack = moved + 8 * share.take;
  share.keepSlack = moved + 8 * share.keep;
  return share;
}

SmallVector<Value> StickBreakingAttr::expandShare(OpBuilder &builder,
                                                  Location loc, Value score,
                                                  const PairValues &,
                                                  ValueRange) const {
  // With e = exp(-s): take = 1 / (1 + e), keep = e take. Beyond the limit what
  // a key takes is 10^-38 and less. A bounded exponential costs a kernel less.
  ScalarBuilder build(builder, loc, builder.getF32Type());
  Value negative =
      build.min(build.sub(build.number(0), score), build.number(87.5));
  Value power = math::ExpOp::create(builder, loc, negative);
  Value take = build.div(build.number(1), build.add(power, 1));
  return {take, build.mul(power, take)};
}

SEXTANT_ATTN_SAMPLE(StickBreakingAttr) { return "#attn.stick_breaking"; }

SEXTANT_ATTN_ENTRY(StickBreaking, StickBreakingAttr)
