//===- FusedOp.cpp - Verifier of the fused form ---------------------------===//

#include "dialect/Attn/IR/Attn.h"
#include "dialect/Attn/IR/AttnRegions.h"
#include "dialect/Attn/IR/AttnVerify.h"

#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace sextant::attn;

SmallVector<ChannelGroupAttr> FusedOp::getGroups() {
  SmallVector<ChannelGroupAttr> groups;
  for (Attribute term : getTerms())
    for (Attribute group : llvm::cast<ArrayAttr>(term))
      groups.push_back(llvm::cast<ChannelGroupAttr>(group));
  return groups;
}

int64_t FusedOp::getTermWidth(unsigned term) {
  int64_t width = 0;
  for (Attribute attr : llvm::cast<ArrayAttr>(getTerms()[term])) {
    auto group = llvm::cast<ChannelGroupAttr>(attr);
    width += group.getCount() * group.getWidth();
  }
  return width;
}

/// Group counts, widths and strides stay far from overflow.
static constexpr int64_t kMaxGroupExtent = int64_t(1) << 24;

static LogicalResult verifyMembers(FusedOp op, StringRef side,
                                   ArrayRef<MemberAttr> members, int64_t count,
                                   ValueRange operands) {
  for (MemberAttr member : members) {
    if (member.getOperand() < 0 ||
        member.getOperand() >= (int64_t)operands.size()) // fused_c4
      return op.emitOpError()
             << "expected a " << side << " operand number below "
             << operands.size() << ", got " << member.getOperand();
    int64_t channels = channelsOf(operands[member.getOperand()]);
    int64_t stride =
        std::clamp(member.getStride(), -kMaxGroupExtent, kMaxGroupExtent);
    int64_t first = std::clamp(member.getOffset(), int64_t(-1), channels);
    int64_t last = first + stride * (count - 1);
    if (std::min(first, last) < 0 || std::max(first, last) >= channels)
      return op.emitOpError() // fused_c5
             << "expected " << side << " channels within [0, " << channels
             << "), got " << first << " to " << last;
  }
  return success();
}

/// Terms are lists of channel groups, two feature regions a group.
static LogicalResult verifyTerms(FusedOp op) {
  if (op.getTerms().empty()) // fused_c1
    return op.emitOpError("expected at least one term");
  for (Attribute term : op.getTerms()) {
    auto list = llvm::dyn_cast<ArrayAttr>(term);
    if (!list || !llvm::all_of(list, llvm::IsaPred<ChannelGroupAttr>))
      return op.emitOpError("expected each term to be a list of #attn.group");
  }
  SmallVector<ChannelGroupAttr> groups = op.getGroups();
  if (op.getFeatures().size() != 2 * groups.size()) // fused_c2
    return op.emitOpError()
           << "expected " << 2 * groups.size()
           << " feature regions (query and key side of " << groups.size()
           << " groups), got " << op.getFeatures().size();
  for (ChannelGroupAttr group : groups) {
    for (int64_t extent : {group.getCount(), group.getWidth()})
      if (extent < 1 || extent > kMaxGroupExtent) // fused_c3
        return op.emitOpError("expected 'count' and 'width' of a group within "
                              "[1, 2^24], got ")
               << extent;
    if (failed(verifyMembers(op, "query", group.getQuery(), group.getCount(),
                             op.getQuery())) ||
        failed(verifyMembers(op, "key", group.getKey(), group.getCount(),
                             op.getKey())))
      return failure();
  }
  if (op.getScore().empty() && op.getTerms().size() != 1) // fused_c6
    return op.emitOpError("expected a score region to combine the terms");
  return success();
}

/// Every operand is of the result's batch, of heads that divide its heads, and
/// of one row count a side (fused_c7).
static LogicalResult verifyShapes(FusedOp op) {
  Value result = op.getResult(), value = op.getValue();
  if (op.getQuery().empty() || op.getKey().empty())
    return op.emitOpError("expected at least one query and one key operand");
  auto verifySide = [&](StringRef name, Value operand, StringRef rowsOf,
                        Value rows) -> LogicalResult {
    if (failed(verifyRow(op, name, operand)) ||
        failed(verifyAgree(op, "batch extent", "result", extentOf(result, 0),
                           name, extentOf(operand, 0))) ||
        failed(verifyAgree(op, "row count", rowsOf, extentOf(rows, 2), name,
                           extentOf(operand, 2))))
      return failure();
    return verifyHeads(op, extentOf(result, 1), extentOf(operand, 1));
  };
  for (Value query : op.getQuery())
    if (failed(verifySide("query", query, "result", result)))
      return failure();
  for (Value key : op.getKey())
    if (failed(verifySide("key", key, "value", value)))
      return failure();
  if (failed(verifySide("value", value, "value", value)) ||
      failed(verifyAgree(op, "channel count", "value", channelsOf(value),
                         "result", channelsOf(result))))
    return failure();
  for (unsigned axis : {0, 1, 2})
    if (op.getRowResult() &&
        failed(verifyAgree(op, "shape", "result", extentOf(result, axis),
                           "second result", extentOf(op.getRowResult(), axis))))
      return failure();
  if (bool(op.getQueryPos()) != bool(op.getKeyPos())) // positions_c3
    return op.emitOpError("expected query and key positions together");
  if (failed(verifyPositionsOf(op, result, 2, op.getQueryPos())) ||
      failed(verifyPositionsOf(op, value, 2, op.getKeyPos())))
    return failure();
  return verifyCaptureElements(op, op.getCaptures());
}

LogicalResult FusedOp::verify() {
  if (failed(verifyTerms(*this)))
    return failure();
  return verifyShapes(*this);
}

LogicalResult FusedOp::verifyRegions() {
  for (auto [i, group] : llvm::enumerate(getGroups())) {
    for (bool query : {true, false}) {
      Region &region = query ? getQueryFeatures(i) : getKeyFeatures(i);
      unsigned members =
          query ? group.getQuery().size() : group.getKey().size();
      if (failed(verifyScalarRegion(*this, region, members, kRowCoordinates)))
        return failure();
      unsigned yields = region.front().getTerminator()->getNumOperands();
      if (yields != group.getWidth()) // fused_c8
        return emitOpError()
               << "expected " << group.getWidth() << " features of group " << i
               << ", got " << yields;
    }
  }
  if (!getScore().empty()) {
    if (failed(verifyScalarRegion(*this, getScore(), getTerms().size(),
                                  kPairCoordinates)))
      return failure();
    unsigned yields = getScore().front().getTerminator()->getNumOperands();
    if (yields != 1) // fused_c9
      return emitOpError("expected the score region to yield one value, got ")
             << yields;
    if (failed(verifyPositionUses(*this, getScore(), bool(getQueryPos()))))
      return failure();
  }
  if (!getVisible().empty() &&
      failed(verifyPredicateRegion(*this, getVisible(), "visible",
                                   bool(getQueryPos()))))
    return failure();
  if (!getExtra().empty() && !getNormalizer().isOnlineSoftmax()) // fused_c11
    return emitOpError("extra logits need the normalizer #attn.softmax, got ")
           << getNormalizer();
  if (!getExtra().empty() &&
      failed(verifyExtraLogits(*this, getExtra(), bool(getQueryPos()))))
    return failure();
  if (!getOutput().empty() &&
      failed(verifyOutputMap(*this, getOutput(), bool(getQueryPos()))))
    return failure();
  RowStateAttrInterface normalizer = getNormalizer();
  bool isOrdered = normalizer.isOrdered();
  bool isPointwise = !isOrdered && !normalizer.isOnlineSoftmax();
  if (getWeight().empty() == isPointwise) // fused_c12
    return emitOpError("expected a 'weight' region exactly with the normalizer "
                       "#attn.pointwise, got ")
           << normalizer;
  if (getCarry().empty() == isOrdered) // fused_c14
    return emitOpError("expected a 'carry' region exactly with the normalizer "
                       "#attn.ordered, got ")
           << normalizer;
  if (isOrdered &&
      failed(verifyKeyShare(*this, getCarry(), bool(getQueryPos()))))
    return failure();
  if (getRowResult() && isPointwise) // fused_c13
    return emitOpError("expected one result: only #attn.softmax has a "
                       "log-sum-exp and #attn.ordered a remainder, got ")
           << normalizer;
  for (auto [region, elements] :
       {std::pair(&getWeight(), 1u), std::pair(&getGate(), 0u)})
    if (!region->empty() &&
        failed(verifyPairNumber(*this, *region, elements, bool(getQueryPos()))))
      return failure();
  llvm::SetVector<Value> outside;
  for (Region &region : (*this)->getRegions())
    getUsedValuesDefinedAbove(region, outside);
  for (Value value : outside)
    if (!llvm::is_contained(getCaptures(), value) &&
        !matchPattern(value, m_Constant())) // fused_c10
      return emitOpError("region reads a value of type ")
             << value.getType() << " that is not in 'captures'";
  return success();
}
