//===- DecodeKernel.cpp - attn.for_tiles for few queries ------------------===//

#include "compiler/TiledToVector/DecodeKernel.h"
#include "compiler/TiledToVector/KeySearch.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"

#include <cfloat>

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

using Values = Code::Values;

/// Vectors may run past the last channel or key of a row by less than this.
static constexpr int64_t kPadding = 16;
/// Rows that have code of their own, besides one and sizes.rows.
static constexpr int64_t kFewTogether = 4;
/// Up to how many rows are computed one after the other, and up to how many as
/// kFewTogether and the rest: some more cost less with rows beside them that do
/// not exist.
static constexpr int64_t kAlone = 2, kFew = 5;

/// Keys that are scored at a time. Rows of keys and rows of values take turns
/// in the cache and in the eyes of the hardware prefetchers, which follow a
/// page: a turn is a page of the longer rows, within limits.
static int64_t keysOfBlock(ForTilesOp op, const Target &target) {
  static constexpr int64_t kPage = 4096, kFewest = 16;
  auto bytes = [](Value rows) {
    auto type = llvm::cast<RankedTensorType>(rows.getType());
    return attn::extentOf(rows, 3) * type.getElementTypeBitWidth() / 8;
  };
  int64_t longest = std::max<int64_t>(bytes(op.getValue()), 1);
  if (std::optional<KeyAtoms> atoms = decodeKeyAtoms(op, target))
    for (Value input : atoms->rows.getInputs())
      longest = std::max(longest, bytes(input));
  else
    longest = std::max(longest, bytes(op.getKey()));
  return std::clamp<int64_t>(llvm::bit_floor(uint64_t(kPage / longest)),
                             kFewest, kDecodeKeys);
}

DecodeSizes::DecodeSizes(ForTilesOp op, const Target &target)
    : lanes(target.lanes) {
  width = op.getTileFeatures(0).getType().getWidth();
  channels = op.getForKeys(0).getType().getChannels();
  members = 0;
  for (Value query : op.getQuery())
    members += extentOf(query, 3);
  keys = keysOfBlock(op, target);
  // Two keys of each row, or two vectors of its output, are half of the
  // registers.
  rows = std::max(target.vectorRegisters / 4, kFewTogether);
  featureStride = llvm::alignTo(width, kPadding);
  outputStride = llvm::alignTo(channels, kPadding);
  end = 0;
  auto place = [&](int64_t floats) {
    int64_t offset = end;
    end += llvm::alignTo(floats * 4, kScratchAlignment);
    return offset;
  };
  queryCopy = place(members + kPadding);
  features = place(kDecodeRows * featureStride);
  output = place(kDecodeRows * outputStride);
  rowMax = place(kDecodeRows);
  rowSums = place(kDecodeRows * lanes);
  scores = place(rows * keys);
  seen = place(rows * keys);
  factors = place(rows);
  valueCopy = place(keys * channels);
  angles = 0;
  if (std::optional<KeyAtoms> atoms = decodeKeyAtoms(op, target)) {
    for (const KeyAtomGroup &group : atoms->groups)
      if (group.angle)
        angles += group.group.getCount();
    for (Value input : atoms->rows.getInputs())
      keyCopies.push_back(place(keys * extentOf(input, 3)));
    keyFeatures = place(keys * width);
  } else {
    keyCopies.push_back(place(keys * width));
  }
  angle = place(DecodeKernel::angleRows() * angles);
}

int64_t sextant::decodeScratchBytes(ForTilesOp op, const Target &target) {
  return DecodeSizes(op, target).end;
}

Value sextant::decodeTasks(Frame &frame, ForTilesOp op) {
  Code &code = frame.code;
  DecodePlan plan(frame, op);
  Value tasks = code.mul(code.mul(plan.batches, plan.groups),
                         code.mul(plan.headChunks, plan.queryChunks));
  return code.select(decodeIsChosen(frame, op), code.mul(tasks, plan.splits),
                     code.index(0));
}

LogicalResult sextant::emitDecode(Frame &frame, ForTilesOp op) {
  DecodeKernel(frame, op).emit();
  return success();
}

DecodeKernel::DecodeKernel(Frame &frame, ForTilesOp op)
    : frame(frame), code(frame.code), op(op), target(frame.kernel.target),
      sizes(op, target), atoms(decodeKeyAtoms(op, target)), plan(frame, op) {
  if (!op.getForKeys(0).getVisible().empty())
    visible = &op.getForKeys(0).getVisible().front();
  if (ScoreOp map = op.getScoreMap(0))
    score = &map.getBody().front();
}

void DecodeKernel::decodeTask() {
  auto take = [&](Value &rest, Value count) {
    Value place = code.remainder(rest, count);
    rest = code.divide(rest, count);
    return place;
  };
  Value rest = frame.task;
  split = take(rest, plan.splits);
  Value queryChunk = take(rest, plan.queryChunks);
  Value headChunk = take(rest, plan.headChunks);
  Value group = take(rest, plan.groups);
  batch = rest;
  Value inGroup = code.mul(headChunk, plan.headsOfTask);
  firstHead = code.add(code.mul(group, plan.group), inGroup);
  headCount = code.minimum(plan.headsOfTask, code.sub(plan.group, inGroup));
  firstQuery = code.mul(queryChunk, plan.queriesOfTask);
  queryCount =
      code.minimum(plan.queriesOfTask, code.sub(plan.queries, firstQuery));
  rowCount = code.mul(headCount, queryCount);
  splitFirst = code.mul(split, plan.splitKeys);
  splitEnd = code.minimum(code.add(splitFirst, plan.splitKeys), plan.keys);
  extents = {code.toInteger(32, plan.batches),
             code.toInteger(32, plan.heads),
             code.toInteger(32, frame.extentOf(op.getKey(), 1)),
             code.toInteger(32, plan.queries),
             code.toInteger(32, plan.keys),
             code.integer(32, extentOf(op.getQuery().front(), 3))};
  if (!atoms)
    return;
  // What a kernel over these rows would see.
  contentExtents = extents;
  contentExtents[static_cast<unsigned>(ExtentKind::Channels)] =
      code.integer(32, extentOf(atoms->rows.getInputs().front(), 3));
}

void DecodeKernel::makeScratch() {
  Type f32 = code.builder.getF32Type();
  auto array = [&](int64_t offset, ArrayRef<int64_t> shape) {
    return frame.scratch(offset, MemRefType::get(shape, f32));
  };
  queryCopy = array(sizes.queryCopy, {sizes.members + kPadding});
  features = array(sizes.features, {kDecodeRows, sizes.featureStride});
  output = array(sizes.output, {kDecodeRows, sizes.outputStride});
  rowMax = array(sizes.rowMax, {kDecodeRows});
  rowSums = array(sizes.rowSums, {kDecodeRows, sizes.lanes});
  scores = array(sizes.scores, {sizes.rows, sizes.keys});
  if (visible)
    seen = array(sizes.seen, {sizes.rows, sizes.keys});
  factors = array(sizes.factors, {sizes.rows});
  if (atoms)
    keyFeatures = array(sizes.keyFeatures, {sizes.keys, sizes.width});
  if (sizes.angles)
    angle = array(sizes.angle, {angleRows(), sizes.angles});
}

Value DecodeKernel::headOf(Value tensor) {
  return code.divide(code.mul(firstHead, frame.extentOf(tensor, 1)),
                     plan.heads);
}

DecodeKernel::RowSource DecodeKernel::rowSource(Value tensor, int64_t copy) {
  RowSource source;
  source.channels = extentOf(tensor, 3);
  source.rows = code.rowsOf(frame.memrefOf(tensor), batch, headOf(tensor));
  if (!Code::hasUnitStride(source.rows))
    source.unit = code.isUnitStride(source.rows);
  source.adjacent = code.withUnitStride(source.rows);
  source.copy =
      frame.scratch(copy, MemRefType::get({sizes.keys, source.channels},
                                          Code::elementType(source.rows)));
  return source;
}

/// Rows are read where they lie, unless their channels are not adjacent.
void DecodeKernel::loadBlock(RowSource &source, const Block &block) {
  auto inPlace = [&] {
    return code.subRows(source.adjacent, block.first, block.count);
  };
  if (!source.unit) {
    source.block = inPlace();
    return;
  }
  auto layout =
      StridedLayoutAttr::get(code.builder.getContext(), ShapedType::kDynamic,
                             {ShapedType::kDynamic, 1});
  Type type = MemRefType::get({ShapedType::kDynamic, ShapedType::kDynamic},
                              Code::elementType(source.rows), layout);
  auto copied = [&]() -> Values {
    code.loop(code.index(0), block.count, 1, [&](Value row) {
      Value from = code.add(block.first, row);
      code.loop(code.index(0), code.index(source.channels), 1,
                [&](Value channel) {
                  code.store(code.load(source.rows, {from, channel}),
                             source.copy, {row, channel});
                });
    });
    return {code.cast(source.copy, type)};
  };
  source.block =
      code.choose(
              source.unit, type,
              [&]() -> Values { return {code.cast(inPlace(), type)}; }, copied)
          .front();
}

int64_t DecodeKernel::vectorsAtOnce(int64_t vectors, int64_t most) {
  vectors = std::max<int64_t>(vectors, 1);
  int64_t passes = llvm::divideCeil(vectors, std::max<int64_t>(most, 1));
  return llvm::divideCeil(vectors, passes);
}

/// Asks for a row that is read some rows later. Keys and values take turns, and
/// the hardware prefetchers begin anew with every turn: while a row of one is
/// read, a row of the other is asked for. The row need not exist.
void DecodeKernel::bringNear(const RowSource &source, Value row, Value pass,
                             int64_t passes) {
  static constexpr int64_t kMostLines = 16;
  int64_t width = Code::elementsOfLine(source.rows);
  int64_t lines =
      std::min<int64_t>(llvm::divideCeil(source.channels, width), kMostLines);
  int64_t share = llvm::divideCeil(lines, passes);
  Value first = code.index(0);
  if (passes > 1)
    first = code.mul(pass, share * width);
  for (int64_t line = 0; line < share; ++line)
    code.prefetch(source.adjacent, {row, code.add(first, line * width)});
}

Value DecodeKernel::foldHalves(Value vector, int64_t rest,
                               function_ref<Value(Value, Value)> fold) {
  for (int64_t lanes = sizes.lanes; lanes > rest; lanes /= 2) {
    auto half = [&](int64_t first) -> Value {
      SmallVector<int64_t> places;
      for (int64_t lane = 0; lane < lanes / 2; ++lane)
        places.push_back(first + lane);
      return vector::ShuffleOp::create(code.builder, code.loc, vector, vector,
                                       places);
    };
    Value low = half(0), high = half(lanes / 2);
    vector = fold(low, high);
  }
  return vector;
}

Value DecodeKernel::foldLanes(Value vector,
                              function_ref<Value(Value, Value)> fold) {
  return code.extract(foldHalves(vector, 1, fold), 0);
}

Value DecodeKernel::sumLanesOfEach(Values vectors) {
  // Lanes of two vectors alternate by ever longer stretches: first within the
  // 128 bits that instructions stay in, then across them.
  static constexpr int64_t kQuad = 4;
  const int64_t count = vectors.size();
  int64_t stretch = 1;
  for (; vectors.size() > 1; stretch *= 2) {
    int64_t span = stretch < kQuad ? kQuad : sizes.lanes;
    Values sums;
    for (size_t i = 0; i < vectors.size(); i += 2) {
      auto half = [&](int64_t which) -> Value {
        SmallVector<int64_t> places;
        for (int64_t first = 0; first < sizes.lanes; first += span)
          for (int64_t at = 0; at < span / 2; at += stretch)
            for (int64_t own : {int64_t(0), sizes.lanes})
              for (int64_t lane = 0; lane < stretch; ++lane)
                places.push_back(own + first + which * span / 2 + at + lane);
        return vector::ShuffleOp::create(code.builder, code.loc, vectors[i],
                                         vectors[i + 1], places);
      };
      sums.push_back(code.addF(half(0), half(1)));
    }
    vectors = sums;
  }
  return foldHalves(vectors.front(), count,
                    [&](Value a, Value b) { return code.addF(a, b); });
}

//===----------------------------------------------------------------------===//
// The loop over keys
//===----------------------------------------------------------------------===//

/// What all keys share is evaluated once a task; a read that depends on the
/// head is unknown where a task has several.
void DecodeKernel::startClassifier() {
  classSources = classSourcesOf(frame, op, extents);
  classifier.emplace(code.builder, *visible, classSources);
  Value number = code.toInteger(64, batch);
  classifier->set(0, {number, number});
  classifier->set(1, rowRange(code, firstHead, code.add(firstHead, headCount),
                              kDecodeRows));
  setClassRows(code, *classifier, *visible, classSources, batch, 2,
               op.getQueryPos(), queryPos,
               rowRange(code, firstQuery, code.add(firstQuery, queryCount),
                        kDecodeRows));
  classifier->emitAvailable();
}

/// The class of the leaves [leaf, leaf + count) for all rows of the task.
Value DecodeKernel::classOf(Value leaf, Value count) {
  Value firstKey = code.mul(leaf, sizes.keys);
  Value endKey =
      code.minimum(code.mul(code.add(leaf, count), sizes.keys), plan.keys);
  TileClassifier own = *classifier;
  setClassRows(code, own, *visible, classSources, batch, 3, op.getKeyPos(),
               keyPos, rowRange(code, firstKey, endKey, /*most=*/0));
  return own.emit();
}

void DecodeKernel::emitKeyLoop() {
  Value end = code.divideUp(splitEnd, sizes.keys);
  auto kindOf = [&](Value leaf, Value count) { return classOf(leaf, count); };
  // The class goes along from the search to the block.
  Values start = {code.divide(splitFirst, sizes.keys)};
  // The block that would follow, at first none, where angles follow each other.
  const bool turns = sizes.angles && sizes.keys < kDecodeKeys;
  if (turns)
    start.push_back(code.index(-1));
  if (visible)
    start.push_back(code.integer(32, 0));
  code.loopWhile(
      start,
      [&](ValueRange state) -> Values {
        Values next = {code.less(state[0], end)};
        if (visible) {
          VisibleLeaf found = findVisibleLeaf(code, state[0], end, kindOf);
          next = {code.less(found.leaf, end), found.leaf};
          if (turns)
            next.push_back(state[1]);
          next.push_back(found.kind);
          return next;
        }
        llvm::append_range(next, state);
        return next;
      },
      [&](ValueRange state) -> Values {
        Block block;
        block.first = code.mul(state[0], sizes.keys);
        block.count = code.minimum(code.sub(plan.keys, block.first),
                                   code.index(sizes.keys));
        if (visible)
          block.tested = code.compare(Code::Predicate::ne, state.back(),
                                      code.integer(32, int(TileClass::Full)));
        for (RowSource &source : keySources)
          loadBlock(source, block);
        loadBlock(value, block);
        Values next(state);
        next[0] = code.add(state[0], 1);
        if (turns) {
          next[1] = next[0];
          Value follows = code.compare(Code::Predicate::eq, state[0], state[1]);
          Value isStart =
              code.isZero(code.remainder(block.first, code.index(kDecodeKeys)));
          code.when(
              code.both(follows, code.negate(isStart)), [&] { turnAngles(); },
              [&] { loadAngles(block); });
        } else if (sizes.angles) {
          loadAngles(block);
        }
        if (atoms)
          code.when(code.less(code.index(kAlone), rowCount),
                    [&] { emitKeyFeatures(block); });
        code.loop(code.index(0), rowCount, sizes.rows, [&](Value first) {
          Value left = code.sub(rowCount, first);
          emitRows(first, code.minimum(left, code.index(sizes.rows)), block);
        });
        return next;
      });
}

void DecodeKernel::forRows(Value first, Value count,
                           function_ref<void(const Rows &)> body) {
  Value zero = code.index(0);
  auto few = [&] {
    Value together = code.less(code.index(kAlone), count);
    code.when(together, [&] { body({first, zero, kFewTogether}); });
    code.loop(code.select(together, code.index(kFewTogether), zero), count, 1,
              [&](Value place) { body({code.add(first, place), place, 1}); });
  };
  if (sizes.rows <= kFewTogether)
    return few();
  code.when(
      code.less(code.index(kFew), count),
      [&] { body({first, zero, sizes.rows}); }, few);
}

/// The rows [first, first + count) of a task, sizes.rows at most.
void DecodeKernel::emitRows(Value first, Value count, const Block &block) {
  forRows(first, count, [&](const Rows &rows) {
    if (!atoms)
      emitDotProducts(rows, block, keySources[0].block);
    else if (rows.count == 1)
      emitContentProducts(rows.first, rows.place, block);
    else
      emitDotProducts(rows, block, keyFeatures);
  });
  code.loop(code.index(0), count, 1, [&](Value place) {
    Value row = code.add(first, place);
    if (score)
      emitScoreMap(row, place, block);
    if (visible)
      code.when(block.tested, [&] { emitMask(row, place, block); });
    emitWeights(row, place, block);
  });
  forRows(first, count, [&](const Rows &rows) { emitAccumulate(rows, block); });
}

void DecodeKernel::zeroRow(Value table, Value row, int64_t channels) {
  code.loop(
      code.index(0), code.index(channels), sizes.lanes, [&](Value channel) {
        code.storeVector(code.splat(sizes.lanes, 0), table, {row, channel});
      });
}

void DecodeKernel::emit() {
  decodeTask();
  makeScratch();
  queryPos = frame.positionsOf(op.getQueryPos(), batch);
  keyPos = frame.positionsOf(op.getKeyPos(), batch);
  if (visible)
    startClassifier();
  if (atoms) {
    contentPos = frame.positionsOf(atoms->rows.getPositions(), batch);
    for (auto [input, copy] :
         llvm::zip_equal(atoms->rows.getInputs(), sizes.keyCopies))
      keySources.push_back(rowSource(input, copy));
    if (sizes.angles)
      prepareAngles();
  } else {
    keySources.push_back(rowSource(op.getKey(), sizes.keyCopies[0]));
  }
  value = rowSource(op.getValue(), sizes.valueCopy);
  Value zero = code.index(0);
  Value padded = code.select(
      code.less(code.index(kAlone), rowCount),
      code.mul(code.divideUp(rowCount, sizes.rows), sizes.rows), rowCount);
  code.loop(zero, padded, 1, [&](Value row) {
    code.when(
        code.less(row, rowCount), [&] { emitFeatures(row); },
        [&] { zeroRow(features, row, sizes.featureStride); });
    code.store(code.f32(-FLT_MAX), rowMax, {row});
    zeroRow(rowSums, row, sizes.lanes);
    zeroRow(output, row, sizes.outputStride);
  });
  code.loop(zero, code.index(sizes.rows), 1,
            [&](Value place) { code.store(code.f32(0), factors, {place}); });
  emitKeyLoop();
  Value partials = frame.partialsOf(op, plan.partials(code));
  code.loop(zero, rowCount, 1, [&](Value row) { storePartial(row, partials); });
}

void DecodeKernel::storePartial(Value row, Value partials) {
  Value place = code.add(code.mul(batch, plan.heads), headOfRow(row));
  place = code.add(code.mul(place, plan.queries), queryOfRow(row));
  place = code.add(code.mul(place, plan.splits), split);
  code.loop(code.index(0), code.index(sizes.channels), 1, [&](Value channel) {
    code.store(code.load(output, {row, channel}), partials, {place, channel});
  });
  code.store(code.load(rowMax, {row}), partials,
             {place, code.index(sizes.channels)});
  code.store(
      sumLanes(code.loadVector(sizes.lanes, rowSums, {row, code.index(0)})),
      partials, {place, code.index(sizes.channels + 1)});
}
