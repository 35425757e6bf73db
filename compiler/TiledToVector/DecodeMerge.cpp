//===- DecodeMerge.cpp - The splits of a row become one ------------------===//
//
// A split leaves unnormalised sums, its maximum m and its sum of weights l.
// With m* the largest maximum, a split counts exp(m - m*) times; a split that
// saw no key has l = 0, sums of 0 and the least finite maximum, and adds
// nothing.
//
//===----------------------------------------------------------------------===//

#include "compiler/TiledToVector/DecodePlan.h"
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
  code.loop(zero, code.index(channels), 1, [&](Value channel) {
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
