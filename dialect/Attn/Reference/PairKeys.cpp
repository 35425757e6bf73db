//===- PairKeys.cpp - Keys that depend on the query -----------------------===//
//
// The definition, literally: for each key of one query row, each element of the
// key is computed. Nothing is factored and nothing is kept.
//
//===----------------------------------------------------------------------===//

#include "dialect/Attn/Reference/Interpreter.h"

#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

using namespace mlir;
using namespace sextant::attn;

/// The rows of a tensor at the key's place: head h of a tensor with X heads is
/// h X / H.
static Lanes keyRow(const RealTensor &tensor, RowIndex at, int64_t heads,
                    int64_t key) {
  if (tensor.shape.size() == 5) {
    int64_t row = ((at.batch * tensor.extent(1) + at.head) * tensor.extent(2) +
                   at.query) *
                      tensor.extent(3) +
                  key;
    int64_t offset = row * tensor.extent(4);
    return {tensor.value.data() + offset,
            tensor.isExact() ? nullptr : tensor.slack.data() + offset};
  }
  int64_t head = at.head * tensor.extent(1) / heads;
  return {tensor.row(at.batch, head, key),
          tensor.rowSlack(at.batch, head, key)};
}

namespace {
/// The keys of an operand: rows of a tensor, or a block of formed keys.
struct KeySource {
  const RealTensor *tensor = nullptr;
  KeyBlock block;

  Lanes row(RowIndex at, int64_t heads, int64_t first, int64_t key,
            int64_t channels) const {
    if (tensor)
      return keyRow(*tensor, at, heads, first + key);
    return {&block.value[key * channels], &block.slack[key * channels]};
  }
};
} // namespace

static KeySource sourceOf(const Interpreter &interpreter, Value operand,
                          Scratch &scratch, RowIndex at, int64_t first,
                          int64_t count) {
  KeySource source;
  source.tensor = interpreter.find(operand);
  if (!source.tensor)
    evaluateKeys(interpreter, operand, scratch, at, first, count, source.block);
  return source;
}

void sextant::attn::evaluateKeys(const Interpreter &interpreter, Value keys,
                                 Scratch &scratch, RowIndex at, int64_t first,
                                 int64_t count, KeyBlock &block) {
  const Shape &shape = interpreter.shapeOf(keys);
  int64_t heads = shape[1], channels = shape.back();
  block.value.resize(count * channels);
  block.slack.resize(count * channels);
  Operation *op = keys.getDefiningOp();

  if (isRowOp(op)) {
    SmallVector<KeySource, 2> sources;
    for (Value input : rowInputs(op))
      sources.push_back(
          sourceOf(interpreter, input, scratch, at, first, count));
    for (int64_t key = 0; key < count; ++key) {
      SmallVector<Lanes, 4> lanes;
      for (auto [source, input] : llvm::zip(sources, rowInputs(op)))
        lanes.push_back(source.row(at, heads, first, key,
                                   interpreter.shapeOf(input).back()));
      applyRowOp(interpreter, op, scratch, {at.batch, at.head, first + key},
                 lanes, &block.value[key * channels],
                 &block.slack[key * channels]);
    }
    return;
  }

  // pair_keys and collinear_keys: element by element, query with key.
  const RealTensor &query = interpreter.get(op->getOperand(0));
  const double *q = query.row(at.batch, at.head, at.query);
  const double *qSlack = query.rowSlack(at.batch, at.head, at.query);
  KeySource source =
      sourceOf(interpreter, op->getOperand(1), scratch, at, first, count);
  for (int64_t key = 0; key < count; ++key) {
    Lanes k = source.row(at, heads, first, key, channels);
    double *value = &block.value[key * channels];
    double *slack = &block.slack[key * channels];
    if (isa<PairKeysOp>(op)) {
      const ScalarProgram &program = *interpreter.data(op).body;
      ScalarProgram::Results results;
      results.value = {value};
      results.slack = {slack};
      program.run(scratch.state(program), channels,
                  {ScalarArgument::lanes(q, qSlack),
                   ScalarArgument::lanes(k.value, k.slack)},
                  results);
      continue;
    }
    // key_ij = q_i * coefficient_j
    for (int64_t c = 0; c < channels; ++c) {
      value[c] = q[c] * k.value[c];
      slack[c] = std::fabs(value[c]);
    }
    if (k.slack)
      for (int64_t c = 0; c < channels; ++c)
        slack[c] += std::fabs(q[c]) * k.slack[c];
    if (qSlack)
      for (int64_t c = 0; c < channels; ++c)
        slack[c] += std::fabs(k.value[c]) * qSlack[c];
  }
}
