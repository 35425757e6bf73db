//===- FusedFeatures.cpp - The feature rows of a fused op -----------------===//

#include "dialect/Attn/Reference/Interpreter.h"
#include "dialect/Attn/Reference/Parallel.h"

using namespace mlir;
using namespace sextant::attn;

namespace {
/// One side of one channel group.
struct GroupSide {
  ScalarProgram program;
  ArrayRef<MemberAttr> members;
  int64_t count, width, offset; // offset: first channel in the feature row
};
} // namespace

/// Feature i of group g is channel offset + i count + g.
static void featureRow(const Interpreter &interpreter, const GroupSide &side,
                       ValueRange operands, Scratch &scratch, RowPlace at,
                       int64_t heads, int64_t position, double *value,
                       double *slack) {
  SmallVector<ScalarArgument, 8> arguments;
  unsigned place = 0;
  for (MemberAttr member : side.members) {
    const RealTensor &tensor = interpreter.get(operands[member.getOperand()]);
    int64_t head = at.head * tensor.extent(1) / heads;
    const double *row = tensor.row(at.batch, head, at.index);
    const double *rowSlack = tensor.rowSlack(at.batch, head, at.index);
    double *memberValue = scratch.buffer(place++, side.count);
    double *memberSlack = scratch.buffer(place++, side.count);
    for (int64_t g = 0; g < side.count; ++g) {
      int64_t channel = member.getOffset() + member.getStride() * g;
      memberValue[g] = row[channel];
      memberSlack[g] = rowSlack ? rowSlack[channel] : 0.0;
    }
    arguments.push_back(ScalarArgument::lanes(memberValue, memberSlack));
  }
  for (int64_t coordinate : {at.batch, at.head, at.index, position})
    arguments.push_back(ScalarArgument::same(coordinate));
  arguments.push_back(ScalarArgument::lanes(scratch.iota(side.count)));
  ScalarProgram::Results results;
  for (int64_t i = 0; i < side.width; ++i) {
    results.value.push_back(value + side.offset + i * side.count);
    results.slack.push_back(slack + side.offset + i * side.count);
  }
  side.program.run(scratch.state(side.program), side.count, arguments, results);
}

static RealTensor featureTensor(const Interpreter &interpreter,
                                ArrayRef<GroupSide> sides, ValueRange operands,
                                Value positions, Shape shape) {
  RealTensor result;
  result.shape = std::move(shape);
  result.value.resize(result.numElements());
  result.slack.resize(result.numElements());
  int64_t heads = result.extent(1), rows = result.extent(2);
  int64_t width = result.extent(3);
  const RealTensor *places = positions ? interpreter.find(positions) : nullptr;
  parallelRows(result.extent(0) * heads * rows, [&] {
    auto scratch = std::make_shared<Scratch>();
    return [&, scratch](int64_t row) {
      RowPlace at{row / rows / heads, row / rows % heads, row % rows};
      int64_t position =
          places ? places->integer[at.batch * rows + at.index] : 0;
      for (const GroupSide &side : sides)
        featureRow(interpreter, side, operands, *scratch, at, heads, position,
                   &result.value[row * width], &result.slack[row * width]);
    };
  });
  return result;
}

LogicalResult Interpreter::prepareFused(FusedOp op, OpData &data) {
  int64_t keyHeads = 0;
  for (Value key : op.getKey())
    keyHeads = std::max(keyHeads, shapeOf(key)[1]);
  SmallVector<ChannelGroupAttr> groups = op.getGroups();
  unsigned group = 0;
  for (auto [term, list] : llvm::enumerate(op.getTerms())) {
    std::vector<GroupSide> query, key;
    int64_t offset = 0;
    for (unsigned i = 0; i < cast<ArrayAttr>(list).size(); ++i, ++group) {
      ChannelGroupAttr attr = groups[group];
      for (bool isQuery : {true, false}) {
        ArrayRef<MemberAttr> members =
            isQuery ? attr.getQuery() : attr.getKey();
        SmallVector<bool, 8> uniform(members.size(), false);
        uniform.append({true, true, true, true, false});
        FailureOr<ScalarProgram> program = compile(
            op, isQuery ? op.getQueryFeatures(group) : op.getKeyFeatures(group),
            uniform, data.extents);
        if (failed(program))
          return failure();
        (isQuery ? query : key)
            .push_back({std::move(*program), members, attr.getCount(),
                        attr.getWidth(), offset});
      }
      offset += attr.getCount() * attr.getWidth();
    }
    const Shape &result = shapeOf(op.getResult());
    data.queryFeatures.push_back(
        featureTensor(*this, query, op.getQuery(), op.getQueryPos(),
                      {result[0], result[1], result[2], offset}));
    data.keyFeatures.push_back(featureTensor(
        *this, key, op.getKey(), op.getKeyPos(),
        {result[0], keyHeads, shapeOf(op.getKey()[0])[2], offset}));
  }
  FailureOr<ScalarProgram> program;
  if (!op.getScore().empty()) {
    program =
        compilePair(op, op.getScore(), op.getTerms().size(), data.extents);
    if (failed(program))
      return failure();
    data.body = std::move(*program);
  }
  if (failed(compileOptional(op, op.getVisible(), 0, data.extents,
                             data.visible)) ||
      failed(
          compileOptional(op, op.getWeight(), 1, data.extents, data.weight)) ||
      failed(compileOptional(op, op.getCarry(), 1, data.extents, data.share)) ||
      failed(compileOptional(op, op.getGate(), 0, data.extents, data.gate)))
    return failure();
  if (!op.getOutput().empty()) {
    program = compile(op, op.getOutput(),
                      {false, true, true, true, true, false}, data.extents);
    if (failed(program))
      return failure();
    data.output = std::move(*program);
  }
  return compileExtra(op, op.getExtra(), data);
}
