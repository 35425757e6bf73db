//===- Project.cpp - attn.project as products of register tiles -----------===//
//
// The lanes are table rows. A panel of them is transposed once for all rows of
// a task; a register tile is some rows by the vectors of a panel.
//
//===----------------------------------------------------------------------===//

#include "compiler/TiledToVector/Kernel.h"
#include "compiler/TiledToVector/VectorMath.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

using Values = Code::Values;

/// Rows of one task.
static constexpr int64_t kRows = 256;
/// Rows and vectors of a register tile: twelve sums, and seven loads a step.
static constexpr int64_t kTileRows = 4, kTileVectors = 3;

Value sextant::projectTasks(Frame &frame, ProjectOp op) {
  return frame.countRowTasks(op.getResult(), frame.extentOf(op.getInput(), 2),
                             kRows);
}

static MemRefType panelType(ProjectOp op, const Target &target) {
  return MemRefType::get(
      {extentOf(op.getTable(), 2), kTileVectors * target.lanes},
      Float32Type::get(op.getContext()));
}

int64_t sextant::projectScratchBytes(ProjectOp op, const Target &target) {
  return panelType(op, target).getNumElements() * int64_t(sizeof(float));
}

namespace {
class Projection {
public:
  Projection(Frame &frame, ProjectOp op)
      : frame(frame), code(frame.code), op(op),
        lanes(frame.kernel.target.lanes), width(kTileVectors * lanes) {}
  void emit();

private:
  void emitPanels(Value result, bool unit);
  /// The products with `columns` table rows from row `start`.
  void emitPanel(Value start, int64_t columns, Value result, bool unit);
  void emitTile(Value row, int64_t rows, Value start, int64_t columns,
                Value result, bool unit);

  Frame &frame;
  Code &code;
  ProjectOp op;
  int64_t lanes, width;
  Value rows, first, end, table, tableHead, panel;
};
} // namespace

void Projection::emit() {
  const RowTask task =
      frame.rowTask(op.getResult(), frame.extentOf(op.getInput(), 2), kRows);
  const Value batch = task.batch, head = task.head;
  first = task.first, end = task.end;
  Value from = code.divide(code.mul(head, frame.extentOf(op.getInput(), 1)),
                           frame.extentOf(op.getResult(), 1));
  rows = code.rowsOf(frame.memrefOf(op.getInput()), batch, from);
  table = frame.memrefOf(op.getTable());
  tableHead = extentOf(op.getTable(), 0) == 1 ? code.index(0) : head;
  panel = frame.scratch(0, panelType(op, frame.kernel.target));
  Value result = code.rowsOf(frame.memrefOf(op.getResult()), batch, head);
  code.whenUnitStride(result, [&](ValueRange memref, bool unit) {
    emitPanels(memref.front(), unit);
  });
}

void Projection::emitPanels(Value result, bool unit) {
  int64_t count = extentOf(op.getTable(), 1), rest = count % width;
  code.loop(code.index(0), code.index(count - rest), width,
            [&](Value start) { emitPanel(start, width, result, unit); });
  if (rest)
    emitPanel(code.index(count - rest), rest, result, unit);
}

void Projection::emitPanel(Value start, int64_t columns, Value result,
                           bool unit) {
  Value channels = code.index(extentOf(op.getTable(), 2));
  // Lanes past the last table row hold what was there; nobody stores them.
  code.loop(code.index(0), code.index(columns), 1, [&](Value column) {
    code.loop(code.index(0), channels, 1, [&](Value channel) {
      Value element =
          code.load(table, {tableHead, code.add(start, column), channel});
      code.store(element, panel, {channel, column});
    });
  });
  Value whole = code.add(
      first, code.mul(code.divide(code.sub(end, first), code.index(kTileRows)),
                      kTileRows));
  code.loop(first, whole, kTileRows, [&](Value row) {
    emitTile(row, kTileRows, start, columns, result, unit);
  });
  code.loop(whole, end, 1,
            [&](Value row) { emitTile(row, 1, start, columns, result, unit); });
}

void Projection::emitTile(Value row, int64_t tileRows, Value start,
                          int64_t columns, Value result, bool unit) {
  VectorMath math(code.builder, code.loc, frame.kernel.target);
  int64_t vectors = llvm::divideCeil(columns, lanes);
  Values zero(tileRows * vectors, code.splat(lanes, 0));
  Value channels = code.index(extentOf(op.getTable(), 2));
  Values sums = code.loop(
      code.index(0), channels, 1, zero, [&](Value channel, ValueRange state) {
        Values next, weights;
        for (int64_t v = 0; v < vectors; ++v)
          weights.push_back(
              code.loadVector(lanes, panel, {channel, code.index(v * lanes)}));
        for (int64_t i = 0; i < tileRows; ++i) {
          Value x = code.broadcast(
              lanes, code.load(rows, {code.add(row, i), channel}));
          for (int64_t v = 0; v < vectors; ++v)
            next.push_back(math.madd(x, weights[v], state[i * vectors + v]));
        }
        return next;
      });
  for (int64_t i = 0; i < tileRows; ++i)
    for (int64_t v = 0; v < vectors; ++v) {
      Value sum = sums[i * vectors + v], at = code.add(row, i);
      Value column = code.add(start, v * lanes);
      int64_t stored = std::min(lanes, columns - v * lanes);
      if (unit && stored == lanes) {
        code.storeVector(sum, result, {at, column});
        continue;
      }
      for (int64_t lane = 0; lane < stored; ++lane)
        code.store(code.extract(sum, lane), result,
                   {at, code.add(column, lane)});
    }
}

LogicalResult sextant::emitProject(Frame &frame, ProjectOp op) {
  Projection(frame, op).emit();
  return success();
}
