//===- DecodeMerge.cpp - The splits of a row become one ------------------===//
//
// A split leaves unnormalised sums, its maximum m and its sum of weights l.
// With m* the largest maximum, a split counts exp(m - m*) times; a split that
// saw no key has l = 0, sums of 0 and the least finite maximum, and adds
// nothing.
//
//===----------------------------------------------------------------------===//

#include "compiler/TiledToVector/DecodePlan.h"
#include "compiler/TiledToVector/OutputMap.h"
#include "compiler/TiledToVector/VectorMath.h"

#include <cfloat>
#include <limits>

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

using Values = Code::Values;

Value sextant::mergeSplitsTasks(Frame &frame, ForTilesOp op) {
  Code &code = frame.code;
  Value query = op.getQuery().front();
  Value tasks = code.mul(frame.extentOf(query, 0), frame.extentOf(query, 1));
  return code.select(decodeIsChosen(frame, op), tasks, code.index(0));
}

/// Of one query row, from the splits [first, end): the sums of their outputs,
/// divided, as the output map leaves them, in the place of the first split's. A
/// split's factor stands behind its sums.
static void mapMergedRow(Frame &frame, ForTilesOp op, const OutputMap &map,
                         Value partials, Value first, Value end, Value empty,
                         Value inverse, Value batch, Value head, Value query) {
  Code &code = frame.code;
  const Target &target = frame.kernel.target;
  VectorMath math(code.builder, code.loc, target.hasFma);
  int64_t lanes = target.lanes;
  int64_t channels = op.getForKeys(0).getType().getChannels();
  ExtentValues extents = frame.callExtents(op.getQuery().front(), op.getKey());
  RowPositions positions = frame.positionsOf(op.getQueryPos(), batch);
  RegionEmitter row =
      map.forRow(frame, map.forHead(frame, extents, batch, head), query,
                 frame.positionAt(positions, batch, query));
  auto addSplit = [&](Value split, Value channel, Value sum) {
    Value factor = code.load(partials, {split, code.index(channels)});
    return math.madd(code.loadVector(lanes, partials, {split, channel}),
                     code.broadcast(lanes, factor), sum);
  };
  auto whole = [&](Value channel) {
    Value total = code.loop(first, end, 1, {code.splat(lanes, 0)},
                            [&](Value split, ValueRange state) -> Values {
                              return {addSplit(split, channel, state[0])};
                            })
                      .front();
    Value element =
        code.select(empty, code.splat(lanes, 0),
                    code.mulF(total, code.broadcast(lanes, inverse)));
    return map.channels(frame, row, element, channel);
  };
  int64_t vectors = channels / lanes * lanes;
  if (vectors)
    code.loop(code.index(0), code.index(vectors), lanes, [&](Value channel) {
      code.storeVector(whole(channel), partials, {first, channel});
    });
  // The last vector has other things behind its channels.
  if (vectors == channels)
    return;
  Value channel = code.index(vectors), mapped = whole(channel);
  for (int64_t lane = 0; lane < channels - vectors; ++lane)
    code.store(code.extract(mapped, lane), partials,
               {first, code.add(channel, lane)});
}

/// Merges the splits [first, first + splits) of one query row.
static void mergeRow(Frame &frame, ForTilesOp op, const DecodePlan &plan,
                     Value partials, Value batch, Value head, Value query) {
  Code &code = frame.code;
  VectorMath math(code.builder, code.loc, frame.kernel.target);
  const bool natural = bool(op.getScoreMap(0));
  int64_t channels = op.getForKeys(0).getType().getChannels();
  Value zero = code.index(0);
  Value first =
      code.mul(code.add(code.mul(code.add(code.mul(batch, plan.heads), head),
                                 plan.queries),
                        query),
               plan.splits);
  Value end = code.add(first, plan.splits);
  auto field = [&](Value row, int64_t place) {
    return code.load(partials, {row, code.index(channels + place)});
  };
  Value maximum = code.loop(first, end, 1, code.f32(-FLT_MAX),
                            [&](Value row, ValueRange state) -> Values {
                              return {code.maxF(field(row, 0), state[0])};
                            })
                      .front();
  // The factor of a split takes the place of its maximum.
  Value sum =
      code.loop(first, end, 1, code.f32(0),
                [&](Value row, ValueRange state) -> Values {
                  Value difference = code.subF(field(row, 0), maximum);
                  if (natural)
                    difference = code.mulF(difference, code.f32(kLog2e));
                  Value factor = math.exp2Clamped(difference);
                  code.store(factor, partials, {row, code.index(channels)});
                  return {math.madd(factor, field(row, 1), state[0])};
                })
          .front();
  Value empty = code.compareF(arith::CmpFPredicate::OEQ, sum, code.f32(0));
  Value inverse = code.divF(code.f32(1), sum);
  Value result = code.rowsOf(frame.memrefOf(op.getResult()), batch, head);
  OutputMap map(op);
  if (map)
    mapMergedRow(frame, op, map, partials, first, end, empty, inverse, batch,
                 head, query);
  code.loop(zero, code.index(channels), 1, [&](Value channel) {
    if (map)
      return code.store(code.load(partials, {first, channel}), result,
                        {query, channel});
    Value total =
        code.loop(first, end, 1, code.f32(0),
                  [&](Value row, ValueRange state) -> Values {
                    return {math.madd(code.load(partials, {row, channel}),
                                      field(row, 0), state[0])};
                  })
            .front();
    code.store(code.select(empty, code.f32(0), code.mulF(total, inverse)),
               result, {query, channel});
  });
  if (!op.getRowResult())
    return;
  Value lse =
      natural ? code.addF(maximum, math.log(sum))
              : code.mulF(code.addF(maximum, math.log2(sum)), code.f32(kLn2));
  lse = code.select(empty, code.f32(-std::numeric_limits<double>::infinity()),
                    lse);
  code.store(lse, frame.memrefOf(op.getRowResult()), {batch, head, query});
}

LogicalResult sextant::emitMergeSplits(Frame &frame, ForTilesOp op) {
  Code &code = frame.code;
  DecodePlan plan(frame, op);
  Value partials = frame.partialsOf(op, plan.partials(code));
  Value batch = code.divide(frame.task, plan.heads);
  Value head = code.remainder(frame.task, plan.heads);
  code.loop(code.index(0), plan.queries, 1, [&](Value query) {
    mergeRow(frame, op, plan, partials, batch, head, query);
  });
  return success();
}
