//===- PointwiseTile.cpp - Weights that follow from their own scores ------===//
//
// There is no reference, no largest score and nothing to shrink: S holds
// scores, then what the weight region makes of them, one after the other.
//
//===----------------------------------------------------------------------===//

#include "compiler/TiledToVector/TileKernel.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

using Values = Code::Values;

void TileKernel::emitPointwiseWeights(Value subTile, const KeyRun &run) {
  emitPlainScores(subTile, run);
  SmallVector<RegionEmitter> weightEmitters = pairEmitters(*weight, subTile);
  SmallVector<RegionEmitter> visibleEmitters;
  if (visible)
    visibleEmitters = pairEmitters(*visible, subTile);
  // One vector of queries after the other, which leaves registers for several
  // rows.
  for (int64_t part = 0; part < shape.vectors; ++part) {
    Values place{subTile, code.index(part * sizes.lanes)}, sum;
    if (normalizer.dividesBySum())
      sum.push_back(code.loadVector(sizes.lanes, rowSum, place));
    auto rows = [&](Value from, Value to, bool tested) {
      sum = code.loop(
          from, to, shape.keyRows, sum, [&](Value row, ValueRange before) {
            return weighRows(run, row, part, before, tested,
                             weightEmitters[part],
                             visible ? &visibleEmitters[part] : nullptr);
          });
    };
    rows(code.index(0), run.untested, /*tested=*/false);
    rows(run.untested, run.count, /*tested=*/true);
    if (!sum.empty())
      code.storeVector(sum.front(), rowSum, place);
  }
}

/// Scores after the score map, of masked pairs too.
void TileKernel::emitPlainScores(Value subTile, const KeyRun &run) {
  SmallVector<RegionEmitter> scoreEmitters;
  if (score)
    scoreEmitters = pairEmitters(*score, subTile);
  forEachRegisterTile(subTile, run, {}, [&](Value row, ValueRange) -> Values {
    TileRows at = tileRows(run, row);
    code.when(code.less(row, run.untested),
              [&] { prefetchNextBlock(subTile, code.add(run.row, row)); });
    Values tile = contractTile(subTile, at, /*start=*/{});
    if (score)
      mapScores(tile, at, scoreEmitters);
    storeScores(row, tile);
    return {};
  });
}

/// The weights of some rows of a run, for one part; returns their sum and
/// `before`, or nothing if that is nothing.
Values TileKernel::weighRows(const KeyRun &run, Value row, int64_t part,
                             ValueRange before, bool tested,
                             const RegionEmitter &weightEmitter,
                             const RegionEmitter *visibleEmitter) {
  TileRows at = tileRows(run, row);
  Value sum;
  for (int64_t r = 0; r < shape.keyRows; ++r) {
    Values place{code.add(row, r), code.index(part * sizes.lanes)};
    RegionEmitter emitter = weightEmitter;
    emitter.map(weight->getArgument(0),
                code.loadVector(sizes.lanes, scores, place));
    mapKey(emitter, *weight, at.key[r]);
    Value own = emitter.broadcast(code.builder, code.loc,
                                  emitter.emit(code.builder, *weight).front());
    if (tested)
      own =
          code.select(seenBy(visibleEmitter, run, code.add(row, r), at.key[r]),
                      own, code.splat(sizes.lanes, 0));
    code.storeVector(own, scores, place);
    sum = sum ? code.addF(sum, own) : own;
  }
  if (before.empty())
    return {};
  // The running sum is the one serial chain of the loop: one step a tile.
  return {code.addF(before.front(), sum)};
}

/// Weights times the gate. The sum of the weights stays.
void TileKernel::emitGate(Value subTile, const KeyRun &run) {
  SmallVector<RegionEmitter> emitters = pairEmitters(*gate, subTile);
  code.loop(code.index(0), run.count, 1, [&](Value row) {
    for (auto [part, outer] : llvm::enumerate(emitters)) {
      RegionEmitter emitter = outer;
      mapKey(emitter, *gate, code.add(run.first, row));
      Value factor = emitter.broadcast(
          code.builder, code.loc, emitter.emit(code.builder, *gate).front());
      Values place{row, code.index(part * sizes.lanes)};
      Value own = code.loadVector(sizes.lanes, scores, place);
      code.storeVector(code.mulF(own, factor), scores, place);
    }
  });
}
