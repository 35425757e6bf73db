//===- Summary.cpp - Bounds of a tensor's elements ------------------------===//
//
// A run of s leaves from leaf t, s a power of two that divides t, has row
// 2 t + s - 1: the nodes of a binary tree in order, so that the halves of a run
// lie s / 2 before and behind it. A task owns the leaves of one longest run
// and makes all runs within them, shortest first.
//
//===----------------------------------------------------------------------===//

#include "compiler/TiledToVector/Summary.h"
#include "compiler/TiledToVector/Kernel.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

using Values = Code::Values;

static constexpr int64_t kLeaf = SummarizeOp::kLeaf;
static constexpr int64_t kMostLeaves = SummarizeOp::kMostLeaves;

/// Up to so many leaves are read one by one.
static constexpr int64_t kFewLeaves = 5;

/// The bounds of nothing.
static Values noBounds(Code &code) {
  return {code.integer(32, INT32_MAX), code.integer(32, INT32_MIN)};
}

static Values joined(Code &code, ValueRange a, ValueRange b) {
  return {code.minimum(a[0], b[0]), code.maximum(a[1], b[1])};
}

static Values loadBounds(Code &code, Value summary, ValueRange leading,
                         Value row) {
  Values at(leading), bounds;
  at.push_back(row);
  for (int64_t side : {0, 1}) {
    at.push_back(code.index(side));
    bounds.push_back(code.load(summary, at));
    at.pop_back();
  }
  return bounds;
}

static void storeBounds(Code &code, ValueRange bounds, Value summary,
                        ValueRange leading, Value row) {
  Values at(leading);
  at.push_back(row);
  for (int64_t side : {0, 1}) {
    at.push_back(code.index(side));
    code.store(bounds[side], summary, at);
    at.pop_back();
  }
}

/// A truth value as 0 or 1.
static Value toNumber(Code &code, Value element) {
  if (!element.getType().isInteger(1))
    return element;
  return code.select(element, code.integer(32, 1), code.integer(32, 0));
}

//===----------------------------------------------------------------------===//
// The phase
//===----------------------------------------------------------------------===//

static int64_t lastAxis(SummarizeOp op) {
  return llvm::cast<RankedTensorType>(op.getSource().getType()).getRank() - 1;
}

static Value chunksOf(Frame &frame, SummarizeOp op) {
  return frame.code.divideUp(frame.extentOf(op.getSource(), lastAxis(op)),
                             kLeaf * kMostLeaves);
}

Value sextant::summarizeTasks(Frame &frame, SummarizeOp op) {
  Value tasks = chunksOf(frame, op);
  for (int64_t axis = 0; axis < lastAxis(op); ++axis)
    tasks = frame.code.mul(tasks, frame.extentOf(op.getSource(), axis));
  return tasks;
}

LogicalResult sextant::emitSummarize(Frame &frame, SummarizeOp op) {
  Code &code = frame.code;
  Value source = frame.memrefOf(op.getSource());
  Value summary = frame.memrefOf(op.getResult());
  Value chunks = chunksOf(frame, op);
  Value extent = frame.extentOf(op.getSource(), lastAxis(op));
  Values leading(lastAxis(op));
  Value rest = code.divide(frame.task, chunks);
  for (int64_t axis = lastAxis(op) - 1; axis >= 0; --axis) {
    Value size = frame.extentOf(op.getSource(), axis);
    leading[axis] = code.remainder(rest, size);
    rest = code.divide(rest, size);
  }
  Value first = code.mul(code.remainder(frame.task, chunks), kMostLeaves);
  Value end =
      code.minimum(code.add(first, kMostLeaves), code.divideUp(extent, kLeaf));
  Value last = code.sub(extent, 1);

  code.loop(first, end, 1, [&](Value leaf) {
    Values bounds = noBounds(code);
    for (int64_t i = 0; i < kLeaf; ++i) {
      // Past the end the last element comes again.
      Values at = leading;
      at.push_back(code.minimum(code.add(code.mul(leaf, kLeaf), i), last));
      Value element = code.load(source, at);
      element = toNumber(code, element);
      bounds = joined(code, bounds, {element, element});
    }
    storeBounds(code, bounds, summary, leading, code.mul(leaf, 2));
  });

  // From runs of `size` leaves those of twice as many.
  Value count = code.sub(end, first);
  code.loopWhile(
      {code.index(1)},
      [&](ValueRange state) -> Values {
        Value twice = code.mul(state[0], 2);
        return {code.negate(code.less(count, twice)), state[0]};
      },
      [&](ValueRange state) -> Values {
        Value size = state[0], twice = code.mul(size, 2);
        code.loop(code.index(0), code.divide(count, twice), 1, [&](Value run) {
          Value leaf = code.add(first, code.mul(run, twice));
          Value row = code.sub(code.add(code.mul(leaf, 2), twice), 1);
          storeBounds(
              code,
              joined(code,
                     loadBounds(code, summary, leading, code.sub(row, size)),
                     loadBounds(code, summary, leading, code.add(row, size))),
              summary, leading, row);
        });
        return {twice};
      });
  return success();
}

//===----------------------------------------------------------------------===//
// Reading it
//===----------------------------------------------------------------------===//

/// The bounds of the leaves [first, end): the longest runs that fit, in order.
static Values boundsOfLeaves(Code &code, Value summary, ValueRange leading,
                             Value first, Value end) {
  Values state = noBounds(code);
  state.insert(state.begin(), first);
  Values found = code.loopWhile(
      state,
      [&](ValueRange state) -> Values {
        return {code.less(state[0], end), state[0], state[1], state[2]};
      },
      [&](ValueRange state) -> Values {
        Value leaf = state[0], most = code.index(kMostLeaves);
        Value aligned =
            code.select(code.isZero(leaf), most, code.lowestBit(leaf));
        Value fits = code.highestBit(code.sub(end, leaf));
        Value size = code.minimum(code.minimum(aligned, fits), most);
        Value row = code.sub(code.add(code.mul(leaf, 2), size), 1);
        Values bounds = joined(code, state.drop_front(),
                               loadBounds(code, summary, leading, row));
        return {code.add(leaf, size), bounds[0], bounds[1]};
      });
  return {found[1], found[2]};
}

/// An index clamped to a tensor that is not empty.
static Value clampedTo(Code &code, Value tensor, int64_t axis, Value index) {
  Value last = code.sub(code.dim(tensor, axis), 1);
  return code.maximum(code.minimum(code.toIndex(index), last), code.index(0));
}

static Value isNotEmpty(Code &code, Value tensor) {
  Value some = code.flag(true);
  auto type = llvm::cast<MemRefType>(tensor.getType());
  for (int64_t axis = 0; axis < type.getRank(); ++axis)
    some = code.both(some, code.negate(code.isZero(code.dim(tensor, axis))));
  return some;
}

Interval sextant::readInterval(Code &code, const Summarized &source,
                               ValueRange leading, const Interval &rows) {
  Value some = isNotEmpty(code, source.tensor);
  Values at;
  for (auto [axis, index] : llvm::enumerate(leading))
    at.push_back(clampedTo(code, source.tensor, axis, index));
  Value low = clampedTo(code, source.tensor, leading.size(), rows.low);
  Value high = clampedTo(code, source.tensor, leading.size(), rows.high);

  Type i32 = code.builder.getI32Type();
  Values bounds = code.choose(
      some, {i32, i32},
      [&]() -> Values {
        Value first = code.divide(low, kLeaf);
        Value last = code.divide(high, kLeaf);
        // So many leaves may hold `most` rows that follow each other.
        int64_t leaves = (rows.most + kLeaf - 2) / kLeaf + 1;
        if (!rows.most || leaves > kFewLeaves)
          return boundsOfLeaves(code, source.summary, at, first,
                                code.add(last, 1));
        Values bounds = noBounds(code);
        for (int64_t i = 0; i < leaves; ++i) {
          Value leaf = code.minimum(code.add(first, i), last);
          bounds =
              joined(code, bounds,
                     loadBounds(code, source.summary, at, code.mul(leaf, 2)));
        }
        return bounds;
      },
      [&]() -> Values { return {code.integer(32, 0), code.integer(32, 0)}; });
  return {code.toInteger(64, bounds[0]), code.toInteger(64, bounds[1])};
}

/// Elements that are read one by one rather than not at all.
static constexpr int64_t kFewElements = 8;

Interval sextant::readFew(Code &code, Value tensor, ArrayRef<Interval> indices,
                          unsigned varying) {
  const bool isTruth =
      llvm::cast<MemRefType>(tensor.getType()).getElementType().isInteger(1);
  Values at;
  for (auto [axis, index] : llvm::enumerate(indices))
    at.push_back(clampedTo(code, tensor, axis, index.low));
  Value low = at[varying];
  Value high = clampedTo(code, tensor, varying, indices[varying].high);
  Value some = isNotEmpty(code, tensor);
  Value few = code.less(code.sub(high, low), code.index(kFewElements));
  // No turn, and so no read, of too many elements or of none.
  Value end = code.select(code.both(some, few), code.add(high, 1), low);
  Values bounds = code.loop(
      low, end, 1, noBounds(code), [&](Value i, ValueRange state) -> Values {
        Values place = at;
        place[varying] = i;
        Value element = toNumber(code, code.load(tensor, place));
        return joined(code, state, {element, element});
      });
  const std::pair<int32_t, int32_t> anything =
      isTruth ? std::pair(0, 1) : std::pair(INT32_MIN, INT32_MAX);
  for (auto [bound, widest] :
       {std::pair(0, anything.first), {1, anything.second}}) {
    bounds[bound] = code.select(few, bounds[bound], code.integer(32, widest));
    bounds[bound] = code.select(some, bounds[bound], code.integer(32, 0));
  }
  return {code.toInteger(64, bounds[0]), code.toInteger(64, bounds[1])};
}
