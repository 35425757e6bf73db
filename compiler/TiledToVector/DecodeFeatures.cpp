//===- DecodeFeatures.cpp - The feature row of one query ------------------===//
//
// The lanes are channel groups, as in a kernel over rows.
//
//===----------------------------------------------------------------------===//

#include "compiler/TiledToVector/DecodeKernel.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

void DecodeKernel::emitFeatures(Value row) {
  Value head = headOfRow(row), query = queryOfRow(row);
  int64_t base = 0;
  for (Value tensor : op.getQuery()) {
    Value own =
        code.divide(code.mul(head, frame.extentOf(tensor, 1)), plan.heads);
    Value rows = code.rowsOf(frame.memrefOf(tensor), batch, own);
    int64_t channels = extentOf(tensor, 3);
    code.loop(code.index(0), code.index(channels), 1, [&](Value channel) {
      code.store(code.load(rows, {query, channel}), queryCopy,
                 {code.add(channel, base)});
    });
    base += channels;
  }

  TileFeaturesOp tile = op.getTileFeatures(0);
  int64_t offset = 0;
  for (auto [attr, body] :
       llvm::zip_equal(tile.getGroups(), tile.getBodies())) {
    auto group = llvm::cast<ChannelGroupAttr>(attr);
    mlir::Block &region = body.front();
    auto coordinates = region.getArguments().take_back(kRowCoordinates);
    RegionEmitter perRow = frame.emitterFor({&region}, extents);
    perRow.map(coordinates[0], code.toInteger(32, batch));
    perRow.map(coordinates[1], code.toInteger(32, head));
    perRow.map(coordinates[2], code.toInteger(32, query));
    perRow.map(coordinates[3], frame.positionAt(queryPos, batch, query));
    perRow.emitAvailable(code.builder, region);
    int64_t count = group.getCount(), whole = count - count % sizes.lanes;
    auto groups = [&](int64_t from, int64_t to, int64_t step, bool vector) {
      if (from != to)
        code.loop(code.index(from), code.index(to), step, [&](Value number) {
          emitFeatureGroup(group, region, perRow, row, number, offset, vector);
        });
    };
    groups(0, whole, sizes.lanes, /*vector=*/true);
    groups(whole, count, 1, /*vector=*/false);
    offset += count * group.getWidth();
  }
}

void DecodeKernel::emitFeatureGroup(ChannelGroupAttr group, mlir::Block &region,
                                    const RegionEmitter &perRow, Value row,
                                    Value number, int64_t offset, bool vector) {
  RegionEmitter emitter = perRow;
  Value argument = region.getArguments().back();
  if (vector)
    emitter.mapIota(code.builder, code.loc, argument,
                    code.toInteger(32, number));
  else
    emitter.map(argument, code.toInteger(32, number));
  SmallVector<int64_t> bases = channelOffsets(op.getQuery());
  for (auto [place, member] : llvm::enumerate(group.getQuery())) {
    int64_t stride = member.getStride();
    Value channel = code.add(code.mul(number, stride),
                             bases[member.getOperand()] + member.getOffset());
    Value loaded;
    if (!vector) {
      loaded = code.load(queryCopy, {channel});
    } else if (stride == 1) {
      loaded = code.loadVector(sizes.lanes, queryCopy, {channel});
    } else {
      Values elements;
      for (int64_t lane = 0; lane < sizes.lanes; ++lane)
        elements.push_back(
            code.load(queryCopy, {code.add(channel, lane * stride)}));
      loaded = code.fromLanes(elements);
    }
    emitter.map(region.getArgument(place), loaded);
  }
  for (auto [i, value] : llvm::enumerate(emitter.emit(code.builder, region))) {
    if (vector)
      value = emitter.broadcast(code.builder, code.loc, value);
    if (!score) // scores are then powers of two from the start
      value = code.mulF(value, vector ? code.splat(sizes.lanes, kLog2e)
                                      : code.f32(kLog2e));
    Value channel = code.add(number, offset + int64_t(i) * group.getCount());
    if (vector)
      code.storeVector(value, features, {row, channel});
    else
      code.store(value, features, {row, channel});
  }
}
