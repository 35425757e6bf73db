//===- DecodeOutput.cpp - Weights times values, one row after the other ---===//
//
// The sums of one row stay in registers over the keys of a block. A masked pair
// has weight 0, and 0 times a non-finite value is NaN: a block that was tested
// looks for NaN in its sums, and where there is one computes them again with a
// test for each pair.
//
//===----------------------------------------------------------------------===//

#include "compiler/TiledToVector/DecodeKernel.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

using Values = Code::Values;

void DecodeKernel::emitAccumulate(const Rows &rows, const Block &block) {
  int64_t vectors = sizes.channels / sizes.lanes;
  static constexpr int64_t kOtherRegisters = 4; // weights, loads, products
  int64_t registers = rows.count == 1 ? target.vectorRegisters - kOtherRegisters
                                      : target.vectorRegisters / 2;
  int64_t most = vectorsAtOnce(vectors, registers / rows.count);
  int64_t rest = vectors % most, whole = vectors / most;
  int64_t passes = whole + (rest != 0);
  if (whole)
    code.loop(code.index(0), code.index(whole), 1, [&](Value pass) {
      accumulateVectors(rows, block, code.mul(pass, most * sizes.lanes), most,
                        pass, passes);
    });
  if (rest)
    accumulateVectors(rows, block, code.index(whole * most * sizes.lanes), rest,
                      code.index(whole), passes);
  int64_t done = vectors * sizes.lanes;
  if (done != sizes.channels)
    accumulateScalars(rows, block, code.index(done),
                      code.index(sizes.channels));
}

void DecodeKernel::accumulateVectors(const Rows &rows, const Block &block,
                                     Value channel, int64_t vectors, Value pass,
                                     int64_t passes) {
  auto at = [&](int64_t v) { return code.add(channel, v * sizes.lanes); };
  Values sums;
  for (int64_t r = 0; r < rows.count; ++r) {
    Value scale = code.broadcast(sizes.lanes,
                                 code.load(factors, {code.add(rows.place, r)}));
    for (int64_t v = 0; v < vectors; ++v)
      sums.push_back(
          code.mulF(code.loadVector(sizes.lanes, output,
                                    {code.add(rows.first, r), at(v)}),
                    scale));
  }
  sums = code.loop(
      code.index(0), block.count, 1, sums, [&](Value key, ValueRange state) {
        Values own, next;
        for (int64_t v = 0; v < vectors; ++v)
          own.push_back(
              code.loadVector(sizes.lanes, value.block, {key, at(v)}));
        for (int64_t r = 0; r < rows.count; ++r) {
          Value weight = code.broadcast(
              sizes.lanes, code.load(scores, {code.add(rows.place, r), key}));
          for (int64_t v = 0; v < vectors; ++v)
            next.push_back(math().madd(own[v], weight, state[r * vectors + v]));
        }
        Value later = code.add(code.add(block.first, key), sizes.keys);
        // The loads of one row wait for memory: whole rows are asked for.
        for (const RowSource &source : keySources)
          bringNear(source, later, pass, rows.count == 1 ? 1 : passes);
        return next;
      });
  auto store = [&] {
    for (int64_t r = 0; r < rows.count; ++r)
      for (int64_t v = 0; v < vectors; ++v)
        code.storeVector(sums[r * vectors + v], output,
                         {code.add(rows.first, r), at(v)});
  };
  if (!visible)
    return store();
  Value bad = code.choose(
                      block.tested, code.builder.getI1Type(),
                      [&]() -> Values { return {code.anyNaN(sums)}; },
                      [&]() -> Values { return {code.flag(false)}; })
                  .front();
  code.when(
      bad,
      [&] {
        accumulateScalars(rows, block, channel,
                          code.add(channel, vectors * sizes.lanes));
      },
      store);
}

/// Channels [channel, end), with a test for each pair of a tested block.
void DecodeKernel::accumulateScalars(const Rows &rows, const Block &block,
                                     Value channel, Value end) {
  code.loop(code.index(0), code.index(rows.count), 1, [&](Value r) {
    Value row = code.add(rows.first, r), place = code.add(rows.place, r);
    Value factor = code.load(factors, {place});
    code.loop(channel, end, 1, [&](Value own) {
      Value sum = code.mulF(code.load(output, {row, own}), factor);
      sum = code.loop(code.index(0), block.count, 1, sum,
                      [&](Value key, ValueRange state) -> Values {
                        Value next = math().madd(
                            code.load(value.block, {key, own}),
                            code.load(scores, {place, key}), state[0]);
                        if (!visible)
                          return {next};
                        Value isSeen = code.either(
                            code.negate(block.tested),
                            code.compareF(arith::CmpFPredicate::ONE,
                                          code.load(seen, {place, key}),
                                          code.f32(0)));
                        return {code.select(isSeen, next, state[0])};
                      })
                .front();
      code.store(sum, output, {row, own});
    });
  });
}
