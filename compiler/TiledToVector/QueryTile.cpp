//===- QueryTile.cpp - What is computed once a query tile -----------------===//

#include "compiler/TiledToVector/TileKernel.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

using Values = Code::Values;

Value TileKernel::queryPositions(Value first) {
  return frame.positionsFrom(queryPos, batch, first, queries);
}

RegionEmitter TileKernel::featureEmitter(Block &block, Value start) {
  RegionEmitter emitter = frame.emitterFor({&block}, extents);
  Value first = code.toInteger(32, start);
  emitter.map(coordinate(block, 0), code.toInteger(32, batch));
  emitter.mapIota(code.builder, code.loc, coordinate(block, 2), first);
  Value position = coordinate(block, 3);
  if (position.use_empty())
    return emitter;
  if (queryPos.tensor)
    emitter.map(position, queryPositions(start));
  else if (queryPos.base)
    emitter.mapIota(code.builder, code.loc, position,
                    code.add(queryPos.base, first));
  else
    emitter.map(position, code.integer(32, 0));
  return emitter;
}

void TileKernel::emitSharedValues(Value subTile) {
  forEachPart(subTile, [&](Value lane0) {
    Value start = code.add(firstQuery(subTile), lane0);
    for (Region &region : term->query.getBodies()) {
      Block &block = region.front();
      SmallVector<SharedValue> own = ofBlock(term->shared, block);
      if (own.empty())
        continue;
      RegionEmitter perTile = featureEmitter(block, start);
      perTile.emitAvailable(code.builder, block);
      code.loop(
          code.index(0), code.index(own.front().count), 1, [&](Value number) {
            RegionEmitter perGroup = perTile;
            perGroup.map(coordinate(block, 4), code.toInteger(32, number));
            perGroup.emitAvailable(code.builder, block);
            for (const SharedValue &value : own)
              for (auto [r, result] : llvm::enumerate(value.op->getResults()))
                code.storeVector(
                    perGroup.broadcast(code.builder, code.loc,
                                       perGroup.emitted(result)),
                    sharedTable,
                    {subTile,
                     code.add(number, value.row + int64_t(r) * value.count),
                     lane0});
          });
    }
  });
}

void TileKernel::copyQueries(Value subTile) {
  Value first = firstQuery(subTile), last = code.sub(queries, 1);
  int64_t base = 0;
  for (Value tensor : op.getQuery()) {
    int64_t channels = extentOf(tensor, 3);
    Value rows = code.rowsOf(frame.memrefOf(tensor), batch, headOf(tensor));
    // Rows past the last query repeat it; they are not written.
    auto rowOf = [&](Value lane) {
      return code.minimum(code.add(first, lane), last);
    };
    auto oneByOne = [&](int64_t from) {
      code.loop(code.index(0), code.index(sizes.queries), 1, [&](Value lane) {
        Value row = rowOf(lane);
        code.loop(code.index(from), code.index(channels), 1,
                  [&](Value channel) {
                    code.store(code.load(rows, {row, channel}), queryCopy,
                               {code.add(channel, base), lane});
                  });
      });
    };
    // Squares of rows and channels, where channels follow each other.
    auto transposed = [&] {
      int64_t whole = llvm::alignDown(channels, sizes.lanes);
      Value unit = code.withUnitStride(rows);
      forEachPart(subTile, [&](Value lane0) {
        Values row;
        for (int64_t lane = 0; lane < sizes.lanes; ++lane)
          row.push_back(rowOf(code.add(lane0, lane)));
        code.loop(
            code.index(0), code.index(whole), sizes.lanes, [&](Value channel) {
              Values square;
              for (Value at : row)
                square.push_back(
                    code.loadVector(sizes.lanes, unit, {at, channel}));
              for (auto [i, column] : llvm::enumerate(code.transpose(square)))
                code.storeVector(column, queryCopy,
                                 {code.add(channel, base + i), lane0});
            });
      });
      if (whole < channels)
        oneByOne(whole);
    };
    if (Code::hasUnitStride(rows))
      transposed();
    else
      code.when(code.isUnitStride(rows), transposed, [&] { oneByOne(0); });
    base += channels;
  }
}

void TileKernel::emitInitState(Value subTile) {
  Value zero = code.splat(sizes.lanes, 0);
  Value start = normalizer.isOrdered() ? code.splat(sizes.lanes, 1) : zero;
  auto fill = [&](Value with, Value table) {
    for (int64_t part = 0; part < sizes.schedule.queryVectors; ++part)
      code.storeVector(with, table, {subTile, code.index(part * sizes.lanes)});
  };
  fill(zero, reference);
  fill(start, rowSum);
  code.store(code.integer(32, 0), summed, {subTile});
}

void TileKernel::emitQueryTile(Value subTile) {
  TileFeaturesOp tile = term->query;
  copyQueries(subTile);
  SmallVector<int64_t> bases = channelOffsets(op.getQuery());
  forEachPart(subTile, [&](Value lane0) {
    Value start = code.add(firstQuery(subTile), lane0);
    int64_t offset = 0;
    for (auto [attr, region] :
         llvm::zip_equal(tile.getGroups(), tile.getBodies())) {
      auto group = llvm::cast<ChannelGroupAttr>(attr);
      Block &block = region.front();
      RegionEmitter perTile = featureEmitter(block, start);
      perTile.map(coordinate(block, 1), code.toInteger(32, head));
      perTile.emitAvailable(code.builder, block);
      auto emitGroup = [&](Value number) {
        RegionEmitter perGroup = perTile;
        perGroup.map(coordinate(block, 4), code.toInteger(32, number));
        for (auto [place, member] : llvm::enumerate(group.getQuery())) {
          Value channel =
              code.add(code.mul(number, member.getStride()),
                       bases[member.getOperand()] + member.getOffset());
          perGroup.map(
              block.getArgument(place),
              code.loadVector(sizes.lanes, queryCopy, {channel, lane0}));
        }
        for (const SharedValue &value : ofBlock(term->shared, block))
          for (auto [r, result] : llvm::enumerate(value.op->getResults()))
            perGroup.map(
                result,
                code.loadVector(
                    sizes.lanes, sharedTable,
                    {subTile,
                     code.add(number, value.row + int64_t(r) * value.count),
                     lane0}));
        for (auto [i, value] :
             llvm::enumerate(perGroup.emit(code.builder, block))) {
          value = perGroup.broadcast(code.builder, code.loc, value);
          // Products of bf16 are scaled instead: the factor is no power of two.
          if (countsInPowers && !sizes.products.pairsOfFeatures)
            value = code.mulF(value, code.splat(sizes.lanes, kLog2e));
          Value channel =
              code.add(number, offset + int64_t(i) * group.getCount());
          code.storeVector(value, features, {subTile, channel, lane0});
        }
      };
      code.loop(code.index(0), code.index(group.getCount()), 1, emitGroup);
      offset += group.getCount() * group.getWidth();
    }
  });
  if (sizes.products.pairsOfFeatures)
    packFeatures(subTile);
}

/// The place of the first coordinate of a pair region.
static unsigned coordinatesOf(Block &region) {
  return region.getNumArguments() - kPairCoordinates;
}

SmallVector<RegionEmitter> TileKernel::pairEmitters(Block &region,
                                                    Value subTile) {
  const RegionEmitter &outer = perHead.find(&region)->second;
  const unsigned first = coordinatesOf(region);
  SmallVector<RegionEmitter> emitters;
  for (int64_t part = 0; part < shape.vectors; ++part) {
    RegionEmitter emitter = outer;
    Value start = code.add(firstQuery(subTile), part * sizes.lanes);
    if (firstLane)
      start = code.add(start, firstLane);
    Value row = code.toInteger(32, start);
    emitter.mapIota(code.builder, code.loc, region.getArgument(first + 2), row);
    Value position = region.getArgument(first + 4);
    if (queryPos.tensor) {
      if (!position.use_empty())
        emitter.map(position, queryPositions(start));
    } else if (queryPos.base) {
      emitter.mapIota(code.builder, code.loc, position,
                      code.add(queryPos.base, row));
    }
    emitter.emitAvailable(code.builder, region);
    emitters.push_back(std::move(emitter));
  }
  return emitters;
}

void TileKernel::mapKey(RegionEmitter &emitter, Block &region, Value key) {
  const unsigned first = coordinatesOf(region);
  emitter.map(region.getArgument(first + 3), code.toInteger(32, key));
  Value position = region.getArgument(first + 5);
  if (keyPos && !position.use_empty())
    emitter.map(position, frame.positionAt(keyPos, batch, key));
}
