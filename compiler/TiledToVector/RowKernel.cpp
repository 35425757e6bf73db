//===- RowKernel.cpp - attn.row_features as loops over rows ---------------===//
//
// The lanes are channel groups. The heads are the innermost loop, so that what
// does not depend on the head (angles, above all) is computed once a row.
//
//===----------------------------------------------------------------------===//

#include "compiler/TiledToVector/Kernel.h"
#include "dialect/Attn/IR/AttnExtents.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

/// Rows of one task.
static constexpr int64_t kRows = 64;

Value sextant::rowFeatureTasks(Frame &frame, RowFeaturesOp op) {
  Code &code = frame.code;
  Value rows = frame.extentOf(op.getResult(), 2);
  return code.mul(frame.extentOf(op.getResult(), 0),
                  code.divideUp(rows, kRows));
}

namespace {
class RowKernel {
public:
  RowKernel(Frame &frame, RowFeaturesOp op)
      : frame(frame), code(frame.code), op(op),
        lanes(frame.kernel.target.lanes) {}
  void emit();

private:
  ExtentValues callExtents();
  void emitRows(bool unit);
  void emitGroups(RowGroupAttr group, Block &block, const RegionEmitter &outer,
                  Value row, Value first, bool vector);
  Value loadMember(MemberAttr member, Value head, Value row, Value group,
                   bool vector);
  void storeMember(MemberAttr member, Value value, Value head, Value row,
                   Value group, bool vector);
  /// Channel of lane `lane` of a member.
  Value channel(MemberAttr member, Value group, int64_t lane) {
    return code.add(code.mul(group, member.getStride()),
                    member.getOffset() + lane * member.getStride());
  }

  Frame &frame;
  Code &code;
  RowFeaturesOp op;
  int64_t lanes;
  SmallVector<Value> inputs;
  Value result, batch, heads, first, last;
};
} // namespace

void RowKernel::emit() {
  for (Value input : op.getInputs())
    inputs.push_back(frame.memrefOf(input));
  result = frame.memrefOf(op.getResult());
  heads = frame.extentOf(op.getResult(), 1);
  Value rows = frame.extentOf(op.getResult(), 2);
  Value chunks = code.divideUp(rows, kRows);
  batch = code.divide(frame.task, chunks);
  first = code.mul(code.remainder(frame.task, chunks), kRows);
  last = code.minimum(code.add(first, kRows), rows);

  // Vectors need channels that follow each other in memory.
  SmallVector<Value> tensors = inputs;
  tensors.push_back(result);
  code.whenUnitStride(tensors, [&](ValueRange memrefs, bool unit) {
    inputs.assign(memrefs.begin(), std::prev(memrefs.end()));
    result = memrefs.back();
    emitRows(unit);
  });
}

/// What `attn.extent` gives in the regions.
ExtentValues RowKernel::callExtents() {
  ExtentValues extents;
  if (auto tiles = llvm::cast_or_null<ForTilesOp>(findReaders(op).first())) {
    extents = frame.callExtents(tiles.getQuery().front(), tiles.getKey());
  } else {
    Value rows = code.toInteger(32, frame.extentOf(op.getResult(), 2));
    Value allHeads = code.toInteger(32, heads);
    extents = {code.toInteger(32, frame.extentOf(op.getResult(), 0)),
               allHeads,
               allHeads,
               rows,
               rows,
               Value()};
  }
  extents[static_cast<unsigned>(ExtentKind::Channels)] =
      code.integer(32, extentOf(op.getInputs().front(), 3));
  return extents;
}

void RowKernel::emitRows(bool unit) {
  SmallVector<Block *> blocks;
  for (Region &region : op.getBodies())
    blocks.push_back(&region.front());
  const ExtentValues extents = callExtents();
  RegionEmitter perTask = frame.emitterFor(blocks, extents);
  RowPositions positions = frame.positionsOf(op.getPositions(), batch);
  auto coordinate = [](Block *block, unsigned place) {
    return block->getArgument(block->getNumArguments() - kRowCoordinates +
                              place);
  };
  for (Block *block : blocks) {
    perTask.map(coordinate(block, 0), code.toInteger(32, batch));
    perTask.emitAvailable(code.builder, *block);
  }
  code.loop(first, last, 1, [&](Value row) {
    RegionEmitter perRow = perTask;
    Value position = frame.positionAt(positions, batch, row);
    for (Block *block : blocks) {
      perRow.map(coordinate(block, 2), code.toInteger(32, row));
      perRow.map(coordinate(block, 3), position);
      perRow.emitAvailable(code.builder, *block);
    }
    for (auto [attr, block] : llvm::zip_equal(op.getGroups(), blocks)) {
      auto group = llvm::cast<RowGroupAttr>(attr);
      int64_t count = group.getCount();
      int64_t whole = unit ? count - count % lanes : 0;
      Block &body = *block;
      if (whole)
        code.loop(code.index(0), code.index(whole), lanes, [&](Value g) {
          emitGroups(group, body, perRow, row, g, /*vector=*/true);
        });
      if (whole != count)
        code.loop(code.index(whole), code.index(count), 1, [&](Value g) {
          emitGroups(group, body, perRow, row, g, /*vector=*/false);
        });
    }
  });
}

void RowKernel::emitGroups(RowGroupAttr group, Block &block,
                           const RegionEmitter &outer, Value row, Value first,
                           bool vector) {
  RegionEmitter perGroup = outer;
  Value number = code.toInteger(32, first);
  Value argument = block.getArguments().back();
  if (vector)
    perGroup.mapIota(code.builder, code.loc, argument, number);
  else
    perGroup.map(argument, number);
  perGroup.emitAvailable(code.builder, block);
  code.loop(code.index(0), heads, 1, [&](Value head) {
    RegionEmitter perHead = perGroup;
    perHead.map(block.getArgument(block.getNumArguments() - 4),
                code.toInteger(32, head));
    for (auto [place, member] : llvm::enumerate(group.getInputs()))
      perHead.map(block.getArgument(place),
                  loadMember(member, head, row, first, vector));
    SmallVector<Value> results = perHead.emit(code.builder, block);
    for (auto [member, value] : llvm::zip_equal(group.getOutputs(), results))
      storeMember(member,
                  vector ? perHead.broadcast(code.builder, code.loc, value)
                         : value,
                  head, row, first, vector);
  });
}

Value RowKernel::loadMember(MemberAttr member, Value head, Value row,
                            Value group, bool vector) {
  Value own = frame.extentOf(op.getInputs()[member.getOperand()], 1);
  Value from = code.divide(code.mul(head, own), heads);
  Value rows = code.rowsOf(inputs[member.getOperand()], batch, from);
  if (!vector)
    return code.load(rows, {row, channel(member, group, 0)});
  if (member.getStride() == 1)
    return code.loadVector(lanes, rows, {row, channel(member, group, 0)});
  SmallVector<Value> elements;
  for (int64_t lane = 0; lane < lanes; ++lane)
    elements.push_back(code.load(rows, {row, channel(member, group, lane)}));
  return code.fromLanes(elements);
}

void RowKernel::storeMember(MemberAttr member, Value value, Value head,
                            Value row, Value group, bool vector) {
  Value rows = code.rowsOf(result, batch, head);
  if (!vector)
    return code.store(value, rows, {row, channel(member, group, 0)});
  if (member.getStride() == 1)
    return code.storeVector(value, rows, {row, channel(member, group, 0)});
  for (int64_t lane = 0; lane < lanes; ++lane)
    code.store(code.extract(value, lane), rows,
               {row, channel(member, group, lane)});
}

LogicalResult sextant::emitRowFeatures(Frame &frame, RowFeaturesOp op) {
  RowKernel(frame, op).emit();
  return success();
}
