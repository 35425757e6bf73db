//===- OrderedTile.cpp - Weights that are shares of what is left ----------===//
//
// A key takes a share of what the keys after it leave. Keys come in ascending
// order, so the sums of a run are those before it times what the run keeps,
// plus the values of the run by their weights within it: the recurrence of one
// key, o = keep o + take v, for many keys at once. S holds scores, then these
// weights, which are made from the last key of the run to its first.
//
// What a run keeps stands in `reference`, the product of all runs in `rowSum`.
//
//===----------------------------------------------------------------------===//

#include "compiler/TiledToVector/TileKernel.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

using Values = Code::Values;

void TileKernel::emitOrderedWeights(Value subTile, const KeyRun &run) {
  emitPlainScores(subTile, run);
  SmallVector<RegionEmitter> shareEmitters = pairEmitters(*weight, subTile);
  SmallVector<RegionEmitter> visibleEmitters;
  if (visible)
    visibleEmitters = pairEmitters(*visible, subTile);
  int64_t rows = shape.keyRows;
  // One vector of queries after the other, which leaves registers for several
  // rows.
  for (int64_t part = 0; part < shape.vectors; ++part) {
    Value left = code.splat(sizes.lanes, 1);
    auto shares = [&](Value from, Value to, bool tested) {
      Value tiles = code.divideUp(code.sub(to, from), rows);
      Value last = code.add(from, code.mul(code.sub(tiles, 1), rows));
      left = code.loop(code.index(0), tiles, 1, {left},
                       [&](Value tile, ValueRange state) -> Values {
                         Value row = code.sub(last, code.mul(tile, rows));
                         return {shareRows(run, row, part, state.front(),
                                           tested, shareEmitters[part],
                                           visible ? &visibleEmitters[part]
                                                   : nullptr)};
                       })
                 .front();
    };
    shares(run.untested, run.count, /*tested=*/true);
    shares(code.index(0), run.untested, /*tested=*/false);
    Values place{subTile, code.index(part * sizes.lanes)};
    code.storeVector(left, reference, place);
    Value before = code.loadVector(sizes.lanes, rowSum, place);
    code.storeVector(code.mulF(before, left), rowSum, place);
  }
}

/// The weights of some rows of a run, for one part; `left` is what the rows
/// behind them leave. Returns what these leave of it.
Value TileKernel::shareRows(const KeyRun &run, Value row, int64_t part,
                            Value left, bool tested,
                            const RegionEmitter &shareEmitter,
                            const RegionEmitter *visibleEmitter) {
  TileRows at = tileRows(run, row);
  for (int64_t r = shape.keyRows; r-- > 0;) {
    Values place{code.add(row, r), code.index(part * sizes.lanes)};
    RegionEmitter emitter = shareEmitter;
    emitter.map(weight->getArgument(0),
                code.loadVector(sizes.lanes, scores, place));
    mapKey(emitter, *weight, at.key[r]);
    Values share = emitter.emit(code.builder, *weight);
    for (Value &number : share)
      number = emitter.broadcast(code.builder, code.loc, number);
    Value own = code.mulF(share[0], left), keep = share[1];
    if (tested) {
      Value seen = seenBy(visibleEmitter, run, code.add(row, r), at.key[r]);
      own = code.select(seen, own, code.splat(sizes.lanes, 0));
      keep = code.select(seen, keep, code.splat(sizes.lanes, 1));
    }
    code.storeVector(own, scores, place);
    left = code.mulF(left, keep);
  }
  return left;
}
