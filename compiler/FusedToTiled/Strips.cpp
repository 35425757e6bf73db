//===- Strips.cpp - What a score map computes from the distance -----------===//

#include "compiler/FusedToTiled/Strips.h"

#include "mlir/Analysis/SliceAnalysis.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

namespace {

/// What a value of the score region is a function of.
enum class Dependence {
  Head,     // constants, extents, the head and captures read by it
  Distance, // also queryPos - keyPos
  Other,
};

/// The arguments of a score region behind the scores.
struct Arguments {
  Value batch, head, queryIndex, keyIndex, queryPos, keyPos;
  explicit Arguments(Block &block) {
    auto args = block.getArguments().take_back(kPairCoordinates);
    batch = args[0], head = args[1], queryIndex = args[2], keyIndex = args[3];
    queryPos = args[4], keyPos = args[5];
  }
};

} // namespace

/// queryPos - keyPos is +1, keyPos - queryPos is -1, anything else 0.
static int distanceSign(Operation &op, const Arguments &at) {
  auto sub = llvm::dyn_cast<arith::SubIOp>(op);
  if (!sub)
    return 0;
  if (sub.getLhs() == at.queryPos && sub.getRhs() == at.keyPos)
    return 1;
  if (sub.getLhs() == at.keyPos && sub.getRhs() == at.queryPos)
    return -1;
  return 0;
}

static llvm::DenseMap<Value, Dependence> classify(Block &block,
                                                  const Arguments &at) {
  llvm::DenseMap<Value, Dependence> classes;
  for (BlockArgument argument : block.getArguments())
    classes[argument] =
        argument == at.head ? Dependence::Head : Dependence::Other;
  for (Operation &op : block.without_terminator()) {
    Dependence dependence = Dependence::Head;
    if (distanceSign(op, at)) {
      dependence = Dependence::Distance;
    } else if (auto extent = llvm::dyn_cast<ExtentOp>(op)) {
      // A strip's own rows are the heads: it sees the same extents.
      dependence = Dependence::Head;
    } else {
      for (Value operand : op.getOperands()) {
        // Captured tensors and constants from outside have no class.
        auto it = classes.find(operand);
        if (it != classes.end())
          dependence = std::max(dependence, it->second);
      }
    }
    for (Value result : op.getResults())
      classes[result] = dependence;
  }
  return classes;
}

/// The ops of `block` that `value` is computed by, in order.
static SmallVector<Operation *> sliceOf(Value value, Block &block) {
  llvm::SetVector<Operation *> seen;
  SmallVector<Value> worklist{value};
  while (!worklist.empty()) {
    Operation *op = worklist.pop_back_val().getDefiningOp();
    if (!op || op->getBlock() != &block || !seen.insert(op))
      continue;
    llvm::append_range(worklist, op->getOperands());
  }
  SmallVector<Operation *> ordered(seen.begin(), seen.end());
  llvm::sort(ordered,
             [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
  return ordered;
}

/// One load replaces a value that takes more work than the load.
static bool isWorthAStrip(ArrayRef<Operation *> slice) {
  constexpr unsigned kLoadCost = 2;
  unsigned cost = 0;
  for (Operation *op : slice)
    cost += isa<arith::ConstantOp, ExtentOp>(op) ? 0 : 1;
  return cost > kLoadCost;
}

SmallVector<Value> sextant::tabulateDistances(OpBuilder &builder, Block &block,
                                              PositionsOp positions,
                                              Value query, Value key) {
  Arguments at(block);
  llvm::DenseMap<Value, Dependence> classes = classify(block, at);

  // The frontier: f32 values of the distance that something else uses.
  SmallVector<Value> frontier;
  for (Operation &op : block.without_terminator())
    for (Value result : op.getResults())
      if (classes.lookup(result) == Dependence::Distance &&
          result.getType().isF32() &&
          llvm::any_of(result.getUsers(),
                       [&](Operation *user) {
                         return user == block.getTerminator() ||
                                classes.lookup(user->getResult(0)) ==
                                    Dependence::Other;
                       }) &&
          isWorthAStrip(sliceOf(result, block)))
        frontier.push_back(result);

  SmallVector<Value> strips;
  for (Value value : frontier) {
    Location loc = value.getLoc();
    SmallVector<Operation *> slice = sliceOf(value, block);
    llvm::SetVector<Value> captures;
    for (Operation *op : slice)
      for (Value operand : op->getOperands())
        if (llvm::isa<TensorType>(operand.getType()))
          captures.insert(operand);
    auto type = RankedTensorType::get(
        {ShapedType::kDynamic, ShapedType::kDynamic}, builder.getF32Type());
    auto strip =
        TabulateOp::create(builder, loc, type, query, key,
                           captures.getArrayRef(), positions.getAlignAttr());
    {
      OpBuilder::InsertionGuard guard(builder);
      Type i32 = builder.getI32Type();
      Block *body =
          builder.createBlock(&strip.getBody(), {}, {i32, i32}, {loc, loc});
      IRMapping map;
      map.map(at.head, body->getArgument(0));
      for (Operation *op : slice) {
        int sign = distanceSign(*op, at);
        if (sign == 0) {
          builder.clone(*op, map);
          continue;
        }
        Value distance = body->getArgument(1);
        if (sign < 0) {
          Value zero = arith::ConstantOp::create(builder, loc,
                                                 builder.getI32IntegerAttr(0));
          distance = arith::SubIOp::create(builder, loc, zero, distance);
        }
        map.map(op->getResult(0), distance);
      }
      YieldOp::create(builder, loc, map.lookup(value));
    }

    // In the score region: strip[head, distance + origin].
    OpBuilder inner(value.getDefiningOp());
    auto kind = positions.getAlign() == Align::BottomRight ? ExtentKind::Queries
                                                           : ExtentKind::Keys;
    Value extent = ExtentOp::create(inner, loc, kind);
    Value one =
        arith::ConstantOp::create(inner, loc, inner.getI32IntegerAttr(1));
    Value origin = arith::SubIOp::create(inner, loc, extent, one);
    Value distance = arith::SubIOp::create(inner, loc, at.queryPos, at.keyPos);
    Value index = arith::AddIOp::create(inner, loc, distance, origin);
    auto read = ReadOp::create(inner, loc, inner.getF32Type(),
                               strip.getResult(), ValueRange{at.head, index});
    read->setAttr("in_bounds", inner.getUnitAttr());
    value.replaceAllUsesWith(read.getResult());
    strips.push_back(strip.getResult());
  }

  // What only the strips needed is dead now.
  for (Operation *op = block.getTerminator()->getPrevNode(); op;) {
    Operation *before = op->getPrevNode();
    if (op->use_empty())
      op->erase();
    op = before;
  }
  return strips;
}
