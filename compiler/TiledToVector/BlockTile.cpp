//===- BlockTile.cpp - Products of matrices of bf16 -----------------------===//
//
// Where the target multiplies whole matrices (attn.block_dot), a vector of
// queries is a column of tiles and what PairTile.cpp says of pairs holds:
//
//   S[key][query]     = K[key][feature] E[pair][query]      kBlockRows keys
//   O[channel][query] = V'[channel][key] W[pair][query]     kBlockRows channels
//
// Keys are read where they lie, if whole tiles of them do; values are
// transposed as they are copied. The register tiles of the scores are loaded
// from S then, right behind the product. Exponentials have the longer part (one
// takes longer than the products of a pair with 64 channels), and multiply-adds
// of vectors lose one of their two ports while tiles are in use, so the two
// follow each other.
//
// Features and keys are filled up with zeros to whole tiles. What lies in S for
// keys past the end, and in O for channels past the end, is read by nobody.
//
//===----------------------------------------------------------------------===//

#include "compiler/TiledToVector/TileKernel.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include <cmath>

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

using Values = Code::Values;

/// Rows for a loop over whole tiles: `count` rounded up.
static Value wholeBlocks(Code &code, Value count) {
  return code.mul(code.divideUp(count, kBlockRows), kBlockRows);
}

//===----------------------------------------------------------------------===//
// Scores
//===----------------------------------------------------------------------===//

/// Zeros behind the pairs of features.
void TileKernel::padFeatures(Value subTile) {
  int64_t pairs = llvm::divideCeil(term->width, 2);
  forEachPart(subTile, [&](Value lane0) {
    Value zero = code.broadcast(sizes.lanes, code.integer(32, 0));
    for (int64_t pair = pairs; pair % kBlockTile; ++pair)
      code.storeVector(zero, featurePairs, {subTile, code.index(pair), lane0});
  });
}

/// Leaves the products of kBlockRows keys, from row `row` of the run, in S from
/// row `place` on.
void TileKernel::scoreBlock(Value subTile, const KeyRun &run, Value row,
                            Value place) {
  Value zero = code.index(0);
  BlockDotOp::create(code.builder, code.loc, keyBlock,
                     ValueRange{code.add(run.row, row), zero}, featurePairs,
                     ValueRange{subTile, zero, zero}, scores,
                     ValueRange{place, zero},
                     code.index(sizes.keyWidth(term->width) / 2), kBlockRows,
                     shape.vectors * sizes.lanes, /*accumulate=*/false);
}

/// The register tile that lies in S from row `place` on.
Values TileKernel::scoresOfBlock(Value place) {
  Values sums;
  for (int64_t r = 0; r < shape.keyRows; ++r)
    for (int64_t part = 0; part < shape.vectors; ++part)
      sums.push_back(code.loadVector(
          sizes.lanes, scores,
          {code.add(place, r), code.index(part * sizes.lanes)}));
  return sums;
}

/// The register tile from row `row` of the run, which lies in S from `place`
/// and stays there but for what is hidden.
Values TileKernel::scoresInPlace(Value subTile, const KeyRun &run, Value row,
                                 Value place,
                                 ArrayRef<RegionEmitter> visibleEmitters) {
  code.when(
      code.less(row, run.untested),
      [&] { prefetchNextBlock(subTile, code.add(run.row, row)); },
      [&] {
        storeScores(place, hideUnseen(run, tileRows(run, row),
                                      scoresOfBlock(place), visibleEmitters));
      });
  return scoresOfBlock(place);
}

/// Weights of a softmax as pairs, block by block: products, then exponentials
/// relative to the reference that there is. Before the first keys of a row, and
/// where the weights of a run became large, the largest score is looked for and
/// the run is weighed (again).
void TileKernel::emitWeightBlocks(Value subTile, const KeyRun &run) {
  int64_t parts = sizes.schedule.queryVectors;
  // Where a sum exceeds this, some score exceeds its reference by more than the
  // headroom, and no longer once that is raised: this ends. Twice, for
  // rounding.
  Value limit = code.splat(sizes.lanes, 2 * std::exp2(kHeadroom) *
                                            double(sizes.schedule.keyBlock));
  auto sumAt = [&](int64_t part) {
    return Values{subTile, laneOf(subTile, part)};
  };
  Values isFirst;
  for (int64_t part = 0; part < parts; ++part)
    isFirst.push_back(
        code.compareF(arith::CmpFPredicate::OEQ,
                      code.loadVector(sizes.lanes, rowSum, sumAt(part)),
                      code.splat(sizes.lanes, 0)));
  code.loopWhile(
      {code.anyLane(isFirst)},
      [&](ValueRange state) -> Values {
        code.when(state[0], [&] {
          raiseReferences(subTile, run,
                          largestScores(subTile, run, /*start=*/{}));
        });
        auto type = VectorType::get(sizes.lanes, code.builder.getF32Type());
        Values sums = forEachShape(subTile, SmallVector<Type>(parts, type),
                                   [&] { return weighRun(subTile, run); });
        Values isLarge;
        for (Value sum : sums)
          isLarge.push_back(
              code.compareF(arith::CmpFPredicate::OGT, sum, limit));
        Value again = code.anyLane(isLarge);
        code.when(code.negate(again), [&] {
          for (auto [part, sum] : llvm::enumerate(sums)) {
            Value before = code.loadVector(sizes.lanes, rowSum, sumAt(part));
            code.storeVector(code.addF(before, sum), rowSum, sumAt(part));
          }
        });
        return {again, again};
      },
      [](ValueRange state) { return Values(state); });
}

/// Leaves the weights of a run in their pairs. Returns their sums, as vectors
/// of a whole sub-tile.
Values TileKernel::weighRun(Value subTile, const KeyRun &run) {
  int64_t parts = shape.vectors;
  SmallVector<RegionEmitter> visibleEmitters;
  if (visible)
    visibleEmitters = pairEmitters(*visible, subTile);
  Values from;
  for (int64_t part = 0; part < parts; ++part)
    from.push_back(code.loadVector(sizes.lanes, reference,
                                   {subTile, code.index(part * sizes.lanes)}));
  Value zero = code.splat(sizes.lanes, 0);
  Values sums = code.loop(
      code.index(0), run.count, kBlockRows, Values(parts, zero),
      [&](Value block, ValueRange outer) {
        // Two places: the next products need not wait for these weights.
        Value place = code.remainder(block, code.index(2 * kBlockRows));
        scoreBlock(subTile, run, block, place);
        Value end = code.minimum(code.add(block, kBlockRows), run.count);
        return code.loop(block, end, shape.keyRows, Values(outer),
                         [&](Value row, ValueRange inner) {
                           Value own = code.add(place, code.sub(row, block));
                           return weighRegisterTile(subTile, run, row, own,
                                                    inner, from,
                                                    visibleEmitters);
                         });
      });
  // A narrow sub-tile has nothing in the vector that it is short.
  sums.resize(sizes.schedule.queryVectors, zero);
  return sums;
}

/// Of the register tile from row `row` of the run, which lies in S from
/// `place`.
Values TileKernel::weighRegisterTile(Value subTile, const KeyRun &run,
                                     Value row, Value place, ValueRange before,
                                     ArrayRef<Value> from,
                                     ArrayRef<RegionEmitter> visibleEmitters) {
  int64_t parts = shape.vectors;
  Values next(before);
  prefetchFactors(subTile, run, row);
  Values tile = scoresInPlace(subTile, run, row, place, visibleEmitters);
  // Its sum tells that a weight is too large: it must not wrap around.
  Value most = code.splat(sizes.lanes, 127);
  for (auto [i, score] : llvm::enumerate(tile)) {
    score = lessReference(score, from[i % parts]);
    if (!target.hasScale)
      score = code.select(code.compareF(arith::CmpFPredicate::OGT, score, most),
                          most, score);
  }
  Values sums(parts);
  Value pair = code.divide(row, 2);
  // Two rows together are pairs, and enough to hide the latency.
  for (int64_t r = 0; r < shape.keyRows; r += 2) {
    MutableArrayRef<Value> two =
        MutableArrayRef<Value>(tile).slice(r * parts, 2 * parts);
    math().exp2Clamped(two);
    for (int64_t part = 0; part < parts; ++part) {
      Value first = two[part], second = two[parts + part];
      code.storeVector(code.packPairs(first, second), weightPairs,
                       {code.add(pair, r / 2), code.index(part * sizes.lanes)});
      Value both = code.addF(first, second);
      sums[part] = sums[part] ? code.addF(sums[part], both) : both;
    }
  }
  // The running sum is the one serial chain of the loop: one step a tile.
  for (int64_t part = 0; part < parts; ++part)
    next[part] = code.addF(next[part], sums[part]);
  return next;
}

/// The weight of row `row` of the run, from its pair.
Value TileKernel::weightAt(Value row, int64_t part) {
  Value pair =
      code.loadVector(sizes.lanes, weightPairs,
                      {code.divide(row, 2), code.index(part * sizes.lanes)});
  Value isFirst = code.isZero(code.remainder(row, code.index(2)));
  Value sixteen = code.broadcast(sizes.lanes, code.integer(32, 16));
  Value high = code.broadcast(
      sizes.lanes, code.integer(32, static_cast<int32_t>(0xffff0000)));
  Value first = arith::ShLIOp::create(code.builder, code.loc, pair, sixteen);
  Value second = arith::AndIOp::create(code.builder, code.loc, pair, high);
  return arith::BitcastOp::create(
      code.builder, code.loc,
      VectorType::get(sizes.lanes, code.builder.getF32Type()),
      code.select(isFirst, first, second));
}

//===----------------------------------------------------------------------===//
// Output
//===----------------------------------------------------------------------===//

/// Squares of as many pairs of keys as there are lanes, and as many channels.
void TileKernel::packValueBlocks() {
  int64_t lanes = sizes.lanes;
  Value last = code.sub(blockCount, 1);
  // Rows past the last key are zeros: their weight is 0, 0 times NaN is NaN.
  auto isThere = [&](Value row) { return code.less(row, blockCount); };
  auto rowOf = [&](Value row) {
    return code.add(blockFirst, code.minimum(row, last));
  };
  auto type = VectorType::get(lanes, code.builder.getBF16Type());
  auto half = VectorType::get(lanes, code.builder.getI16Type());
  auto word = VectorType::get(lanes, code.builder.getI32Type());
  auto bits = [&](Value from, Value row, Value channel) -> Value {
    Value own = vector::LoadOp::create(code.builder, code.loc, type, from,
                                       ValueRange{rowOf(row), channel});
    own = vector::BitCastOp::create(code.builder, code.loc, half, own);
    own = arith::ExtUIOp::create(code.builder, code.loc, word, own);
    return code.select(isThere(row), own,
                       code.broadcast(lanes, code.integer(32, 0)));
  };
  auto square = [&](Value from, Value row, Value channel) {
    Values pairs;
    Value shift = code.broadcast(lanes, code.integer(32, 16));
    for (int64_t pair = 0; pair < lanes; ++pair) {
      Value first = bits(from, code.add(row, 2 * pair), channel);
      Value second = bits(from, code.add(row, 2 * pair + 1), channel);
      second = arith::ShLIOp::create(code.builder, code.loc, second, shift);
      pairs.push_back(
          arith::OrIOp::create(code.builder, code.loc, first, second));
    }
    for (auto [i, keys] : llvm::enumerate(code.transpose(pairs)))
      code.storeVector(keys, valueBlockPairs,
                       {code.add(channel, i), code.divide(row, 2)});
  };
  auto pack = [&](Value from, int64_t vectors) {
    Value end = wholeBlocks(code, blockCount);
    if (vectors)
      code.loop(code.index(0), end, 2 * lanes, [&](Value row) {
        code.loop(code.index(0), code.index(vectors), lanes,
                  [&](Value channel) { square(from, row, channel); });
      });
    if (vectors == sizes.channels)
      return;
    code.loop(code.index(0), end, 1, [&](Value row) {
      code.loop(code.index(vectors), code.index(sizes.channels), 1,
                [&](Value channel) {
                  Value own = code.load(from, {rowOf(row), channel});
                  own = code.select(isThere(row), own, code.f32(0));
                  code.store(own, valueBlocks, {channel, row});
                });
    });
  };
  int64_t vectors = llvm::alignDown(sizes.channels, lanes);
  if (!valueIsUnit)
    return pack(valueRows, vectors);
  code.when(
      valueIsUnit, [&] { pack(code.withUnitStride(valueRows), vectors); },
      [&] { pack(valueRows, 0); });
}

/// Zeros behind the pairs of weights.
void TileKernel::padWeights(Value subTile, const KeyRun &run) {
  Value written = code.mul(code.divideUp(run.count, sizes.schedule.keyRows),
                           sizes.schedule.keyRows);
  Value end = code.divide(wholeBlocks(code, run.count), 2);
  code.loop(code.divide(written, 2), end, 1, [&](Value pair) {
    forEachPart(subTile, [&](Value lane0) {
      code.storeVector(code.broadcast(sizes.lanes, code.integer(32, 0)),
                       weightPairs, {pair, lane0});
    });
  });
}

/// Adds the weighted values of a run to `rows` channels, at most kBlockRows.
void TileKernel::accumulateBlocks(Value subTile, const KeyRun &run,
                                  Value channel, int64_t rows) {
  int64_t parts = shape.vectors;
  Value zero = code.index(0);
  Value pairs = code.divide(wholeBlocks(code, run.count), 2);
  auto dot = [&](Value sums, ValueRange at, bool accumulate) {
    BlockDotOp::create(
        code.builder, code.loc, valueBlocks, ValueRange{channel, run.row},
        weightPairs, ValueRange{zero, zero}, sums, at, pairs,
        llvm::alignTo(rows, kBlockTile), parts * sizes.lanes, accumulate);
  };
  auto inPlace = [&] {
    auto into = [&](bool accumulate) {
      dot(output, {subTile, channel, zero}, accumulate);
    };
    code.when(hasSums, [&] { into(true); }, [&] { into(false); });
  };
  auto forEachVector =
      [&](Values state,
          function_ref<Values(Value row, int64_t part, ValueRange state)>
              body) {
        return code.loop(zero, code.index(rows), 1, state,
                         [&](Value row, ValueRange outer) {
                           Values next(outer);
                           for (int64_t part = 0; part < parts; ++part)
                             next = body(row, part, next);
                           return next;
                         });
      };
  auto sumsOf = [&](Value row, int64_t part) {
    return code.loadVector(sizes.lanes, blockSums,
                           {row, code.index(part * sizes.lanes)});
  };
  // The sums before the run stay until it is known that none of this is NaN.
  auto apart = [&] {
    dot(blockSums, {zero, zero}, false);
    auto add = [&] {
      code.loop(zero, code.index(rows), 1, [&](Value row) {
        Value own = code.add(channel, row);
        for (auto [part, sum] : llvm::enumerate(sumsBefore(subTile, own, 1)))
          code.storeVector(code.addF(sum, sumsOf(row, part)), output,
                           {subTile, own, code.index(part * sizes.lanes)});
      });
    };
    if (!visible)
      return add();
    Value none = code.broadcast(sizes.lanes, code.flag(false));
    Value bad = forEachVector(
                    {none},
                    [&](Value row, int64_t part, ValueRange state) -> Values {
                      Value sum = sumsOf(row, part);
                      return {code.either(
                          state.front(),
                          code.compareF(arith::CmpFPredicate::UNO, sum, sum))};
                    })
                    .front();
    code.when(
        code.anyLane(bad),
        [&] {
          code.loop(channel, code.add(channel, rows), 1,
                    [&](Value own) { maskedOutputRow(subTile, run, own); });
        },
        add);
  };
  if (normalizer.isOrdered())
    apart();
  else if (!visible)
    inPlace();
  else
    code.when(isTested(run), apart, inPlace);
}
