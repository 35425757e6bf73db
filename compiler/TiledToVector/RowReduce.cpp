//===- RowReduce.cpp - attn.row_reduce as loops over rows -----------------===//
//
// The lanes are channels.
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

Value sextant::rowReduceTasks(Frame &frame, RowReduceOp op) {
  return frame.countRowTasks(op.getInput(), frame.extentOf(op.getInput(), 2),
                             kRows);
}

namespace {
class RowReduction {
public:
  RowReduction(Frame &frame, RowReduceOp op)
      : code(frame.code), op(op), lanes(frame.kernel.target.lanes),
        hasFma(frame.kernel.target.hasFma) {}

  /// The number of row `row` of `rows`, whose channels follow each other if
  /// `unit`.
  Value emit(Value rows, Value row, bool unit);

private:
  Value start(Value like);
  /// What `x` adds to `sum`.
  Value absorb(Value sum, Value x);
  /// Two parts of a row as one.
  Value merge(Value a, Value b);

  Code &code;
  RowReduceOp op;
  int64_t lanes;
  bool hasFma;
};
} // namespace

Value RowReduction::start(Value like) {
  VectorMath math(code.builder, code.loc, hasFma);
  return math.constant(like, op.getReduction() == Reduction::Max
                                 ? -std::numeric_limits<double>::infinity()
                                 : 0.0);
}

Value RowReduction::merge(Value a, Value b) {
  if (op.getReduction() == Reduction::Max)
    return arith::MaximumFOp::create(code.builder, code.loc, a, b);
  return code.addF(a, b);
}

Value RowReduction::absorb(Value sum, Value x) {
  if (op.getReduction() == Reduction::SumOfSquares)
    return VectorMath(code.builder, code.loc, hasFma).madd(x, x, sum);
  return merge(sum, x);
}

Value RowReduction::emit(Value rows, Value row, bool unit) {
  int64_t channels = extentOf(op.getInput(), 3);
  int64_t whole = unit ? llvm::alignDown(channels, lanes) : 0;
  Value result = start(code.f32(0));
  if (whole) {
    Values sums = code.loop(
        code.index(0), code.index(whole), lanes, start(code.splat(lanes, 0)),
        [&](Value channel, ValueRange state) -> Values {
          return {
              absorb(state[0], code.loadVector(lanes, rows, {row, channel}))};
        });
    // Pairs of lanes, and pairs of those: few roundings, and no long chain.
    Values parts;
    for (int64_t lane = 0; lane < lanes; ++lane)
      parts.push_back(code.extract(sums.front(), lane));
    for (int64_t count = lanes / 2; count; count /= 2)
      for (int64_t i = 0; i < count; ++i)
        parts[i] = merge(parts[i], parts[i + count]);
    result = parts.front();
  }
  return code
      .loop(code.index(whole), code.index(channels), 1, result,
            [&](Value channel, ValueRange state) -> Values {
              return {absorb(state[0], code.load(rows, {row, channel}))};
            })
      .front();
}

LogicalResult sextant::emitRowReduce(Frame &frame, RowReduceOp op) {
  Code &code = frame.code;
  const RowTask task =
      frame.rowTask(op.getInput(), frame.extentOf(op.getInput(), 2), kRows);
  Value input = frame.memrefOf(op.getInput());
  Value result = frame.memrefOf(op.getResult());
  code.whenUnitStride(input, [&](ValueRange memref, bool unit) {
    Value rows = code.rowsOf(memref.front(), task.batch, task.head);
    code.loop(task.first, task.end, 1, [&](Value row) {
      code.store(RowReduction(frame, op).emit(rows, row, unit), result,
                 {task.batch, task.head, row});
    });
  });
  return success();
}
