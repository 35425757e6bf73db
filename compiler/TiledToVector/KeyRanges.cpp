//===- KeyRanges.cpp - Which keys a tile of queries visits ----------------===//
//
// Keys are classed by leaves of keyLeaf keys; KeySearch.h finds the next that
// is seen. The leaves of a block are then classed for each query tile, and for
// its first vector of queries alone: on a diagonal the later queries of a tile
// see keys at the end of the block that the first do not.
//
//===----------------------------------------------------------------------===//

#include "compiler/TiledToVector/KeySearch.h"
#include "compiler/TiledToVector/TileKernel.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

using Values = Code::Values;

TileClassifier TileKernel::classifierOf(Value firstQuery, Value endQuery,
                                        int64_t most) {
  TileClassifier classifier = *classifierPerHead;
  setClassRows(code, classifier, *visible, classSources, batch, 2,
               op.getQueryPos(), queryPos,
               rowRange(code, firstQuery, endQuery, most));
  classifier.emitAvailable();
  return classifier;
}

Value TileKernel::classOf(TileClassifier classifier, Value firstKey,
                          Value endKey, int64_t most) {
  setClassRows(code, classifier, *visible, classSources, batch, 3,
               op.getKeyPos(), keyPos, rowRange(code, firstKey, endKey, most));
  return classifier.emit();
}

Value TileKernel::nextVisibleLeaf(Value leaf) {
  if (!visible)
    return leaf;
  int64_t leafKeys = sizes.schedule.keyLeaf;
  Value end = code.minimum(queries, firstQuery(subTileCount));
  TileClassifier classifier =
      classifierOf(firstRow, end, sizes.queries * sizes.subTiles);
  return findVisibleLeaf(code, leaf, code.divideUp(keys, leafKeys),
                         [&](Value first, Value size) {
                           Value past = code.minimum(
                               code.mul(code.add(first, size), leafKeys), keys);
                           // How many keys there are is not known here.
                           return classOf(classifier, code.mul(first, leafKeys),
                                          past, 0);
                         })
      .leaf;
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

void TileKernel::emitRun(Value subTile, Value from, Value to, Value untested) {
  Value count = code.sub(to, from);
  int64_t rows = sizes.narrow.keyRows; // a multiple of those of whole ones
  untested = code.minimum(untested, count);
  untested = code.mul(code.divide(untested, rows), rows);
  KeyRun run{from, code.sub(from, blockFirst), count, untested};
  if (!weight)
    emitScores(subTile, run);
  if (weight || gate)
    forEachShape(subTile, {}, [&]() -> Values {
      if (normalizer.isOrdered())
        emitOrderedWeights(subTile, run);
      else if (weight)
        emitPointwiseWeights(subTile, run);
      if (gate)
        emitGate(subTile, run);
      return {};
    });
  emitAccumulate(subTile, run);
}

bool TileKernel::mayTrim() const {
  return visible && sizes.whole.vectors > 1 &&
         sizes.schedule.keyLeaf <= sizes.queries - sizes.lanes;
}

/// The part of a block that some query of a sub-tile sees: leading empty leaves
/// and trailing ones are left out.
TileKernel::LeafSpan TileKernel::classLeaves(Value subTile, Value firstKey) {
  int64_t leafKeys = sizes.schedule.keyLeaf;
  int64_t blockLeaves = sizes.schedule.keyBlock / leafKeys;
  Value start = firstQuery(subTile);
  Value end = code.minimum(queries, firstQuery(code.add(subTile, 1)));
  TileClassifier classifier = classifierOf(start, end, sizes.queries);
  std::optional<TileClassifier> ofFirst;
  if (mayTrim())
    ofFirst.emplace(
        classifierOf(start, code.minimum(queries, code.add(start, sizes.lanes)),
                     sizes.lanes));
  Values span = code.loop(
      code.index(0), code.index(blockLeaves), 1,
      {code.index(0), code.index(0), code.index(0), code.flag(true),
       code.flag(false), code.index(0)},
      [&](Value i, ValueRange state) -> Values {
        Value low = state[0], high = state[1], full = state[2],
              leading = state[3], some = state[4], seenByFirst = state[5];
        Value from = code.add(firstKey, code.mul(i, leafKeys));
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
        if (ofFirst) {
          Value own =
              code.negate(code.isZero(classOf(*ofFirst, from, to, leafKeys)));
          seenByFirst =
              code.select(code.both(seen, own), code.add(i, 1), seenByFirst);
        }
        return {low, high, full, leading, some, seenByFirst};
      });
  auto keyOf = [&](Value leaf) {
    return code.minimum(code.add(firstKey, code.mul(leaf, leafKeys)), keys);
  };
  return {span[4], keyOf(span[0]), keyOf(span[1]), code.mul(span[2], leafKeys),
          keyOf(span[5])};
}

void TileKernel::emitBlock(Value subTile, Value leaf) {
  Value first = code.mul(leaf, sizes.schedule.keyLeaf);
  if (!visible) {
    Value end = code.minimum(code.add(first, sizes.schedule.keyBlock), keys);
    return emitRun(subTile, first, end, code.index(sizes.schedule.keyBlock));
  }
  LeafSpan span = classLeaves(subTile, first);
  code.when(span.some, [&] {
    if (mayTrim())
      emitRuns(subTile, span);
    else
      emitRun(subTile, span.from, span.to, span.untested);
  });
}

/// Keys that the first vector of queries does not see come in a run of their
/// own, for the others. The first run of a sub-tile is for all: sums start.
void TileKernel::emitRuns(Value subTile, const LeafSpan &span) {
  Value mid = code.maximum(span.endOfFirst, span.from);
  Value isFirst = code.isZero(code.load(summed, {subTile}));
  Value mayStart = code.either(code.less(span.from, mid), code.negate(isFirst));
  Value trims = code.both(code.both(code.less(mid, span.to), mayStart),
                          code.negate(isNarrow(subTile)));
  mid = code.select(trims, mid, span.to);
  Value runs = code.select(trims, code.index(2), code.index(1));
  const SmallVector<TileTerm> allTerms = terms;
  const Values all{output, reference, rowSum};
  code.loop(code.index(0), runs, 1, [&](Value number) {
    isTrimmed = code.negate(code.isZero(number));
    firstLane = code.mul(number, sizes.lanes);
    isExact = isFirst;
    makeRows();
    select(*term);
    emitRun(subTile, code.select(isTrimmed, mid, span.from),
            code.select(isTrimmed, span.to, mid),
            code.select(isTrimmed, code.index(0), span.untested));
  });
  isTrimmed = firstLane = isExact = Value();
  terms = allTerms;
  select(*term);
  output = all[0];
  reference = all[1];
  rowSum = all[2];
}
