//===- DecodePlan.cpp - When few queries have a template of their own -----===//

#include "compiler/TiledToVector/DecodePlan.h"
#include "compiler/TiledToVector/Explain.h"

#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

/// Tasks a thread should have.
static constexpr int64_t kTasksOfThread = 2;

/// Most queries of a head that take the second template: a tile of queries in
/// the lanes costs the same for 1 query and for all its lanes.
static int64_t decodeQueries(const Target &target) { return target.lanes; }
/// The same of `op`, whose schedule may say otherwise.
static int64_t decodeQueries(ForTilesOp op, const Target &target) {
  std::optional<ScheduleAttr> given = op.getSchedule();
  return given && given->getDecodeQueries() >= 0 ? given->getDecodeQueries()
                                                 : decodeQueries(target);
}

std::optional<KeyAtoms> sextant::decodeKeyAtoms(ForTilesOp op,
                                                const Target &target) {
  if (!mayDecode(op, target))
    return std::nullopt;
  return findKeyAtoms(op, target.lanes);
}

Value sextant::rowsAreSkipped(Frame &frame, RowFeaturesOp op) {
  if (!op.getResult().hasOneUse())
    return nullptr;
  auto tiles = llvm::dyn_cast<ForTilesOp>(*op.getResult().user_begin());
  if (!tiles || tiles.getKey() != op.getResult() ||
      !decodeKeyAtoms(tiles, frame.kernel.target))
    return nullptr;
  return decodeIsChosen(frame, tiles);
}

/// Why `op` lacks the second template, which has one term and a softmax over
/// the visible keys; empty if it does not.
static StringRef whyNoDecodeForm(ForTilesOp op) {
  if (op.getNumTerms() != 1)
    return "its scores are a choice between dot products";
  if (!op.getNormalizer().isOnlineSoftmax())
    return "its weights are no softmax";
  if (op.getGate(0))
    return "its weights are scaled";
  if (!op.getFinalize().getExtra().empty())
    return "logits without a key join its sums";
  return "";
}
static bool hasDecodeForm(ForTilesOp op) { return whyNoDecodeForm(op).empty(); }

bool sextant::mayTile(ForTilesOp op, const Target &target) {
  return !mayDecode(op, target) ||
         ShapedType::isDynamic(attn::extentOf(op.getQuery().front(), 2));
}

bool sextant::mayDecode(ForTilesOp op, const Target &target) {
  int64_t queries = attn::extentOf(op.getQuery().front(), 2);
  const int64_t most = decodeQueries(op, target);
  return hasDecodeForm(op) && most > 0 &&
         (ShapedType::isDynamic(queries) || queries <= most);
}

Value sextant::decodeIsChosen(Frame &frame, ForTilesOp op) {
  const Target &target = frame.kernel.target;
  if (!mayTile(op, target) || !mayDecode(op, target))
    return frame.code.flag(mayDecode(op, target));
  Value queries = frame.extentOf(op.getQuery().front(), 2);
  return frame.code.less(queries,
                         frame.code.index(decodeQueries(op, target) + 1));
}

int64_t sextant::partialStride(ForTilesOp op) {
  return llvm::alignTo(op.getForKeys(0).getType().getChannels() + 2, 16);
}

static void explainTemplate(ForTilesOp op, const TargetSet &set,
                            llvm::raw_ostream &os) {
  os << "@" << op->getParentOfType<func::FuncOp>().getName()
     << ", few queries: ";
  if (StringRef reason = whyNoDecodeForm(op); !reason.empty()) {
    os << "as with many, for " << reason << "\n";
    return;
  }
  if (llvm::none_of(set.targets, [&](const Target *target) {
        return mayDecode(op, *target);
      })) {
    os << "never, with " << attn::extentOf(op.getQuery().front(), 2)
       << " a head in every call\n";
    return;
  }
  os << "at most";
  for (auto [i, target] : llvm::enumerate(set.targets))
    os << (i ? ", " : " ") << decodeQueries(op, *target) << " a head on "
       << target->isa;
  os << "\n  channels in the lanes; up to " << kDecodeRows
     << " rows (queries of a head, heads of a key head) share a pass over the "
        "keys\n  keys split over tasks until there are "
     << kTasksOfThread << " a thread, each of at least " << kSplitKeys
     << " keys; none with one thread\n  key features that are contents times "
        "angles are not stored: the contents are read\n";
}

void sextant::explainTemplates(ModuleOp module, const TargetSet &set,
                               llvm::raw_ostream &os) {
  module.walk([&](ForTilesOp op) { explainTemplate(op, set, os); });
}

DecodePlan::DecodePlan(Frame &frame, ForTilesOp op) {
  Code &code = frame.code;
  Value query = op.getQuery().front(), one = code.index(1);
  batches = frame.extentOf(query, 0);
  heads = frame.extentOf(query, 1);
  queries = frame.extentOf(query, 2);
  keys = frame.extentOf(op.getKey(), 2);

  // Key and value heads are equal as a rule; if neither divides the other, a
  // head reads alone.
  Value keyHeads = code.maximum(frame.extentOf(op.getKey(), 1), one);
  Value valueHeads = code.maximum(frame.extentOf(op.getValue(), 1), one);
  Value most = code.maximum(keyHeads, valueHeads);
  Value least = code.minimum(keyHeads, valueHeads);
  Value nested = code.isZero(code.remainder(most, least));
  group = code.select(nested, code.divide(heads, most), one);
  group = code.maximum(group, one);
  groups = code.divide(heads, group);

  queriesOfTask =
      code.minimum(code.maximum(queries, one), code.index(kDecodeRows));
  headsOfTask =
      code.minimum(code.divide(code.index(kDecodeRows), queriesOfTask), group);
  auto chunks = [&](Value count, Value size) {
    return code.divide(code.add(count, code.sub(size, 1)), size);
  };
  headChunks = chunks(group, headsOfTask);
  queryChunks = chunks(queries, queriesOfTask);

  Value tasks =
      code.mul(code.mul(batches, groups), code.mul(headChunks, queryChunks));
  tasks = code.maximum(tasks, one);
  Value wanted =
      code.select(code.compare(Code::Predicate::eq, frame.threads, one), one,
                  chunks(code.mul(frame.threads, kTasksOfThread), tasks));
  Value possible = code.maximum(code.divide(keys, kSplitKeys), one);
  Value leaves = code.divideUp(keys, kDecodeKeys);
  Value leavesOfSplit = chunks(leaves, code.minimum(wanted, possible));
  leavesOfSplit = code.maximum(leavesOfSplit, one);
  splitKeys = code.mul(leavesOfSplit, kDecodeKeys);
  splits = code.maximum(chunks(leaves, leavesOfSplit), one);
}

Value DecodePlan::partials(Code &code) const {
  return code.mul(code.mul(batches, heads), code.mul(queries, splits));
}
