//===- KeyRanges.cpp - Which keys a tile of queries visits ----------------===//
//
// Keys are classed by leaves of keyLeaf keys. From leaf t the largest aligned
// power-of-two range of leaves is asked first; an empty one is passed over
// whole, another is halved, so that a stretch of n unseen keys costs O(log n).
// The leaves of a block are then classed for each query tile of the task.
//
//===----------------------------------------------------------------------===//

#include "compiler/TiledToVector/TileKernel.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

using Values = Code::Values;

/// More leaves than there can be keys.
static constexpr int64_t kWholeRange = int64_t(1) << 40;
/// The checker refuses positions beyond it.
static constexpr int64_t kMostPosition = int64_t(1) << 24;

Interval TileKernel::rowRange(Value first, Value end, int64_t most) {
  return {code.toInteger(64, first), code.toInteger(64, code.sub(end, 1)),
          most};
}

void TileKernel::setRows(TileClassifier &classifier, unsigned place,
                         Value positionTensor, const RowPositions &positions,
                         const Interval &rows) {
  classifier.set(place, rows);
  if (visible->getArgument(place + 2).use_empty())
    return;
  if (positions.base) {
    Value base = code.toInteger(64, positions.base);
    classifier.set(place + 2, {code.add(base, rows.low),
                               code.add(base, rows.high), rows.most});
  } else if (Value summary = classSources.summaries.lookup(positionTensor)) {
    classifier.set(place + 2, readInterval(code, {positions.tensor, summary},
                                           {batch}, rows));
  } else {
    // Anything that the caller may pass.
    classifier.set(place + 2,
                   {code.integer(64, -kMostPosition),
                    code.integer(64, kMostPosition)});
  }
}

TileClassifier TileKernel::classifierOf(Value firstQuery, Value endQuery,
                                        int64_t most) {
  TileClassifier classifier = *classifierPerHead;
  setRows(classifier, 2, op.getQueryPos(), queryPos,
          rowRange(firstQuery, endQuery, most));
  classifier.emitAvailable();
  return classifier;
}

Value TileKernel::classOf(TileClassifier classifier, Value firstKey,
                          Value endKey, int64_t most) {
  setRows(classifier, 3, op.getKeyPos(), keyPos,
          rowRange(firstKey, endKey, most));
  return classifier.emit();
}

Value TileKernel::nextVisibleLeaf(Value leaf) {
  if (!visible)
    return leaf;
  int64_t leafKeys = sizes.schedule.keyLeaf;
  Value leaves = code.divideUp(keys, leafKeys);
  Value end = code.minimum(queries, firstQuery(subTileCount));
  Value size = code.select(code.isZero(leaf), code.index(kWholeRange),
                           code.lowestBit(leaf));
  TileClassifier classifier =
      classifierOf(firstRow, end, sizes.queries * sizes.subTiles);
  Values found = code.loopWhile(
      {leaf, size},
      [&](ValueRange state) -> Values {
        Value past = code.minimum(
            code.mul(code.add(state[0], state[1]), leafKeys), keys);
        // How many keys there are is not known here.
        Value kind =
            classOf(classifier, code.mul(state[0], leafKeys), past, 0);
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
                code.select(condition, sizeNext, state[1])};
      },
      [&](ValueRange state) -> Values { return {state[0], state[1]}; });
  return found[0];
}

void TileKernel::emitKeyLoop() {
  int64_t blockLeaves = sizes.schedule.keyBlock / sizes.schedule.keyLeaf;
  Value leaves = code.divideUp(keys, sizes.schedule.keyLeaf);
  Value zero = code.index(0);
  code.loopWhile(
      {zero},
      [&](ValueRange state) -> Values {
        Value leaf = nextVisibleLeaf(state[0]);
        return {code.less(leaf, leaves), leaf};
      },
      [&](ValueRange state) -> Values {
        Value leaf = state[0];
        loadBlock(code.mul(leaf, sizes.schedule.keyLeaf));
        code.loop(zero, subTileCount, 1,
                  [&](Value subTile) { emitBlock(subTile, leaf); });
        return {code.add(leaf, blockLeaves)};
      });
}

void TileKernel::emitBlock(Value subTile, Value leaf) {
  int64_t leafKeys = sizes.schedule.keyLeaf;
  int64_t blockLeaves = sizes.schedule.keyBlock / leafKeys;
  Value first = code.mul(leaf, leafKeys);
  auto run = [&](Value from, Value to, Value untested) {
    Value count = code.sub(to, from);
    int64_t rows = sizes.schedule.keyRows;
    untested = code.minimum(untested, count);
    untested = code.mul(code.divide(untested, rows), rows);
    KeyRun keys{from, code.sub(from, blockFirst), count, untested};
    if (weight)
      emitPointwiseWeights(subTile, keys);
    else
      emitScores(subTile, keys);
    if (gate)
      emitGate(subTile, keys);
    emitAccumulate(subTile, keys);
  };
  if (!visible) {
    Value end = code.minimum(code.add(first, sizes.schedule.keyBlock), keys);
    return run(first, end, code.index(sizes.schedule.keyBlock));
  }
  Value start = firstQuery(subTile);
  Value end = code.minimum(queries, code.add(start, sizes.queries));
  TileClassifier classifier = classifierOf(start, end, sizes.queries);
  // Leading empty leaves and trailing ones are left out; the full leaves that
  // then lead are not tested.
  Values span = code.loop(
      code.index(0), code.index(blockLeaves), 1,
      {code.index(0), code.index(0), code.index(0), code.flag(true),
       code.flag(false)},
      [&](Value i, ValueRange state) -> Values {
        Value low = state[0], high = state[1], full = state[2],
              leading = state[3], some = state[4];
        Value from = code.add(first, code.mul(i, leafKeys));
        Value to = code.minimum(code.add(from, leafKeys), keys);
        Value kind = classOf(classifier, from, to, leafKeys);
        Value seen =
            code.both(code.less(from, keys), code.negate(code.isZero(kind)));
        Value isFull = code.both(
            seen, code.compare(Code::Predicate::eq, kind, code.integer(32, 2)));
        low = code.select(code.both(seen, code.negate(some)), i, low);
        high = code.select(seen, code.add(i, 1), high);
        some = code.either(some, seen);
        // The lead ends at a leaf that is not full, once one was seen.
        Value counts = code.both(isFull, leading);
        full = code.select(counts, code.add(full, 1), full);
        leading = code.both(leading, code.either(counts, code.negate(some)));
        return {low, high, full, leading, some};
      });
  Value low = span[0], high = span[1], full = span[2], some = span[4];
  code.when(some, [&] {
    Value from = code.add(first, code.mul(low, leafKeys));
    Value to = code.minimum(code.add(first, code.mul(high, leafKeys)), keys);
    run(from, to, code.mul(full, leafKeys));
  });
}
