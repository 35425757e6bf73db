//===- Interpreter.cpp - Walks a function, op by op -----------------------===//

#include "dialect/Attn/Reference/Interpreter.h"

#include "dialect/Attn/Reference/Bound.h"

#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

using namespace mlir;
using namespace sextant::attn;

//===----------------------------------------------------------------------===//
// Arguments
//===----------------------------------------------------------------------===//

/// The inputs' extents, once their count, types and ranks are the function's.
static FailureOr<SmallVector<ArrayRef<int64_t>>>
checkInputs(func::FuncOp func, ArrayRef<HostTensor> inputs) {
  if (inputs.size() != func.getNumArguments())
    return func.emitOpError() << "expected " << func.getNumArguments()
                              << " inputs, got " << inputs.size();
  SmallVector<ArrayRef<int64_t>> shapes;
  for (auto [i, input] : llvm::enumerate(inputs)) {
    Type argument = func.getArgument(i).getType();
    auto type = dyn_cast<RankedTensorType>(argument);
    std::optional<HostType> element =
        type ? hostTypeOf(type.getElementType()) : std::nullopt;
    if (!element)
      return func.emitOpError() << "expected a tensor of numbers as argument "
                                << i << ", got " << argument;
    if (*element != input.type || type.getRank() != (int64_t)input.shape.size())
      return func.emitOpError()
             << "expected input " << i << " of type " << type << ", got "
             << nameOf(input.type) << " of extents " << shapeText(input.shape);
    if (!input.data && input.numElements() > 0)
      return func.emitOpError() << "expected memory for input " << i;
    shapes.push_back(input.shape);
  }
  return shapes;
}

FailureOr<SmallVector<SmallVector<int64_t, 5>>>
sextant::attn::inferResultShapes(func::FuncOp func,
                                 ArrayRef<HostTensor> inputs) {
  auto extents = checkInputs(func, inputs);
  if (failed(extents))
    return failure();
  FailureOr<Shapes> shapes = Shapes::infer(func, *extents);
  if (failed(shapes))
    return failure();
  SmallVector<SmallVector<int64_t, 5>> results;
  for (Value value : func.getBody().front().getTerminator()->getOperands())
    results.push_back(shapes->of(value));
  return results;
}

FailureOr<ReferenceResult>
sextant::attn::runReference(func::FuncOp func, ArrayRef<HostTensor> inputs,
                            const ReferenceOptions &options) {
  auto extents = checkInputs(func, inputs);
  if (failed(extents))
    return failure();
  FailureOr<Shapes> shapes = Shapes::infer(func, *extents);
  if (failed(shapes))
    return failure();
  return Interpreter(func, *shapes, options).run(inputs);
}

LogicalResult Interpreter::bind(Value argument, const HostTensor &input) {
  auto tensor = std::make_unique<RealTensor>();
  tensor->shape = input.shape;
  int64_t elements = input.numElements();
  if (isFloat(input.type)) {
    tensor->value.resize(elements);
    for (int64_t i = 0; i < elements; ++i)
      tensor->value[i] = input.readReal(i);
  } else {
    tensor->integer.resize(elements);
    for (int64_t i = 0; i < elements; ++i)
      tensor->integer[i] = input.readInteger(i);
  }
  tensors[argument] = std::move(tensor);
  return success();
}

//===----------------------------------------------------------------------===//
// One op
//===----------------------------------------------------------------------===//

/// True if `op` reads operand `index` along the keys of one row at a time.
static bool readsVirtually(Operation *op, unsigned index) {
  Value operand = op->getOperand(index);
  if (!isVirtual(operand))
    return false;
  if (cast<RankedTensorType>(operand.getType()).getRank() == 5)
    return isVirtual(op->getResult(0));
  if (isa<SelectScoresOp>(op))
    return index < 2;
  return index == 0 && isa<BiasOp, ScoreMapOp, SoftcapOp, WeightsOpInterface,
                           ScaleWeightsOp, DropoutOp, WeightedSumOp>(op);
}

/// Positions are exact in f32 (positions_c3).
static LogicalResult checkPositions(Operation *op, const RealTensor &tensor) {
  for (int64_t position : tensor.integer)
    if (position > (1 << 24) || position < -(1 << 24))
      return op->emitOpError()
             << "expected positions within 2^24 of 0, got " << position;
  return success();
}

static SmallVector<Value> positionsOf(Operation *op) {
  return llvm::TypeSwitch<Operation *, SmallVector<Value>>(op)
      .Case<PhaseOp, RotateOp, RowMapOp, EncodeOp>(
          [](auto op) { return SmallVector<Value>{op.getPositions()}; })
      .Case<RotaryScoresOp, SelectScoresOp, BiasOp, ScoreMapOp,
            WeightsOpInterface, ScaleWeightsOp, FusedOp>([](auto op) {
        return SmallVector<Value>{op.getQueryPos(), op.getKeyPos()};
      })
      .Default(SmallVector<Value>());
}

LogicalResult Interpreter::visit(Operation *op) {
  if (isa<func::ReturnOp>(op))
    return success();
  if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
    auto elements = dyn_cast<DenseElementsAttr>(constant.getValue());
    if (!elements && isa<RankedTensorType>(constant.getType()))
      return op->emitOpError("expected the elements of the constant in place");
    if (!elements)
      return success();
    auto tensor = std::make_unique<RealTensor>();
    tensor->shape.assign(elements.getType().getShape().begin(),
                         elements.getType().getShape().end());
    if (isa<FloatType>(elements.getElementType()))
      for (APFloat element : elements.getValues<APFloat>()) {
        bool losesInfo;
        element.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                        &losesInfo);
        tensor->value.push_back(element.convertToDouble());
      }
    else
      for (APInt element : elements.getValues<APInt>())
        tensor->integer.push_back(element.getBitWidth() == 1
                                      ? element.getZExtValue()
                                      : element.getSExtValue());
    tensors[constant] = std::move(tensor);
    return success();
  }
  for (unsigned i = 0; i < op->getNumOperands(); ++i)
    if (!readsVirtually(op, i) && failed(materialise(op->getOperand(i))))
      return failure();
  for (Value positions : positionsOf(op))
    if (positions && failed(checkPositions(op, get(positions))))
      return failure();
  auto data = std::make_unique<OpData>();
  data->extents = shapes.callExtents(op);
  OpData &known = *data;
  opData[op] = std::move(data);
  if (failed(prepare(op, known)))
    return failure();

  auto add = [&](Value value, RealTensor tensor) {
    tensors[value] = std::make_unique<RealTensor>(std::move(tensor));
  };
  if (auto positions = dyn_cast<PositionsOp>(op)) {
    RealTensor queryPos, keyPos;
    evaluatePositions(*this, positions, queryPos, keyPos);
    add(positions.getQueryPos(), std::move(queryPos));
    add(positions.getKeyPos(), std::move(keyPos));
  } else if (auto map = dyn_cast<PositionMapOp>(op)) {
    add(map.getResult(), mapPositions(*this, map));
  } else if (auto phase = dyn_cast<PhaseOp>(op)) {
    RealTensor cos, sin;
    evaluatePhase(*this, phase, cos, sin);
    add(phase.getCos(), std::move(cos));
    add(phase.getSin(), std::move(sin));
  } else if (auto merge = dyn_cast<MergeOp>(op)) {
    RealTensor result, lse;
    evaluateMerge(*this, merge, result, lse);
    add(merge.getResult(), std::move(result));
    add(merge.getLse(), std::move(lse));
    finishStored(merge.getResult());
  } else if (auto reduce = dyn_cast<RowReduceOp>(op)) {
    add(reduce.getResult(), evaluateRowReduce(*this, reduce));
  } else if (isRowOp(op) && !isVirtual(op->getResult(0))) {
    Value result = op->getResult(0);
    add(result, evaluateRowOp(*this, op));
    finishStored(result);
  }
  return success();
}

void Interpreter::finishStored(Value value) {
  if (!isReturned(value) || value.hasOneUse())
    return;
  auto output = std::make_unique<ReferenceOutput>(storedOutput(value));
  RealTensor &tensor = *tensors[value];
  if (bytesOf(output->type) == 2)
    for (size_t i = 0; i < tensor.value.size(); ++i)
      tensor.slack[i] += roundingError(output->type, tensor.value[i]) / kUnit;
  finished[value] = std::move(output);
}

FailureOr<ScalarProgram> Interpreter::compile(Operation *op, Region &region,
                                              ArrayRef<bool> uniform,
                                              const CallExtents &extents) {
  auto tensor = [&](Value value) -> const RealTensor * {
    return failed(materialise(value)) ? nullptr : find(value);
  };
  return ScalarProgram::compile(op, region, uniform, tensor, extents);
}

FailureOr<ScalarProgram> Interpreter::compilePair(Operation *op, Region &region,
                                                  unsigned elements,
                                                  const CallExtents &extents) {
  SmallVector<bool, 8> uniform(elements, false);
  uniform.append({true, true, true, false, true, false});
  return compile(op, region, uniform, extents);
}

LogicalResult
Interpreter::compileOptional(Operation *op, Region &region, unsigned elements,
                             const CallExtents &extents,
                             std::optional<ScalarProgram> &program) {
  if (region.empty())
    return success();
  FailureOr<ScalarProgram> compiled =
      compilePair(op, region, elements, extents);
  if (failed(compiled))
    return failure();
  program = std::move(*compiled);
  return success();
}

LogicalResult Interpreter::compileExtra(Operation *op, Region &region,
                                        OpData &data) {
  if (region.empty())
    return success();
  FailureOr<ScalarProgram> compiled =
      compile(op, region, {true, true, true, true}, data.extents);
  if (failed(compiled))
    return failure();
  data.extra = std::move(*compiled);
  return success();
}

/// What a weighted sum must know of its values.
static void inspectValues(const RealTensor &values, OpData &data) {
  for (double value : values.value) {
    if (!std::isfinite(value))
      data.finiteValues = false;
    else
      data.largestValue = std::max(data.largestValue, std::fabs(value));
  }
}

LogicalResult Interpreter::prepare(Operation *op, OpData &data) {
  FailureOr<ScalarProgram> program;
  if (auto rotate = dyn_cast<RotateOp>(op)) {
    if (!rotate.getCos())
      tabulateRotation(*this, rotate, data.cos, data.sin);
  } else if (auto map = dyn_cast<RowMapOp>(op)) {
    SmallVector<bool, 8> uniform(
        map.getInputs().size() * (map.getPairs() ? 2 : 1), false);
    uniform.append({true, true, true, true, false});
    program = compile(op, map.getBody(), uniform, data.extents);
    if (failed(program))
      return failure();
    data.body = std::move(*program);
  } else if (auto pair = dyn_cast<PairKeysOp>(op)) {
    program = compile(op, pair.getBody(), {false, false}, data.extents);
    if (failed(program))
      return failure();
    data.body = std::move(*program);
  } else if (auto map = dyn_cast<ScoreMapOp>(op)) {
    program = compilePair(op, map.getBody(), 1, data.extents);
    if (failed(program))
      return failure();
    data.body = std::move(*program);
  } else if (auto map = dyn_cast<PositionMapOp>(op)) {
    program = compile(op, map.getBody(), {false, true, false}, data.extents);
    if (failed(program))
      return failure();
    data.body = std::move(*program);
  } else if (auto select = dyn_cast<SelectScoresOp>(op)) {
    program = compilePair(op, select.getCondition(), 0, data.extents);
    if (failed(program))
      return failure();
    data.body = std::move(*program);
  } else if (auto weights = dyn_cast<WeightsOpInterface>(op)) {
    if (failed(compileOptional(op, weights.getVisible(), 0, data.extents,
                               data.visible)))
      return failure();
    if (auto own = dyn_cast<WeightsOp>(op))
      return compileOptional(op, own.getBody(), 1, data.extents, data.weight);
    if (auto own = dyn_cast<OrderedWeightsOp>(op))
      return compileOptional(op, own.getBody(), 1, data.extents, data.share);
    if (auto softmax = dyn_cast<SoftmaxOp>(op))
      return compileExtra(op, softmax.getExtra(), data);
  } else if (auto gate = dyn_cast<ScaleWeightsOp>(op)) {
    return compileOptional(op, gate.getBody(), 0, data.extents, data.gate);
  } else if (auto sum = dyn_cast<WeightedSumOp>(op)) {
    inspectValues(get(sum.getValue()), data);
  } else if (auto fused = dyn_cast<FusedOp>(op)) {
    inspectValues(get(fused.getValue()), data);
    return prepareFused(fused, data);
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Rows of chains
//===----------------------------------------------------------------------===//

LogicalResult Interpreter::materialise(Value value) {
  if (find(value) || !isa<RankedTensorType>(value.getType()))
    return success();
  std::vector<ReferenceOutput> outputs;
  if (failed(evaluateRows({value}, /*allRows=*/true, outputs)))
    return failure();
  auto tensor = std::make_unique<RealTensor>();
  tensor->shape = outputs[0].shape;
  tensor->value = outputs[0].value;
  tensor->slack = outputs[0].bound;
  for (double &slack : tensor->slack)
    slack /= kUnit;
  tensors[value] = std::move(tensor);
  if (isReturned(value))
    finished[value] = std::make_unique<ReferenceOutput>(std::move(outputs[0]));
  return success();
}

bool Interpreter::isReturned(Value value) const {
  return llvm::any_of(value.getUsers(), llvm::IsaPred<func::ReturnOp>);
}

ReferenceOutput Interpreter::storedOutput(Value value) const {
  const RealTensor &tensor = get(value);
  ReferenceOutput output = describe(value);
  if (output.kind == ReferenceOutput::Kind::Integers) {
    output.value.assign(tensor.integer.begin(), tensor.integer.end());
    output.bound.assign(tensor.integer.size(), 0.0);
    return output;
  }
  output.value = tensor.value;
  output.bound.assign(tensor.value.size(), 0.0);
  if (!tensor.isExact())
    for (size_t i = 0; i < tensor.value.size(); ++i)
      output.bound[i] = rowBound(output.type, tensor.value[i], tensor.slack[i]);
  return output;
}

/// Key-channel products of all rows of all score ops.
static int64_t countProducts(func::FuncOp func, const Shapes &shapes) {
  int64_t products = 0;
  func.walk([&](Operation *op) {
    double count = 0;
    if (isa<ScoresOp, RotaryScoresOp>(op)) {
      count = shapes.of(op->getOperand(0)).back();
      for (int64_t extent : shapes.of(op->getResult(0)))
        count *= extent;
    } else if (auto fused = dyn_cast<FusedOp>(op)) {
      for (unsigned term = 0; term < fused.getTerms().size(); ++term)
        count += fused.getTermWidth(term);
      for (int64_t extent :
           ArrayRef(shapes.of(fused.getResult())).take_front(3))
        count *= extent;
      count *= shapes.of(fused.getValue())[2];
    }
    products += static_cast<int64_t>(std::min(count, 0x1p60));
  });
  return products;
}

FailureOr<ReferenceResult> Interpreter::run(ArrayRef<HostTensor> inputs) {
  for (auto [argument, input] : llvm::zip_equal(func.getArguments(), inputs))
    if (failed(bind(argument, input)))
      return failure();
  for (Operation &op : func.getBody().front())
    if (failed(visit(&op)))
      return failure();

  ReferenceResult result;
  result.products = countProducts(func, shapes);
  result.allRows = options.select == ReferenceOptions::Rows::All ||
                   (options.select == ReferenceOptions::Rows::Budget &&
                    result.products <= options.fullCheckLimit);
  auto returned = func.getBody().front().getTerminator()->getOperands();
  result.outputs.resize(returned.size());
  // Chains over the same rows share one pass.
  llvm::SmallBitVector done(returned.size());
  for (unsigned i = 0; i < returned.size(); ++i) {
    if (auto it = finished.find(returned[i]); it != finished.end()) {
      result.outputs[i] = *it->second;
      continue;
    }
    if (find(returned[i])) {
      result.outputs[i] = storedOutput(returned[i]);
      continue;
    }
    if (done[i])
      continue;
    SmallVector<Value> values;
    SmallVector<unsigned> places;
    for (unsigned j = i; j < returned.size(); ++j)
      if (!find(returned[j]) && !done[j] &&
          ArrayRef(shapeOf(returned[i])).take_front(3) ==
              ArrayRef(shapeOf(returned[j])).take_front(3)) {
        values.push_back(returned[j]);
        places.push_back(j);
        done.set(j);
      }
    std::vector<ReferenceOutput> outputs;
    if (failed(evaluateRows(values, result.allRows, outputs)))
      return failure();
    for (auto [place, output] : llvm::zip_equal(places, outputs))
      result.outputs[place] = std::move(output);
  }
  return result;
}
