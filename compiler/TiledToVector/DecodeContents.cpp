//===- DecodeContents.cpp - Scores from contents and turning weights ------===//
//
// Where key features are contents times angles (KeyAtoms.h), the contents are
// read and the features never exist: the weight of each content turns from one
// key to the next. It starts from exact angles every kDecodeKeys keys, so that
// the error of turning stays that of as many products; the blocks between them
// start from angles that turn from block to block.
//
//===----------------------------------------------------------------------===//

#include "compiler/TiledToVector/DecodeKernel.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

using Values = Code::Values;

/// Rows of the table of angles.
enum AngleRow : int64_t {
  BlockCos,
  BlockSin,
  StepCos, // of one key
  StepSin,
  BlockStepCos, // of all keys of a block
  BlockStepSin,
  AngleRows
};

/// Fills two rows of the table with the cosines and sines at `position`.
static void emitAngles(Code &code, const KeyAtomGroup &group,
                       const RegionEmitter &outer, Value position, Value table,
                       int64_t row, int64_t place, int64_t lanes) {
  mlir::Block &region = *group.block;
  CosSinOp op = group.angle;
  RegionEmitter perGroup = outer;
  perGroup.map(coordinate(region, 3), position);
  code.loop(code.index(0), code.index(group.group.getCount()), lanes,
            [&](Value number) {
              RegionEmitter emitter = perGroup;
              emitter.mapIota(code.builder, code.loc, coordinate(region, 4),
                              code.toInteger(32, number));
              emitter.emitAvailable(code.builder, region);
              Value at = code.add(number, place);
              for (auto [i, result] : llvm::enumerate(op->getResults()))
                code.storeVector(emitter.broadcast(code.builder, code.loc,
                                                   emitter.emitted(result)),
                                 table, {code.index(row + int64_t(i)), at});
            });
}

void DecodeKernel::prepareAngles() {
  int64_t place = 0;
  for (const KeyAtomGroup &group : atoms->groups) {
    if (!group.angle)
      continue;
    for (auto [keys, row] :
         {std::pair(int64_t(1), StepCos), std::pair(sizes.keys, BlockStepCos)})
      emitAngles(code, group, contentEmitter(group), code.integer(32, keys),
                 angle, row, place, sizes.lanes);
    place += group.group.getCount();
  }
}

int64_t DecodeKernel::angleRows() { return AngleRows; }

std::pair<Value, Value> DecodeKernel::turned(Value cos, Value sin,
                                             Value stepCos, Value stepSin) {
  Value nextCos = code.subF(code.mulF(cos, stepCos), code.mulF(sin, stepSin));
  return {nextCos, math().madd(sin, stepCos, code.mulF(cos, stepSin))};
}

/// Turns the angles of the block before to those of this one.
void DecodeKernel::turnAngles() {
  code.loop(
      code.index(0), code.index(sizes.angles), sizes.lanes, [&](Value place) {
        auto at = [&](AngleRow row) {
          return code.loadVector(sizes.lanes, angle, {code.index(row), place});
        };
        Value cos = at(BlockCos), sin = at(BlockSin);
        Value stepCos = at(BlockStepCos), stepSin = at(BlockStepSin);
        auto store = [&](Value turned, AngleRow row) {
          code.storeVector(turned, angle, {code.index(row), place});
        };
        auto [nextCos, nextSin] = turned(cos, sin, stepCos, stepSin);
        store(nextCos, BlockCos);
        store(nextSin, BlockSin);
      });
}

void DecodeKernel::loadAngles(const Block &block) {
  int64_t place = 0;
  for (const KeyAtomGroup &group : atoms->groups) {
    if (!group.angle)
      continue;
    emitAngles(code, group, contentEmitter(group),
               frame.positionAt(contentPos, batch, block.first), angle,
               BlockCos, place, sizes.lanes);
    place += group.group.getCount();
  }
}

RegionEmitter DecodeKernel::contentEmitter(const KeyAtomGroup &group) {
  RegionEmitter emitter = frame.emitterFor({group.block}, contentExtents);
  emitter.map(coordinate(*group.block, 0), code.toInteger(32, batch));
  emitter.map(coordinate(*group.block, 1),
              code.toInteger(32, headOf(op.getKey())));
  emitter.emitAvailable(code.builder, *group.block);
  return emitter;
}

/// A vector of groups of one member of a key row.
Value DecodeKernel::loadMember(MemberAttr member, Value key, Value group) {
  const RowSource &source = keySources[member.getOperand()];
  int64_t stride = member.getStride(), offset = member.getOffset();
  Value channel = code.mul(group, stride);
  if (stride == 1)
    return code.loadVector(sizes.lanes, source.block,
                           {key, code.add(channel, offset)});
  // Every second channel: two vectors, of which each has half.
  int64_t odd = offset % 2;
  if (stride == 2 && source.channels % 2 == 0) {
    Value first = code.add(channel, offset - odd);
    Value low = code.loadVector(sizes.lanes, source.block, {key, first});
    Value high = code.loadVector(sizes.lanes, source.block,
                                 {key, code.add(first, sizes.lanes)});
    SmallVector<int64_t> places;
    for (int64_t lane = 0; lane < sizes.lanes; ++lane)
      places.push_back(odd + 2 * lane);
    return vector::ShuffleOp::create(code.builder, code.loc, low, high, places);
  }
  Values elements;
  for (int64_t lane = 0; lane < sizes.lanes; ++lane)
    elements.push_back(code.load(
        source.block, {key, code.add(channel, offset + lane * stride)}));
  return code.fromLanes(elements);
}

/// Maps the members of vectors of groups of a key row, the first from `first`,
/// for one emitter a vector: one member after the other, so that a row is read
/// in address order.
void DecodeKernel::loadMembers(const KeyAtomGroup &group, Value key,
                               Value first,
                               MutableArrayRef<RegionEmitter> emitters) {
  for (auto [input, member] : llvm::enumerate(group.group.getInputs()))
    for (auto [v, emitter] : llvm::enumerate(emitters))
      emitter.map(group.block->getArgument(input),
                  loadMember(member, key, code.add(first, v * sizes.lanes)));
}

/// The features of the keys of a block, by their own region: where several rows
/// read them, they cost less than weights of contents that turn for each row.
void DecodeKernel::emitKeyFeatures(const Block &block) {
  int64_t column = 0;
  for (const KeyAtomGroup &group : atoms->groups) {
    int64_t count = group.group.getCount(), vectors = count / sizes.lanes;
    // A cosine, a sine and what they turn by stay in registers.
    int64_t most = vectorsAtOnce(vectors, target.vectorRegisters / 8);
    int64_t rest = vectors % most, whole = (vectors - rest) * sizes.lanes;
    code.loop(
        code.index(0), code.index(whole), most * sizes.lanes,
        [&](Value first) { fillFeatures(group, block, first, most, column); });
    if (rest)
      fillFeatures(group, block, code.index(whole), rest, column);
    if (group.angle)
      column += count;
  }
}

void DecodeKernel::fillFeatures(const KeyAtomGroup &group, const Block &block,
                                Value first, int64_t vectors,
                                int64_t angleColumn) {
  CosSinOp turning = group.angle;
  Values start, stepCos, stepSin;
  SmallVector<RegionEmitter> emitters;
  auto numberOf = [&](int64_t v) { return code.add(first, v * sizes.lanes); };
  for (int64_t v = 0; v < vectors; ++v) {
    auto angleOf = [&](AngleRow which) {
      return code.loadVector(
          sizes.lanes, angle,
          {code.index(which), code.add(numberOf(v), angleColumn)});
    };
    if (turning) {
      start.append({angleOf(BlockCos), angleOf(BlockSin)});
      stepCos.push_back(angleOf(StepCos));
      stepSin.push_back(angleOf(StepSin));
    }
    RegionEmitter emitter = contentEmitter(group);
    emitter.mapIota(code.builder, code.loc, coordinate(*group.block, 4),
                    code.toInteger(32, numberOf(v)));
    emitter.emitAvailable(code.builder, *group.block);
    emitters.push_back(std::move(emitter));
  }
  auto fill = [&](Value key, ValueRange state) {
    SmallVector<RegionEmitter> held = emitters;
    loadMembers(group, key, first, held);
    Values next;
    for (int64_t v = 0; v < vectors; ++v) {
      RegionEmitter &emitter = held[v];
      if (turning) {
        Value cos = state[2 * v], sin = state[2 * v + 1];
        for (CosSinOp op : group.block->getOps<CosSinOp>())
          if (op.getPosition() == turning.getPosition()) {
            emitter.map(op.getCos(), cos);
            emitter.map(op.getSin(), sin);
          }
        auto [nextCos, nextSin] = turned(cos, sin, stepCos[v], stepSin[v]);
        next.append({nextCos, nextSin});
      }
      emitter.map(coordinate(*group.block, 2),
                  code.toInteger(32, code.add(block.first, key)));
      for (auto [member, feature] :
           llvm::zip_equal(group.group.getOutputs(),
                           emitter.emit(code.builder, *group.block)))
        storeMember(code, member,
                    emitter.broadcast(code.builder, code.loc, feature),
                    keyFeatures, key, numberOf(v));
    }
    return next;
  };
  code.loop(code.index(0), block.count, 1, start, fill);
}

/// The sum of `weights` times the features that groups from `number` give;
/// null if all weights are 0.
Value DecodeKernel::weighted(const KeyAtomGroup &group,
                             const FeatureWeights &weights, Value row,
                             Value number) {
  Value sum;
  for (auto [weight, member] :
       llvm::zip_equal(weights, group.group.getOutputs())) {
    if (weight == 0)
      continue;
    Value channel = code.add(number, member.getOffset());
    Value feature = code.loadVector(sizes.lanes, features, {row, channel});
    if (!sum && weight == 1)
      sum = feature;
    else if (!sum)
      sum = code.mulF(feature, code.splat(sizes.lanes, weight));
    else if (weight == 1)
      sum = code.addF(sum, feature);
    else if (weight == -1)
      sum = code.subF(sum, feature);
    else
      sum = math().madd(feature, code.splat(sizes.lanes, weight), sum);
  }
  return sum;
}

void DecodeKernel::emitContentProducts(Value row, Value place,
                                       const Block &block) {
  int64_t column = 0;
  bool isFirst = true;
  for (const KeyAtomGroup &group : atoms->groups) {
    int64_t count = group.group.getCount(), vectors = count / sizes.lanes;
    // Turning pairs stay in registers over the keys of a block. Some that do
    // not find one cost less than another pass over the rows.
    int64_t carried = std::max<int64_t>(2 * group.pairs.size(), 1);
    int64_t most = vectorsAtOnce(vectors, target.vectorRegisters / carried);
    for (int64_t first = 0; first < vectors; first += most) {
      contentPass(group, row, place, block, code.index(first * sizes.lanes),
                  std::min(most, vectors - first), column + first * sizes.lanes,
                  isFirst);
      isFirst = false;
    }
    if (group.angle)
      column += count;
  }
}

/// Adds what some vectors of groups give to the scores of a block.
void DecodeKernel::contentPass(const KeyAtomGroup &group, Value row,
                               Value place, const Block &block,
                               Value firstGroup, int64_t vectors,
                               int64_t angleColumn, bool isFirst) {
  size_t pairs = group.pairs.size();
  auto zero = [&] { return code.splat(sizes.lanes, 0); };
  auto numberOf = [&](int64_t v) {
    return code.add(firstGroup, v * sizes.lanes);
  };
  auto angleOf = [&](AngleRow which, int64_t v) {
    return code.loadVector(
        sizes.lanes, angle,
        {code.index(which), code.index(angleColumn + v * sizes.lanes)});
  };
  Values start, stepCos, stepSin; // x and y of each pair of each vector
  SmallVector<Values> constants;  // of each content of each vector
  SmallVector<RegionEmitter> emitters;
  for (int64_t v = 0; v < vectors; ++v) {
    Value number = numberOf(v);
    if (pairs) {
      Value cos = angleOf(BlockCos, v), sin = angleOf(BlockSin, v);
      stepCos.push_back(angleOf(StepCos, v));
      stepSin.push_back(angleOf(StepSin, v));
      for (const TurningPair &pair : group.pairs) {
        Value a = weighted(group, pair.cos, row, number);
        Value b = weighted(group, pair.sin, row, number);
        a = a ? a : zero();
        b = b ? b : zero();
        start.push_back(math().madd(a, cos, code.mulF(b, sin)));
        start.push_back(code.subF(code.mulF(b, cos), code.mulF(a, sin)));
      }
    }
    Values own;
    for (const KeyContent &content : group.contents)
      own.push_back(weighted(group, content.constant, row, number));
    constants.push_back(own);
    RegionEmitter emitter = contentEmitter(group);
    emitter.mapIota(code.builder, code.loc, coordinate(*group.block, 4),
                    code.toInteger(32, number));
    emitter.emitAvailable(code.builder, *group.block);
    emitters.push_back(std::move(emitter));
  }

  auto keyStep = [&](Value key, ValueRange state) {
    SmallVector<RegionEmitter> held = emitters;
    loadMembers(group, key, firstGroup, held);
    for (RegionEmitter &emitter : held) {
      emitter.map(coordinate(*group.block, 2),
                  code.toInteger(32, code.add(block.first, key)));
      emitter.emitAvailable(code.builder, *group.block);
    }
    Value sum = zero();
    for (auto [i, content] : llvm::enumerate(group.contents))
      for (int64_t v = 0; v < vectors; ++v) {
        Value weight = constants[v][i];
        if (content.pair) {
          Value turning = state[2 * (v * pairs + *content.pair) + content.isY];
          if (content.negated)
            turning = code.subF(weight ? weight : zero(), turning);
          else if (weight)
            turning = code.addF(turning, weight);
          weight = turning;
        }
        if (!weight)
          continue;
        if (!content.value) {
          sum = code.addF(sum, weight);
          continue;
        }
        Value value = held[v].emitted(content.value);
        sum = math().madd(held[v].broadcast(code.builder, code.loc, value),
                          weight, sum);
      }
    Value score = sumLanes(sum);
    if (!isFirst)
      score = code.addF(score, code.load(scores, {place, key}));
    code.store(score, scores, {place, key});
    if (isFirst)
      bringNear(value, code.add(block.first, key));
    Values next;
    for (int64_t v = 0; v < vectors; ++v)
      for (size_t p = 0; p < pairs; ++p) {
        Value x = state[2 * (v * pairs + p)];
        Value y = state[2 * (v * pairs + p) + 1];
        next.push_back(math().madd(x, stepCos[v], code.mulF(y, stepSin[v])));
        next.push_back(
            code.subF(code.mulF(y, stepCos[v]), code.mulF(x, stepSin[v])));
      }
    return next;
  };
  if (start.empty())
    code.loop(code.index(0), block.count, 1,
              [&](Value key) { keyStep(key, {}); });
  else
    code.loop(code.index(0), block.count, 1, start, keyStep);
}
