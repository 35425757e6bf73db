//===- SelfExtend.cpp - Grouped positions far away ------------------------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnScalar.h"

#include <cmath>

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/SelfExtend.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/SelfExtend.cpp.inc"

enum Branch : int64_t { kNear, kFar, kNumBranches };

LogicalResult
SelfExtendAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                       RotaryAttrInterface, int64_t window, int64_t group) {
  constexpr int64_t kMost = int64_t(1) << 24;
  if (group < 2 || group > kMost) // self_extend_c1
    return emitError() << "'group' must be within [2, 2^24], got " << group;
  if (window < 1 || window > kMost / group) // self_extend_c2
    return emitError() << "'window' must be within [1, 2^24 / group = "
                       << kMost / group << "], got " << window;
  return success();
}

double SelfExtendAttr::evaluateDistance(int64_t queryPos,
                                        int64_t keyPos) const {
  if (queryPos - keyPos < getWindow())
    return double(queryPos - keyPos);
  double window = double(getWindow()), group = double(getGroup());
  return std::floor(queryPos / group) + window - window / group -
         std::floor(keyPos / group);
}

int64_t SelfExtendAttr::getNumBranches() const { return kNumBranches; }

/// Far away positions are whole numbers unless W / G is a fraction.
int64_t SelfExtendAttr::getDivisor(int64_t branch) const {
  return branch == kFar && getWindow() % getGroup() ? getGroup() : 1;
}

/// floor(position / G) + shift / divisor in units of the branch. A whole shift
/// goes into the quotient: the angle stays one angle.
static Value groupOf(SelfExtendAttr attr, OpBuilder &builder, Location loc,
                     Value position, int64_t shift) {
  ScalarBuilder build(builder, loc, builder.getF32Type());
  Value group = build.integer(attr.getGroup());
  int64_t divisor = attr.getDivisor(kFar);
  if (divisor == 1 && shift != 0)
    position = arith::AddIOp::create(builder, loc, position,
                                     build.integer(shift * attr.getGroup()));
  Value quotient = arith::FloorDivSIOp::create(builder, loc, position, group);
  if (divisor == 1)
    return quotient;
  Value units = arith::MulIOp::create(builder, loc, quotient, group);
  return shift == 0
             ? units
             : arith::AddIOp::create(builder, loc, units, build.integer(shift));
}

Value SelfExtendAttr::expandQueryPosition(OpBuilder &builder, Location loc,
                                          int64_t branch,
                                          Value position) const {
  if (branch == kNear)
    return position;
  // W - W / G, times the divisor: a whole number.
  int64_t divisor = getDivisor(branch);
  int64_t shift = getWindow() * divisor - getWindow() * divisor / getGroup();
  return groupOf(*this, builder, loc, position, shift);
}

Value SelfExtendAttr::expandKeyPosition(OpBuilder &builder, Location loc,
                                        int64_t branch, Value position) const {
  return branch == kNear ? position
                         : groupOf(*this, builder, loc, position, /*shift=*/0);
}

Value SelfExtendAttr::expandCondition(OpBuilder &builder, Location loc, int64_t,
                                      Value queryPos, Value keyPos) const {
  ScalarBuilder build(builder, loc, builder.getF32Type());
  return build.less(arith::SubIOp::create(builder, loc, queryPos, keyPos),
                    build.integer(getWindow()));
}

SEXTANT_ATTN_SAMPLE(SelfExtendAttr) {
  if (draw.channels % 2)
    return "";
  const std::string rotation = draw.plainRotation();
  return llvm::formatv(
      "#attn.self_extend<rotation = {0}, window = {1}, group = {2}>", rotation,
      draw.integer(1, 60), draw.integer(2, 9));
}

SEXTANT_ATTN_ENTRY(SelfExtend, SelfExtendAttr)
