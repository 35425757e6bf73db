//===- TileKernel.cpp - attn.for_tiles as vector code ---------------------===//

#include "compiler/TiledToVector/TileKernel.h"
#include "compiler/TiledToVector/KeySearch.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

/// Query rows of a task, at most.
static constexpr int64_t kMaxQueries = 768;
/// Tasks for each thread: enough that the last ones to finish are short.
static constexpr int64_t kTasksOfThread = 4;

/// What attn.start_blocks may write.
static constexpr int64_t kBlockMemory = 64;

TileSizes::TileSizes(ForTilesOp op, const Target &target)
    : lanes(target.lanes), schedule(target.schedule), products(op, target) {
  if (products.anyBlocks())
    schedule = target.blockSchedule;
  if (std::optional<ScheduleAttr> given = op.getSchedule())
    schedule = {given->getQueryVectors(), given->getKeyRows(),
                given->getValueRows(), given->getKeyBlock(),
                given->getKeyLeaf()};
  queries = schedule.queryVectors * lanes;
  whole = {schedule.queryVectors, schedule.keyRows, schedule.valueRows};
  narrow = whole;
  if (whole.vectors > 1) {
    narrow.vectors = whole.vectors - 1;
    // Half of the registers as sums hide the latency of a multiply-add.
    // Weights are made of keyRows rows at a time: whatever register tile wrote
    // the scores wrote all of these. A product that is not fused takes a
    // register.
    int64_t rows = llvm::divideCeil(target.vectorRegisters / 2, narrow.vectors);
    if (!target.hasFma)
      rows = schedule.keyRows;
    narrow.keyRows = llvm::alignTo(rows, schedule.keyRows);
    narrow.valueRows = rows;
    // Of a block of keys, which the products of matrices leave whole.
    if (products.blocksOfFeatures)
      narrow.keyRows = schedule.keyRows;
  }
  width = shared = 0;
  int64_t keyBytes = 0;
  for (unsigned term = 0; term < op.getNumTerms(); ++term) {
    TileFeaturesOp features = op.getTileFeatures(term);
    int64_t ownWidth = features.getType().getWidth();
    width = std::max(width, featureRows(ownWidth));
    keyBytes =
        std::max(keyBytes, keyWidth(ownWidth) *
                               int64_t(products.pairsOfFeatures ? 2 : 4));
    SmallVector<SharedValue> own = findSharedValues(features, shared);
    if (!own.empty())
      shared = sharedRows(own);
  }
  channels = op.getForKeys(0).getType().getChannels();
  outputRows =
      products.blocksOfWeights ? llvm::alignTo(channels, kBlockTile) : channels;
  // The last register tile of a block may reach past it.
  scoreRows = llvm::alignTo(schedule.keyBlock, narrow.keyRows);
  members = 0;
  for (Value query : op.getQuery())
    members += extentOf(query, 3);
  int64_t row = queries * 4;
  subTiles = std::clamp<int64_t>(
      target.tileBytes / ((shared + width + outputRows) * row), 1,
      std::max<int64_t>(kMaxQueries / queries, 1));
  end = 0;
  auto place = [&](int64_t rows) {
    int64_t offset = end;
    end += llvm::alignTo(rows * row, kScratchAlignment);
    return offset;
  };
  scores = place(scoreRows);
  sharedTable = place(subTiles * shared);
  queryCopy = place(members);
  features = place(subTiles * width);
  output = place(subTiles * outputRows);
  reference = place(subTiles);
  rowSum = place(subTiles);
  weightPairs = place(products.pairsOfWeights ? scoreRows / 2 : 0);
  blockSums = place(products.blocksOfWeights ? kBlockRows : 0);
  auto placeBytes = [&](int64_t bytes) {
    int64_t offset = end;
    end += llvm::alignTo(bytes, kScratchAlignment);
    return offset;
  };
  summed = placeBytes(subTiles * 4);
  blockMemory = placeBytes(products.anyBlocks() ? kBlockMemory : 0);
  // Rows a power of two apart would fall into few sets of the cache.
  valueStride = llvm::alignTo(channels, 16) + 16;
  keyStride = schedule.keyBlock + kBlockRows;
  keyCopy = placeBytes(schedule.keyBlock * keyBytes);
  valueCopy = placeBytes(products.blocksOfWeights
                             ? outputRows * keyStride * 2
                             : schedule.keyBlock * valueStride * 4);
}

int64_t TileSizes::featureRows(int64_t width) const {
  int64_t pairs = llvm::divideCeil(width, 2);
  return products.blocksOfFeatures
             ? std::max<int64_t>(width, llvm::alignTo(pairs, kBlockTile))
             : width;
}

int64_t TileSizes::keyWidth(int64_t width) const {
  return llvm::alignTo(width, products.blocksOfFeatures  ? 2 * kBlockTile
                              : products.pairsOfFeatures ? 2
                                                         : 1);
}

int64_t sextant::tileScratchBytes(ForTilesOp op, const Target &target) {
  return TileSizes(op, target).end;
}

TaskSplit::TaskSplit(Frame &frame, ForTilesOp op, const TileSizes &sizes) {
  Code &code = frame.code;
  auto divideUp = [&](Value a, Value b) {
    return code.divide(code.add(a, code.sub(b, 1)), b);
  };
  Value query = op.getQuery().front();
  Value batches = frame.extentOf(query, 0), heads = frame.extentOf(query, 1);
  Value one = code.index(1);
  // One thread does them all, in any order.
  Value wanted =
      code.select(code.compare(Code::Predicate::eq, frame.threads, one), one,
                  code.mul(frame.threads, kTasksOfThread));
  Value rows = code.divideUp(frame.extentOf(query, 2), sizes.queries);
  subTiles = code.divide(code.mul(code.mul(batches, heads), rows), wanted);
  subTiles =
      code.maximum(code.minimum(subTiles, code.index(sizes.subTiles)), one);
  tiles = divideUp(rows, subTiles);
  headsOfTask = one;
  if (sizes.shared) {
    // Heads share values: all of them, unless that leaves threads without work.
    Value alike = code.maximum(code.mul(batches, tiles), one);
    Value chunks =
        code.maximum(code.minimum(divideUp(wanted, alike), heads), one);
    headsOfTask = code.maximum(divideUp(heads, chunks), one);
  }
  headChunks = divideUp(heads, headsOfTask);
  tasks = code.mul(code.mul(batches, tiles), headChunks);
}

Value sextant::tileTasks(Frame &frame, ForTilesOp op) {
  return TaskSplit(frame, op, TileSizes(op, frame.kernel.target)).tasks;
}

LogicalResult sextant::emitTiles(Frame &frame, ForTilesOp op) {
  return TileKernel(frame, op).emit();
}

Value sextant::emitTileClass(Frame &frame, ForTilesOp op, unsigned term,
                             ValueRange bounds) {
  return TileKernel(frame, op).emitClass(term, bounds);
}

std::pair<int64_t, int64_t> sextant::classedTile(ForTilesOp op,
                                                 const Target &target) {
  TileSizes sizes(op, target);
  return {sizes.queries, sizes.schedule.keyLeaf};
}

TileKernel::TileKernel(Frame &frame, ForTilesOp op)
    : frame(frame), code(frame.code), op(op), target(frame.kernel.target),
      sizes(op, frame.kernel.target), normalizer(op.getNormalizer()),
      outputMap(op), shape(sizes.whole) {
  auto blockOf = [](Region &region) {
    return region.empty() ? nullptr : &region.front();
  };
  extra = blockOf(op.getFinalize().getExtra());
  countsInPowers = normalizer.isOnlineSoftmax();
  int64_t row = 0;
  for (auto [i, key] : llvm::enumerate(op.getKeys())) {
    TileTerm own;
    own.query = op.getTileFeatures(i);
    own.key = key;
    own.width = own.query.getType().getWidth();
    own.visible = blockOf(op.getForKeys(i).getVisible());
    if (ScoreOp map = op.getScoreMap(i))
      own.score = blockOf(map.getBody());
    own.weight = blockOf(op.getAbsorb(i).getWeight());
    if (GateOp factor = op.getGate(i))
      own.gate = blockOf(factor.getBody());
    countsInPowers &= !own.score;
    own.shared = findSharedValues(own.query, row);
    if (!own.shared.empty())
      row = sharedRows(own.shared);
    terms.push_back(std::move(own));
  }
  scoresAreRelative = countsInPowers && !sizes.products.blocksOfFeatures;
  scoresAreProducts = countsInPowers && sizes.products.blocksOfFeatures;
  weighsByBlocks =
      scoresAreProducts && sizes.products.blocksOfWeights &&
      llvm::none_of(terms, [](const TileTerm &own) { return own.gate; });
}

void TileKernel::select(TileTerm &own) {
  term = &own;
  visible = own.visible;
  score = own.score;
  weight = own.weight;
  gate = own.gate;
  features = own.features;
  featurePairs = own.featurePairs;
  keyCopy = own.keyCopy;
}

void TileKernel::readExtents() {
  Value query = op.getQuery().front();
  batches = frame.extentOf(query, 0);
  heads = frame.extentOf(query, 1);
  queries = frame.extentOf(query, 2);
  keys = frame.extentOf(op.getKey(), 2);
  extents = frame.callExtents(query, op.getKey());
}

void TileKernel::decodeTask() {
  TaskSplit split(frame, op, sizes);
  Value pair = code.divide(frame.task, split.tiles);
  // The last queries of a head see the most keys where a mask hides later ones:
  // they come first, so that what is left at the end is short.
  Value tile = code.sub(code.sub(split.tiles, 1),
                        code.remainder(frame.task, split.tiles));
  batch = code.divide(pair, split.headChunks);
  firstHead =
      code.mul(code.remainder(pair, split.headChunks), split.headsOfTask);
  endHead = code.minimum(code.add(firstHead, split.headsOfTask), heads);
  firstRow = code.mul(tile, code.mul(split.subTiles, sizes.queries));
  Value left = code.minimum(code.sub(queries, firstRow),
                            code.mul(split.subTiles, sizes.queries));
  Value vectors = code.divideUp(left, sizes.lanes);
  subTileCount = code.divideUp(vectors, sizes.whole.vectors);
  // Sub-tiles that are a vector short make up the difference.
  Value missing =
      code.sub(code.mul(subTileCount, sizes.whole.vectors), vectors);
  wholeCount = code.maximum(code.sub(subTileCount, missing), code.index(0));
}

Value TileKernel::headOf(Value tensor, Value head) {
  return code.divide(code.mul(head, frame.extentOf(tensor, 1)), heads);
}

Value TileKernel::firstQuery(Value subTile) {
  Value before = code.mul(subTile, sizes.queries);
  if (sizes.whole.vectors > 1) {
    Value narrow = code.maximum(code.sub(subTile, wholeCount), code.index(0));
    before = code.sub(before, code.mul(narrow, sizes.lanes));
  }
  return code.add(firstRow, before);
}

Value TileKernel::isNarrow(Value subTile) {
  if (sizes.whole.vectors == 1)
    return code.flag(false);
  Value narrow = code.negate(code.less(subTile, wholeCount));
  return isTrimmed ? code.either(narrow, isTrimmed) : narrow;
}

Value TileKernel::laneOf(Value subTile, int64_t part) {
  Value lane = code.index(part * sizes.lanes);
  if (part < sizes.narrow.vectors)
    return lane;
  return code.select(isNarrow(subTile), code.sub(lane, sizes.lanes), lane);
}

void TileKernel::forEachPart(Value subTile, function_ref<void(Value)> body) {
  Value end = code.select(isNarrow(subTile),
                          code.index(sizes.narrow.vectors * sizes.lanes),
                          code.index(sizes.queries));
  code.loop(code.index(0), end, sizes.lanes, body);
}

Code::Values TileKernel::forEachShape(Value subTile, TypeRange types,
                                      function_ref<Values()> body) {
  if (sizes.whole.vectors == 1)
    return body();
  auto built = [&](const RegisterTiles &own) {
    return [&] {
      shape = own;
      Values results = body();
      shape = sizes.whole;
      return results;
    };
  };
  return code.choose(isNarrow(subTile), types, built(sizes.narrow),
                     built(sizes.whole));
}

Value TileKernel::rowsOf(Type element, int64_t offset,
                         ArrayRef<int64_t> shape) {
  SmallVector<int64_t> extents(shape);
  extents.push_back(sizes.queries);
  return frame.scratch(offset, MemRefType::get(extents, element),
                       firstLane ? code.mul(firstLane, 4) : Value());
}

void TileKernel::makeRows() {
  Type f32 = code.builder.getF32Type(), i32 = code.builder.getI32Type();
  for (TileTerm &own : terms) {
    int64_t features = sizes.featureRows(own.width);
    own.features = rowsOf(f32, sizes.features, {sizes.subTiles, features});
    // Pairs take the place of the features that they are made of.
    if (sizes.products.pairsOfFeatures)
      own.featurePairs =
          rowsOf(i32, sizes.features, {sizes.subTiles, features});
  }
  output = rowsOf(f32, sizes.output, {sizes.subTiles, sizes.outputRows});
  reference = rowsOf(f32, sizes.reference, {sizes.subTiles});
  rowSum = rowsOf(f32, sizes.rowSum, {sizes.subTiles});
}

void TileKernel::makeScratch() {
  Type f32 = code.builder.getF32Type(), i32 = code.builder.getI32Type();
  Type bf16 = code.builder.getBF16Type();
  auto rows = [&](int64_t offset, ArrayRef<int64_t> shape) {
    return rowsOf(f32, offset, shape);
  };
  makeRows();
  scores = rows(sizes.scores, {sizes.scoreRows});
  if (sizes.shared)
    sharedTable = rows(sizes.sharedTable, {sizes.subTiles, sizes.shared});
  queryCopy = rows(sizes.queryCopy, {sizes.members});
  const TileProducts &products = sizes.products;
  for (TileTerm &own : terms) {
    own.keyCopy = frame.scratch(
        sizes.keyCopy,
        MemRefType::get({sizes.schedule.keyBlock, sizes.keyWidth(own.width)},
                        products.pairsOfFeatures ? bf16 : f32));
  }
  summed = frame.scratch(sizes.summed, MemRefType::get({sizes.subTiles}, i32));
  if (!products.pairsOfWeights) {
    valueCopy = frame.scratch(
        sizes.valueCopy,
        MemRefType::get({sizes.schedule.keyBlock, sizes.valueStride}, f32));
    return;
  }
  weightPairs = rowsOf(i32, sizes.weightPairs, {sizes.scoreRows / 2});
  if (products.blocksOfWeights) {
    blockSums = rows(sizes.blockSums, {kBlockRows});
    auto shape = [&](Type element, int64_t keys) {
      return MemRefType::get({sizes.outputRows, keys}, element);
    };
    valueBlocks = frame.scratch(sizes.valueCopy, shape(bf16, sizes.keyStride));
    valueBlockPairs =
        frame.scratch(sizes.valueCopy, shape(i32, sizes.keyStride / 2));
    return;
  }
  int64_t pairs = sizes.schedule.keyBlock / 2;
  valuePairs = frame.scratch(sizes.valueCopy,
                             MemRefType::get({pairs, sizes.valueStride}, i32));
  valueElements = frame.scratch(
      sizes.valueCopy, MemRefType::get({pairs, sizes.valueStride, 2}, bf16));
}

LogicalResult TileKernel::emit() {
  readExtents();
  decodeTask();
  makeScratch();
  readPositions();
  if (sizes.products.anyBlocks())
    StartBlocksOp::create(
        code.builder, code.loc,
        frame.scratch(sizes.blockMemory,
                      MemRefType::get(kBlockMemory, code.builder.getI8Type())));
  for (TileTerm &own : terms) {
    select(own);
    if (!own.shared.empty())
      code.loop(code.index(0), subTileCount, 1,
                [&](Value subTile) { emitSharedValues(subTile); });
  }
  code.loop(firstHead, endHead, 1, [&](Value own) {
    head = own;
    emitHead();
  });
  if (sizes.products.anyBlocks())
    EndBlocksOp::create(code.builder, code.loc);
  return success();
}

void TileKernel::readPositions() {
  queryPos = frame.positionsOf(op.getQueryPos(), batch);
  keyPos = frame.positionsOf(op.getKeyPos(), batch);
  classSources = classSourcesOf(frame, op, extents);
}

void TileKernel::startClassifier() {
  classifierPerHead.emplace(code.builder, *visible, classSources);
  for (auto [place, number] : {std::pair(0, batch), {1, head}}) {
    Value at = code.toInteger(64, number);
    classifierPerHead->set(place, {at, at});
  }
  classifierPerHead->emitAvailable();
}

Value TileKernel::emitClass(unsigned number, ValueRange bounds) {
  select(terms[number]);
  readExtents();
  batch = code.toIndex(bounds[0]);
  head = code.toIndex(bounds[1]);
  readPositions();
  startClassifier();
  TileClassifier classifier = classifierOf(bounds[2], bounds[3], /*most=*/0);
  return classOf(classifier, bounds[4], bounds[5], /*most=*/0);
}

void TileKernel::emitHead() {
  Value zero = code.index(0);
  prepareRowsAhead();
  code.loop(zero, subTileCount, 1,
            [&](Value subTile) { emitInitState(subTile); });
  for (TileTerm &own : terms) {
    select(own);
    emitTerm();
  }
  code.loop(zero, subTileCount, 1,
            [&](Value subTile) { emitFinalize(subTile); });
}

void TileKernel::emitTerm() {
  prepareBlocks();
  // What depends on the batch entry and the head alone is computed here.
  perHead.clear();
  for (Block *region : {visible, score, weight, gate}) {
    if (!region)
      continue;
    unsigned first = region->getNumArguments() - kPairCoordinates;
    RegionEmitter emitter = frame.emitterFor({region}, extents);
    emitter.map(region->getArgument(first), code.toInteger(32, batch));
    emitter.map(region->getArgument(first + 1), code.toInteger(32, head));
    emitter.emitAvailable(code.builder, *region);
    perHead.try_emplace(region, std::move(emitter));
  }
  if (visible)
    startClassifier();
  code.loop(code.index(0), subTileCount, 1,
            [&](Value subTile) { emitQueryTile(subTile); });
  emitKeyLoop();
}
