//===- Shapes.cpp - Extents of a call, and whether they agree -------------===//

#include "dialect/Attn/Reference/Shapes.h"
#include "dialect/Attn/IR/AttnExtents.h"
#include "dialect/Attn/Reference/MatchedReads.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace sextant::attn;

bool sextant::attn::isVirtual(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return false;
  if (isa<ScoresOp, RotaryScoresOp, SelectScoresOp, BiasOp, ScoreMapOp,
          SoftcapOp, ScaleWeightsOp, DropoutOp>(op))
    return true;
  if (auto weights = dyn_cast<WeightsOpInterface>(op))
    return value == weights.getWeights();
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.getRank() == 5;
}

FailureOr<Shapes> Shapes::infer(func::FuncOp func,
                                ArrayRef<ArrayRef<int64_t>> arguments) {
  if (func.isExternal() || !func.getBody().hasOneBlock())
    return func.emitOpError("expected a function of one block"), failure();
  Shapes shapes;
  for (auto [argument, shape] : llvm::zip_equal(func.getArguments(), arguments))
    if (failed(shapes.set(argument, Shape(shape))))
      return failure();
  for (Operation &op : func.getBody().front())
    if (failed(shapes.inferOp(&op)) || failed(checkMatchedReads(&op, shapes)))
      return failure();
  return shapes;
}

LogicalResult Shapes::set(Value value, Shape shape) {
  auto type = cast<RankedTensorType>(value.getType());
  for (auto [expected, found] : llvm::zip_equal(type.getShape(), shape))
    if (!ShapedType::isDynamic(expected) && expected != found)
      return emitError(value.getLoc()) << "expected a tensor of type " << type
                                       << ", got extents " << shapeText(shape);
  shapes[value] = std::move(shape);
  return success();
}

static LogicalResult expectEqual(Operation *op, StringRef what,
                                 int64_t expected, int64_t found) {
  if (expected == found)
    return success();
  return op->emitOpError() << "expected " << what << " " << expected << ", got "
                           << found;
}

static LogicalResult expectHeads(Operation *op, int64_t heads, int64_t keys) {
  if (heads == 0 || (keys > 0 && heads % keys == 0))
    return success();
  return op->emitOpError() << "expected query heads (" << heads
                           << ") to be a multiple of key heads (" << keys
                           << ")";
}

LogicalResult Shapes::inferOp(Operation *op) {
  auto rows = [&](Value value) { return *(of(value).end() - 2); };
  auto batch = [&](Value value) { return of(value)[0]; };
  auto channels = [](Value value) {
    return cast<RankedTensorType>(value.getType()).getShape().back();
  };
  // Positions, or phases, of the rows of `value`.
  auto checkRows = [&](Value value, Value along) -> LogicalResult {
    if (!along)
      return success();
    if (failed(expectEqual(op, "batch extent", batch(value), batch(along))))
      return failure();
    return expectEqual(op, "row count", rows(value), of(along)[1]);
  };
  auto pairShape = [&](Value query, Value key) -> FailureOr<Shape> {
    if (failed(expectEqual(op, "batch extent", batch(query), batch(key))) ||
        failed(expectHeads(op, of(query)[1], of(key)[1])))
      return failure();
    if (of(key).size() == 5 &&
        (failed(expectEqual(op, "query heads", of(query)[1], of(key)[1])) ||
         failed(expectEqual(op, "query rows", of(query)[2], of(key)[2]))))
      return failure();
    return Shape{batch(query), of(query)[1], of(query)[2], rows(key)};
  };
  auto checkPair = [&](Value scores, Value queryPos,
                       Value keyPos) -> LogicalResult {
    const Shape &s = of(scores);
    for (auto [pos, axis] : {std::pair(queryPos, 2), std::pair(keyPos, 3)})
      if (pos &&
          (failed(expectEqual(op, "batch extent", s[0], of(pos)[0])) ||
           failed(expectEqual(op, "position count", s[axis], of(pos)[1]))))
        return failure();
    return success();
  };
  auto same = [&](Value input) {
    return set(op->getResult(0), Shape(of(input)));
  };
  auto withChannels = [&](Value input) {
    Shape shape = of(input);
    shape.back() = channels(op->getResult(0));
    return set(op->getResult(0), std::move(shape));
  };

  return TypeSwitch<Operation *, LogicalResult>(op)
      .Case<arith::ConstantOp>([&](auto constant) -> LogicalResult {
        if (auto type = dyn_cast<RankedTensorType>(constant.getType()))
          return set(constant, Shape(type.getShape()));
        return success();
      })
      .Case<func::ReturnOp>([](auto) { return success(); })
      .Case<PositionsOp>([&](PositionsOp positions) -> LogicalResult {
        Value query = positions.getQuery(), key = positions.getKey();
        if (failed(expectEqual(op, "batch extent", batch(query), batch(key))))
          return failure();
        for (Value each : {positions.getOffset(), positions.getLengths()})
          if (each && failed(expectEqual(op, "batch extent", batch(query),
                                         batch(each))))
            return failure();
        if (failed(set(positions.getQueryPos(), {batch(query), rows(query)})))
          return failure();
        return set(positions.getKeyPos(), {batch(key), rows(key)});
      })
      .Case<PositionMapOp>(
          [&](PositionMapOp map) { return same(map.getPositions()); })
      .Case<PhaseOp>([&](PhaseOp phase) -> LogicalResult {
        int64_t pairs = phase.getFrequencies() ? of(phase.getFrequencies())[0]
                                               : *phase.getChannels() / 2;
        const Shape &positions = of(phase.getPositions());
        Shape shape = {positions[0], positions[1], pairs};
        if (failed(set(phase.getCos(), shape)))
          return failure();
        return set(phase.getSin(), shape);
      })
      .Case<RotateOp>([&](RotateOp rotate) -> LogicalResult {
        Value input = rotate.getInput();
        if (failed(checkRows(input, rotate.getPositions())) ||
            failed(checkRows(input, rotate.getCos())) ||
            failed(checkRows(input, rotate.getSin())))
          return failure();
        if (rotate.getCos())
          for (Value table : {rotate.getCos(), rotate.getSin()})
            if (failed(expectEqual(op, "pair count", channels(input) / 2,
                                   of(table)[2])))
              return failure();
        return same(input);
      })
      .Case<RowMapOp>([&](RowMapOp map) -> LogicalResult {
        Value first = map.getInputs()[0];
        for (Value input : map.getInputs())
          if (of(input).size() == 5 && of(first).size() == 4)
            first = input;
        for (Value input : map.getInputs())
          if (failed(expectEqual(op, "batch extent", batch(first),
                                 batch(input))) ||
              failed(expectEqual(op, "row count", rows(first), rows(input))) ||
              failed(expectHeads(op, of(first)[1], of(input)[1])))
            return failure();
        if (failed(checkRows(first, map.getPositions())))
          return failure();
        return withChannels(first);
      })
      .Case<EncodeOp>([&](EncodeOp encode) -> LogicalResult {
        Value input = encode.getInput();
        if (failed(checkRows(input, encode.getPositions())))
          return failure();
        return withChannels(input);
      })
      .Case<MergeOp>([&](MergeOp merge) -> LogicalResult {
        const Shape &first = of(merge.getOutputs()[0]);
        Shape rows(llvm::ArrayRef(first).drop_back());
        for (Value part : op->getOperands())
          for (unsigned dim = 0; dim < rows.size(); ++dim)
            if (failed(expectEqual(op, "equal extents of its parts", rows[dim],
                                   of(part)[dim])))
              return failure();
        if (failed(set(merge.getLse(), rows)))
          return failure();
        return set(merge.getResult(), first);
      })
      .Case<RowReduceOp>([&](RowReduceOp reduce) {
        return set(reduce.getResult(),
                   Shape(llvm::ArrayRef(of(reduce.getInput())).drop_back()));
      })
      .Case<ProjectOp>([&](ProjectOp project) -> LogicalResult {
        Shape shape = of(project.getInput());
        const Shape &table = of(project.getTable());
        // A table is known to serve all heads by its type.
        if (extentOf(project.getTable(), 0) != 1) {
          if (table[0] != 0 && (shape[1] == 0 || table[0] % shape[1]))
            return op->emitOpError()
                   << "expected table heads (" << table[0]
                   << ") to be a multiple of the heads of the rows ("
                   << shape[1] << ")";
          shape[1] = table[0];
        }
        shape.back() = table[1];
        return set(project.getResult(), std::move(shape));
      })
      .Case<SliceOp, ConvertOp, CollinearCoefficientsOp, DuplicateOp>(
          [&](auto) { return withChannels(op->getOperand(0)); })
      .Case<ConcatOp>([&](ConcatOp concat) -> LogicalResult {
        const Shape &first = of(concat.getInputs()[0]);
        for (Value input : concat.getInputs())
          for (unsigned dim = 0; dim + 1 < first.size(); ++dim)
            if (failed(expectEqual(op, "equal extents of its inputs",
                                   first[dim], of(input)[dim])))
              return failure();
        return withChannels(concat.getInputs()[0]);
      })
      .Case<PairKeysOp, CollinearKeysOp>([&](auto) -> LogicalResult {
        Value query = op->getOperand(0), key = op->getOperand(1);
        FailureOr<Shape> shape = pairShape(query, key);
        if (failed(shape))
          return failure();
        shape->push_back(channels(query));
        return set(op->getResult(0), *shape);
      })
      .Case<ScoresOp>([&](ScoresOp scores) -> LogicalResult {
        FailureOr<Shape> shape = pairShape(scores.getQuery(), scores.getKey());
        return failed(shape) ? failure() : set(scores.getResult(), *shape);
      })
      .Case<RotaryScoresOp>([&](RotaryScoresOp scores) -> LogicalResult {
        FailureOr<Shape> shape = pairShape(scores.getQuery(), scores.getKey());
        if (failed(shape) || failed(set(scores.getResult(), *shape)))
          return failure();
        return checkPair(scores.getResult(), scores.getQueryPos(),
                         scores.getKeyPos());
      })
      .Case<SelectScoresOp>([&](SelectScoresOp select) -> LogicalResult {
        const Shape &first = of(select.getFirst());
        for (auto [axis, what] :
             {std::pair(0, "batch extent"), std::pair(1, "query heads"),
              std::pair(2, "query rows"), std::pair(3, "key rows")})
          if (failed(expectEqual(op, what, first[axis],
                                 of(select.getSecond())[axis])))
            return failure();
        if (failed(checkPair(select.getFirst(), select.getQueryPos(),
                             select.getKeyPos())))
          return failure();
        return same(select.getFirst());
      })
      .Case<BiasOp, ScoreMapOp>([&](auto map) -> LogicalResult {
        if (failed(
                checkPair(map.getScores(), map.getQueryPos(), map.getKeyPos())))
          return failure();
        return same(map.getScores());
      })
      .Case<SoftcapOp>([&](SoftcapOp cap) { return same(cap.getScores()); })
      .Case<WeightsOpInterface>([&](WeightsOpInterface op) -> LogicalResult {
        Value scores = op.getScores();
        if (failed(checkPair(scores, op.getQueryPos(), op.getKeyPos())))
          return failure();
        for (Value own : op->getResults().drop_front())
          if (failed(set(own, Shape(llvm::ArrayRef(of(scores)).drop_back()))))
            return failure();
        return same(scores);
      })
      .Case<ScaleWeightsOp>([&](ScaleWeightsOp gate) -> LogicalResult {
        if (failed(checkPair(gate.getWeights(), gate.getQueryPos(),
                             gate.getKeyPos())))
          return failure();
        return same(gate.getWeights());
      })
      .Case<DropoutOp>([&](DropoutOp drop) { return same(drop.getWeights()); })
      .Case<WeightedSumOp>([&](WeightedSumOp sum) -> LogicalResult {
        const Shape &weights = of(sum.getWeights());
        const Shape &value = of(sum.getValue());
        if (failed(expectEqual(op, "batch extent", weights[0], value[0])) ||
            failed(expectEqual(op, "sequence length", weights[3], value[2])) ||
            failed(expectHeads(op, weights[1], value[1])))
          return failure();
        return set(sum.getResult(),
                   {weights[0], weights[1], weights[2], value[3]});
      })
      .Case<FusedOp>([&](FusedOp fused) -> LogicalResult {
        if (fused.getQuery().empty() || fused.getKey().empty())
          return op->emitOpError("expected at least one query and one key "
                                 "operand");
        const Shape &value = of(fused.getValue());
        int64_t heads = 0;
        for (Value query : fused.getQuery())
          heads = std::max(heads, of(query)[1]);
        const Shape &first = of(fused.getQuery()[0]);
        for (Value query : fused.getQuery())
          if (failed(expectEqual(op, "batch extent", value[0], batch(query))) ||
              failed(expectEqual(op, "query rows", first[2], rows(query))) ||
              failed(expectHeads(op, heads, of(query)[1])))
            return failure();
        for (Value key : fused.getKey())
          if (failed(expectEqual(op, "batch extent", value[0], batch(key))) ||
              failed(expectEqual(op, "sequence length", value[2], rows(key))) ||
              failed(expectHeads(op, heads, of(key)[1])))
            return failure();
        if (failed(expectHeads(op, heads, value[1])))
          return failure();
        for (auto [pos, count] : {std::pair(fused.getQueryPos(), first[2]),
                                  std::pair(fused.getKeyPos(), value[2])})
          if (pos &&
              (failed(expectEqual(op, "batch extent", value[0], of(pos)[0])) ||
               failed(expectEqual(op, "position count", count, of(pos)[1]))))
            return failure();
        if (fused.getRowResult() &&
            failed(set(fused.getRowResult(), {value[0], heads, first[2]})))
          return failure();
        return set(fused.getResult(), {value[0], heads, first[2], value[3]});
      })
      .Default([](Operation *op) {
        return op->emitError("the reference interpreter has no meaning for '")
               << op->getName()
               << "'; expected the attn form or the fused form";
      });
}

//===----------------------------------------------------------------------===//
// Extents of the call
//===----------------------------------------------------------------------===//

CallExtents Shapes::callExtents(Operation *op) const {
  CallExtents extents{};
  auto fill = [&](ArrayRef<int64_t> query, ArrayRef<int64_t> key) {
    extents = {query[0], query[1],         key[1],
               query[2], *(key.end() - 2), query.back()};
  };
  Operation *scores = findReaders(op).first();
  if (auto fused = dyn_cast_or_null<FusedOp>(scores)) {
    fill(of(fused.getQuery()[0]), of(fused.getKey()[0]));
    extents[static_cast<unsigned>(ExtentKind::Heads)] =
        of(fused.getResult())[1];
    return extents;
  }
  if (auto rotary = dyn_cast_or_null<RotaryScoresOp>(scores)) {
    fill(of(rotary.getQuery()), of(rotary.getKey()));
    return extents;
  }
  if (auto dot = dyn_cast_or_null<ScoresOp>(scores)) {
    // Keys that depend on the query stand for the key rows they are made of.
    Value key = dot.getKey();
    while (of(key).size() == 5 && key.getDefiningOp())
      key = isa<PairKeysOp, CollinearKeysOp>(key.getDefiningOp())
                ? key.getDefiningOp()->getOperand(1)
                : key.getDefiningOp()->getOperand(0);
    fill(of(dot.getQuery()), of(key));
    return extents;
  }
  // Scores that are given have extents of their own.
  if (scores) {
    const Shape &pairs = of(scores->getOperand(0));
    return {pairs[0], pairs[1], pairs[1], pairs[2], pairs[3], 0};
  }
  // Rows stand for both sides, as do positions, which have no heads.
  const Shape &rows = of(op->getOperand(0));
  if (rows.size() >= 4)
    fill(rows, rows);
  else if (isa<PositionMapOp>(op))
    extents = {rows[0], 0, 0, rows[1], rows[1], 0};
  return extents;
}
