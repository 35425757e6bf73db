//===- RowKernel.cpp - attn.row_features as loops over rows ---------------===//
//
// The lanes are channel groups. What does not depend on the head (angles, above
// all) is computed once for all heads and kept for some rows; these rows of one
// head follow each other in memory, those of different heads often fall into
// the same set of the cache.
//
//===----------------------------------------------------------------------===//

#include "compiler/TiledToVector/Kernel.h"
#include "compiler/TiledToVector/SharedValues.h"
#include "dialect/Attn/IR/AttnExtents.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

/// Rows of one task, and of them those whose shared values are kept.
static constexpr int64_t kRows = 64;
static constexpr int64_t kSharedRows = 16;

int64_t sextant::rowFeatureScratchBytes(RowFeaturesOp op) {
  return kSharedRows * sharedRows(findSharedValues(op)) * sizeof(float);
}

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
      : frame(frame), code(frame.code), op(op), shared(findSharedValues(op)),
        lanes(frame.kernel.target.lanes) {}
  void emit();

private:
  ExtentValues callExtents();
  RegionEmitter emitterOf(Value row);
  /// Runs `body` for all groups of `count`, given the first; as many as there
  /// are lanes at a time where `vectors`.
  void forEachGroup(int64_t count, bool vectors,
                    function_ref<void(Value first, bool vector)> body);
  void mapGroup(RegionEmitter &emitter, Block &block, Value first, bool vector);
  /// Where the table holds a result of a shared value.
  SmallVector<Value> sharedPlace(const SharedValue &value, int64_t result,
                                 Value place, Value group) {
    return {place, code.add(group, value.row + result * value.count)};
  }
  void emitShared(Value row, Value place);
  void bringNear(Value head, Value row);
  void emitRow(Value head, Value row, Value place, bool unit);
  /// Rows of an input that a head of the result is made of.
  Value rowsOf(Value input, Value head);
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
  SmallVector<SharedValue> shared;
  int64_t lanes;
  SmallVector<Value> inputs;
  Value result, batch, heads;
  RowPositions positions;
  /// S[row][value]: what is shared, of kSharedRows rows.
  Value table;
  std::optional<RegionEmitter> perTask;
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
  Value first = code.mul(code.remainder(frame.task, chunks), kRows);
  Value last = code.minimum(code.add(first, kRows), rows);
  if (!shared.empty())
    table = frame.scratch(0, MemRefType::get({kSharedRows, sharedRows(shared)},
                                             code.builder.getF32Type()));

  SmallVector<Block *> blocks;
  for (Region &region : op.getBodies())
    blocks.push_back(&region.front());
  const ExtentValues extents = callExtents();
  perTask = frame.emitterFor(blocks, extents);
  positions = frame.positionsOf(op.getPositions(), batch);
  for (Block *block : blocks) {
    perTask->map(coordinate(*block, 0), code.toInteger(32, batch));
    perTask->emitAvailable(code.builder, *block);
  }

  // Vectors need channels that follow each other in memory.
  SmallVector<Value> tensors = inputs;
  tensors.push_back(result);
  code.loop(first, last, kSharedRows, [&](Value start) {
    Value end = code.minimum(code.add(start, kSharedRows), last);
    if (!shared.empty())
      code.loop(start, end, 1,
                [&](Value row) { emitShared(row, code.sub(row, start)); });
    code.whenUnitStride(tensors, [&](ValueRange memrefs, bool unit) {
      inputs.assign(memrefs.begin(), std::prev(memrefs.end()));
      result = memrefs.back();
      code.loop(code.index(0), heads, 1, [&](Value head) {
        Value next = code.add(head, 1);
        Value isLast = code.compare(Code::Predicate::eq, next, heads);
        next = code.select(isLast, code.index(0), next);
        Value ahead =
            code.select(isLast, code.index(kSharedRows), code.index(0));
        code.loop(start, end, 1, [&](Value row) {
          if (unit)
            bringNear(next, code.add(row, ahead));
          emitRow(head, row, code.sub(row, start), unit);
        });
      });
    });
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

/// An emitter that knows the row.
RegionEmitter RowKernel::emitterOf(Value row) {
  RegionEmitter emitter = *perTask;
  Value position = frame.positionAt(positions, batch, row);
  for (Region &region : op.getBodies()) {
    emitter.map(coordinate(region.front(), 2), code.toInteger(32, row));
    emitter.map(coordinate(region.front(), 3), position);
  }
  return emitter;
}

void RowKernel::forEachGroup(int64_t count, bool vectors,
                             function_ref<void(Value, bool)> body) {
  int64_t whole = vectors ? count - count % lanes : 0;
  if (whole)
    code.loop(code.index(0), code.index(whole), lanes,
              [&](Value first) { body(first, /*vector=*/true); });
  if (whole != count)
    code.loop(code.index(whole), code.index(count), 1,
              [&](Value first) { body(first, /*vector=*/false); });
}

void RowKernel::mapGroup(RegionEmitter &emitter, Block &block, Value first,
                         bool vector) {
  Value number = code.toInteger(32, first);
  if (vector)
    emitter.mapIota(code.builder, code.loc, coordinate(block, 4), number);
  else
    emitter.map(coordinate(block, 4), number);
}

/// Computes what the heads share of a row, and keeps it at `place`.
void RowKernel::emitShared(Value row, Value place) {
  RegionEmitter perRow = emitterOf(row);
  for (Region &region : op.getBodies()) {
    Block &block = region.front();
    SmallVector<SharedValue> own = ofBlock(shared, block);
    if (own.empty())
      continue;
    perRow.emitAvailable(code.builder, block);
    forEachGroup(
        own.front().count, /*vectors=*/true, [&](Value group, bool vector) {
          RegionEmitter perGroup = perRow;
          mapGroup(perGroup, block, group, vector);
          perGroup.emitAvailable(code.builder, block);
          for (const SharedValue &value : own)
            for (auto [r, result] : llvm::enumerate(value.op->getResults())) {
              Value number = perGroup.emitted(result);
              SmallVector<Value> at = sharedPlace(value, r, place, group);
              if (vector)
                code.storeVector(
                    perGroup.broadcast(code.builder, code.loc, number), table,
                    at);
              else
                code.store(number, table, at);
            }
        });
  }
}

/// Asks for what a row reads. The row need not exist.
void RowKernel::bringNear(Value head, Value row) {
  for (auto [input, memref] : llvm::zip_equal(op.getInputs(), inputs))
    code.prefetchRow(rowsOf(memref, head), row, extentOf(input, 3));
}

void RowKernel::emitRow(Value head, Value row, Value place, bool unit) {
  RegionEmitter perRow = emitterOf(row);
  for (auto [attr, region] : llvm::zip_equal(op.getGroups(), op.getBodies())) {
    auto group = llvm::cast<RowGroupAttr>(attr);
    Block &block = region.front();
    perRow.map(coordinate(block, 1), code.toInteger(32, head));
    forEachGroup(group.getCount(), unit, [&](Value first, bool vector) {
      RegionEmitter perGroup = perRow;
      mapGroup(perGroup, block, first, vector);
      for (const SharedValue &value : ofBlock(shared, block))
        for (auto [r, result] : llvm::enumerate(value.op->getResults())) {
          SmallVector<Value> at = sharedPlace(value, r, place, first);
          perGroup.map(result, vector ? code.loadVector(lanes, table, at)
                                      : code.load(table, at));
        }
      for (auto [number, member] : llvm::enumerate(group.getInputs()))
        perGroup.map(block.getArgument(number),
                     loadMember(member, head, row, first, vector));
      SmallVector<Value> results = perGroup.emit(code.builder, block);
      for (auto [member, value] : llvm::zip_equal(group.getOutputs(), results))
        storeMember(member,
                    vector ? perGroup.broadcast(code.builder, code.loc, value)
                           : value,
                    head, row, first, vector);
    });
  }
}

Value RowKernel::rowsOf(Value input, Value head) {
  Value from = code.divide(code.mul(head, code.dim(input, 1)), heads);
  return code.rowsOf(input, batch, from);
}

Value RowKernel::loadMember(MemberAttr member, Value head, Value row,
                            Value group, bool vector) {
  Value rows = rowsOf(inputs[member.getOperand()], head);
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
  sextant::storeMember(code, member, value, rows, row, group);
}

void sextant::storeMember(Code &code, MemberAttr member, Value vector,
                          Value rows, Value row, Value group) {
  const int64_t stride = member.getStride();
  Value first = code.mul(group, stride);
  if (stride == 1)
    return code.storeVector(vector, rows,
                            {row, code.add(first, member.getOffset())});
  int64_t lanes = llvm::cast<VectorType>(vector.getType()).getDimSize(0);
  for (int64_t lane = 0; lane < lanes; ++lane)
    code.store(code.extract(vector, lane), rows,
               {row, code.add(first, member.getOffset() + lane * stride)});
}

LogicalResult sextant::emitRowFeatures(Frame &frame, RowFeaturesOp op) {
  RowKernel(frame, op).emit();
  return success();
}
