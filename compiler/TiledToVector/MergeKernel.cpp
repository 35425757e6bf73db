//===- MergeKernel.cpp - attn.merge as loops over rows --------------------===//
//
// The lanes are channels.
//
//===----------------------------------------------------------------------===//

#include "compiler/TiledToVector/Kernel.h"
#include "compiler/TiledToVector/VectorMath.h"

#include <cfloat>
#include <limits>

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

using Values = Code::Values;

/// Rows of one task.
static constexpr int64_t kRows = 64;

Value sextant::mergeTasks(Frame &frame, MergeOp op) {
  return frame.countRowTasks(op.getResult(), frame.extentOf(op.getResult(), 2),
                             kRows);
}

namespace {
/// What the parts of a row count, and the row's own log-sum-exp.
struct Shares {
  /// i1: the part saw no key.
  Values areEmpty;
  /// exp(lse_p - lse), and 0 where the part is empty.
  Values weights;
  Value lse;
};
} // namespace

static Shares sharesOf(Frame &frame, ValueRange numbers) {
  Code &code = frame.code;
  VectorMath math(code.builder, code.loc, frame.kernel.target);
  const Value nothing = code.f32(-std::numeric_limits<double>::infinity());
  const Value zero = code.f32(0);
  // The least finite number, so that a row that saw no key stays finite. NaN
  // leaves the maximum as it is, and makes a weight and thus the sum NaN.
  Value maximum = code.f32(-FLT_MAX), sum = zero;
  for (Value number : numbers)
    maximum = code.maxF(number, maximum);
  Shares shares;
  for (Value number : numbers) {
    Value power = math.exp2Clamped(
        code.mulF(code.subF(number, maximum), code.f32(kLog2e)));
    shares.areEmpty.push_back(
        code.compareF(arith::CmpFPredicate::OEQ, number, nothing));
    shares.weights.push_back(code.select(shares.areEmpty.back(), zero, power));
    sum = code.addF(sum, shares.weights.back());
  }
  Value empty = code.compareF(arith::CmpFPredicate::OEQ, sum, zero);
  shares.lse = code.select(empty, nothing, code.addF(maximum, math.log(sum)));
  Value inverse = code.select(empty, zero, code.divF(code.f32(1), sum));
  for (Value &weight : shares.weights)
    weight = code.mulF(weight, inverse);
  return shares;
}

/// Merges one row of `outputs` and `result`, rank-2 memrefs; `unit` if their
/// channels follow each other.
static void mergeRow(Frame &frame, const Shares &shares, ValueRange outputs,
                     Value result, Value row, int64_t channels, bool unit) {
  Code &code = frame.code;
  VectorMath math(code.builder, code.loc, frame.kernel.target);
  const int64_t lanes = frame.kernel.target.lanes;
  const int64_t whole = unit ? llvm::alignDown(channels, lanes) : 0;
  auto mergeAt = [&](Value channel, Value zero, auto load, auto store) {
    auto spread = [&](Value scalar) {
      return llvm::isa<VectorType>(zero.getType())
                 ? code.broadcast(lanes, scalar)
                 : scalar;
    };
    Value total = zero;
    for (auto [output, weight, isEmpty] :
         llvm::zip_equal(outputs, shares.weights, shares.areEmpty))
      // Whatever the output of an empty part holds.
      total = code.select(isEmpty, total,
                          math.madd(load(output, ValueRange{row, channel}),
                                    spread(weight), total));
    store(total, result, ValueRange{row, channel});
  };
  if (whole)
    code.loop(code.index(0), code.index(whole), lanes, [&](Value channel) {
      mergeAt(
          channel, code.splat(lanes, 0),
          [&](Value rows, ValueRange at) {
            return code.loadVector(lanes, rows, at);
          },
          [&](Value value, Value rows, ValueRange at) {
            code.storeVector(value, rows, at);
          });
    });
  code.loop(code.index(whole), code.index(channels), 1, [&](Value channel) {
    mergeAt(
        channel, code.f32(0),
        [&](Value rows, ValueRange at) { return code.load(rows, at); },
        [&](Value value, Value rows, ValueRange at) {
          code.store(value, rows, at);
        });
  });
}

LogicalResult sextant::emitMerge(Frame &frame, MergeOp op) {
  Code &code = frame.code;
  const RowTask task =
      frame.rowTask(op.getResult(), frame.extentOf(op.getResult(), 2), kRows);
  // The result comes last.
  Values tensors;
  for (Value output : op.getOutputs())
    tensors.push_back(frame.memrefOf(output));
  tensors.push_back(frame.memrefOf(op.getResult()));
  Value lse = frame.memrefOf(op.getLse());
  code.whenUnitStride(tensors, [&](ValueRange memrefs, bool unit) {
    Values rows;
    for (Value memref : memrefs)
      rows.push_back(code.rowsOf(memref, task.batch, task.head));
    code.loop(task.first, task.end, 1, [&](Value row) {
      Values numbers;
      for (Value part : op.getLses())
        numbers.push_back(
            code.load(frame.memrefOf(part), {task.batch, task.head, row}));
      Shares shares = sharesOf(frame, numbers);
      code.store(shares.lse, lse, {task.batch, task.head, row});
      mergeRow(frame, shares, ValueRange(rows).drop_back(), rows.back(), row,
               extentOf(op.getResult(), 3), unit);
    });
  });
  return success();
}
