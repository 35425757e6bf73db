//===- ScalarProgram.cpp - Compiles and runs a scalar region --------------===//

#include "dialect/Attn/Reference/ScalarProgram.h"

#include "dialect/Attn/IR/AttnRegions.h"
#include "dialect/Attn/Reference/Bound.h"
#include "dialect/Attn/Reference/ScalarCompiler.h"

#include <algorithm>
#include <cmath>
#include <tuple>

using namespace mlir;
using namespace sextant::attn;

std::pair<double, double> sextant::attn::evaluateTurn(double position,
                                                      double frequency,
                                                      double harmonic,
                                                      bool f32Angles) {
  if (f32Angles) {
    double angle = static_cast<float>(position) * static_cast<float>(frequency);
    return {std::cos(harmonic * angle), std::sin(harmonic * angle)};
  }
  // The product rounds; its exact remainder turns the result back.
  double steps = harmonic * position, angle = steps * frequency;
  double rest = std::fma(steps, frequency, -angle);
  double c = std::cos(angle), s = std::sin(angle);
  return {c - rest * s, s + rest * c};
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

static const std::vector<double> &zeros() {
  static const std::vector<double> lanes(ScalarProgram::kChunk, 0.0);
  return lanes;
}

ScalarProgram::State::State(const ScalarProgram &program)
    : floatStorage(2 * kChunk * program.registers),
      integerStorage(kChunk * program.registers), value(program.registers),
      slack(program.registers), integer(program.registers) {
  for (unsigned reg = 0; reg < program.registers; ++reg) {
    value[reg] = valueOf(reg);
    slack[reg] = slackOf(reg);
    integer[reg] = integerOf(reg);
  }
  for (const Instruction &instruction : program.constants)
    instruction.step(*this, kChunk);
}

void ScalarProgram::run(State &state, int64_t lanes,
                        ArrayRef<ScalarArgument> args, const Results &results,
                        std::optional<Memo> memo) const {
  if (memo && (lanes > kChunk || !useMemo(state, *memo)))
    memo.reset();
  bool known = memo && state.memoFilled[memo->row];
  assert(args.size() == arguments.size() && "one argument a region argument");
  for (int64_t first = 0; first < lanes; first += kChunk) {
    int64_t count = std::min(kChunk, lanes - first);
    for (auto [reg, isFloat, argument] :
         llvm::zip(arguments, isFloatArgument, args)) {
      if (isFloat) {
        state.value[reg] = argument.floats.value + first;
        state.slack[reg] = argument.floats.slack ? argument.floats.slack + first
                                                 : zeros().data();
      } else if (argument.integers) {
        state.integer[reg] = argument.integers + first;
      } else {
        std::fill_n(state.integerOf(reg), count, argument.uniform);
        state.integer[reg] = state.integerOf(reg);
      }
    }
    if (known)
      loadMemo(state, memo->row);
    else if (memo)
      for (unsigned reg : remembered) {
        state.value[reg] = state.valueOf(reg);
        state.slack[reg] = state.slackOf(reg);
        state.integer[reg] = state.integerOf(reg);
      }
    for (const Instruction &instruction : instructions) {
      if (known && instruction.floatFree)
        continue;
      instruction.step(state, instruction.uniform ? 1 : count);
      if (!instruction.uniform)
        continue;
      for (unsigned reg : instruction.results) {
        std::fill_n(state.valueOf(reg), count, *state.valueOf(reg));
        std::fill_n(state.slackOf(reg), count, *state.slackOf(reg));
        std::fill_n(state.integerOf(reg), count, *state.integerOf(reg));
      }
    }
    if (memo && !known)
      storeMemo(state, memo->row);
    unsigned floats = 0, integers = 0;
    for (auto [reg, isFloat] : yields) {
      if (isFloat) {
        std::copy_n(state.value[reg], count, results.value[floats] + first);
        std::copy_n(state.slack[reg], count, results.slack[floats] + first);
        ++floats;
      } else {
        std::copy_n(state.integer[reg], count,
                    results.integer[integers++] + first);
      }
    }
  }
}

//===----------------------------------------------------------------------===//
// Remembering what follows from the integers
//===----------------------------------------------------------------------===//

bool ScalarProgram::useMemo(State &state, const Memo &memo) const {
  constexpr int64_t kMostLanes = int64_t(1) << 24; // 400 MiB a thread
  int64_t lanes = memo.rows * remembered.size() * kChunk;
  if (!hasCostlyPart || lanes > kMostLanes)
    return false;
  if (state.memoTag != memo.tag) {
    state.memoTag = memo.tag;
    state.memoFloats.resize(2 * lanes);
    state.memoIntegers.resize(lanes);
    state.memoFilled.assign(memo.rows, 0);
  }
  return true;
}

void ScalarProgram::storeMemo(State &state, int64_t row) const {
  int64_t place = row * remembered.size() * kChunk;
  for (unsigned reg : remembered) {
    std::copy_n(state.valueOf(reg), 2 * kChunk, &state.memoFloats[2 * place]);
    std::copy_n(state.integerOf(reg), kChunk, &state.memoIntegers[place]);
    place += kChunk;
  }
  state.memoFilled[row] = 1;
}

void ScalarProgram::loadMemo(State &state, int64_t row) const {
  int64_t place = row * remembered.size() * kChunk;
  for (unsigned reg : remembered) {
    state.value[reg] = &state.memoFloats[2 * place];
    state.slack[reg] = &state.memoFloats[2 * place + kChunk];
    state.integer[reg] = &state.memoIntegers[place];
    place += kChunk;
  }
}

//===----------------------------------------------------------------------===//
// Compiling
//===----------------------------------------------------------------------===//

FailureOr<ScalarProgram>
ScalarProgram::compile(Operation *op, Region &region, ArrayRef<bool> uniform,
                       function_ref<const RealTensor *(Value)> tensors,
                       const CallExtents &extents) {
  ScalarProgram program;
  ScalarCompiler compiler(program, tensors, extents);
  if (failed(compiler.compile(op, region, uniform)))
    return failure();
  return program;
}

LogicalResult ScalarCompiler::compile(Operation *op, Region &region,
                                      ArrayRef<bool> uniform) {
  Block &block = region.front();
  for (auto [argument, same] : llvm::zip_equal(block.getArguments(), uniform)) {
    program.arguments.push_back(regOf(argument));
    program.isFloatArgument.push_back(isa<FloatType>(argument.getType()));
    uniformValues[argument] = same;
    if (isa<FloatType>(argument.getType()))
      fromFloats.insert(argument);
  }
  // Constants from outside the region are values of the region too.
  for (Operation &inner : block)
    for (Value operand : inner.getOperands())
      if (Operation *outside = operand.getDefiningOp())
        if (outside->getBlock() != &block && !regs.count(operand) &&
            operand.getType().isIntOrIndexOrFloat() &&
            !compileConstant(*outside))
          return op->emitOpError("region reads a value that is no constant: ")
                 << operand;
  for (Operation &inner : block.without_terminator())
    if (!compileConstant(inner) && !compileFloat(inner) &&
        !compileMath(inner) && !compileInteger(inner) &&
        !compileConversion(inner) && !compileCompare(inner) &&
        !compileAttn(inner)) {
      InFlightDiagnostic diag =
          op->emitOpError("the reference interpreter cannot evaluate '")
          << inner.getName() << "'";
      diag.attachNote(inner.getLoc()) << "supported: " << scalarRegionOps();
      return diag;
    }
  // A memo keeps the float-free values that the rest reads.
  for (Operation &inner : block.without_terminator())
    for (Value result : inner.getResults())
      if (!fromFloats.count(result) && !isa<arith::ConstantOp>(inner) &&
          llvm::any_of(result.getUsers(), [&](Operation *user) {
            return isa<YieldOp>(user) ||
                   llvm::any_of(user->getResults(), [&](Value value) {
                     return fromFloats.count(value);
                   });
          }))
        program.remembered.push_back(regOf(result));
  for (Value value : block.getTerminator()->getOperands())
    program.yields.push_back({regOf(value), isa<FloatType>(value.getType())});
  return success();
}

unsigned ScalarCompiler::regOf(Value value) {
  auto [it, inserted] = regs.try_emplace(value, program.registers);
  if (inserted)
    ++program.registers;
  return it->second;
}

bool ScalarCompiler::isUniform(Value value) {
  auto it = uniformValues.find(value);
  return it == uniformValues.end() || it->second;
}

void ScalarCompiler::add(Operation &op, ScalarProgram::Step step) {
  bool uniform = llvm::all_of(op.getOperands(),
                              [&](Value value) { return isUniform(value); });
  bool floatFree = llvm::none_of(
      op.getOperands(), [&](Value value) { return fromFloats.count(value); });
  ScalarProgram::Instruction instruction{
      std::move(step), uniform, floatFree, {}};
  if (floatFree && isa<CosSinOp, ReadOp, math::PowFOp>(op))
    program.hasCostlyPart = true;
  for (Value result : op.getResults()) {
    uniformValues[result] = uniform;
    if (!floatFree)
      fromFloats.insert(result);
    instruction.results.push_back(regOf(result));
  }
  program.instructions.push_back(std::move(instruction));
}

bool ScalarCompiler::compileConstant(Operation &op) {
  auto constant = dyn_cast<arith::ConstantOp>(op);
  if (!constant)
    return false;
  unsigned reg = regOf(constant.getResult());
  ScalarProgram::Step step;
  if (auto number = dyn_cast<FloatAttr>(constant.getValue())) {
    double value = number.getValueAsDouble();
    step = [=](State &state, int64_t lanes) {
      std::fill_n(state.valueOf(reg), lanes, value);
    };
  } else if (auto number = dyn_cast<IntegerAttr>(constant.getValue())) {
    int64_t value =
        wrap(number.getValue().getSExtValue(), widthOf(constant.getType()));
    step = [=](State &state, int64_t lanes) {
      std::fill_n(state.integerOf(reg), lanes, value);
    };
  } else {
    return false;
  }
  program.constants.push_back({std::move(step), true, true, {reg}});
  return true;
}

//===----------------------------------------------------------------------===//
// Ops of the dialect
//===----------------------------------------------------------------------===//

static int64_t clampTo(int64_t index, int64_t extent) {
  return std::min(std::max(index, int64_t(0)), extent - 1);
}

bool ScalarCompiler::compileAttn(Operation &op) {
  if (auto extent = dyn_cast<ExtentOp>(op)) {
    unsigned reg = regOf(extent.getResult());
    int64_t value = extents[static_cast<unsigned>(extent.getKind())];
    add(op, [=](State &state, int64_t lanes) {
      std::fill_n(state.integerOf(reg), lanes, value);
    });
    return true;
  }
  if (auto read = dyn_cast<ReadOp>(op)) {
    const RealTensor *tensor = tensors(read.getTensor());
    if (!tensor)
      return false;
    unsigned reg = regOf(read.getResult());
    SmallVector<unsigned, 4> indices;
    for (Value index : read.getIndices())
      indices.push_back(regOf(index));
    bool empty = tensor->numElements() == 0;
    add(op, [=](State &state, int64_t lanes) {
      for (int64_t lane = 0; lane < lanes; ++lane) {
        int64_t place = 0;
        for (auto [dim, index] : llvm::enumerate(indices))
          place = place * tensor->shape[dim] +
                  clampTo(state.integer[index][lane], tensor->shape[dim]);
        if (!tensor->integer.empty()) {
          state.integerOf(reg)[lane] = tensor->integer[place];
          continue;
        }
        state.integerOf(reg)[lane] = 0;
        state.valueOf(reg)[lane] = empty ? 0.0 : tensor->value[place];
        state.slackOf(reg)[lane] =
            tensor->isExact() ? 0.0 : tensor->slack[place];
      }
    });
    return true;
  }
  if (auto cosSin = dyn_cast<CosSinOp>(op)) {
    unsigned position = regOf(cosSin.getPosition());
    unsigned frequency = regOf(cosSin.getFrequency());
    unsigned cos = regOf(cosSin.getCos()), sin = regOf(cosSin.getSin());
    double harmonic = static_cast<double>(cosSin.getHarmonic());
    bool f32Angles = cosSin.getF32Angles();
    add(op, [=](State &state, int64_t lanes) {
      for (int64_t lane = 0; lane < lanes; ++lane) {
        double at = static_cast<double>(state.integer[position][lane]);
        std::tie(state.valueOf(cos)[lane], state.valueOf(sin)[lane]) =
            evaluateTurn(at, state.value[frequency][lane], harmonic, f32Angles);
        double slack = kPhaseSlack +
                       std::fabs(harmonic * at) * state.slack[frequency][lane];
        state.slackOf(cos)[lane] = state.slackOf(sin)[lane] = slack;
      }
    });
    return true;
  }
  return false;
}
