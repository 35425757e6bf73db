//===- TileKernel.cpp - attn.for_tiles as vector code ---------------------===//

#include "compiler/TiledToVector/TileKernel.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

/// Scratch of the sub-tiles of a task stays below this.
static constexpr int64_t kScratchLimit = 512 << 10;
static constexpr int64_t kMaxSubTiles = 4;

TileSizes::TileSizes(ForTilesOp op, const Target &target)
    : lanes(target.lanes), schedule(target.schedule) {
  if (std::optional<ScheduleAttr> given = op.getSchedule())
    schedule = {given->getQueryVectors(), given->getKeyRows(),
                given->getValueRows(), given->getKeyBlock(),
                given->getKeyLeaf()};
  queries = schedule.queryVectors * lanes;
  width = op.getTileFeatures().getType().getWidth();
  channels = op.getForKeys().getType().getChannels();
  // The last register tile of a block may reach past it.
  scoreRows = llvm::alignTo(schedule.keyBlock, schedule.keyRows);
  shared = sharedRows(findSharedValues(op.getTileFeatures()));
  members = 0;
  for (Value query : op.getQuery())
    members += extentOf(query, 3);
  int64_t row = queries * 4;
  subTiles = std::clamp<int64_t>(
      kScratchLimit / ((shared + width + channels) * row), 1, kMaxSubTiles);
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
  output = place(subTiles * channels);
  rowMax = place(subTiles);
  rowSum = place(subTiles);
  auto placeFloats = [&](int64_t floats) {
    int64_t offset = end;
    end += llvm::alignTo(floats * 4, kScratchAlignment);
    return offset;
  };
  // Rows a power of two apart would fall into few sets of the cache.
  valueStride = llvm::alignTo(channels, 16) + 16;
  keyCopy = placeFloats(schedule.keyBlock * width);
  valueCopy = placeFloats(schedule.keyBlock * valueStride);
}

int64_t sextant::tileScratchBytes(ForTilesOp op, const Target &target) {
  return TileSizes(op, target).end;
}

/// How many heads a task does. Where heads share values, all of them, unless
/// that leaves threads without work.
static Value headsOfTask(Frame &frame, ForTilesOp op, const TileSizes &sizes,
                         Value tiles) {
  Code &code = frame.code;
  if (!sizes.shared)
    return code.index(1);
  static constexpr int64_t kTasksOfThread = 4;
  Value query = op.getQuery().front(), one = code.index(1);
  Value heads = frame.extentOf(query, 1);
  Value shared = code.maximum(code.mul(frame.extentOf(query, 0), tiles), one);
  Value wanted = code.mul(frame.threads, kTasksOfThread);
  Value chunks = code.divide(code.add(wanted, code.sub(shared, 1)), shared);
  chunks = code.maximum(code.minimum(chunks, heads), one);
  Value count = code.divide(code.add(heads, code.sub(chunks, 1)), chunks);
  return code.maximum(count, one);
}

/// Tasks of one batch entry and query tile.
static Value headChunks(Frame &frame, ForTilesOp op, Value headsOfTask) {
  Code &code = frame.code;
  Value heads = frame.extentOf(op.getQuery().front(), 1);
  return code.divide(code.add(heads, code.sub(headsOfTask, 1)), headsOfTask);
}

Value sextant::tileTasks(Frame &frame, ForTilesOp op) {
  Code &code = frame.code;
  TileSizes sizes(op, frame.kernel.target);
  Value query = op.getQuery().front();
  Value tiles =
      code.divideUp(frame.extentOf(query, 2), sizes.queries * sizes.subTiles);
  Value chunks = headChunks(frame, op, headsOfTask(frame, op, sizes, tiles));
  return code.mul(code.mul(frame.extentOf(query, 0), tiles), chunks);
}

LogicalResult sextant::emitTiles(Frame &frame, ForTilesOp op) {
  return TileKernel(frame, op).emit();
}

TileKernel::TileKernel(Frame &frame, ForTilesOp op)
    : frame(frame), code(frame.code), op(op), target(frame.kernel.target),
      sizes(op, frame.kernel.target) {
  if (!op.getForKeys().getVisible().empty())
    visible = &op.getForKeys().getVisible().front();
  if (ScoreOp map = op.getScoreMap())
    score = &map.getBody().front();
  shared = findSharedValues(op.getTileFeatures());
}

void TileKernel::decodeTask() {
  Value query = op.getQuery().front();
  batches = frame.extentOf(query, 0);
  heads = frame.extentOf(query, 1);
  queries = frame.extentOf(query, 2);
  keys = frame.extentOf(op.getKey(), 2);
  extents = {code.toInteger(32, batches),
             code.toInteger(32, heads),
             code.toInteger(32, frame.extentOf(op.getKey(), 1)),
             code.toInteger(32, queries),
             code.toInteger(32, keys),
             code.integer(32, extentOf(query, 3))};
  int64_t rows = sizes.queries * sizes.subTiles;
  Value tiles = code.divideUp(queries, rows);
  Value perTask = headsOfTask(frame, op, sizes, tiles);
  Value chunks = headChunks(frame, op, perTask);
  Value pair = code.divide(frame.task, tiles);
  // The last queries of a head see the most keys where a mask hides later ones:
  // they come first, so that what is left at the end is short.
  Value tile = code.sub(code.sub(tiles, 1), code.remainder(frame.task, tiles));
  batch = code.divide(pair, chunks);
  firstHead = code.mul(code.remainder(pair, chunks), perTask);
  endHead = code.minimum(code.add(firstHead, perTask), heads);
  firstRow = code.mul(tile, rows);
  Value left = code.divideUp(code.sub(queries, firstRow), sizes.queries);
  subTileCount = code.minimum(left, code.index(sizes.subTiles));
}

Value TileKernel::headOf(Value tensor) {
  return code.divide(code.mul(head, frame.extentOf(tensor, 1)), heads);
}

void TileKernel::forEachPart(function_ref<void(Value)> body) {
  code.loop(code.index(0), code.index(sizes.queries), sizes.lanes, body);
}

void TileKernel::makeScratch() {
  Type f32 = code.builder.getF32Type();
  auto rows = [&](int64_t offset, ArrayRef<int64_t> shape) {
    SmallVector<int64_t> extents(shape);
    extents.push_back(sizes.queries);
    return frame.scratch(offset, MemRefType::get(extents, f32));
  };
  scores = rows(sizes.scores, {sizes.scoreRows});
  if (sizes.shared)
    sharedTable = rows(sizes.sharedTable, {sizes.subTiles, sizes.shared});
  queryCopy = rows(sizes.queryCopy, {sizes.members});
  features = rows(sizes.features, {sizes.subTiles, sizes.width});
  output = rows(sizes.output, {sizes.subTiles, sizes.channels});
  rowMax = rows(sizes.rowMax, {sizes.subTiles});
  rowSum = rows(sizes.rowSum, {sizes.subTiles});
  keyCopy = frame.scratch(
      sizes.keyCopy,
      MemRefType::get({sizes.schedule.keyBlock, sizes.width}, f32));
  valueCopy = frame.scratch(
      sizes.valueCopy,
      MemRefType::get({sizes.schedule.keyBlock, sizes.valueStride}, f32));
}

LogicalResult TileKernel::emit() {
  decodeTask();
  makeScratch();
  queryPos = frame.positionsOf(op.getQueryPos(), batch);
  keyPos = frame.positionsOf(op.getKeyPos(), batch);
  if (visible)
    visibleTensors = frame.tensorsOf({visible});
  if (sizes.shared)
    code.loop(code.index(0), subTileCount, 1,
              [&](Value subTile) { emitSharedValues(subTile); });
  code.loop(firstHead, endHead, 1, [&](Value own) {
    head = own;
    emitHead();
  });
  return success();
}

void TileKernel::emitHead() {
  prepareBlocks();
  // What depends on the batch entry and the head alone is computed here.
  auto perHead = [&](Block *region, unsigned elements) {
    RegionEmitter emitter = frame.emitterFor({region}, extents);
    emitter.map(region->getArgument(elements), code.toInteger(32, batch));
    emitter.map(region->getArgument(elements + 1), code.toInteger(32, head));
    emitter.emitAvailable(code.builder, *region);
    return emitter;
  };
  if (visible)
    visiblePerHead.emplace(perHead(visible, 0));
  if (score)
    scorePerHead.emplace(perHead(score, 1));
  Value zero = code.index(0);
  code.loop(zero, subTileCount, 1,
            [&](Value subTile) { emitQueryTile(subTile); });
  emitKeyLoop();
  code.loop(zero, subTileCount, 1,
            [&](Value subTile) { emitFinalize(subTile); });
}
