//===- PairProgram.cpp - The score of one channel group -------------------===//
//
// Inlines the bodies of the maps of a channel family.
//
//===----------------------------------------------------------------------===//

#include "compiler/AttnToFused/PairProgram.h"
#include "compiler/AttnToFused/ChannelTrace.h"
#include "compiler/AttnToFused/ScalarCloner.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

namespace {
class Inliner {
public:
  Inliner(const ChannelFamily &family, const RowPositions &positions,
          PairProgram &program, MLIRContext *context)
      : family(family), positions(positions), program(program),
        cloner(*program.block, context) {}

  void run(Location loc);

private:
  void mapRows(const ChannelNode &node, int64_t stride,
               SmallVectorImpl<Value> &arguments);
  Value position(RowMapOp map, RowSide side);
  Value number(Location loc, int64_t offset, int64_t stride);
  Value zero(Location loc, Type type) {
    return cloner.constant(
        loc, cast<TypedAttr>(cloner.getBuilder().getZeroAttr(type)));
  }

  const ChannelFamily &family;
  const RowPositions &positions;
  PairProgram &program;
  ScalarCloner cloner;
};
} // namespace

/// offset + stride * group.
Value Inliner::number(Location loc, int64_t offset, int64_t stride) {
  Builder &builder = cloner.getBuilder();
  auto constant = [&](int64_t value) {
    return cloner.constant(loc, builder.getI32IntegerAttr(value));
  };
  Value product =
      cloner.value<arith::MulIOp>(loc, program.coordinate(PairProgram::Group),
                                  constant(family.count == 1 ? 0 : stride));
  return cloner.value<arith::AddIOp>(loc, product, constant(offset));
}

/// The position that a map sees.
Value Inliner::position(RowMapOp map, RowSide side) {
  bool query = side == RowSide::Query;
  Value tensor = map.getPositions();
  Location loc = map.getLoc();
  if (!tensor)
    return zero(loc, cloner.getBuilder().getI32Type());
  if (tensor == positions.of(side))
    return program.coordinate(query ? PairProgram::QueryPos
                                    : PairProgram::KeyPos);
  Value read = cloner.create<ReadOp>(
      loc, cloner.getBuilder().getI32Type(), tensor,
      ValueRange{program.coordinate(PairProgram::Batch),
                 program.coordinate(query ? PairProgram::QueryIndex
                                          : PairProgram::KeyIndex)});
  program.positions.insert({read, {side, tensor}});
  return read;
}

/// Appends the row coordinates of a row map.
void Inliner::mapRows(const ChannelNode &node, int64_t stride,
                      SmallVectorImpl<Value> &arguments) {
  auto map = cast<RowMapOp>(node.map);
  bool query = node.side == RowSide::Query;
  // Keys of (query, key) pairs have the heads of the query.
  bool queryHeads =
      query || cast<RankedTensorType>(map.getResult().getType()).getRank() == 5;
  arguments.push_back(program.coordinate(PairProgram::Batch));
  arguments.push_back(program.coordinate(queryHeads ? PairProgram::QueryHead
                                                    : PairProgram::KeyHead));
  arguments.push_back(program.coordinate(query ? PairProgram::QueryIndex
                                               : PairProgram::KeyIndex));
  arguments.push_back(position(map, node.side));
  arguments.push_back(number(map.getLoc(), node.number, stride));
}

void Inliner::run(Location loc) {
  SmallVector<Value> values;
  unsigned members[2] = {0, 0};
  for (auto [node, stride] : llvm::zip_equal(family.nodes, family.strides)) {
    if (node.isLeaf()) {
      values.push_back(
          program.member(node.side, members[static_cast<int>(node.side)]++));
      continue;
    }
    SmallVector<Value> arguments;
    for (unsigned operand : node.operands)
      arguments.push_back(operand == ChannelNode::kUnused
                              ? zero(loc, cloner.getBuilder().getF32Type())
                              : values[operand]);
    if (isa<RowMapOp>(node.map))
      mapRows(node, stride, arguments);
    Block &body = node.map->getRegion(0).front();
    IRMapping mapping;
    mapping.map(body.getArguments(), arguments);
    values.push_back(
        cloner.clone(body.getTerminator()->getOperand(node.yield), mapping));
  }

  for (auto [query, key] : family.products) {
    Value product =
        cloner.value<arith::MulFOp>(loc, values[query], values[key]);
    program.score =
        program.score ? cloner.value<arith::AddFOp>(loc, program.score, product)
                      : product;
  }
}

/// A cos_sin may turn by an element of a tensor of positions that the region
/// reads itself: at this row, on an axis that the channel group chooses.
static void findReadPositions(PairProgram &program) {
  for (Operation &op : *program.block) {
    auto turn = dyn_cast<CosSinOp>(op);
    auto read = turn ? turn.getPosition().getDefiningOp<ReadOp>() : ReadOp();
    if (!read || read.getIndices().size() < 2 ||
        read.getIndices()[0] != program.coordinate(PairProgram::Batch))
      continue;
    bool known = llvm::all_of(read.getIndices().drop_front(2), [&](Value axis) {
      SmallVector<bool> used = usedArguments(*program.block, axis);
      used[program.coordinate(PairProgram::Group).getArgNumber()] = false;
      return !llvm::is_contained(used, true);
    });
    if (!known)
      continue;
    Value row = read.getIndices()[1];
    if (row == program.coordinate(PairProgram::QueryIndex))
      program.positions.insert(
          {read.getResult(), {RowSide::Query, read.getTensor()}});
    else if (row == program.coordinate(PairProgram::KeyIndex))
      program.positions.insert(
          {read.getResult(), {RowSide::Key, read.getTensor()}});
  }
}

PairProgram sextant::buildPairProgram(const ChannelFamily &family,
                                      const RowPositions &positions,
                                      Location loc) {
  PairProgram program;
  program.block = std::make_unique<Block>();
  for (auto [node, stride] : llvm::zip_equal(family.nodes, family.strides))
    if (node.isLeaf())
      (node.side == RowSide::Query ? program.query : program.key)
          .push_back({node.tensor, node.number,
                      family.count == 1 ? int64_t(1) : stride});
  MLIRContext *context = loc.getContext();
  for (unsigned i = 0, e = program.query.size() + program.key.size(); i < e;
       ++i)
    program.block->addArgument(Float32Type::get(context), loc);
  for (unsigned i = 0; i < PairProgram::NumCoordinates; ++i)
    program.block->addArgument(IntegerType::get(context, 32), loc);
  for (RowSide side : {RowSide::Query, RowSide::Key})
    program.positions.insert(
        {program.coordinate(side == RowSide::Query ? PairProgram::QueryPos
                                                   : PairProgram::KeyPos),
         {side, positions.of(side)}});
  Inliner(family, positions, program, context).run(loc);
  findReadPositions(program);
  return program;
}
