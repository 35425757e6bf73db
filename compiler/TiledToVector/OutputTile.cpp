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

Value TileKernel::outputRow(Value subTile, Value channel, int64_t part) {
  return code.loadVector(sizes.lanes, output,
                         {subTile, channel, code.index(part * sizes.lanes)});
}

void TileKernel::emitAccumulate(Value subTile, const KeyRun &run) {
  // As many tiles as needed, of sizes that differ by at most one.
  int64_t tiles = llvm::divideCeil(sizes.channels, sizes.schedule.valueRows);
  int64_t small = sizes.channels / tiles, large = sizes.channels % tiles;
  auto tilesOf = [&](int64_t first, int64_t count, int64_t rows) {
    if (count)
      code.loop(code.index(first), code.index(first + count * rows), rows,
                [&](Value channel) {
                  outputRegisterTile(subTile, run, channel, rows);
                });
  };
  tilesOf(0, large, small + 1);
  tilesOf(large * (small + 1), tiles - large, small);
}

void TileKernel::outputRegisterTile(Value subTile, const KeyRun &run,
                                    Value channel, int64_t rows) {
  int64_t parts = sizes.schedule.queryVectors;
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
  Values sums;
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t part = 0; part < parts; ++part)
      sums.push_back(outputRow(subTile, code.add(channel, r), part));
  // The rows that round up the last step have weight 0 (see loadBlock).
  int64_t unroll = std::gcd(sizes.schedule.keyRows, kUnroll);
  sums = code.loop(code.index(0), run.count, unroll, sums,
                   [&](Value row, ValueRange state) {
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
  Value tested = code.less(run.untested, run.count);
  Value bad = code.choose(
                      tested, code.builder.getI1Type(),
                      [&]() -> Values {
                        Value any;
                        for (Value sum : sums) {
                          Value isNaN = code.compareF(arith::CmpFPredicate::UNO,
                                                      sum, sum);
                          any = any ? code.either(any, isNaN) : isNaN;
                        }
                        return {code.anyLane(any)};
                      },
                      [&]() -> Values { return {code.flag(false)}; })
                  .front();
  code.when(
      bad,
      [&] {
        code.loop(channel, code.add(channel, rows), 1, [&](Value own) {
          maskedOutputRow(subTile, run, own);
        });
      },
      store);
}

/// One channel of the output, with a test for each pair.
void TileKernel::maskedOutputRow(Value subTile, const KeyRun &run,
                                 Value channel) {
  int64_t parts = sizes.schedule.queryVectors;
  SmallVector<RegionEmitter> emitters = pairEmitters(*visible, 0, subTile);
  Values sums;
  for (int64_t part = 0; part < parts; ++part)
    sums.push_back(outputRow(subTile, channel, part));
  sums = code.loop(
      code.index(0), run.count, 1, sums, [&](Value row, ValueRange state) {
        Value v = code.broadcast(
            sizes.lanes,
            code.load(valueBlock, {code.add(run.row, row), channel}));
        Values next;
        for (int64_t part = 0; part < parts; ++part) {
          RegionEmitter emitter = emitters[part];
          mapKey(emitter, *visible, 0, code.add(run.first, row));
          Value seen =
              emitter.broadcast(code.builder, code.loc,
                                emitter.emit(code.builder, *visible).front());
          Value weight = code.loadVector(sizes.lanes, scores,
                                         {row, code.index(part * sizes.lanes)});
          next.push_back(code.select(seen, math().madd(v, weight, state[part]),
                                     state[part]));
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

void TileKernel::emitFinalize(Value subTile) {
  static constexpr double kLn2 = 0.69314718055994530942;
  Value result = code.rowsOf(frame.memrefOf(op.getResult()), batch, head);
  Value first = firstQuery(subTile);
  Value lse = op.getLse() ? frame.memrefOf(op.getLse()) : Value();
  forEachPart([&](Value lane0) {
    Value start = code.add(first, lane0);
    Value count =
        code.minimum(code.maximum(code.sub(queries, start), code.index(0)),
                     code.index(sizes.lanes));
    Value sum = code.loadVector(sizes.lanes, rowSum, {subTile, lane0});
    Value empty = code.compareF(arith::CmpFPredicate::OEQ, sum,
                                code.splat(sizes.lanes, 0));
    Value inverse = code.divF(code.splat(sizes.lanes, 1), sum);
    auto scaled = [&](Value channel) {
      Value sums =
          code.loadVector(sizes.lanes, output, {subTile, channel, lane0});
      return code.select(empty, code.splat(sizes.lanes, 0),
                         code.mulF(sums, inverse));
    };
    auto oneByOne = [&](int64_t from) {
      code.loop(code.index(from), code.index(sizes.channels), 1,
                [&](Value channel) {
                  code.storeVector(scaled(channel), output,
                                   {subTile, channel, lane0});
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
      code.loop(code.index(0), code.index(whole), sizes.lanes,
                [&](Value channel) {
                  Values square;
                  for (int64_t i = 0; i < sizes.lanes; ++i)
                    square.push_back(scaled(code.add(channel, i)));
                  for (auto [i, row] : llvm::enumerate(code.transpose(square)))
                    code.storeVector(row, unit, {code.add(start, i), channel});
                });
      if (whole < sizes.channels)
        oneByOne(whole);
    };
    Value whole = code.compare(Code::Predicate::eq, count,
                               code.index(sizes.lanes));
    if (!Code::hasUnitStride(result))
      whole = code.both(whole, code.compare(Code::Predicate::eq,
                                            code.lastStride(result),
                                            code.index(1)));
    code.when(whole, transposed, [&] { oneByOne(0); });
    if (!lse)
      return;
    // Natural units: without a score map rows count in powers of two.
    Value base = code.loadVector(sizes.lanes, reference, {subTile, lane0});
    Value logarithm;
    if (isNatural)
      logarithm = code.addF(base, math().log(sum));
    else
      logarithm = code.mulF(code.addF(base, math().log2(sum)),
                            code.splat(sizes.lanes, kLn2));
    logarithm = code.select(
        empty,
        code.splat(sizes.lanes, -std::numeric_limits<double>::infinity()),
        logarithm);
    code.storeVector(logarithm, reference, {subTile, lane0});
    code.loop(code.index(0), count, 1, [&](Value lane) {
      code.store(code.load(reference, {subTile, code.add(lane0, lane)}), lse,
                 {batch, head, code.add(start, lane)});
    });
  });
}
