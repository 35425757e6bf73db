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

/// Features a step of the loop: its own instructions are spread over more. A
/// product that is not fused takes a register, so there it is one.
static int64_t unrollOf(const Target &target) { return target.hasFma ? 4 : 1; }
/// Exponentials that go step by step together: enough to hide the latency, few
/// enough that their intermediate values stay in registers.
static constexpr int64_t kInterleave = 2;

void TileKernel::emitScores(Value subTile, const KeyRun &run) {
  if (weighsByBlocks)
    return emitWeightBlocks(subTile, run);
  int64_t parts = sizes.schedule.queryVectors;
  // Sums of products start at minus the reference, which saves a subtraction
  // for each. What a score map reads starts at zero.
  auto pass = [&]() -> Value {
    Values start;
    if (scoresAreRelative)
      for (int64_t part = 0; part < parts; ++part) {
        Value lane0 = laneOf(subTile, part);
        start.push_back(code.subF(
            code.splat(sizes.lanes, 0),
            code.loadVector(sizes.lanes, reference, {subTile, lane0})));
      }
    return raiseReferences(subTile, run, largestScores(subTile, run, start));
  };
  if (!scoresAreRelative)
    pass();
  else
    code.loopWhile(
        {}, [&](ValueRange) { return Values{pass()}; },
        [](ValueRange) { return Values(); });
  emitWeights(subTile, run);
}

/// Computes the scores of a run, and returns the largest of each query.
Values TileKernel::largestScores(Value subTile, const KeyRun &run,
                                 ArrayRef<Value> start) {
  Values largest(
      sizes.schedule.queryVectors,
      code.splat(sizes.lanes, -std::numeric_limits<double>::infinity()));
  return forEachShape(subTile, TypeRange(ValueRange(largest)),
                      [&] { return scoreRun(subTile, run, start, largest); });
}

/// Computes the scores of a run. Returns the larger of `before` and the largest
/// of them, as vectors of a whole sub-tile.
Values TileKernel::scoreRun(Value subTile, const KeyRun &run,
                            ArrayRef<Value> start, ArrayRef<Value> before) {
  SmallVector<RegionEmitter> scoreEmitters, visibleEmitters;
  if (score)
    scoreEmitters = pairEmitters(*score, subTile);
  if (visible)
    visibleEmitters = pairEmitters(*visible, subTile);
  if (!start.empty())
    start = start.take_front(shape.vectors);
  Values largest = forEachRegisterTile(
      subTile, run, Values(before.take_front(shape.vectors)),
      [&](Value row, ValueRange state) {
        return scoreRegisterTile(subTile, run, row, start, state, scoreEmitters,
                                 visibleEmitters);
      });
  llvm::append_range(largest, before.drop_front(shape.vectors));
  return largest;
}

/// Weights are powers of two of scores less a reference, one a row. It becomes
/// the largest score of the first keys a row sees, and again where a later
/// score lies kHeadroom above it: then all that was summed up shrinks. Powers
/// up to 2^kHeadroom are as exact as those up to 1, so that this is rare.
///
/// True if the scores must be computed again: sums that started at a reference
/// far larger than they are were rounded at its size. Each time the magnitude
/// of a reference halves at least, so this ends.
Value TileKernel::raiseReferences(Value subTile, const KeyRun &run,
                                  ArrayRef<Value> largest) {
  int64_t parts = sizes.schedule.queryVectors;
  Value zero = code.splat(sizes.lanes, 0);
  Value headroom =
      code.splat(sizes.lanes, countsInPowers ? kHeadroom : kHeadroom / kLog2e);
  if (isExact)
    headroom = code.select(isExact, zero, headroom);
  Value lowest =
      code.splat(sizes.lanes, -std::numeric_limits<double>::infinity());
  auto at = [&](Value table, ArrayRef<Value> place, int64_t part) {
    Values indices(place);
    indices.push_back(laneOf(subTile, part));
    return std::pair(table, indices);
  };
  auto load = [&](auto place) {
    return code.loadVector(sizes.lanes, place.first, place.second);
  };
  Values above, raised;
  Value any, anySummed;
  auto join = [&](Value &all, Value own) {
    all = all ? code.either(all, own) : own;
  };
  for (int64_t part = 0; part < parts; ++part) {
    Value excess = largest[part];
    if (!scoresAreRelative)
      excess = lessReference(excess, load(at(reference, {subTile}, part)));
    Value sum = load(at(rowSum, {subTile}, part));
    Value isFirst = code.compareF(arith::CmpFPredicate::OEQ, sum, zero);
    Value sees = code.compareF(arith::CmpFPredicate::OGT, excess, lowest);
    Value raise = code.compareF(arith::CmpFPredicate::OGT, excess, headroom);
    raise = code.either(raise, code.both(isFirst, sees));
    above.push_back(excess);
    raised.push_back(raise);
    join(any, raise);
    Value isSummed = code.compareF(arith::CmpFPredicate::UNE, sum, zero);
    join(anySummed, code.both(raise, isSummed));
  }
  auto raiseThem = [&]() -> Values {
    Values step, factor;
    for (int64_t part = 0; part < parts; ++part) {
      step.push_back(code.select(raised[part], above[part], zero));
      // A reference that falls is a first one: there is nothing to grow.
      Values shrink = {code.maxF(step[part], zero)};
      shrink.front() = code.subF(zero, shrink.front());
      exponentiate(shrink);
      factor.push_back(shrink.front());
    }
    auto change = [&](Value table, ArrayRef<Value> place, bool shrinks) {
      for (int64_t part = 0; part < parts; ++part) {
        auto where = at(table, place, part);
        Value old = load(where);
        code.storeVector(shrinks ? code.mulF(old, factor[part])
                                 : code.subF(old, step[part]),
                         where.first, where.second);
      }
    };
    Value rounded;
    for (int64_t part = 0; part < parts; ++part) {
      auto where = at(reference, {subTile}, part);
      Value old = load(where), next = code.addF(old, step[part]);
      code.storeVector(next, where.first, where.second);
      if (!scoresAreRelative)
        continue;
      auto magnitude = [&](Value x) {
        return code.maxF(x, code.subF(zero, x));
      };
      Value limit = code.addF(magnitude(next), magnitude(next));
      join(rounded,
           code.compareF(arith::CmpFPredicate::OGT, magnitude(old),
                         code.addF(limit, code.splat(sizes.lanes, 1))));
    }
    // Before the first keys there is nothing to shrink.
    code.when(code.anyLane(anySummed), [&] {
      change(rowSum, {subTile}, /*shrinks=*/true);
      code.loop(code.index(0), code.index(sizes.channels), 1,
                [&](Value channel) {
                  change(output, {subTile, channel}, /*shrinks=*/true);
                });
    });
    if (scoresAreRelative)
      code.loop(code.index(0), run.count, 1,
                [&](Value row) { change(scores, {row}, /*shrinks=*/false); });
    return {rounded ? code.anyLane(rounded) : code.flag(false)};
  };
  return code
      .choose(code.anyLane(any), code.builder.getI1Type(), raiseThem,
              [&]() -> Values { return {code.flag(false)}; })
      .front();
}

/// What a weight is the exponential of, from a number of S.
Value TileKernel::lessReference(Value score, Value from) {
  if (!scoresAreProducts)
    return code.subF(score, from);
  from = code.subF(code.splat(sizes.lanes, 0), from);
  return math().madd(score, code.splat(sizes.lanes, kLog2e), from);
}

void TileKernel::emitWeights(Value subTile, const KeyRun &run) {
  int64_t rows = sizes.schedule.keyRows;
  // One vector of queries after the other, which leaves registers for several
  // rows. Rows past the run are -inf there and become 0.
  forEachPart(subTile, [&](Value lane0) {
    Value from;
    if (!scoresAreRelative)
      from = code.loadVector(sizes.lanes, reference, {subTile, lane0});
    Value before = code.loadVector(sizes.lanes, rowSum, {subTile, lane0});
    auto exponentials = [&](Value first, ValueRange state) -> Values {
      Value sum;
      for (int64_t r = 0; r < rows; r += kInterleave) {
        Values tile;
        for (int64_t row = r; row < std::min(rows, r + kInterleave); ++row) {
          Value s = code.loadVector(sizes.lanes, scores,
                                    {code.add(first, row), lane0});
          tile.push_back(from ? lessReference(s, from) : s);
        }
        exponentiate(tile);
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

/// Scores less their reference, as weights.
void TileKernel::exponentiate(MutableArrayRef<Value> differences) {
  if (!countsInPowers)
    for (Value &value : differences)
      value = code.mulF(value, code.splat(sizes.lanes, kLog2e));
  math().exp2Clamped(differences);
}

Values
TileKernel::forEachRegisterTile(Value subTile, const KeyRun &run, Values state,
                                function_ref<Values(Value, ValueRange)> body) {
  if (!sizes.products.blocksOfFeatures)
    return code.loop(code.index(0), run.count, shape.keyRows, state, body);
  return code.loop(
      code.index(0), run.count, kBlockRows, state,
      [&](Value block, ValueRange outer) {
        scoreBlock(subTile, run, block, /*place=*/block);
        Value end = code.minimum(code.add(block, kBlockRows), run.count);
        return code.loop(block, end, shape.keyRows, Values(outer), body);
      });
}

TileKernel::TileRows TileKernel::tileRows(const KeyRun &run, Value row) {
  // Rows past the block repeat its last one; they are not seen.
  Value first = code.add(run.row, row), last = code.sub(blockCount, 1);
  TileRows at;
  at.first = row;
  for (int64_t r = 0; r < shape.keyRows; ++r) {
    at.blockRow.push_back(code.minimum(code.add(first, r), last));
    at.key.push_back(code.add(blockFirst, at.blockRow.back()));
  }
  return at;
}

Values TileKernel::contractTile(Value subTile, const TileRows &at,
                                ArrayRef<Value> start) {
  if (sizes.products.blocksOfFeatures)
    return scoresOfBlock(at.first);
  if (sizes.products.pairsOfFeatures)
    return contractPairs(subTile, at, start);
  int64_t parts = shape.vectors, rows = shape.keyRows;
  // Where sums start at zero the first step multiplies only.
  auto step = [&](Value feature, ValueRange sums) {
    Values query, next;
    for (int64_t part = 0; part < parts; ++part)
      query.push_back(
          code.loadVector(sizes.lanes, features,
                          {subTile, feature, code.index(part * sizes.lanes)}));
    for (int64_t r = 0; r < rows; ++r) {
      Value k = code.broadcast(sizes.lanes,
                               code.load(keyBlock, {at.blockRow[r], feature}));
      for (int64_t part = 0; part < parts; ++part)
        next.push_back(
            sums.empty() ? code.mulF(k, query[part])
                         : math().madd(k, query[part], sums[r * parts + part]));
    }
    return next;
  };
  Values sums;
  if (!start.empty())
    for (int64_t r = 0; r < rows; ++r)
      sums.append(start.begin(), start.end());
  return contractSteps(term->width, std::move(sums), step);
}

Values TileKernel::contractSteps(
    int64_t count, Values sums,
    function_ref<Values(Value feature, ValueRange sums)> step) {
  // Before the loop goes what its steps leave over, and the feature that makes
  // the sums where there are none.
  int64_t unroll = unrollOf(target);
  int64_t lead = sums.empty() ? (count - 1) % unroll + 1 : count % unroll;
  for (int64_t feature = 0; feature < lead; ++feature)
    sums = step(code.index(feature), sums);
  if (lead < count)
    sums = code.loop(code.index(lead), code.index(count), unroll, sums,
                     [&](Value feature, ValueRange state) {
                       Values next(state);
                       for (int64_t i = 0; i < unroll; ++i)
                         next = step(code.add(feature, i), next);
                       return next;
                     });
  return sums;
}

void TileKernel::mapScores(MutableArrayRef<Value> sums, const TileRows &at,
                           ArrayRef<RegionEmitter> emitters) {
  int64_t parts = shape.vectors;
  for (auto [i, sum] : llvm::enumerate(sums)) {
    RegionEmitter emitter = emitters[i % parts];
    emitter.map(score->getArgument(0), sum);
    mapKey(emitter, *score, at.key[i / parts]);
    sum = emitter.broadcast(code.builder, code.loc,
                            emitter.emit(code.builder, *score).front());
  }
}

Value TileKernel::seenBy(const RegionEmitter *emitter, const KeyRun &run,
                         Value row, Value key) {
  Value seen = code.broadcast(sizes.lanes, code.less(row, run.count));
  if (!visible)
    return seen;
  RegionEmitter own = *emitter;
  mapKey(own, *visible, key);
  Value pair = own.emit(code.builder, *visible).front();
  return code.both(seen, own.broadcast(code.builder, code.loc, pair));
}

/// The scores of a register tile, with those of pairs that are not seen at
/// minus infinity.
Values TileKernel::hideUnseen(const KeyRun &run, const TileRows &at,
                              ValueRange sums,
                              ArrayRef<RegionEmitter> visibleEmitters) {
  int64_t parts = shape.vectors;
  Values seen;
  for (auto [i, sum] : llvm::enumerate(sums)) {
    const RegionEmitter *emitter = nullptr;
    if (visible)
      emitter = &visibleEmitters[i % parts];
    int64_t r = i / parts;
    seen.push_back(code.select(
        seenBy(emitter, run, code.add(at.first, r), at.key[r]), sum,
        code.splat(sizes.lanes, -std::numeric_limits<double>::infinity())));
  }
  return seen;
}

/// Leaves a register tile in S from row `place` on.
void TileKernel::storeScores(Value place, ValueRange sums) {
  int64_t parts = shape.vectors;
  for (auto [i, sum] : llvm::enumerate(sums))
    code.storeVector(sum, scores,
                     {code.add(place, int64_t(i) / parts),
                      code.index(int64_t(i) % parts * sizes.lanes)});
}

Values TileKernel::scoreRegisterTile(Value subTile, const KeyRun &run,
                                     Value row, ArrayRef<Value> start,
                                     ValueRange before,
                                     ArrayRef<RegionEmitter> scoreEmitters,
                                     ArrayRef<RegionEmitter> visibleEmitters) {
  int64_t parts = shape.vectors;
  Values sums;
  if (scoresAreProducts) {
    sums = scoresInPlace(subTile, run, row, /*place=*/row, visibleEmitters);
  } else {
    TileRows at = tileRows(run, row);
    sums = contractTile(subTile, at, start);
    if (score)
      mapScores(sums, at, scoreEmitters);
    // One copy of the products serves both kinds of tiles.
    sums = code.choose(
        code.less(row, run.untested), TypeRange(ValueRange(sums)),
        [&] {
          prefetchNextBlock(subTile, code.add(run.row, row));
          return sums;
        },
        [&] { return hideUnseen(run, at, sums, visibleEmitters); });
    storeScores(row, sums);
  }
  Values largest(before);
  // A NaN score leaves the largest as it is; its weight is NaN.
  for (auto [i, sum] : llvm::enumerate(sums))
    largest[i % parts] = code.maxF(sum, largest[i % parts]);
  return largest;
}
