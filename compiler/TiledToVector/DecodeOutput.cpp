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

void DecodeKernel::emitAccumulate(Value row, const Block &block, Value factor) {
  int64_t vectors = sizes.channels / sizes.lanes;
  static constexpr int64_t kOtherRegisters = 4; // weights, loads, products
  int64_t most =
      vectorsAtOnce(vectors, target.vectorRegisters - kOtherRegisters);
  int64_t rest = vectors % most, whole = (vectors - rest) * sizes.lanes;
  if (whole)
    code.loop(code.index(0), code.index(whole), most * sizes.lanes,
              [&](Value channel) {
                accumulateVectors(row, block, factor, channel, most);
              });
  if (rest)
    accumulateVectors(row, block, factor, code.index(whole), rest);
  int64_t done = vectors * sizes.lanes;
  if (done != sizes.channels)
    accumulateScalars(row, block, factor, code.index(done),
                      code.index(sizes.channels));
}

void DecodeKernel::accumulateVectors(Value row, const Block &block,
                                     Value factor, Value channel,
                                     int64_t vectors) {
  auto at = [&](int64_t v) { return code.add(channel, v * sizes.lanes); };
  Value scale = code.broadcast(sizes.lanes, factor);
  Values sums;
  for (int64_t v = 0; v < vectors; ++v)
    sums.push_back(
        code.mulF(code.loadVector(sizes.lanes, output, {row, at(v)}), scale));
  sums = code.loop(
      code.index(0), block.count, 1, sums, [&](Value key, ValueRange state) {
        Value weight = code.broadcast(sizes.lanes, code.load(scores, {key}));
        Values next;
        for (int64_t v = 0; v < vectors; ++v)
          next.push_back(math().madd(
              code.loadVector(sizes.lanes, value.block, {key, at(v)}), weight,
              state[v]));
        for (const RowSource &source : keySources)
          bringNear(source, code.add(code.add(block.first, key), sizes.keys));
        return next;
      });
  auto store = [&] {
    for (int64_t v = 0; v < vectors; ++v)
      code.storeVector(sums[v], output, {row, at(v)});
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
        accumulateScalars(row, block, factor, channel,
                          code.add(channel, vectors * sizes.lanes));
      },
      store);
}

/// Channels [channel, end), with a test for each pair of a tested block.
void DecodeKernel::accumulateScalars(Value row, const Block &block,
                                     Value factor, Value channel, Value end) {
  code.loop(channel, end, 1, [&](Value own) {
    Value sum = code.mulF(code.load(output, {row, own}), factor);
    sum = code.loop(code.index(0), block.count, 1, sum,
                    [&](Value key, ValueRange state) -> Values {
                      Value next =
                          math().madd(code.load(value.block, {key, own}),
                                      code.load(scores, {key}), state[0]);
                      if (!visible)
                        return {next};
                      Value isSeen = code.either(
                          code.negate(block.tested),
                          code.compareF(arith::CmpFPredicate::ONE,
                                        code.load(seen, {key}), code.f32(0)));
                      return {code.select(isSeen, next, state[0])};
                    })
              .front();
    code.store(sum, output, {row, own});
  });
}
