//===- RowOps.cpp - Ops on rows of channels, from their definitions -------===//

#include "dialect/Attn/Reference/Bound.h"
#include "dialect/Attn/Reference/Interpreter.h"
#include "dialect/Attn/Reference/Parallel.h"
#include "dialect/Attn/Reference/ScalarCompiler.h"

#include "llvm/ADT/TypeSwitch.h"

#include <cmath>
#include <tuple>

using namespace mlir;
using namespace sextant::attn;

const int64_t *Scratch::iota(int64_t count) {
  for (int64_t next = numbers.size(); next < count; ++next)
    numbers.push_back(next);
  return numbers.data();
}

const double *Scratch::zeros(int64_t count) {
  if ((int64_t)noSlack.size() < count)
    noSlack.resize(count, 0.0);
  return noSlack.data();
}

double *Scratch::buffer(unsigned place, int64_t count) {
  if (buffers.size() <= place)
    buffers.resize(place + 1);
  if ((int64_t)buffers[place].size() < count)
    buffers[place].resize(count);
  return buffers[place].data();
}

//===----------------------------------------------------------------------===//
// Positions and phases
//===----------------------------------------------------------------------===//

void sextant::attn::evaluatePositions(const Interpreter &interpreter,
                                      PositionsOp op, RealTensor &queryPos,
                                      RealTensor &keyPos) {
  queryPos.shape = interpreter.shapeOf(op.getQueryPos());
  keyPos.shape = interpreter.shapeOf(op.getKeyPos());
  int64_t batches = queryPos.extent(0);
  int64_t queries = queryPos.extent(1), keys = keyPos.extent(1);
  for (int64_t b = 0; b < batches; ++b) {
    int64_t offset =
        op.getOffset() ? interpreter.get(op.getOffset()).integer[b] : 0;
    int64_t length =
        op.getLengths() ? interpreter.get(op.getLengths()).integer[b] : keys;
    int64_t first = op.getAlign() == Align::BottomRight ? length - queries : 0;
    for (int64_t i = 0; i < queries; ++i)
      queryPos.integer.push_back(first + i + offset);
    for (int64_t j = 0; j < keys; ++j)
      keyPos.integer.push_back(j + offset);
  }
}

RealTensor sextant::attn::mapPositions(const Interpreter &interpreter,
                                       PositionMapOp op) {
  const RealTensor &positions = interpreter.get(op.getPositions());
  const ScalarProgram &program = *interpreter.data(op).body;
  RealTensor result;
  result.shape = positions.shape;
  result.integer.resize(positions.integer.size());
  int64_t rows = positions.extent(1);
  Scratch scratch;
  for (int64_t batch = 0; batch < positions.extent(0); ++batch) {
    ScalarProgram::Results results;
    results.integer = {result.integer.data() + batch * rows};
    program.run(scratch.state(program), rows,
                {ScalarArgument::lanes(positions.integer.data() + batch * rows),
                 ScalarArgument::same(batch),
                 ScalarArgument::lanes(scratch.iota(rows))},
                results);
  }
  return result;
}

namespace {
/// Frequency and magnitude of the pairs of a spectrum.
struct Spectrum {
  SmallVector<double> frequencies;
  RotaryAttrInterface named; // null: the magnitude is 1
  double length = 0;
  bool f32Angles = false;

  bool hasMagnitude() const { return named && named.hasMagnitude(); }
};
} // namespace

/// Magnitude times cosine and sine of position times frequency, for every row
/// and pair.
static void tabulate(const RealTensor &positions, const Spectrum &spectrum,
                     RealTensor &cos, RealTensor &sin) {
  int64_t pairs = spectrum.frequencies.size();
  int64_t rows = positions.extent(0) * positions.extent(1);
  int64_t axes = positions.shape.size() == 3 ? positions.extent(2) : 1;
  for (RealTensor *table : {&cos, &sin}) {
    table->shape = {positions.extent(0), positions.extent(1), pairs};
    table->value.resize(rows * pairs);
    table->slack.assign(rows * pairs, kPhaseSlack);
  }
  bool hasMagnitude = spectrum.hasMagnitude();
  parallelRows(rows, [&] {
    return [&, hasMagnitude](int64_t row) {
      for (int64_t k = 0; k < pairs; ++k) {
        int64_t axis =
            axes == 1 ? 0 : spectrum.named.evaluateAxis(k, 2 * pairs);
        int64_t place = positions.integer[row * axes + axis];
        int64_t at = row * pairs + k;
        std::tie(cos.value[at], sin.value[at]) =
            evaluateTurn(static_cast<double>(place), spectrum.frequencies[k],
                         /*harmonic=*/1, spectrum.f32Angles);
        if (!hasMagnitude)
          continue;
        double magnitude = spectrum.named.evaluateMagnitude(k, 2 * pairs, place,
                                                            spectrum.length);
        for (RealTensor *table : {&cos, &sin}) {
          // One rounding of the magnitude, one of the product.
          table->value[at] *= magnitude;
          table->slack[at] = kPhaseSlack * std::fabs(magnitude) +
                             2 * std::fabs(table->value[at]);
        }
      }
    };
  });
}

static Spectrum spectrumOf(const Interpreter &interpreter,
                           RotaryAttrInterface named, int64_t width,
                           Value length) {
  Spectrum spectrum;
  spectrum.named = named;
  if (length)
    spectrum.length = static_cast<double>(interpreter.get(length).integer[0]);
  for (int64_t pair = 0; pair < width / 2; ++pair)
    spectrum.frequencies.push_back(
        named.evaluateFrequency(pair, width, spectrum.length));
  return spectrum;
}

void sextant::attn::evaluatePhase(const Interpreter &interpreter, PhaseOp op,
                                  RealTensor &cos, RealTensor &sin) {
  Spectrum spectrum;
  if (op.getFrequencies())
    spectrum.frequencies.append(
        interpreter.get(op.getFrequencies()).value.begin(),
        interpreter.get(op.getFrequencies()).value.end());
  else
    spectrum = spectrumOf(interpreter, op.getSpectrumAttr(), *op.getChannels(),
                          op.getLength());
  spectrum.f32Angles = op.getF32Angles();
  tabulate(interpreter.get(op.getPositions()), spectrum, cos, sin);
}

void sextant::attn::tabulateRotation(const Interpreter &interpreter,
                                     RotateOp op, RealTensor &cos,
                                     RealTensor &sin) {
  RotaryAttrInterface named = op.getSpectrumAttr();
  int64_t width =
      named.getRotaryWidth(interpreter.shapeOf(op.getInput()).back());
  Spectrum spectrum = spectrumOf(interpreter, named, width, op.getLength());
  spectrum.f32Angles = op.getF32Angles();
  tabulate(interpreter.get(op.getPositions()), spectrum, cos, sin);
}

//===----------------------------------------------------------------------===//
// One row
//===----------------------------------------------------------------------===//

double sextant::attn::readCapture(const Interpreter &interpreter,
                                  ValueRange captures, int64_t place,
                                  ArrayRef<int64_t> indices, double *slack) {
  const RealTensor &tensor = interpreter.get(captures[place]);
  if (slack)
    *slack = 0;
  int64_t offset = 0;
  for (auto [index, extent] : llvm::zip_equal(indices, tensor.shape)) {
    if (extent == 0)
      return 0;
    offset =
        offset * extent + std::min(std::max(index, int64_t(0)), extent - 1);
  }
  if (!tensor.integer.empty())
    return static_cast<double>(tensor.integer[offset]);
  if (slack && !tensor.isExact())
    *slack = tensor.slack[offset];
  return tensor.value[offset];
}

bool sextant::attn::isRowOp(Operation *op) {
  return isa<RotateOp, RowMapOp, SliceOp, ConcatOp, ConvertOp, EncodeOp,
             ProjectOp, CollinearCoefficientsOp, DuplicateOp>(op);
}

SmallVector<Value> sextant::attn::rowInputs(Operation *op) {
  if (auto map = dyn_cast<RowMapOp>(op))
    return SmallVector<Value>(map.getInputs());
  if (auto concat = dyn_cast<ConcatOp>(op))
    return SmallVector<Value>(concat.getInputs());
  return {op->getOperand(0)};
}

std::pair<int64_t, int64_t>
sextant::attn::members(PairLayout layout, int64_t pair, int64_t pairs) {
  if (layout == PairLayout::Half)
    return {pair, pair + pairs};
  return {2 * pair, 2 * pair + 1};
}

namespace {
/// The cosines or sines of one row.
struct Angles {
  const double *value, *slack;
};
} // namespace

/// y_a = x_a cos t - x_b sin t,  y_b = x_b cos t + x_a sin t for pair k of
/// channels a = `step` k and b = a + `apart`; the step is a constant so that
/// the loop vectorises.
template <int64_t step>
static void turnPairs(int64_t pairs, int64_t apart, Lanes x, Angles cos,
                      Angles sin, double *value, double *slack) {
  for (int64_t k = 0; k < pairs; ++k) {
    int64_t a = step * k, b = a + apart;
    double c = cos.value[k], s = sin.value[k];
    double ya = x.value[a] * c - x.value[b] * s;
    double yb = x.value[b] * c + x.value[a] * s;
    // One rounding a product and one for the sum.
    double sizeA = std::fabs(x.value[a]), sizeB = std::fabs(x.value[b]);
    double sizeC = std::fabs(c), sizeS = std::fabs(s);
    double byC = cos.slack[k] + sizeC, byS = sin.slack[k] + sizeS;
    double slackA = x.slack[a], slackB = x.slack[b];
    value[a] = ya;
    value[b] = yb;
    slack[a] = sizeA * byC + sizeC * slackA + sizeB * byS + sizeS * slackB +
               std::fabs(ya);
    slack[b] = sizeB * byC + sizeC * slackB + sizeA * byS + sizeS * slackA +
               std::fabs(yb);
  }
}

static void rotateRow(const Interpreter &interpreter, RotateOp op,
                      Scratch &scratch, RowPlace at, Lanes input, double *value,
                      double *slack) {
  bool byPhase = bool(op.getCos());
  const OpData &data = interpreter.data(op);
  const RealTensor &cos = byPhase ? interpreter.get(op.getCos()) : data.cos;
  const RealTensor &sin = byPhase ? interpreter.get(op.getSin()) : data.sin;
  PairLayout layout =
      byPhase ? *op.getLayout() : op.getSpectrumAttr().getPairLayout();
  int64_t channels = interpreter.shapeOf(op.getInput()).back();
  int64_t pairs = cos.extent(2);
  int64_t row = (at.batch * cos.extent(1) + at.index) * pairs;
  const double *zeros = scratch.zeros(channels);
  if (!input.slack)
    input.slack = zeros;
  auto angles = [&](const RealTensor &table) -> Angles {
    return {table.value.data() + row,
            table.isExact() ? zeros : table.slack.data() + row};
  };
  if (layout == PairLayout::Half)
    turnPairs<1>(pairs, pairs, input, angles(cos), angles(sin), value, slack);
  else
    turnPairs<2>(pairs, 1, input, angles(cos), angles(sin), value, slack);
  for (int64_t channel = 2 * pairs; channel < channels; ++channel) {
    value[channel] = input.value[channel];
    slack[channel] = input.slack[channel];
  }
}

/// A region over the channels, or the channel pairs, of its inputs.
static void mapRow(const Interpreter &interpreter, RowMapOp op,
                   Scratch &scratch, RowPlace at, ArrayRef<Lanes> inputs,
                   double *value, double *slack) {
  const ScalarProgram &program = *interpreter.data(op).body;
  int64_t channels = interpreter.shapeOf(op.getInputs()[0]).back();
  int64_t groups = op.getPairs() ? channels / 2 : channels;
  bool twoYields = op.getBody().front().getTerminator()->getNumOperands() == 2;
  PairLayout layout = op.getLayout().value_or(PairLayout::Half);
  SmallVector<ScalarArgument, 8> arguments;
  unsigned place = 0;
  for (const Lanes &input : inputs) {
    if (!op.getPairs()) {
      arguments.push_back(ScalarArgument::lanes(input.value, input.slack));
      continue;
    }
    for (bool second : {false, true}) {
      double *memberValue = scratch.buffer(place++, groups);
      double *memberSlack = scratch.buffer(place++, groups);
      for (int64_t pair = 0; pair < groups; ++pair) {
        auto [a, b] = members(layout, pair, groups);
        memberValue[pair] = input.value[second ? b : a];
        memberSlack[pair] = slackAt(input, second ? b : a);
      }
      arguments.push_back(ScalarArgument::lanes(memberValue, memberSlack));
    }
  }
  int64_t position = 0;
  if (op.getPositions()) {
    const RealTensor &positions = interpreter.get(op.getPositions());
    position = positions.integer[at.batch * positions.extent(1) + at.index];
  }
  for (int64_t coordinate : {at.batch, at.head, at.index, position})
    arguments.push_back(ScalarArgument::same(coordinate));
  arguments.push_back(ScalarArgument::lanes(scratch.iota(groups)));

  // A formed key comes back for every query; its angles stay.
  const Shape &shape = interpreter.shapeOf(op.getResult());
  std::optional<ScalarProgram::Memo> memo;
  if (shape.size() == 5)
    memo = {at.batch * shape[1] + at.head, at.index, shape[3]};
  ScalarProgram::Results results;
  if (!twoYields) {
    results.value = {value};
    results.slack = {slack};
    program.run(scratch.state(program), groups, arguments, results, memo);
    return;
  }
  for (bool second : {false, true}) {
    (void)second;
    results.value.push_back(scratch.buffer(place++, groups));
    results.slack.push_back(scratch.buffer(place++, groups));
  }
  program.run(scratch.state(program), groups, arguments, results, memo);
  for (int64_t group = 0; group < groups; ++group) {
    auto [a, b] = members(layout, group, groups);
    value[a] = results.value[0][group];
    slack[a] = results.slack[0][group];
    value[b] = results.value[1][group];
    slack[b] = results.slack[1][group];
  }
}

/// tau = max(0, (u_a + u_b) / 2); NaN stays NaN.
static void collinearRow(const Interpreter &interpreter,
                         CollinearCoefficientsOp op, const Lanes &input,
                         double *value, double *slack) {
  int64_t pairs = interpreter.shapeOf(op.getInput()).back() / 2;
  PairLayout layout = op.getLayout().value_or(PairLayout::Half);
  for (int64_t pair = 0; pair < pairs; ++pair) {
    auto [a, b] = members(layout, pair, pairs);
    double mean = (input.value[a] + input.value[b]) / 2;
    value[pair] = mean < 0 ? 0.0 : mean;
    slack[pair] = (slackAt(input, a) + slackAt(input, b)) / 2 + std::fabs(mean);
  }
}

/// A named encoding. What it makes of the slack of its input is the slack times
/// the derivative, channel by channel, as a difference quotient.
static void encodeRow(const Interpreter &interpreter, EncodeOp op, RowPlace at,
                      const Lanes &input, double *value, double *slack) {
  int64_t channels = interpreter.shapeOf(op.getInput()).back();
  int64_t encoded = interpreter.shapeOf(op.getResult()).back();
  RowCoordinates where{at.batch, at.head, at.index, 0};
  if (op.getPositions()) {
    const RealTensor &positions = interpreter.get(op.getPositions());
    where.position =
        positions.integer[at.batch * positions.extent(1) + at.index];
  }
  auto read = [&](int64_t place, ArrayRef<int64_t> indices) {
    return readCapture(interpreter, op.getCaptures(), place, indices);
  };
  SmallVector<double> row(input.value, input.value + channels);
  MutableArrayRef<double> result(value, encoded), bound(slack, encoded);
  op.getEncoding().evaluate(where, row, read, result, bound);
  if (!input.slack)
    return;
  constexpr double kUnit = 0x1p-24;
  SmallVector<double> moved(encoded), ignored(encoded);
  for (int64_t c = 0; c < channels; ++c) {
    if (input.slack[c] == 0)
      continue;
    row[c] = input.value[c] + kUnit * input.slack[c];
    op.getEncoding().evaluate(where, row, read, moved, ignored);
    row[c] = input.value[c];
    for (int64_t i = 0; i < encoded; ++i)
      bound[i] += std::fabs(moved[i] - value[i]) / kUnit;
  }
}

/// Dot products of a row and the rows of a table.
static void projectRow(const Interpreter &interpreter, ProjectOp op,
                       RowPlace at, const Lanes &input, double *value,
                       double *slack) {
  const RealTensor &table = interpreter.get(op.getTable());
  int64_t count = table.extent(1), channels = table.extent(2);
  int64_t head = table.extent(0) == 1 ? 0 : at.head;
  for (int64_t r = 0; r < count; ++r) {
    int64_t first = (head * count + r) * channels;
    double sum = 0, sizes = 0, carried = 0;
    for (int64_t c = 0; c < channels; ++c) {
      double x = input.value[c], y = table.value[first + c];
      sum += x * y;
      sizes += std::fabs(x * y);
      carried += std::fabs(y) * slackAt(input, c);
      if (!table.isExact())
        carried += std::fabs(x) * table.slack[first + c];
    }
    value[r] = sum;
    slack[r] = kDotRoundings * sizes + carried;
  }
}

static void copyChannels(const Lanes &input, int64_t offset, int64_t size,
                         double *value, double *slack) {
  for (int64_t channel = 0; channel < size; ++channel) {
    value[channel] = input.value[offset + channel];
    slack[channel] = slackAt(input, offset + channel);
  }
}

void sextant::attn::applyRowOp(const Interpreter &interpreter, Operation *op,
                               Scratch &scratch, RowPlace at,
                               ArrayRef<Lanes> inputs, double *value,
                               double *slack) {
  llvm::TypeSwitch<Operation *>(op)
      .Case<RotateOp>([&](RotateOp rotate) {
        rotateRow(interpreter, rotate, scratch, at, inputs[0], value, slack);
      })
      .Case<RowMapOp>([&](RowMapOp map) {
        mapRow(interpreter, map, scratch, at, inputs, value, slack);
      })
      .Case<EncodeOp>([&](EncodeOp encode) {
        encodeRow(interpreter, encode, at, inputs[0], value, slack);
      })
      .Case<ProjectOp>([&](ProjectOp project) {
        projectRow(interpreter, project, at, inputs[0], value, slack);
      })
      .Case<SliceOp>([&](SliceOp slice) {
        copyChannels(inputs[0], slice.getOffset(), slice.getSize(), value,
                     slack);
      })
      .Case<ConvertOp>([&](ConvertOp convert) {
        int64_t channels = interpreter.shapeOf(convert.getInput()).back();
        copyChannels(inputs[0], 0, channels, value, slack);
      })
      .Case<ConcatOp>([&](ConcatOp concat) {
        int64_t offset = 0;
        for (auto [lanes, input] : llvm::zip(inputs, concat.getInputs())) {
          int64_t size = interpreter.shapeOf(input).back();
          copyChannels(lanes, 0, size, value + offset, slack + offset);
          offset += size;
        }
      })
      .Case<CollinearCoefficientsOp>([&](CollinearCoefficientsOp tie) {
        collinearRow(interpreter, tie, inputs[0], value, slack);
      })
      .Case<DuplicateOp>([&](DuplicateOp duplicate) {
        int64_t pairs = interpreter.shapeOf(duplicate.getInput()).back();
        for (int64_t pair = 0; pair < pairs; ++pair) {
          auto [a, b] = members(duplicate.getLayout(), pair, pairs);
          value[a] = value[b] = inputs[0].value[pair];
          slack[a] = slack[b] = slackAt(inputs[0], pair);
        }
      });
}

//===----------------------------------------------------------------------===//
// All rows of a tensor
//===----------------------------------------------------------------------===//

RealTensor sextant::attn::evaluateRowReduce(const Interpreter &interpreter,
                                            RowReduceOp op) {
  const RealTensor &input = interpreter.get(op.getInput());
  RealTensor result;
  result.shape = interpreter.shapeOf(op.getResult());
  int64_t channels = input.extent(3);
  result.value.resize(result.numElements());
  result.slack.resize(result.numElements());
  for (int64_t row = 0; row < result.numElements(); ++row) {
    const double *x = &input.value[row * channels];
    const double *slack =
        input.isExact() ? nullptr : &input.slack[row * channels];
    double sum = 0, squares = 0, sizes = 0, largest = -INFINITY;
    double carried = 0, carriedSquares = 0, worst = 0;
    for (int64_t c = 0; c < channels; ++c) {
      double own = slack ? slack[c] : 0;
      sum += x[c];
      sizes += std::fabs(x[c]);
      squares += x[c] * x[c];
      largest = x[c] > largest || std::isnan(x[c]) ? x[c] : largest;
      carried += own;
      carriedSquares += 2 * std::fabs(x[c]) * own;
      worst = std::max(worst, own);
    }
    switch (op.getReduction()) {
    case Reduction::Sum:
      result.value[row] = sum;
      result.slack[row] = kDotRoundings * sizes + carried;
      break;
    case Reduction::SumOfSquares:
      result.value[row] = squares;
      result.slack[row] = kDotRoundings * squares + carriedSquares;
      break;
    case Reduction::Max:
      result.value[row] = largest;
      result.slack[row] = worst;
      break;
    }
  }
  return result;
}

RealTensor sextant::attn::evaluateRowOp(const Interpreter &interpreter,
                                        Operation *op) {
  RealTensor result;
  result.shape = interpreter.shapeOf(op->getResult(0));
  int64_t heads = result.extent(1), rows = result.extent(2);
  int64_t channels = result.extent(3);
  result.value.resize(result.numElements());
  result.slack.resize(result.numElements());
  SmallVector<Value> inputs = rowInputs(op);
  parallelRows(result.extent(0) * heads * rows, [&] {
    auto scratch = std::make_shared<Scratch>();
    return [&, scratch](int64_t row) {
      RowPlace at{row / rows / heads, row / rows % heads, row % rows};
      SmallVector<Lanes, 4> lanes;
      for (Value input : inputs) {
        const RealTensor &tensor = interpreter.get(input);
        int64_t head = at.head * tensor.extent(1) / heads;
        lanes.push_back({tensor.row(at.batch, head, at.index),
                         tensor.rowSlack(at.batch, head, at.index)});
      }
      double *value = &result.value[row * channels];
      double *slack = &result.slack[row * channels];
      applyRowOp(interpreter, op, *scratch, at, lanes, value, slack);
    };
  });
  return result;
}
