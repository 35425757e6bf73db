//===- ReRoPE.cpp - Rotary distances that stop growing --------------------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnScalar.h"

#include <cmath>

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/ReRoPE.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/ReRoPE.cpp.inc"

/// |distance| < window; beyond it the query is ahead, or behind.
enum Branch : int64_t { kNear, kAhead, kBehind, kNumBranches };

LogicalResult ReRoPEAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                 RotaryAttrInterface, int64_t window,
                                 std::optional<int64_t> leak) {
  constexpr int64_t kMost = int64_t(1) << 24;
  if (window < 1 || window > kMost) // rerope_c1
    return emitError() << "'window' must be within [1, 2^24], got " << window;
  if (leak && (*leak < 2 || *leak > kMost / window)) // rerope_c2
    return emitError() << "'leak' must be within [2, 2^24 / window = "
                       << kMost / window << "], got " << *leak
                       << "; omit it for distances that do not grow";
  return success();
}

double ReRoPEAttr::evaluateDistance(int64_t queryPos, int64_t keyPos) const {
  double distance = double(queryPos - keyPos), size = std::abs(distance);
  double window = double(getWindow());
  if (size >= window) {
    size = window;
    if (getLeak())
      size += (std::abs(distance) - window) / double(*getLeak());
  }
  return std::copysign(size, distance);
}

int64_t ReRoPEAttr::getNumBranches() const { return kNumBranches; }

int64_t ReRoPEAttr::getDivisor(int64_t branch) const {
  return branch == kNear ? 1 : getLeak().value_or(1);
}

// w + (m - n - w) / leak = (m + w (leak - 1)) / leak - n / leak
Value ReRoPEAttr::expandQueryPosition(OpBuilder &builder, Location loc,
                                      int64_t branch, Value position) const {
  ScalarBuilder build(builder, loc, builder.getF32Type());
  if (branch == kNear)
    return position;
  int64_t shift = getWindow() * (getLeak().value_or(2) - 1);
  Value shifted = build.integer(branch == kAhead ? shift : -shift);
  return getLeak() ? arith::AddIOp::create(builder, loc, position, shifted)
                   : shifted;
}

Value ReRoPEAttr::expandKeyPosition(OpBuilder &builder, Location loc,
                                    int64_t branch, Value position) const {
  ScalarBuilder build(builder, loc, builder.getF32Type());
  return branch == kNear || getLeak() ? position : build.integer(0);
}

Value ReRoPEAttr::expandCondition(OpBuilder &builder, Location loc,
                                  int64_t branch, Value queryPos,
                                  Value keyPos) const {
  ScalarBuilder build(builder, loc, builder.getF32Type());
  Value delta = arith::SubIOp::create(builder, loc, queryPos, keyPos);
  Value ahead =
      build.less(build.integer(branch == kNear ? -getWindow() : 0), delta);
  if (branch == kAhead)
    return ahead;
  return arith::AndIOp::create(builder, loc, ahead,
                               build.less(delta, getWindow()));
}

SEXTANT_ATTN_SAMPLE(ReRoPEAttr) {
  if (draw.channels % 2)
    return "";
  const std::string rotation = draw.plainRotation();
  std::string text = llvm::formatv("#attn.rerope<rotation = {0}, window = {1}",
                                   rotation, draw.integer(1, 60));
  if (draw.flag())
    text += llvm::formatv(", leak = {0}", draw.integer(2, 16));
  return text + ">";
}

SEXTANT_ATTN_ENTRY(ReRoPE, ReRoPEAttr)
