//===- PairTile.cpp - Products of bf16, two at a time ---------------------===//
//
// Where a kernel uses the rounding points that its program allows, the register
// tiles take two products a lane and step. Along the features a pair is that of
// channels 2 p and 2 p + 1: key rows hold them side by side as they are, query
// features are packed once a tile. Along the keys it is that of rows 2 p and
// 2 p + 1 of a block: weights are packed as they are made, values as they are
// copied. What has no partner is paired with a zero.
//
// The sums of scores start at zero, and the logarithm of two and the reference
// come in one multiply-add behind them: features that need no rounding, such as
// those of keys without an encoding, stay as they are.
//
//===----------------------------------------------------------------------===//

#include "compiler/TiledToVector/TileKernel.h"
#include <numeric>

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

using Values = Code::Values;

/// Keys a step of the loop over values, at most.
static constexpr int64_t kUnroll = 8;

//===----------------------------------------------------------------------===//
// Scores
//===----------------------------------------------------------------------===//

/// Pair p takes the place of feature p, which has been read by then.
void TileKernel::packFeatures(Value subTile) {
  int64_t whole = term->width / 2;
  forEachPart(subTile, [&](Value lane0) {
    auto feature = [&](Value number) {
      return code.loadVector(sizes.lanes, features, {subTile, number, lane0});
    };
    auto store = [&](Value first, Value second, Value pair) {
      code.storeVector(code.packPairs(first, second), featurePairs,
                       {subTile, pair, lane0});
    };
    code.loop(code.index(0), code.index(whole), 1, [&](Value pair) {
      Value first = code.mul(pair, 2);
      store(feature(first), feature(code.add(first, 1)), pair);
    });
    if (term->width % 2)
      store(feature(code.index(2 * whole)), code.splat(sizes.lanes, 0),
            code.index(whole));
  });
  if (sizes.products.blocksOfFeatures)
    padFeatures(subTile);
}

Values TileKernel::contractPairs(Value subTile, const TileRows &at,
                                 ArrayRef<Value> start) {
  int64_t parts = shape.vectors, rows = shape.keyRows;
  auto step = [&](Value pair, ValueRange sums) {
    Values query, next;
    for (int64_t part = 0; part < parts; ++part)
      query.push_back(
          code.loadVector(sizes.lanes, featurePairs,
                          {subTile, pair, code.index(part * sizes.lanes)}));
    Value feature = code.mul(pair, 2);
    for (int64_t r = 0; r < rows; ++r) {
      Value k = code.broadcast(
          sizes.lanes, code.loadPair(keyBlock, {at.blockRow[r], feature}));
      for (int64_t part = 0; part < parts; ++part)
        next.push_back(code.pairDot(k, query[part], sums[r * parts + part]));
    }
    return next;
  };
  Values sums =
      contractSteps(llvm::divideCeil(term->width, 2),
                    Values(rows * parts, code.splat(sizes.lanes, 0)), step);
  if (!start.empty())
    for (auto [i, sum] : llvm::enumerate(sums))
      sum = math().madd(sum, code.splat(sizes.lanes, kLog2e), start[i % parts]);
  return sums;
}

//===----------------------------------------------------------------------===//
// Output
//===----------------------------------------------------------------------===//

void TileKernel::packValues() {
  auto packRows = [&](Value from, int64_t vectors, Value pair, bool isWhole) {
    Value first = code.add(blockFirst, code.mul(pair, 2));
    Value second = code.add(first, 1);
    auto packVector = [&](Value channel) {
      Value a = code.loadVector(sizes.lanes, from, {first, channel});
      Value b = isWhole ? code.loadVector(sizes.lanes, from, {second, channel})
                        : code.splat(sizes.lanes, 0);
      code.storeVector(code.packPairs(a, b), valuePairs, {pair, channel});
    };
    auto packElement = [&](Value channel) {
      Value a = code.load(from, {first, channel});
      Value b = isWhole ? code.load(from, {second, channel}) : code.f32(0);
      code.store(a, valueElements, {pair, channel, code.index(0)});
      code.store(b, valueElements, {pair, channel, code.index(1)});
    };
    if (vectors)
      code.loop(code.index(0), code.index(vectors), sizes.lanes, packVector);
    if (vectors != sizes.channels)
      code.loop(code.index(vectors), code.index(sizes.channels), 1,
                packElement);
  };
  Value whole = code.divide(blockCount, 2);
  auto pack = [&](Value from, int64_t vectors) {
    code.loop(code.index(0), whole, 1, [&](Value pair) {
      packRows(from, vectors, pair, /*isWhole=*/true);
    });
    code.when(code.less(code.mul(whole, 2), blockCount),
              [&] { packRows(from, vectors, whole, /*isWhole=*/false); });
  };
  int64_t vectors = llvm::alignDown(sizes.channels, sizes.lanes);
  if (!valueIsUnit)
    pack(valueRows, vectors);
  else
    code.when(
        valueIsUnit, [&] { pack(code.withUnitStride(valueRows), vectors); },
        [&] { pack(valueRows, 0); });
  // What register tiles read past the last key has weight 0; it must be finite.
  code.loop(code.divideUp(blockCount, 2), code.divide(blockEnd(), 2), 1,
            [&](Value pair) {
              code.loop(code.index(0), code.index(sizes.channels), 1,
                        [&](Value channel) {
                          code.store(code.integer(32, 0), valuePairs,
                                     {pair, channel});
                        });
            });
}

/// The weights of a run, and the zeros behind it, in pairs.
void TileKernel::packWeights(Value subTile, const KeyRun &run) {
  forEachPart(subTile, [&](Value lane0) {
    code.loop(
        code.index(0), run.count, sizes.schedule.keyRows, [&](Value first) {
          for (int64_t r = 0; r < sizes.schedule.keyRows; r += 2) {
            auto weight = [&](int64_t row) {
              return code.loadVector(sizes.lanes, scores,
                                     {code.add(first, row), lane0});
            };
            code.storeVector(code.packPairs(weight(r), weight(r + 1)),
                             weightPairs,
                             {code.add(code.divide(first, 2), r / 2), lane0});
          }
        });
  });
}

Values TileKernel::accumulatePairs(const KeyRun &run, Value channel,
                                   int64_t rows, Values sums) {
  int64_t parts = shape.vectors;
  Value firstPair = code.divide(run.row, 2);
  auto step = [&](Value pair, ValueRange sums) {
    Values weight, next;
    for (int64_t part = 0; part < parts; ++part)
      weight.push_back(code.loadVector(sizes.lanes, weightPairs,
                                       {pair, code.index(part * sizes.lanes)}));
    Value place = code.add(firstPair, pair);
    for (int64_t r = 0; r < rows; ++r) {
      Value v = code.broadcast(
          sizes.lanes, code.load(valuePairs, {place, code.add(channel, r)}));
      for (int64_t part = 0; part < parts; ++part)
        next.push_back(code.pairDot(v, weight[part], sums[r * parts + part]));
    }
    return next;
  };
  // A step stays within the rows that end a block, and within a leaf.
  int64_t unroll =
      std::gcd(std::gcd(sizes.schedule.keyRows, sizes.schedule.keyLeaf),
               kUnroll) /
      2;
  return code.loop(code.index(0), code.divideUp(run.count, 2), unroll, sums,
                   [&](Value pair, ValueRange state) {
                     Values next(state);
                     for (int64_t i = 0; i < unroll; ++i)
                       next = step(code.add(pair, i), next);
                     return next;
                   });
}
