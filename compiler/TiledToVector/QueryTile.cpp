//===- QueryTile.cpp - What is computed once a query tile -----------------===//

#include "compiler/TiledToVector/TileKernel.h"

#include <cfloat>

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

using Values = Code::Values;

static constexpr double kLog2e = 1.4426950408889634074;

Values TileKernel::laneRows(Value first) {
  Value last = code.sub(queries, 1);
  Values rows;
  for (int64_t lane = 0; lane < sizes.lanes; ++lane)
    rows.push_back(code.minimum(code.add(first, lane), last));
  return rows;
}

Value TileKernel::queryPositions(Value first) {
  Values elements;
  for (Value row : laneRows(first))
    elements.push_back(code.load(queryPos.tensor, {batch, row}));
  return code.fromLanes(elements);
}

void TileKernel::emitQueryTile(Value subTile) {
  TileFeaturesOp tile = op.getTileFeatures();
  SmallVector<Block *> blocks;
  for (Region &region : tile.getBodies())
    blocks.push_back(&region.front());
  RegionEmitter perTask = frame.emitterFor(blocks, extents);
  auto coordinate = [](Block *block, unsigned place) {
    return block->getArgument(block->getNumArguments() - kRowCoordinates +
                              place);
  };
  forEachPart([&](Value lane0) {
    Value start = code.add(firstQuery(subTile), lane0);
    Values rows = laneRows(start);
    Value first = code.toInteger(32, start);
    int64_t offset = 0;
    for (auto [attr, block] : llvm::zip_equal(tile.getGroups(), blocks)) {
      auto group = llvm::cast<ChannelGroupAttr>(attr);
      RegionEmitter perTile = perTask;
      perTile.map(coordinate(block, 0), code.toInteger(32, batch));
      perTile.map(coordinate(block, 1), code.toInteger(32, head));
      perTile.mapIota(code.builder, code.loc, coordinate(block, 2), first);
      if (queryPos.tensor)
        perTile.map(coordinate(block, 3), queryPositions(start));
      else if (queryPos.base)
        perTile.mapIota(code.builder, code.loc, coordinate(block, 3),
                        code.add(queryPos.base, first));
      else
        perTile.map(coordinate(block, 3), code.integer(32, 0));
      perTile.emitAvailable(code.builder, *block);
      Block &body = *block;
      code.loop(
          code.index(0), code.index(group.getCount()), 1, [&](Value number) {
            RegionEmitter perGroup = perTile;
            perGroup.map(coordinate(&body, 4), code.toInteger(32, number));
            for (auto [place, member] : llvm::enumerate(group.getQuery()))
              perGroup.map(
                  body.getArgument(place),
                  code.fromLanes(loadQueryMember(member, number, rows)));
            for (auto [i, value] :
                 llvm::enumerate(perGroup.emit(code.builder, body))) {
              value = perGroup.broadcast(code.builder, code.loc, value);
              if (!score) // scores are then powers of two from the start
                value = code.mulF(value, code.splat(sizes.lanes, kLog2e));
              Value channel =
                  code.add(number, offset + int64_t(i) * group.getCount());
              code.storeVector(value, features, {subTile, channel, lane0});
            }
          });
      offset += group.getCount() * group.getWidth();
    }
    code.storeVector(code.splat(sizes.lanes, -FLT_MAX), rowMax,
                     {subTile, lane0});
    code.storeVector(code.splat(sizes.lanes, 0), rowSum, {subTile, lane0});
    code.loop(code.index(0), code.index(sizes.channels), 1, [&](Value channel) {
      code.storeVector(code.splat(sizes.lanes, 0), output,
                       {subTile, channel, lane0});
    });
  });
}

Values TileKernel::loadQueryMember(MemberAttr member, Value group,
                                   ArrayRef<Value> rows) {
  Value tensor = op.getQuery()[member.getOperand()];
  Value memref = frame.memrefOf(tensor);
  Value from = headOf(tensor);
  Value channel =
      code.add(code.mul(group, member.getStride()), member.getOffset());
  Values elements;
  for (Value row : rows)
    elements.push_back(code.load(memref, {batch, from, row, channel}));
  return elements;
}

SmallVector<RegionEmitter>
TileKernel::pairEmitters(Block &region, unsigned elements, Value subTile) {
  const RegionEmitter &outer =
      &region == visible ? *visiblePerTask : *scorePerTask;
  SmallVector<RegionEmitter> emitters;
  for (int64_t part = 0; part < sizes.schedule.queryVectors; ++part) {
    RegionEmitter emitter = outer;
    Value start = code.add(firstQuery(subTile), part * sizes.lanes);
    Value first = code.toInteger(32, start);
    emitter.mapIota(code.builder, code.loc, region.getArgument(elements + 2),
                    first);
    Value position = region.getArgument(elements + 4);
    if (queryPos.tensor) {
      if (!position.use_empty())
        emitter.map(position, queryPositions(start));
    } else if (queryPos.base) {
      emitter.mapIota(code.builder, code.loc, position,
                      code.add(queryPos.base, first));
    }
    emitter.emitAvailable(code.builder, region);
    emitters.push_back(std::move(emitter));
  }
  return emitters;
}

void TileKernel::mapKey(RegionEmitter &emitter, Block &region,
                        unsigned elements, Value key) {
  emitter.map(region.getArgument(elements + 3), code.toInteger(32, key));
  Value position = region.getArgument(elements + 5);
  if (keyPos && !position.use_empty())
    emitter.map(position, frame.positionAt(keyPos, batch, key));
}
