//===- RowTable.cpp - attn.tabulate_rows as loops over rows ---------------===//
//
// The lanes are rows.
//
//===----------------------------------------------------------------------===//

#include "compiler/TiledToVector/Kernel.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

/// Rows of one task: a multiple of every vector.
static constexpr int64_t kRows = 1024;

/// Rows that are written: whole vectors only, what is left over is padding.
static Value writtenRows(Frame &frame, TabulateRowsOp op) {
  Code &code = frame.code;
  int64_t lanes = frame.kernel.target.lanes;
  return code.mul(
      code.divide(frame.extentOf(op.getResult(), 2), code.index(lanes)), lanes);
}

Value sextant::tabulateRowsTasks(Frame &frame, TabulateRowsOp op) {
  Code &code = frame.code;
  Value rows = frame.extentOf(op.getKeys() ? op.getKey() : op.getQuery(), 2);
  // Without rows nothing is read.
  return code.select(
      code.isZero(rows), code.index(0),
      frame.countRowTasks(op.getResult(), writtenRows(frame, op), kRows));
}

LogicalResult sextant::emitTabulateRows(Frame &frame, TabulateRowsOp op) {
  Code &code = frame.code;
  int64_t lanes = frame.kernel.target.lanes;
  Value rows = frame.extentOf(op.getKeys() ? op.getKey() : op.getQuery(), 2);
  const RowTask task =
      frame.rowTask(op.getResult(), writtenRows(frame, op), kRows);
  const Value batch = task.batch, head = task.head;

  Value result = frame.memrefOf(op.getResult());
  RowPositions positions = frame.positionsOf(op.getPositions(), batch);
  Block &body = op.getBody().front();
  RegionEmitter emitter =
      frame.emitterFor({&body}, frame.callExtents(op.getQuery(), op.getKey()));
  emitter.map(body.getArgument(0), code.toInteger(32, batch));
  emitter.map(body.getArgument(1), code.toInteger(32, head));
  emitter.emitAvailable(code.builder, body);
  code.loop(task.first, task.end, lanes, [&](Value row) {
    RegionEmitter perVector = emitter;
    Value index = code.toInteger(32, row);
    perVector.mapIota(code.builder, code.loc, body.getArgument(2), index);
    Value position = body.getArgument(3);
    if (positions.tensor)
      perVector.map(position, frame.positionsFrom(positions, batch, row, rows));
    else if (positions.base)
      perVector.mapIota(code.builder, code.loc, position,
                        code.add(positions.base, index));
    Value value = perVector.emit(code.builder, body).front();
    value = perVector.broadcast(code.builder, code.loc, value);
    code.storeVector(value, result, {batch, head, row});
  });
  return success();
}
