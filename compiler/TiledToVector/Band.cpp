//===- Band.cpp - attn.tabulate_band as loops, and what reads it ----------===//
//
// The lanes are queries: consecutive rows of a table of queries, consecutive
// distances of a table of keys.
//
//===----------------------------------------------------------------------===//

#include "compiler/TiledToVector/Kernel.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

static constexpr int64_t kBlock = TabulateBandOp::kBlock;
/// Rows of one task.
static constexpr int64_t kRows = 256;
static_assert(kRows % kBlock == 0);

/// Distances that are stored before the band, so that vectors may start there.
static constexpr int64_t kLead = kBlock - 1;

static Value rowsOf(Frame &frame, TabulateBandOp op) {
  return frame.extentOf(op.getKeys() ? op.getKey() : op.getQuery(), 2);
}

Value sextant::tabulateBandTasks(Frame &frame, TabulateBandOp op) {
  Code &code = frame.code;
  Value others = frame.extentOf(op.getKeys() ? op.getQuery() : op.getKey(), 2);
  // Without pairs nothing is read.
  return code.select(
      code.isZero(others), code.index(0),
      frame.countRowTasks(op.getResult(), rowsOf(frame, op), kRows));
}

namespace {
class BandKernel {
public:
  BandKernel(Frame &frame, TabulateBandOp op)
      : frame(frame), code(frame.code), op(op), body(op.getBody().front()),
        lanes(frame.kernel.target.lanes) {}
  void emit();

private:
  void emitQueries(const RegionEmitter &outer);
  void emitKeys(const RegionEmitter &outer);
  /// The place of the distance `d` (index) of the first lane of a vector.
  Value placeOf(Value d);
  /// Maps the distances of a vector whose first lane is at `place`.
  RegionEmitter atPlace(const RegionEmitter &outer, Value place, int64_t lane0);
  void store(RegionEmitter emitter, ValueRange at);

  Frame &frame;
  Code &code;
  TabulateBandOp op;
  Block &body;
  int64_t lanes;
  RowTask task;
  Value result, queries, keys;
  Value origin; // the distance of query 0 and key 0
};
} // namespace

void BandKernel::emit() {
  task = frame.rowTask(op.getResult(), rowsOf(frame, op), kRows);
  result = frame.memrefOf(op.getResult());
  queries = frame.extentOf(op.getQuery(), 2);
  keys = frame.extentOf(op.getKey(), 2);
  origin = op.getAlign() == Align::BottomRight ? code.sub(keys, queries)
                                               : code.index(0);
  RegionEmitter emitter =
      frame.emitterFor({&body}, frame.callExtents(op.getQuery(), op.getKey()));
  emitter.map(body.getArgument(0), code.toInteger(32, task.batch));
  emitter.map(body.getArgument(1), code.toInteger(32, task.head));
  emitter.emitAvailable(code.builder, body);
  if (op.getKeys())
    emitKeys(emitter);
  else
    emitQueries(emitter);
}

Value BandKernel::placeOf(Value d) {
  int64_t least = op.getLeast(), greatest = op.getGreatest();
  Value place = code.add(d, kLead - least);
  return code.maximum(code.minimum(place, code.index(greatest - least + kLead)),
                      code.index(0));
}

RegionEmitter BandKernel::atPlace(const RegionEmitter &outer, Value place,
                                  int64_t lane0) {
  RegionEmitter emitter = outer;
  Value distance = code.add(place, op.getLeast() - kLead + lane0);
  emitter.mapIota(code.builder, code.loc, body.getArgument(3),
                  code.toInteger(32, distance));
  emitter.emitAvailable(code.builder, body);
  return emitter;
}

void BandKernel::store(RegionEmitter emitter, ValueRange at) {
  Value value = emitter.emit(code.builder, body).front();
  code.storeVector(emitter.broadcast(code.builder, code.loc, value), result,
                   at);
}

// The distances are the outer loop: what follows from them alone, logarithms
// above all, is computed once for all rows of the task.

void BandKernel::emitQueries(const RegionEmitter &outer) {
  Value least = code.add(code.sub(task.first, code.sub(keys, 1)), origin);
  Value lastBlock =
      code.mul(code.divide(code.sub(task.end, 1), kBlock), kBlock);
  Value most = code.add(lastBlock, origin);
  code.loop(placeOf(least), code.add(placeOf(most), 1), 1, [&](Value place) {
    SmallVector<RegionEmitter> parts;
    for (int64_t lane0 = 0; lane0 < kBlock; lane0 += lanes)
      parts.push_back(atPlace(outer, place, lane0));
    Value element = code.mul(place, kBlock);
    code.loop(task.first, task.end, kBlock, [&](Value row) {
      Value block = code.divide(row, kBlock);
      for (auto [part, emitter] : llvm::enumerate(parts)) {
        int64_t lane0 = int64_t(part) * lanes;
        RegionEmitter own = emitter;
        own.mapIota(code.builder, code.loc, body.getArgument(2),
                    code.toInteger(32, code.add(row, lane0)));
        store(own, {task.batch, task.head, block, code.add(element, lane0)});
      }
    });
  });
}

void BandKernel::emitKeys(const RegionEmitter &outer) {
  Value least = code.sub(origin, code.sub(task.end, 1));
  Value most = code.add(code.sub(origin, task.first), code.sub(queries, 1));
  // Vectors that start at the last place are as wide as a block, at most.
  Value from = code.mul(code.divide(placeOf(least), kBlock), kBlock);
  code.loop(from, code.add(placeOf(most), kBlock), lanes, [&](Value place) {
    RegionEmitter emitter = atPlace(outer, place, 0);
    code.loop(task.first, task.end, 1, [&](Value row) {
      RegionEmitter own = emitter;
      own.map(body.getArgument(2), code.toInteger(32, row));
      store(own, {task.batch, task.head, row, place});
    });
  });
}

LogicalResult sextant::emitTabulateBand(Frame &frame, TabulateBandOp op) {
  BandKernel(frame, op).emit();
  return success();
}

//===----------------------------------------------------------------------===//
// Reads
//===----------------------------------------------------------------------===//

void RegionEmitter::emitBandRead(OpBuilder &builder, ReadOp op,
                                 TabulateBandOp band) {
  Code code(builder, op.getLoc(), elements);
  SmallVector<Value> at;
  for (Value index : op.getIndices()) {
    materializeConstant(builder, index);
    at.push_back(lookup(index));
  }
  // Lane 0, where consecutive queries meet one key.
  Value row = iotaBase.lookup(op.getIndices()[2]);
  Value distance = iotaBase.lookup(op.getIndices()[3]);
  bool isRow = llvm::none_of(ArrayRef(at).take_front(2), [](Value index) {
    return llvm::isa<VectorType>(index.getType());
  });
  if (band.getKeys())
    isRow &= distance && !llvm::isa<VectorType>(at[2].getType());
  else
    isRow &= row && distance;
  if (isRow) {
    at[3] = distance;
    if (!band.getKeys())
      at[2] = row;
  }
  // Otherwise each lane for itself, as far as they differ.
  bool anyVector = llvm::any_of(ArrayRef(at).drop_front(2), [](Value index) {
    return llvm::isa<VectorType>(index.getType());
  });
  auto number = [&](int64_t value) {
    Value constant = code.integer(32, value);
    return anyVector ? code.broadcast(lanes, constant) : constant;
  };
  if (anyVector)
    for (Value &index : MutableArrayRef(at).drop_front(2))
      index = broadcast(builder, op.getLoc(), index);
  Value lane;
  if (!band.getKeys()) {
    lane = arith::AndIOp::create(builder, op.getLoc(), at[2], number(kLead));
    at[2] = arith::ShRUIOp::create(builder, op.getLoc(), at[2],
                                   number(llvm::Log2_64(kBlock)));
    at[3] = code.sub(at[3], lane);
  }
  int64_t least = band.getLeast(), greatest = band.getGreatest();
  Value place = code.add(at[3], number(kLead - least));
  place = code.maximum(code.minimum(place, number(greatest - least + kLead)),
                       number(0));
  if (!band.getKeys())
    place = code.add(code.mul(place, number(kBlock)), lane);
  at[3] = place;
  Value memref = tensors.lookup(op.getTensor());
  assert(memref && "a captured tensor is not mapped");
  if (!isRow) {
    values[op.getResult()] = loadEach(builder, op.getLoc(), memref, at);
    return;
  }
  SmallVector<Value> positions;
  for (Value index : at)
    positions.push_back(code.toIndex(index));
  values[op.getResult()] = code.loadVector(lanes, memref, positions);
}
