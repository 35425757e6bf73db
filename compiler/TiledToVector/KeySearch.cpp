//===- KeySearch.cpp - The next range of keys that is seen ----------------===//

#include "compiler/TiledToVector/KeySearch.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

using Values = Code::Values;

/// More leaves than there can be keys.
static constexpr int64_t kWholeRange = int64_t(1) << 40;
/// The checker refuses positions beyond it.
static constexpr int64_t kMostPosition = int64_t(1) << 24;

ClassSources sextant::classSourcesOf(Frame &frame, ForTilesOp op,
                                     const ExtentValues &extents) {
  ClassSources sources;
  sources.extents = extents;
  SmallVector<Block *> masks;
  for (unsigned term = 0; term < op.getNumTerms(); ++term)
    if (Region &visible = op.getForKeys(term).getVisible(); !visible.empty())
      masks.push_back(&visible.front());
  sources.tensors = frame.tensorsOf(masks);
  for (Value summary : op.getSummaries()) {
    Value source = summary.getDefiningOp<SummarizeOp>().getSource();
    sources.summaries[source] = frame.memrefOf(summary);
  }
  return sources;
}

Interval sextant::rowRange(Code &code, Value first, Value end, int64_t most) {
  return {code.toInteger(64, first), code.toInteger(64, code.sub(end, 1)),
          most};
}

void sextant::setClassRows(Code &code, TileClassifier &classifier,
                           Block &visible, const ClassSources &sources,
                           Value batch, unsigned place, Value positionTensor,
                           const RowPositions &positions,
                           const Interval &rows) {
  classifier.set(place, rows);
  if (visible.getArgument(place + 2).use_empty())
    return;
  if (positions.base) {
    Value base = code.toInteger(64, positions.base);
    classifier.set(place + 2, {code.add(base, rows.low),
                               code.add(base, rows.high), rows.most});
  } else if (Value summary = sources.summaries.lookup(positionTensor)) {
    classifier.set(place + 2, readInterval(code, {positions.tensor, summary},
                                           {batch}, rows));
  } else {
    // Anything that the caller may pass.
    classifier.set(place + 2, {code.integer(64, -kMostPosition),
                               code.integer(64, kMostPosition)});
  }
}

VisibleLeaf
sextant::findVisibleLeaf(Code &code, Value leaf, Value leaves,
                         llvm::function_ref<Value(Value, Value)> classOf) {
  Value size = code.select(code.isZero(leaf), code.index(kWholeRange),
                           code.lowestBit(leaf));
  Values found = code.loopWhile(
      {leaf, size, code.integer(32, 0)},
      [&](ValueRange state) -> Values {
        Value kind = classOf(state[0], state[1]);
        Value isEmpty = code.isZero(kind);
        Value isPartial =
            code.compare(Code::Predicate::eq, kind, code.integer(32, 1));
        Value divisible =
            code.compare(Code::Predicate::ugt, state[1], code.index(1));
        Value goOn = code.either(isEmpty, code.both(isPartial, divisible));
        Value inside = code.less(state[0], leaves);
        // What comes next, if the search goes on.
        Value next = code.add(state[0], state[1]);
        Value leafNext = code.select(isEmpty, next, state[0]);
        Value sizeNext = code.select(isEmpty, code.lowestBit(next),
                                     code.divide(state[1], 2));
        Value condition = code.both(inside, goOn);
        return {condition, code.select(condition, leafNext, state[0]),
                code.select(condition, sizeNext, state[1]), kind};
      },
      [&](ValueRange state) -> Values { return Values(state); });
  return {found[0], found[2]};
}
