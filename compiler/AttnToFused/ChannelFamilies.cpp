//===- ChannelFamilies.cpp - Channel groups with one program --------------===//
//
// Union-find over channels, then runs of groups in arithmetic progression.
//
//===----------------------------------------------------------------------===//

#include "compiler/AttnToFused/ChannelFamilies.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/IntEqClasses.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

namespace {
/// Copies the nodes below some roots, operands first, each once.
class GroupCollector {
public:
  GroupCollector(const ChannelTrace &trace, ChannelFamily &group)
      : trace(trace), group(group) {}

  unsigned collect(unsigned node) {
    if (auto found = local.find(node); found != local.end())
      return found->second;
    ChannelNode copy = trace[node];
    for (unsigned &operand : copy.operands)
      if (operand != ChannelNode::kUnused)
        operand = collect(operand);
    group.nodes.push_back(std::move(copy));
    return local[node] = group.nodes.size() - 1;
  }

private:
  const ChannelTrace &trace;
  ChannelFamily &group;
  llvm::DenseMap<unsigned, unsigned> local;
};
} // namespace

/// Equal but for the numbers.
static bool sameStructure(const ChannelFamily &a, const ChannelFamily &b) {
  if (a.products != b.products || a.nodes.size() != b.nodes.size())
    return false;
  for (auto [left, right] : llvm::zip_equal(a.nodes, b.nodes))
    if (left.side != right.side || left.tensor != right.tensor ||
        left.map != right.map || left.yield != right.yield ||
        left.operands != right.operands)
      return false;
  return true;
}

/// Takes `group` in as the next group of `family` if it continues the
/// progression; the second group decides the strides.
static bool extend(ChannelFamily &family, const ChannelFamily &group) {
  if (!sameStructure(family, group))
    return false;
  std::vector<int64_t> strides;
  for (auto [first, next] : llvm::zip_equal(family.nodes, group.nodes)) {
    int64_t distance = next.number - first.number;
    if (distance % family.count)
      return false;
    strides.push_back(distance / family.count);
  }
  if (family.count > 1 && strides != family.strides)
    return false;
  family.strides = std::move(strides);
  ++family.count;
  return true;
}

FailureOr<std::vector<ChannelFamily>>
sextant::findChannelFamilies(ScoresOp scores) {
  ChannelTrace trace;
  int64_t channels =
      cast<RankedTensorType>(scores.getQuery().getType()).getShape().back();
  std::vector<std::pair<unsigned, unsigned>> roots;
  for (int64_t channel = 0; channel < channels; ++channel) {
    FailureOr<unsigned> query =
        trace.trace(scores.getQuery(), channel, RowSide::Query);
    FailureOr<unsigned> key =
        trace.trace(scores.getKey(), channel, RowSide::Key);
    if (failed(query) || failed(key))
      return failure();
    roots.push_back({*query, *key});
  }

  // Nodes and score channels are linked if one reads the other, so components
  // of channels are those that share a leaf.
  llvm::IntEqClasses classes(trace.size() + channels);
  for (unsigned node = 0; node < trace.size(); ++node)
    for (unsigned operand : trace[node].operands)
      if (operand != ChannelNode::kUnused)
        classes.join(node, operand);
  for (auto [channel, root] : llvm::enumerate(roots)) {
    classes.join(trace.size() + channel, root.first);
    classes.join(trace.size() + channel, root.second);
  }
  classes.compress();

  std::vector<ChannelFamily> groups;
  llvm::DenseMap<unsigned, unsigned> groupOf;
  for (int64_t channel = 0; channel < channels; ++channel) {
    auto [entry, fresh] = groupOf.try_emplace(
        classes[trace.size() + channel], static_cast<unsigned>(groups.size()));
    if (fresh)
      groups.emplace_back();
    groups[entry->second].channels.push_back(channel);
  }

  std::vector<ChannelFamily> families;
  for (ChannelFamily &group : groups) {
    GroupCollector collector(trace, group);
    for (int64_t channel : group.channels) {
      // Named one by one: the order of evaluation decides the node numbers.
      unsigned query = collector.collect(roots[channel].first);
      unsigned key = collector.collect(roots[channel].second);
      group.products.push_back({query, key});
    }
    if (llvm::none_of(families, [&](ChannelFamily &family) {
          return extend(family, group);
        }))
      families.push_back(std::move(group));
  }
  for (ChannelFamily &family : families)
    if (family.count == 1)
      family.strides.assign(family.nodes.size(), 0);
  return families;
}
