//===- VisiblePairs.cpp - How many pairs a mask leaves --------------------===//

#include "dialect/Attn/Reference/VisiblePairs.h"
#include "dialect/Attn/Reference/Interpreter.h"

using namespace mlir;
using namespace sextant::attn;

/// Keys one run of the predicate looks at.
static constexpr int64_t kBlock = 1024;

static int64_t positionAt(const Interpreter &interpreter, Value positions,
                          int64_t batch, int64_t index) {
  if (!positions)
    return 0;
  const RealTensor &tensor = interpreter.get(positions);
  return tensor.integer[batch * tensor.extent(1) + index];
}

/// Visible keys of one query row.
static int64_t countRow(const Interpreter &interpreter, FusedOp op,
                        const ScalarProgram &visible, Scratch &scratch,
                        RowIndex at, int64_t keys) {
  std::vector<int64_t> answers(kBlock);
  int64_t count = 0;
  for (int64_t first = 0; first < keys; first += kBlock) {
    const int64_t lanes = std::min(kBlock, keys - first);
    ScalarArgument keyPositions = ScalarArgument::same(0);
    if (Value keyPos = op.getKeyPos()) {
      const RealTensor &positions = interpreter.get(keyPos);
      keyPositions = ScalarArgument::lanes(
          positions.integer.data() + at.batch * positions.extent(1) + first);
    }
    ScalarProgram::Results results;
    results.integer = {answers.data()};
    visible.run(scratch.state(visible), lanes,
                {ScalarArgument::same(at.batch), ScalarArgument::same(at.head),
                 ScalarArgument::same(at.query),
                 ScalarArgument::lanes(scratch.iota(first + lanes) + first),
                 ScalarArgument::same(positionAt(interpreter, op.getQueryPos(),
                                                 at.batch, at.query)),
                 keyPositions},
                results);
    for (int64_t lane = 0; lane < lanes; ++lane)
      count += answers[lane] != 0;
  }
  return count;
}

static double countOp(const Interpreter &interpreter, FusedOp op,
                      int64_t rowsPerHead) {
  const Shape &output = interpreter.shapeOf(op.getResult());
  const int64_t batches = output[0], heads = output[1], queries = output[2];
  const int64_t keys = interpreter.shapeOf(op.getValue())[2];
  const OpData &data = interpreter.data(op);
  if (!data.visible)
    return double(batches) * heads * queries * keys;
  const int64_t rows = std::min(rowsPerHead, queries);
  if (rows == 0)
    return 0;
  Scratch scratch;
  double count = 0;
  for (int64_t batch = 0; batch < batches; ++batch)
    for (int64_t head = 0; head < heads; ++head)
      for (int64_t row = 0; row < rows; ++row)
        // The middle of each of `rows` equal stretches.
        count +=
            countRow(interpreter, op, *data.visible, scratch,
                     {batch, head, (2 * row + 1) * queries / (2 * rows)}, keys);
  return count * queries / rows;
}

FailureOr<SmallVector<FusedWork>>
sextant::attn::countVisiblePairs(func::FuncOp func, ArrayRef<HostTensor> inputs,
                                 int64_t rowsPerHead) {
  SmallVector<ArrayRef<int64_t>> extents;
  for (const HostTensor &input : inputs)
    extents.push_back(input.shape);
  FailureOr<Shapes> shapes = Shapes::infer(func, extents);
  if (failed(shapes))
    return failure();
  // No row is asked for: only positions, features and regions are prepared.
  ReferenceOptions options;
  options.select = ReferenceOptions::Rows::List;
  Interpreter interpreter(func, *shapes, options);
  if (failed(interpreter.run(inputs)))
    return failure();
  SmallVector<FusedWork> work;
  func.walk([&](FusedOp op) {
    work.push_back({op, countOp(interpreter, op, rowsPerHead)});
  });
  return work;
}
