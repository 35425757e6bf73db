//===- ChainRows.cpp - Which rows of a chain, and the pass over them ------===//

#include "dialect/Attn/Reference/Interpreter.h"
#include "dialect/Attn/Reference/Parallel.h"
#include "dialect/Attn/Reference/Probes.h"
#include "dialect/Attn/Reference/RowEvaluator.h"

#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace sextant::attn;

ReferenceOutput Interpreter::describe(Value value) const {
  using Kind = ReferenceOutput::Kind;
  ReferenceOutput output;
  output.shape = shapeOf(value);
  output.type =
      *hostTypeOf(cast<RankedTensorType>(value.getType()).getElementType());
  // Only what is returned is rounded to fewer bits than f32.
  if (isFloat(output.type) && bytesOf(output.type) == 2 && !isReturned(value))
    output.type = HostType::F32;
  Operation *op = value.getDefiningOp();
  if (!isFloat(output.type))
    output.kind = Kind::Integers;
  else if (isVirtual(value))
    output.kind = Kind::Virtual;
  else if (isa_and_nonnull<WeightedSumOp>(op))
    output.kind = Kind::WeightedSum;
  else if (isa_and_nonnull<WeightsOpInterface, FusedOp>(op))
    output.kind =
        op->getResult(0) == value ? Kind::WeightedSum : Kind::RowResult;
  output.rowElements = 1;
  for (int64_t extent :
       ArrayRef(output.shape)
           .drop_front(std::min<size_t>(3, output.shape.size())))
    output.rowElements *= extent;
  return output;
}

SmallVector<Value, 2> sextant::attn::scoresOf(Operation *op) {
  if (isa<ScoresOp, RotaryScoresOp, FusedOp>(op))
    return {};
  if (auto select = dyn_cast<SelectScoresOp>(op))
    return {select.getFirst(), select.getSecond()};
  return {op->getOperand(0)};
}

/// The virtual ops that `values` are computed from, in program order.
static SmallVector<Operation *> planOf(const Interpreter &interpreter,
                                       ArrayRef<Value> values) {
  llvm::SetVector<Operation *> plan;
  for (Value value : values) {
    Operation *op = value.getDefiningOp();
    if (auto sum = dyn_cast<WeightedSumOp>(op))
      op = interpreter.find(sum.getWeights())
               ? nullptr
               : sum.getWeights().getDefiningOp();
    // Keys that depend on the query are formed on demand, a block at a time.
    if (op && !(isVirtual(op->getResult(0)) &&
                interpreter.shapeOf(op->getResult(0)).size() == 5))
      plan.insert(op);
  }
  for (unsigned i = 0; i < plan.size(); ++i)
    for (Value scores : scoresOf(plan[i]))
      if (!interpreter.find(scores))
        plan.insert(scores.getDefiningOp());
  SmallVector<Operation *> sorted(plan.begin(), plan.end());
  llvm::sort(sorted,
             [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
  return sorted;
}

static std::string memoryText(int64_t bytes) {
  if (bytes >= int64_t(10) << 30)
    return llvm::itostr(bytes >> 30) + " GiB";
  return llvm::itostr(bytes >> 20) + " MiB";
}

LogicalResult Interpreter::evaluateRows(ArrayRef<Value> values, bool allRows,
                                        std::vector<ReferenceOutput> &outputs) {
  constexpr int64_t kBytes = 2 * sizeof(double); // a value and its bound
  const Shape &shape = shapeOf(values[0]);
  std::vector<RowIndex> rows;
  if (allRows)
    for (int64_t b = 0; b < shape[0]; ++b)
      for (int64_t h = 0; h < shape[1]; ++h)
        for (int64_t i = 0; i < shape[2]; ++i)
          rows.push_back({b, h, i});
  else
    rows = chooseRows(shape);
  for (const RowIndex &row : rows)
    if (row.batch < 0 || row.batch >= shape[0] || row.head < 0 ||
        row.head >= shape[1] || row.query < 0 || row.query >= shape[2])
      return func.emitOpError()
             << "expected rows within "
             << shapeText(ArrayRef(shape).take_front(3)) << ", got ("
             << row.batch << ", " << row.head << ", " << row.query << ")";
  for (Value value : values) {
    ReferenceOutput output = describe(value);
    int64_t elements = output.rowElements * rows.size();
    if (output.kind == ReferenceOutput::Kind::Virtual &&
        elements > options.memoryLimit / kBytes)
      return value.getDefiningOp()->emitOpError()
             << "result over (query, key) pairs needs "
             << memoryText(elements * kBytes) << " in the interpreter, the "
             << "limit is " << memoryText(options.memoryLimit)
             << "; return the weighted sum instead";
    output.allRows = allRows;
    if (!allRows)
      output.rows = rows;
    output.value.resize(elements);
    output.bound.resize(elements);
    if (output.kind == ReferenceOutput::Kind::WeightedSum)
      output.magnitude.resize(elements);
    if (output.kind != ReferenceOutput::Kind::Virtual)
      output.scoreError.resize(rows.size());
    outputs.push_back(std::move(output));
  }
  SmallVector<Operation *> plan = planOf(*this, values);
  parallelRows(rows.size(), [&] {
    auto evaluator = std::make_shared<RowEvaluator>(*this, plan, values);
    return [&, evaluator](int64_t slot) {
      evaluator->evaluate(rows[slot], slot, outputs);
    };
  });
  return success();
}

std::vector<RowIndex> Interpreter::chooseRows(ArrayRef<int64_t> shape) const {
  if (options.select == ReferenceOptions::Rows::List)
    return options.rows;
  constexpr int64_t kEdge = 16, kSeeded = 64;
  int64_t heads = shape[0] * shape[1], queries = shape[2];
  std::vector<RowIndex> rows;
  auto add = [&](int64_t head, int64_t query) {
    rows.push_back({head / shape[1], head % shape[1], query});
  };
  if (heads == 0 || queries == 0)
    return rows;
  // The first and the last rows, of the first and the last head.
  for (int64_t head : {int64_t(0), heads - 1})
    for (int64_t i = 0; i < std::min(kEdge, queries); ++i) {
      add(head, i);
      add(head, queries - 1 - i);
    }
  for (int64_t i = 0; i < kSeeded; ++i)
    add(randomBits(options.seed, /*tensor=*/0, 2 * i) % heads,
        randomBits(options.seed, /*tensor=*/0, 2 * i + 1) % queries);
  return rows;
}
