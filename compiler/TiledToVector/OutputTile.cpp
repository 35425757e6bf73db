//===- OutputTile.cpp - Weights times values, and the last step -----------===//
//
// The register tile: valueRows channels times queryVectors vectors of queries,
// kept in registers over all keys of a run. Each step loads the weights of one
// key and broadcasts its value channels from where they lie.
//
// A masked pair has weight 0, and 0 times a non-finite value is NaN. So a run
// that was tested looks for NaN in its sums, and where there is one computes
// that register tile again with a select for each pair: masked pairs then add
// nothing, and a NaN that a query may see comes back.
//
//===----------------------------------------------------------------------===//

#include "compiler/TiledToVector/TileKernel.h"
#include <numeric>

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

using Values = Code::Values;

/// Keys a step of the loop, at most.
static constexpr int64_t kUnroll = 4;

Values TileKernel::sumsBefore(Value subTile, Value channel, int64_t rows) {
  int64_t parts = shape.vectors;
  Values none(rows * parts, code.splat(sizes.lanes, 0));
  auto load = [&] {
    Values sums;
    for (int64_t i = 0; i < rows * parts; ++i) {
      Value lane0 = code.index(i % parts * sizes.lanes);
      Value sum = code.loadVector(
          sizes.lanes, output, {subTile, code.add(channel, i / parts), lane0});
      if (normalizer.isOrdered())
        sum = code.mulF(
            sum, code.loadVector(sizes.lanes, reference, {subTile, lane0}));
      sums.push_back(sum);
    }
    return sums;
  };
  return code.choose(hasSums, TypeRange(ValueRange(none)), load,
                     [&] { return none; });
}

void TileKernel::emitAccumulate(Value subTile, const KeyRun &run) {
  Value isLast = mayBeLast(run);
  hasSums = code.negate(code.isZero(code.load(summed, {subTile})));
  code.store(code.integer(32, 1), summed, {subTile});
  if (sizes.products.pairsOfWeights && !weighsByBlocks)
    packWeights(subTile, run);
  if (sizes.products.blocksOfWeights) {
    padWeights(subTile, run);
    forEachShape(subTile, {}, [&]() -> Values {
      int64_t groups = sizes.channels / kBlockRows,
              left = sizes.channels % kBlockRows;
      auto group = [&](Value number, int64_t rows) {
        code.when(isLast, [&] {
          prefetchRows(subTile, number, groups + (left ? 1 : 0));
        });
        accumulateBlocks(subTile, run, code.mul(number, kBlockRows), rows);
      };
      if (groups)
        code.loop(code.index(0), code.index(groups), 1,
                  [&](Value number) { group(number, kBlockRows); });
      if (left)
        group(code.index(groups), left);
      return {};
    });
    return;
  }
  forEachShape(subTile, {}, [&]() -> Values {
    // As few tiles as needed, of sizes that differ by at most one.
    int64_t tiles = llvm::divideCeil(sizes.channels, shape.valueRows);
    // Those of narrow sub-tiles are of one size where that takes few more.
    if (shapeIsNarrow())
      for (int64_t more = tiles; more < tiles + tiles / 2; ++more)
        if (sizes.channels % more == 0) {
          tiles = more;
          break;
        }
    int64_t small = sizes.channels / tiles, large = sizes.channels % tiles;
    // Of `rows` channels each from channel `channel`; the first is tile `from`.
    auto tilesOf = [&](int64_t from, int64_t count, int64_t channel,
                       int64_t rows) {
      if (count)
        code.loop(code.index(0), code.index(count), 1, [&](Value tile) {
          code.when(isLast, [&] {
            prefetchRows(subTile, code.add(tile, from), tiles);
          });
          outputRegisterTile(subTile, run,
                             code.add(code.mul(tile, rows), channel), rows);
        });
    };
    tilesOf(0, large, 0, small + 1);
    tilesOf(large, tiles - large, large * (small + 1), small);
    return {};
  });
}

void TileKernel::outputRegisterTile(Value subTile, const KeyRun &run,
                                    Value channel, int64_t rows) {
  int64_t parts = shape.vectors;
  auto step = [&](Value row, ValueRange sums) {
    Values weight, next;
    for (int64_t part = 0; part < parts; ++part)
      weight.push_back(code.loadVector(sizes.lanes, scores,
                                       {row, code.index(part * sizes.lanes)}));
    Value place = code.add(run.row, row);
    for (int64_t r = 0; r < rows; ++r) {
      Value v = code.broadcast(
          sizes.lanes, code.load(valueBlock, {place, code.add(channel, r)}));
      for (int64_t part = 0; part < parts; ++part)
        next.push_back(math().madd(v, weight[part], sums[r * parts + part]));
    }
    return next;
  };
  Values sums = sumsBefore(subTile, channel, rows);
  // The rows that round up the last step have weight 0 (see loadBlock).
  int64_t unroll = std::gcd(sizes.schedule.keyRows, kUnroll);
  if (sizes.products.pairsOfWeights)
    sums = accumulatePairs(run, channel, rows, std::move(sums));
  else
    sums = code.loop(code.index(0), run.count, unroll, sums,
                     [&](Value row, ValueRange state) {
                       prefetchValues(code.add(run.row, row), unroll, channel,
                                      rows);
                       Values next(state);
                       for (int64_t i = 0; i < unroll; ++i)
                         next = step(code.add(row, i), next);
                       return next;
                     });
  auto store = [&] {
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t part = 0; part < parts; ++part)
        code.storeVector(
            sums[r * parts + part], output,
            {subTile, code.add(channel, r), code.index(part * sizes.lanes)});
  };
  if (!visible)
    return store();
  Value bad = code.choose(
                      isTested(run), code.builder.getI1Type(),
                      [&]() -> Values { return {code.anyNaN(sums)}; },
                      [&]() -> Values { return {code.flag(false)}; })
                  .front();
  code.when(
      bad,
      [&] {
        code.loop(channel, code.add(channel, rows), 1,
                  [&](Value own) { maskedOutputRow(subTile, run, own); });
      },
      store);
}

Value TileKernel::valueAt(Value row, Value channel) {
  if (sizes.products.blocksOfWeights)
    return code.load(valueBlocks, {channel, row});
  if (!sizes.products.pairsOfWeights)
    return code.load(valueBlock, {row, channel});
  return code.load(valueElements, {code.divide(row, 2), channel,
                                   code.remainder(row, code.index(2))});
}

/// One channel of the output, with a test for each pair.
void TileKernel::maskedOutputRow(Value subTile, const KeyRun &run,
                                 Value channel) {
  int64_t parts = shape.vectors;
  SmallVector<RegionEmitter> emitters = pairEmitters(*visible, subTile);
  Values sums = sumsBefore(subTile, channel, 1);
  sums = code.loop(
      code.index(0), run.count, 1, sums, [&](Value row, ValueRange state) {
        Value v = code.broadcast(sizes.lanes,
                                 valueAt(code.add(run.row, row), channel));
        Values next;
        for (int64_t part = 0; part < parts; ++part) {
          RegionEmitter emitter = emitters[part];
          mapKey(emitter, *visible, code.add(run.first, row));
          Value seen =
              emitter.broadcast(code.builder, code.loc,
                                emitter.emit(code.builder, *visible).front());
          Value own =
              weighsByBlocks
                  ? weightAt(row, part)
                  : code.loadVector(sizes.lanes, scores,
                                    {row, code.index(part * sizes.lanes)});
          next.push_back(
              code.select(seen, math().madd(v, own, state[part]), state[part]));
        }
        return next;
      });
  for (int64_t part = 0; part < parts; ++part)
    code.storeVector(sums[part], output,
                     {subTile, channel, code.index(part * sizes.lanes)});
}

//===----------------------------------------------------------------------===//
// The last step
//===----------------------------------------------------------------------===//

/// The extra logits of the vector of queries that starts at row `start`, in the
/// units of the reference.
Values TileKernel::extraLogits(Value start) {
  RegionEmitter emitter = frame.emitterFor({extra}, extents);
  emitter.map(extra->getArgument(0), code.toInteger(32, batch));
  emitter.map(extra->getArgument(1), code.toInteger(32, head));
  Value first = code.toInteger(32, start);
  emitter.mapIota(code.builder, code.loc, extra->getArgument(2), first);
  Value position = extra->getArgument(3);
  if (queryPos.tensor)
    emitter.map(position, queryPositions(start));
  else if (queryPos.base)
    emitter.mapIota(code.builder, code.loc, position,
                    code.add(queryPos.base, first));
  Values logits = emitter.emit(code.builder, *extra);
  for (Value &logit : logits) {
    logit = emitter.broadcast(code.builder, code.loc, logit);
    if (countsInPowers)
      logit = code.mulF(logit, code.splat(sizes.lanes, kLog2e));
  }
  return logits;
}

TileKernel::RowScale TileKernel::rowScale(Value subTile, Value lane0) {
  auto splat = [&](double value) { return code.splat(sizes.lanes, value); };
  const double infinity = std::numeric_limits<double>::infinity();
  Value sum = code.loadVector(sizes.lanes, rowSum, {subTile, lane0});
  RowScale result;
  result.isEmpty = code.compareF(arith::CmpFPredicate::OEQ, sum, splat(0));
  if (!normalizer.isOnlineSoftmax()) {
    result.factor = code.divF(splat(1), sum);
    return result;
  }
  Value base = code.loadVector(sizes.lanes, reference, {subTile, lane0});
  Value shrink;
  if (extra) {
    // Both the sum of the keys and the extra logits, relative to the largest of
    // reference and logits; without keys there is no reference.
    Values logits = extraLogits(code.add(firstQuery(subTile), lane0));
    Value largest = code.select(result.isEmpty, splat(-infinity), base);
    for (Value logit : logits)
      largest =
          arith::MaximumFOp::create(code.builder, code.loc, logit, largest);
    Value isLow =
        code.compareF(arith::CmpFPredicate::OEQ, largest, splat(-infinity));
    largest = code.select(isLow, base, largest);
    base = code.select(result.isEmpty, largest, base);
    auto relative = [&](Value score) {
      Values difference{code.subF(score, largest)};
      exponentiate(difference);
      return difference.front();
    };
    shrink = relative(base);
    sum = code.mulF(sum, shrink);
    for (Value logit : logits)
      sum = code.addF(sum, relative(logit));
    base = largest;
  }
  Value nothing = extra
                      ? code.compareF(arith::CmpFPredicate::OEQ, sum, splat(0))
                      : result.isEmpty;
  result.factor = code.divF(splat(1), sum);
  if (shrink)
    result.factor = code.mulF(result.factor, shrink);
  if (!op.getRowResult())
    return result;
  // Natural units: a row without a score map counts in powers of two.
  Value logarithm =
      countsInPowers ? code.mulF(code.addF(base, math().log2(sum)), splat(kLn2))
                     : code.addF(base, math().log(sum));
  result.lse = code.select(nothing, splat(-infinity), logarithm);
  return result;
}

RegionEmitter TileKernel::outputRows(Value start) {
  Value position, first;
  if (queryPos.tensor)
    position = queryPositions(start);
  else if (queryPos.base)
    first = code.add(queryPos.base, code.toInteger(32, start));
  return outputMap.forRows(frame,
                           outputMap.forHead(frame, extents, batch, head),
                           start, position, first);
}

void TileKernel::storeMapped(Value subTile, Value lane0, Value start,
                             int64_t channels, Value result) {
  RegionEmitter perHead = outputMap.forHead(frame, extents, batch, head);
  code.loop(code.index(0), code.index(sizes.lanes), 1, [&](Value lane) {
    Value row = code.add(start, lane);
    RegionEmitter emitter = outputMap.forRow(
        frame, perHead, row, frame.positionAt(queryPos, batch, row));
    code.loop(
        code.index(0), code.index(channels), sizes.lanes, [&](Value channel) {
          Value elements = code.loadVector(
              sizes.lanes, output, {subTile, code.add(channel, lane), lane0});
          code.storeVector(
              outputMap.channels(frame, emitter, elements, channel), result,
              {row, channel});
        });
  });
}

void TileKernel::emitFinalize(Value subTile) {
  Value result = code.rowsOf(frame.memrefOf(op.getResult()), batch, head);
  Value first = firstQuery(subTile);
  Value rowResult =
      op.getRowResult() ? frame.memrefOf(op.getRowResult()) : Value();
  // No key was visited.
  code.when(code.isZero(code.load(summed, {subTile})), [&] {
    code.loop(code.index(0), code.index(sizes.channels), 1, [&](Value channel) {
      code.loop(code.index(0), code.index(sizes.queries), sizes.lanes,
                [&](Value lane0) {
                  code.storeVector(code.splat(sizes.lanes, 0), output,
                                   {subTile, channel, lane0});
                });
    });
  });
  forEachPart(subTile, [&](Value lane0) {
    Value start = code.add(first, lane0);
    Value count =
        code.minimum(code.maximum(code.sub(queries, start), code.index(0)),
                     code.index(sizes.lanes));
    RowScale scale;
    if (normalizer.dividesBySum())
      scale = rowScale(subTile, lane0);
    auto scaled = [&](Value channel) {
      Value sums =
          code.loadVector(sizes.lanes, output, {subTile, channel, lane0});
      if (!scale.factor)
        return sums;
      return code.select(scale.isEmpty, code.splat(sizes.lanes, 0),
                         code.mulF(sums, scale.factor));
    };
    auto oneByOne = [&](int64_t from) {
      std::optional<RegionEmitter> rows;
      if (outputMap)
        rows = outputRows(start);
      code.loop(code.index(from), code.index(sizes.channels), 1,
                [&](Value channel) {
                  Value own = scaled(channel);
                  if (rows)
                    own = outputMap.channelOf(frame, *rows, own, channel);
                  code.storeVector(own, output, {subTile, channel, lane0});
                });
      code.loop(code.index(0), count, 1, [&](Value lane) {
        Value row = code.add(start, lane), place = code.add(lane0, lane);
        code.loop(code.index(from), code.index(sizes.channels), 1,
                  [&](Value channel) {
                    code.store(code.load(output, {subTile, channel, place}),
                               result, {row, channel});
                  });
      });
    };
    // Squares of channels and rows, where all rows of the vector are there and
    // channels follow each other.
    auto transposed = [&] {
      int64_t whole = llvm::alignDown(sizes.channels, sizes.lanes);
      Value unit = code.withUnitStride(result);
      code.loop(
          code.index(0), code.index(whole), sizes.lanes, [&](Value channel) {
            Values square;
            for (int64_t i = 0; i < sizes.lanes; ++i)
              square.push_back(scaled(code.add(channel, i)));
            for (auto [i, row] : llvm::enumerate(code.transpose(square)))
              if (outputMap)
                code.storeVector(row, output,
                                 {subTile, code.add(channel, i), lane0});
              else
                code.storeVector(row, unit, {code.add(start, i), channel});
          });
      if (outputMap && whole)
        storeMapped(subTile, lane0, start, whole, unit);
      if (whole < sizes.channels)
        oneByOne(whole);
    };
    Value whole =
        code.compare(Code::Predicate::eq, count, code.index(sizes.lanes));
    if (!Code::hasUnitStride(result))
      whole = code.both(whole, code.isUnitStride(result));
    code.when(whole, transposed, [&] { oneByOne(0); });
    if (!rowResult)
      return;
    // What ordered weights leave is in rowSum as it is.
    Value table = scale.lse ? reference : rowSum;
    if (scale.lse)
      code.storeVector(scale.lse, table, {subTile, lane0});
    code.loop(code.index(0), count, 1, [&](Value lane) {
      code.store(code.load(table, {subTile, code.add(lane0, lane)}), rowResult,
                 {batch, head, code.add(start, lane)});
    });
  });
}
