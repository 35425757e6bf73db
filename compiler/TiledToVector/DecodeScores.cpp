//===- DecodeScores.cpp - Scores and weights of one row and one block -----===//

#include "compiler/TiledToVector/DecodeKernel.h"

#include <limits>

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

using Values = Code::Values;

static constexpr double kInfinity = std::numeric_limits<double>::infinity();
/// Vectors of a key row whose products with a row, or with several, are written
/// out; more take a loop.
static constexpr int64_t kMostUnrolled = 16, kUnrolledTogether = 4;
/// Vectors of scores whose exponentials go together.
static constexpr int64_t kTogether = 4;

//===----------------------------------------------------------------------===//
// Dot products
//===----------------------------------------------------------------------===//

Values DecodeKernel::dotProducts(Value keys, ArrayRef<Value> key,
                                 ArrayRef<Value> query, const Rows &rows) {
  int64_t vectors = sizes.width / sizes.lanes;
  const int64_t pairs = rows.count * key.size();
  // A single pair has two sums, which do not wait for each other.
  const int64_t sumsOfPair = pairs == 1 ? 2 : 1;
  auto feature = [&](int64_t row, Value at) {
    return code.loadVector(sizes.lanes, features,
                           {code.add(rows.first, row), at});
  };
  auto step = [&](Values sums, Value channel, int64_t count) {
    for (int64_t v = 0; v < count; ++v) {
      Value at = code.add(channel, v * sizes.lanes);
      Values own;
      for (Value row : key)
        own.push_back(code.loadVector(sizes.lanes, keys, {row, at}));
      for (int64_t row = 0; row < rows.count; ++row) {
        Value factor = query.empty() ? feature(row, at) : query[v];
        for (auto [k, vector] : llvm::enumerate(own)) {
          int64_t pair = row * key.size() + k;
          Value &sum = sums[pair * sumsOfPair + v % sumsOfPair];
          sum = math().madd(vector, factor, sum);
        }
      }
    }
    return sums;
  };
  Values sums(pairs * sumsOfPair, code.splat(sizes.lanes, 0));
  int64_t unroll = rows.count == 1 ? kMostUnrolled : kUnrolledTogether;
  int64_t rest = vectors == unroll ? vectors : vectors % unroll;
  if (int64_t whole = (vectors - rest) * sizes.lanes)
    sums = code.loop(code.index(0), code.index(whole), unroll * sizes.lanes,
                     sums, [&](Value channel, ValueRange state) {
                       return step(Values(state), channel, unroll);
                     });
  sums = step(sums, code.index((vectors - rest) * sizes.lanes), rest);
  Values scores;
  if (pairs == 1) {
    scores.push_back(sumLanes(code.addF(sums[0], sums[1])));
  } else {
    int64_t together = std::min(pairs, sizes.lanes);
    for (int64_t first = 0; first < pairs; first += together) {
      Value some =
          sumLanesOfEach(Values(ArrayRef(sums).slice(first, together)));
      for (int64_t pair = 0; pair < together; ++pair)
        scores.push_back(code.extract(some, pair));
    }
  }
  for (int64_t channel = vectors * sizes.lanes; channel < sizes.width;
       ++channel) {
    Value at = code.index(channel);
    Values own;
    for (Value row : key)
      own.push_back(code.load(keys, {row, at}));
    for (int64_t row = 0; row < rows.count; ++row) {
      Value factor = code.load(features, {code.add(rows.first, row), at});
      for (auto [k, number] : llvm::enumerate(own)) {
        Value &sum = scores[row * key.size() + k];
        sum = math().madd(number, factor, sum);
      }
    }
  }
  return scores;
}

void DecodeKernel::emitDotProducts(const Rows &rows, const Block &block,
                                   Value keys) {
  int64_t vectors = sizes.width / sizes.lanes;
  Values query;
  if (rows.count == 1 && vectors <= kMostUnrolled)
    for (int64_t v = 0; v < vectors; ++v)
      query.push_back(code.loadVector(
          sizes.lanes, features, {rows.first, code.index(v * sizes.lanes)}));
  // Several rows wait for their sums, not for memory: two keys at a time, or as
  // many as half of the registers take where the features do not stay in them.
  const int64_t half = target.vectorRegisters / 2;
  int64_t together = 1;
  if (rows.count > 1)
    together = rows.count * vectors > half ? half / rows.count : 2;
  Value last = code.sub(block.count, 1);
  code.loop(code.index(0), block.count, together, [&](Value first) {
    Values key{first};
    // A key that does not exist repeats the last; no score is read there.
    for (int64_t k = 1; k < together; ++k)
      key.push_back(code.minimum(code.add(first, k), last));
    Values own = dotProducts(keys, key, query, rows);
    for (int64_t row = 0; row < rows.count; ++row) {
      Values ofRow(ArrayRef(own).slice(row * together, together));
      code.storeVector(code.fromLanes(ofRow), scores,
                       {code.add(rows.place, row), first});
    }
    for (Value own : key)
      bringNear(value, code.add(block.first, own));
  });
}

//===----------------------------------------------------------------------===//
// Score map and mask: the keys are in the lanes
//===----------------------------------------------------------------------===//

void DecodeKernel::forEachVector(const Block &block,
                                 function_ref<void(Value)> body) {
  code.loop(code.index(0), block.count, sizes.lanes, body);
}

RegionEmitter DecodeKernel::pairEmitter(mlir::Block &region, unsigned elements,
                                        Value row) {
  RegionEmitter emitter = frame.emitterFor({&region}, extents);
  Value query = queryOfRow(row);
  emitter.map(region.getArgument(elements), code.toInteger(32, batch));
  emitter.map(region.getArgument(elements + 1),
              code.toInteger(32, headOfRow(row)));
  emitter.map(region.getArgument(elements + 2), code.toInteger(32, query));
  Value position = region.getArgument(elements + 4);
  if (queryPos && !position.use_empty())
    emitter.map(position, frame.positionAt(queryPos, batch, query));
  emitter.emitAvailable(code.builder, region);
  return emitter;
}

void DecodeKernel::mapKeys(RegionEmitter &emitter, mlir::Block &region,
                           unsigned elements, Value key) {
  // Lanes past the last key repeat it, so that no read leaves a tensor.
  Value last = code.sub(plan.keys, 1);
  SmallVector<int32_t> steps;
  for (int64_t lane = 0; lane < sizes.lanes; ++lane)
    steps.push_back(lane);
  auto type = VectorType::get({sizes.lanes}, code.builder.getI32Type());
  Value iota = arith::ConstantOp::create(
      code.builder, code.loc,
      DenseElementsAttr::get(type, ArrayRef<int32_t>(steps)));
  auto wide = [&](Value index) {
    return code.broadcast(sizes.lanes, code.toInteger(32, index));
  };
  Value index = code.minimum(code.add(wide(key), iota), wide(last));
  emitter.map(region.getArgument(elements + 3), index);
  Value position = region.getArgument(elements + 5);
  if (!keyPos || position.use_empty())
    return;
  if (keyPos.base) {
    emitter.map(position,
                code.add(index, code.broadcast(sizes.lanes, keyPos.base)));
    return;
  }
  Values positions;
  for (int64_t lane = 0; lane < sizes.lanes; ++lane)
    positions.push_back(frame.positionAt(
        keyPos, batch, code.minimum(code.add(key, lane), last)));
  emitter.map(position, code.fromLanes(positions));
}

void DecodeKernel::emitScoreMap(Value row, Value slot, const Block &block) {
  RegionEmitter outer = pairEmitter(*score, 1, row);
  forEachVector(block, [&](Value place) {
    RegionEmitter emitter = outer;
    emitter.map(score->getArgument(0),
                code.loadVector(sizes.lanes, scores, {slot, place}));
    mapKeys(emitter, *score, 1, code.add(block.first, place));
    Value mapped = emitter.emit(code.builder, *score).front();
    code.storeVector(emitter.broadcast(code.builder, code.loc, mapped), scores,
                     {slot, place});
  });
}

void DecodeKernel::emitMask(Value row, Value slot, const Block &block) {
  RegionEmitter outer = pairEmitter(*visible, 0, row);
  forEachVector(block, [&](Value place) {
    RegionEmitter emitter = outer;
    mapKeys(emitter, *visible, 0, code.add(block.first, place));
    Value pair = emitter.broadcast(
        code.builder, code.loc, emitter.emit(code.builder, *visible).front());
    auto chosen = [&](Value a, double b) {
      return code.select(pair, a, code.splat(sizes.lanes, b));
    };
    code.storeVector(chosen(code.splat(sizes.lanes, 1), 0), seen,
                     {slot, place});
    code.storeVector(
        chosen(code.loadVector(sizes.lanes, scores, {slot, place}), -kInfinity),
        scores, {slot, place});
  });
}

//===----------------------------------------------------------------------===//
// Softmax
//===----------------------------------------------------------------------===//

void DecodeKernel::emitWeights(Value row, Value slot, const Block &block) {
  int64_t count = std::min(sizes.keys / sizes.lanes, kTogether);
  int64_t stride = count * sizes.lanes;
  // What is past the last key of the block is no score.
  Value past = code.mul(code.divideUp(block.count, stride), stride);
  code.loop(block.count, past, 1, [&](Value place) {
    code.store(code.f32(-kInfinity), scores, {slot, place});
  });
  auto load = [&](Value place) {
    Values own;
    for (int64_t i = 0; i < count; ++i)
      own.push_back(code.loadVector(sizes.lanes, scores,
                                    {slot, code.add(place, i * sizes.lanes)}));
    return own;
  };
  auto sumOf = [&](Values own) {
    for (; own.size() > 1; own.truncate(own.size() / 2))
      for (size_t i = 0; i < own.size() / 2; ++i)
        own[i] = code.addF(own[i], own[i + own.size() / 2]);
    return own.front();
  };
  // A NaN score leaves the maximum as it is; its weight is NaN.
  Value maxima = code.loop(code.index(0), block.count, stride,
                           code.splat(sizes.lanes, -kInfinity),
                           [&](Value place, ValueRange state) -> Values {
                             Value largest = state[0];
                             for (Value own : load(place))
                               largest = code.maxF(own, largest);
                             return {largest};
                           })
                     .front();
  Value before = code.load(rowMax, {row});
  auto power = [&](Value difference) {
    if (score) // natural units until here
      difference = code.mulF(difference, math().constant(difference, kLog2e));
    return difference;
  };
  // Few blocks have a new maximum: the others skip a chain of operations, each
  // of which waits for the one before.
  Value isRaised = code.anyLane(code.compareF(
      arith::CmpFPredicate::OGT, maxima, code.broadcast(sizes.lanes, before)));
  Values raised = code.choose(
      isRaised, {before.getType(), before.getType()},
      [&]() -> Values {
        Value maximum = foldLanes(
            maxima, [&](Value a, Value b) { return code.maxF(a, b); });
        return {maximum, math().exp2Clamped(power(code.subF(before, maximum)))};
      },
      [&]() -> Values { return {before, code.f32(1)}; });
  Value maximum = raised[0], factor = raised[1];
  Value own = code.broadcast(sizes.lanes, maximum);
  Value sums =
      code.mulF(code.loadVector(sizes.lanes, rowSums, {row, code.index(0)}),
                code.broadcast(sizes.lanes, factor));
  sums =
      code.loop(code.index(0), block.count, stride, sums,
                [&](Value place, ValueRange state) -> Values {
                  Values weights = load(place);
                  for (Value &weight : weights)
                    weight = power(code.subF(weight, own));
                  math().exp2Clamped(weights);
                  for (auto [i, weight] : llvm::enumerate(weights))
                    code.storeVector(weight, scores,
                                     {slot, code.add(place, i * sizes.lanes)});
                  return {code.addF(state[0], sumOf(weights))};
                })
          .front();
  code.storeVector(sums, rowSums, {row, code.index(0)});
  code.store(maximum, rowMax, {row});
  code.store(factor, factors, {slot});
}
