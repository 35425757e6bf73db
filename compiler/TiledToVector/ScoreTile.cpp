//===- ScoreTile.cpp - Scores and softmax of one run of keys --------------===//
//
// The register tile: keyRows rows of keys times queryVectors vectors of
// queries. Each step loads one feature of the queries, broadcasts one of each
// key row, and multiplies and adds.
//
//===----------------------------------------------------------------------===//

#include "compiler/TiledToVector/TileKernel.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

using Values = Code::Values;

static constexpr double kLog2e = 1.4426950408889634074;
/// Features a step of the loop: its own instructions are spread over more.
static constexpr int64_t kUnroll = 4;
/// Exponentials that go step by step together: enough to hide the latency, few
/// enough that their intermediate values stay in registers.
static constexpr int64_t kInterleave = 2;

Values TileKernel::emitScores(Value subTile, const KeyRun &run) {
  int64_t parts = sizes.schedule.queryVectors, rows = sizes.schedule.keyRows;
  SmallVector<RegionEmitter> scoreEmitters, visibleEmitters;
  if (score)
    scoreEmitters = pairEmitters(*score, 1, subTile);
  if (visible)
    visibleEmitters = pairEmitters(*visible, 0, subTile);

  Values before;
  for (int64_t part = 0; part < parts; ++part)
    before.push_back(code.loadVector(
        sizes.lanes, rowMax, {subTile, code.index(part * sizes.lanes)}));
  Values maxima = code.loop(code.index(0), run.untested, rows, before,
                            [&](Value row, ValueRange state) {
                              return scoreRegisterTile(
                                  subTile, run, row, state, /*tested=*/false,
                                  scoreEmitters, visibleEmitters);
                            });
  maxima = code.loop(run.untested, run.count, rows, maxima,
                     [&](Value row, ValueRange state) {
                       return scoreRegisterTile(subTile, run, row, state,
                                                /*tested=*/true, scoreEmitters,
                                                visibleEmitters);
                     });

  Values factors;
  for (int64_t part = 0; part < parts; ++part) {
    Value lane0 = code.index(part * sizes.lanes);
    Values factor = {before[part]};
    exponentiate(factor, maxima[part]);
    factors.push_back(factor.front());
    code.storeVector(maxima[part], rowMax, {subTile, lane0});
    Value sum = code.loadVector(sizes.lanes, rowSum, {subTile, lane0});
    code.storeVector(code.mulF(sum, factors[part]), rowSum, {subTile, lane0});
  }
  emitWeights(subTile, run);
  return factors;
}

void TileKernel::emitWeights(Value subTile, const KeyRun &run) {
  int64_t rows = sizes.schedule.keyRows;
  // One vector of queries after the other, which leaves registers for several
  // rows. Rows past the run are -inf there and become 0.
  forEachPart([&](Value lane0) {
    Value maximum = code.loadVector(sizes.lanes, rowMax, {subTile, lane0});
    Value before = code.loadVector(sizes.lanes, rowSum, {subTile, lane0});
    auto exponentials = [&](Value first, ValueRange state) -> Values {
      Value sum;
      for (int64_t r = 0; r < rows; r += kInterleave) {
        Values tile;
        for (int64_t row = r; row < std::min(rows, r + kInterleave); ++row)
          tile.push_back(code.loadVector(sizes.lanes, scores,
                                         {code.add(first, row), lane0}));
        exponentiate(tile, maximum);
        for (auto [i, value] : llvm::enumerate(tile)) {
          code.storeVector(value, scores,
                           {code.add(first, r + int64_t(i)), lane0});
          sum = sum ? code.addF(sum, value) : value;
        }
      }
      // The running sum is the one serial chain of the loop: one step a tile.
      return {code.addF(state[0], sum)};
    };
    Values sums =
        code.loop(code.index(0), run.count, rows, before, exponentials);
    code.storeVector(sums.front(), rowSum, {subTile, lane0});
  });
}

/// Scores less their maximum, as weights in (0, 1].
void TileKernel::exponentiate(Values &scores, Value rowMax) {
  for (Value &value : scores) {
    value = code.subF(value, rowMax);
    if (score) // natural units until here
      value = code.mulF(value, code.splat(sizes.lanes, kLog2e));
  }
  math().exp2NonPositive(scores);
}

Values TileKernel::scoreRegisterTile(Value subTile, const KeyRun &run,
                                     Value row, ValueRange rowMax, bool tested,
                                     ArrayRef<RegionEmitter> scoreEmitters,
                                     ArrayRef<RegionEmitter> visibleEmitters) {
  int64_t parts = sizes.schedule.queryVectors, rows = sizes.schedule.keyRows;
  // Rows past the block repeat its last one; they are not seen.
  Value first = code.add(run.row, row), last = code.sub(blockCount, 1);
  Values blockRow, key;
  for (int64_t r = 0; r < rows; ++r) {
    Value index = code.add(first, r);
    blockRow.push_back(tested ? code.minimum(index, last) : index);
    key.push_back(code.add(blockFirst, blockRow.back()));
  }

  if (!tested)
    prefetchNextBlock(subTile, first);
  // The first step multiplies only: no sums to set to zero before.
  auto step = [&](Value feature, ValueRange sums) {
    Values query, next;
    for (int64_t part = 0; part < parts; ++part)
      query.push_back(
          code.loadVector(sizes.lanes, features,
                          {subTile, feature, code.index(part * sizes.lanes)}));
    for (int64_t r = 0; r < rows; ++r) {
      Value k = code.broadcast(sizes.lanes,
                               code.load(keyBlock, {blockRow[r], feature}));
      for (int64_t part = 0; part < parts; ++part)
        next.push_back(sums.empty() ? code.mulF(k, query[part])
                                    : math().madd(k, query[part],
                                                  sums[r * parts + part]));
    }
    return next;
  };
  // Before the loop goes what its steps leave over, at least one feature.
  int64_t lead = (sizes.width - 1) % kUnroll + 1;
  Values sums;
  for (int64_t feature = 0; feature < lead; ++feature)
    sums = step(code.index(feature), sums);
  if (lead < sizes.width)
    sums = code.loop(code.index(lead), code.index(sizes.width), kUnroll, sums,
                     [&](Value feature, ValueRange state) {
                       Values next(state);
                       for (int64_t i = 0; i < kUnroll; ++i)
                         next = step(code.add(feature, i), next);
                       return next;
                     });

  Values maxima(rowMax);
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t part = 0; part < parts; ++part) {
      Value &sum = sums[r * parts + part];
      if (score) {
        RegionEmitter emitter = scoreEmitters[part];
        emitter.map(score->getArgument(0), sum);
        mapKey(emitter, *score, 1, key[r]);
        sum = emitter.broadcast(code.builder, code.loc,
                                emitter.emit(code.builder, *score).front());
      }
      if (tested) {
        Value seen =
            code.broadcast(sizes.lanes, code.less(code.add(row, r), run.count));
        if (visible) {
          RegionEmitter emitter = visibleEmitters[part];
          mapKey(emitter, *visible, 0, key[r]);
          Value pair = emitter.emit(code.builder, *visible).front();
          seen =
              code.both(seen, emitter.broadcast(code.builder, code.loc, pair));
        }
        sum = code.select(
            seen, sum,
            code.splat(sizes.lanes, -std::numeric_limits<double>::infinity()));
      }
      // A NaN score leaves the maximum as it is; its weight is NaN.
      maxima[part] = code.maxF(sum, maxima[part]);
      code.storeVector(sum, scores,
                       {code.add(row, r), code.index(part * sizes.lanes)});
    }
  return maxima;
}
