//===- FusedOp.cpp - Verifier of the fused form
//----------------------------===//

#include "dialect/Attn/IR/Attn.h"
#include "dialect/Attn/IR/AttnRegions.h"

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

static LogicalResult verifyMembers(FusedOp op, StringRef side,
                                   ArrayRef<MemberAttr> members, int64_t count,
                                   ValueRange operands) {
  for (MemberAttr member : members) {
    if (member.getOperand() < 0 ||
        member.getOperand() >= (int64_t)operands.size())
      return op.emitOpError()
             << "expected a " << side << " operand number below "
             << operands.size() << ", got " << member.getOperand();
    int64_t channels = extentOf(operands[member.getOperand()], 3);
    int64_t first = member.getOffset();
    int64_t last = first + member.getStride() * (count - 1);
    if (std::min(first, last) < 0 || std::max(first, last) >= channels)
      return op.emitOpError()
             << "expected " << side << " channels within [0, " << channels
             << "), got " << first << " to " << last;
  }
  return success();
}

LogicalResult FusedOp::verify() {
  // fused_c1: terms are lists of channel groups, two feature regions a group.
  if (getTerms().empty())
    return emitOpError("expected at least one term");
  for (Attribute term : getTerms()) {
    auto list = llvm::dyn_cast<ArrayAttr>(term);
    if (!list || !llvm::all_of(list, llvm::IsaPred<ChannelGroupAttr>))
      return emitOpError("expected each term to be a list of #attn.group");
  }
  SmallVector<ChannelGroupAttr> groups = getGroups();
  if (getFeatures().size() != 2 * groups.size())
    return emitOpError() << "expected " << 2 * groups.size()
                         << " feature regions (query and key side of "
                         << groups.size() << " groups), got "
                         << getFeatures().size();
  for (auto [i, group] : llvm::enumerate(groups)) {
    if (group.getCount() < 1 || group.getWidth() < 1)
      return emitOpError("expected positive 'count' and 'width' in a group");
    if (failed(verifyMembers(*this, "query", group.getQuery(), group.getCount(),
                             getQuery())) ||
        failed(verifyMembers(*this, "key", group.getKey(), group.getCount(),
                             getKey())))
      return failure();
    for (bool query : {true, false}) {
      Region &region = query ? getQueryFeatures(i) : getKeyFeatures(i);
      unsigned members =
          query ? group.getQuery().size() : group.getKey().size();
      if (failed(verifyScalarRegion(*this, region, members, kRowCoordinates)))
        return failure();
      unsigned yields = region.front().getTerminator()->getNumOperands();
      if (yields != group.getWidth()) // fused_c2
        return emitOpError()
               << "expected " << group.getWidth() << " features of group " << i
               << ", got " << yields;
    }
  }
  if (!getScore().empty()) {
    if (failed(verifyScalarRegion(*this, getScore(), getTerms().size(),
                                  kPairCoordinates)))
      return failure();
    if (getScore().front().getTerminator()->getNumOperands() != 1)
      return emitOpError("expected the score region to yield one value");
    if (failed(verifyPositionUses(*this, getScore(), bool(getQueryPos()))))
      return failure();
  } else if (getTerms().size() != 1) {
    return emitOpError("expected a score region to combine the terms");
  }
  if (!getVisible().empty() &&
      failed(verifyVisibleRegion(*this, getVisible(), bool(getQueryPos()))))
    return failure();
  // fused_c3: outside values are constants or captures.
  llvm::SetVector<Value> outside;
  for (Region &region : (*this)->getRegions())
    getUsedValuesDefinedAbove(region, outside);
  for (Value value : outside)
    if (!llvm::is_contained(getCaptures(), value) &&
        !matchPattern(value, m_Constant()))
      return emitOpError("region reads a value that is not in 'captures': ")
             << value;
  return success();
}
