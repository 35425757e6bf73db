//===- Tables.cpp - What need not be computed for a pair
//-------------------===//

#include "compiler/FusedToTiled/Tables.h"
#include "compiler/FusedToTiled/Bands.h"
#include "dialect/Attn/IR/AttnRegions.h"

#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

namespace {

/// What a value of a pair region is a function of, beside the extents: a set.
enum Dependence : unsigned {
  Batch = 1,
  Head = 2,
  Query = 4,
  Key = 8,
  Distance = 16,
  Score = 32,
  Rows = Query | Key | Distance,
};

/// The arguments of a pair region behind the scores.
struct Arguments {
  Value batch, head, queryIndex, keyIndex, queryPos, keyPos;
  explicit Arguments(Block &block) {
    auto args = block.getArguments().take_back(kPairCoordinates);
    batch = args[0], head = args[1], queryIndex = args[2], keyIndex = args[3];
    queryPos = args[4], keyPos = args[5];
  }
};

class Tabulation {
public:
  /// Of the values of `region`, one of the op's.
  Tabulation(OpBuilder &builder, FusedOp op, Region &region);
  void run();

private:
  unsigned positionClass(Value tensor) const;
  int distanceSign(Operation &op) const;
  void classify();
  unsigned classOf(Value value) const { return classes.lookup(value); }
  bool isWorthATable(ArrayRef<Operation *> slice) const;
  SmallVector<Operation *> sliceOf(Value value) const;
  std::optional<Band> bandOf(Value value) const;
  SmallVector<Value> findFrontier() const;
  void cloneSlice(ArrayRef<Operation *> slice, Value distance, IRMapping &map);
  void fillRowRegion(Region &region, Value value, ArrayRef<Operation *> slice,
                     ArrayRef<Value> coordinates);
  Value buildStrip(Value value, ArrayRef<Operation *> slice);
  Value buildRows(Value value, ArrayRef<Operation *> slice);
  Value buildBand(Value value, ArrayRef<Operation *> slice, Band band);

  OpBuilder &builder;
  FusedOp op;
  Block &block;
  Arguments at;
  /// Null if the distance is no function of the row numbers.
  PositionsOp affine;
  llvm::DenseMap<Value, unsigned> classes;
};

} // namespace

/// The values of a class have a table: they follow from one row, or from a
/// distance, which is the same in every batch entry. What follows from a row
/// and a distance has one where few distances differ: see bandOf.
static bool hasTable(unsigned dependence) {
  const unsigned rows = dependence & Rows;
  if (dependence & Score)
    return false;
  return rows == Query || rows == Key ||
         (rows == Distance && !(dependence & Batch));
}

Tabulation::Tabulation(OpBuilder &builder, FusedOp op, Region &region)
    : builder(builder), op(op), block(region.front()), at(block) {
  if (!op.getQueryPos())
    return;
  auto positions = op.getQueryPos().getDefiningOp<PositionsOp>();
  if (positions && positions.getQueryPos() == op.getQueryPos() &&
      positions.getKeyPos() == op.getKeyPos() && !positions.getLengths())
    affine = positions;
}

/// Batch if the positions differ from one batch entry to another.
unsigned Tabulation::positionClass(Value tensor) const {
  if (!tensor)
    return 0;
  auto positions = tensor.getDefiningOp<PositionsOp>();
  if (!positions || positions.getOffset())
    return Batch;
  return positions.getLengths() && tensor == positions.getQueryPos() ? Batch
                                                                     : 0;
}

/// queryPos - keyPos is +1, keyPos - queryPos is -1, anything else 0.
int Tabulation::distanceSign(Operation &op) const {
  auto sub = llvm::dyn_cast<arith::SubIOp>(op);
  if (!sub || !affine)
    return 0;
  if (sub.getLhs() == at.queryPos && sub.getRhs() == at.keyPos)
    return 1;
  if (sub.getLhs() == at.keyPos && sub.getRhs() == at.queryPos)
    return -1;
  return 0;
}

void Tabulation::classify() {
  for (BlockArgument argument : block.getArguments())
    classes[argument] = Score;
  classes[at.batch] = Batch;
  classes[at.head] = Head;
  classes[at.queryIndex] = Query;
  classes[at.keyIndex] = Key;
  classes[at.queryPos] = Query | positionClass(op.getQueryPos());
  classes[at.keyPos] = Key | positionClass(op.getKeyPos());
  for (Operation &inner : block.without_terminator()) {
    unsigned dependence = 0;
    if (distanceSign(inner))
      dependence = Distance;
    else // captured tensors and constants from outside have no class
      for (Value operand : inner.getOperands())
        dependence |= classOf(operand);
    for (Value result : inner.getResults())
      classes[result] = dependence;
  }
}

/// The ops of the block that `value` is computed by, in order.
SmallVector<Operation *> Tabulation::sliceOf(Value value) const {
  llvm::SetVector<Operation *> seen;
  SmallVector<Value> worklist{value};
  while (!worklist.empty()) {
    Operation *inner = worklist.pop_back_val().getDefiningOp();
    if (!inner || inner->getBlock() != &block || !seen.insert(inner))
      continue;
    if (!distanceSign(*inner))
      llvm::append_range(worklist, inner->getOperands());
  }
  SmallVector<Operation *> ordered(seen.begin(), seen.end());
  llvm::sort(ordered,
             [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
  return ordered;
}

/// One load replaces a value that takes more work than the load. What no row
/// decides is computed once a head without a table.
bool Tabulation::isWorthATable(ArrayRef<Operation *> slice) const {
  constexpr unsigned kLoadCost = 2, kFunctionCost = 8;
  unsigned cost = 0;
  for (Operation *inner : slice)
    if (classOf(inner->getResult(0)) & Rows)
      cost += isElementaryFunction(inner) ? kFunctionCost : 1;
  return cost > kLoadCost;
}

/// The distances that a value of one row and the distance is worth a table for:
/// it takes a gather, and all distances beyond some few give the same.
std::optional<Band> Tabulation::bandOf(Value value) const {
  auto isOfPair = [&](Value other) {
    const unsigned rows = classOf(other) & (Rows | Score);
    return rows == (Query | Distance) || rows == (Key | Distance);
  };
  if (!isOfPair(value))
    return std::nullopt;
  SmallVector<Operation *> slice = sliceOf(value);
  bool gathers = false;
  for (Operation *inner : slice) {
    if (distanceSign(*inner))
      continue;
    for (Value operand : inner->getOperands())
      if (operand == at.queryPos || operand == at.keyPos)
        return std::nullopt;
    gathers |= isa<ReadOp>(inner) && isOfPair(inner->getResult(0));
  }
  if (!gathers)
    return std::nullopt;
  std::optional<Band> band =
      findBand(slice, [&](Operation &inner) { return distanceSign(inner); });
  constexpr int64_t kMost = int64_t(1) << 24;
  if (!band || band->greatest - band->least >= TabulateBandOp::kMostDistances ||
      band->least < -kMost || band->greatest > kMost)
    return std::nullopt;
  return band;
}

/// The f32 values with a table that something without one reads.
SmallVector<Value> Tabulation::findFrontier() const {
  SmallVector<Value> frontier;
  llvm::DenseSet<Operation *> covered; // by tables of what they lead to
  for (Operation &inner : llvm::reverse(block.without_terminator())) {
    if (!hasTable(classOf(inner.getResult(0))) && !bandOf(inner.getResult(0)))
      continue;
    bool isRead = llvm::any_of(inner.getUsers(), [&](Operation *user) {
      return !covered.contains(user);
    });
    if (!isRead) {
      covered.insert(&inner);
      continue;
    }
    for (Value result : inner.getResults())
      if (result.getType().isF32() && isWorthATable(sliceOf(result))) {
        frontier.push_back(result);
        covered.insert(&inner);
      }
  }
  return llvm::to_vector(llvm::reverse(frontier));
}

static SmallVector<Value> capturesOf(ArrayRef<Operation *> slice) {
  llvm::SetVector<Value> captures;
  for (Operation *inner : slice)
    for (Value operand : inner->getOperands())
      if (llvm::isa<TensorType>(operand.getType()))
        captures.insert(operand);
  return captures.takeVector();
}

static Value integer(OpBuilder &builder, Location loc, int32_t value) {
  return arith::ConstantOp::create(builder, loc,
                                   builder.getI32IntegerAttr(value));
}

static Value readBack(OpBuilder &builder, Value table, ValueRange indices) {
  auto read = ReadOp::create(builder, table.getLoc(), builder.getF32Type(),
                             table, indices);
  read->setAttr("in_bounds", builder.getUnitAttr());
  return read;
}

/// Clones `slice` where the builder is; the distance is `distance`.
void Tabulation::cloneSlice(ArrayRef<Operation *> slice, Value distance,
                            IRMapping &map) {
  for (Operation *inner : slice) {
    int sign = distanceSign(*inner);
    if (sign == 0) {
      builder.clone(*inner, map);
      continue;
    }
    Value own = distance;
    if (sign < 0)
      own = arith::SubIOp::create(builder, inner->getLoc(),
                                  integer(builder, inner->getLoc(), 0), own);
    map.map(inner->getResult(0), own);
  }
}

/// A table by head and distance; returns what replaces `value`.
Value Tabulation::buildStrip(Value value, ArrayRef<Operation *> slice) {
  Location loc = value.getLoc();
  Type i32 = builder.getI32Type();
  SmallVector<int64_t> shape(2, ShapedType::kDynamic);
  auto type = RankedTensorType::get(shape, builder.getF32Type());
  auto strip =
      TabulateOp::create(builder, loc, type, op.getQuery()[0], op.getKey()[0],
                         capturesOf(slice), affine.getAlignAttr());
  {
    OpBuilder::InsertionGuard guard(builder);
    Block *body =
        builder.createBlock(&strip.getBody(), {}, {i32, i32}, {loc, loc});
    IRMapping map;
    map.map(at.head, body->getArgument(0));
    cloneSlice(slice, body->getArgument(1), map);
    YieldOp::create(builder, loc, map.lookup(value));
  }

  OpBuilder inner(value.getDefiningOp());
  auto kind = affine.getAlign() == Align::BottomRight ? ExtentKind::Queries
                                                      : ExtentKind::Keys;
  Value extent = ExtentOp::create(inner, loc, kind);
  Value origin =
      arith::SubIOp::create(inner, loc, extent, integer(inner, loc, 1));
  Value distance = arith::SubIOp::create(inner, loc, at.queryPos, at.keyPos);
  Value index = arith::AddIOp::create(inner, loc, distance, origin);
  return readBack(inner, strip.getResult(), {at.head, index});
}

/// Computes `value` in the region of a table by row, whose arguments are these
/// coordinates; after three of them comes the distance.
void Tabulation::fillRowRegion(Region &region, Value value,
                               ArrayRef<Operation *> slice,
                               ArrayRef<Value> coordinates) {
  OpBuilder::InsertionGuard guard(builder);
  Location loc = value.getLoc();
  SmallVector<Type> types(4, builder.getI32Type());
  SmallVector<Location> locations(4, loc);
  Block *body = builder.createBlock(&region, {}, types, locations);
  IRMapping map;
  for (auto [i, coordinate] : llvm::enumerate(coordinates))
    map.map(coordinate, body->getArgument(i));
  cloneSlice(slice, body->getArgument(3), map);
  YieldOp::create(builder, loc, map.lookup(value));
}

/// A table by row, and batch entry and head where they matter.
Value Tabulation::buildRows(Value value, ArrayRef<Operation *> slice) {
  Location loc = value.getLoc();
  const unsigned dependence = classOf(value);
  const bool isKey = dependence & Key;
  Value index = isKey ? at.keyIndex : at.queryIndex;
  Value position = isKey ? at.keyPos : at.queryPos;
  bool readsPosition = llvm::any_of(slice, [&](Operation *inner) {
    return llvm::is_contained(inner->getOperands(), position);
  });
  auto extent = [&](unsigned axis) {
    return dependence & axis ? ShapedType::kDynamic : 1;
  };
  auto type =
      RankedTensorType::get({extent(Batch), extent(Head), ShapedType::kDynamic},
                            builder.getF32Type());
  Value positions = isKey ? op.getKeyPos() : op.getQueryPos();
  auto table = TabulateRowsOp::create(
      builder, loc, type, op.getQuery()[0], op.getKey()[0],
      readsPosition ? positions : Value(), capturesOf(slice), isKey,
      bool(dependence & Batch), bool(dependence & Head));
  fillRowRegion(table.getBody(), value, slice,
                {at.batch, at.head, index, position});

  OpBuilder inner(value.getDefiningOp());
  auto place = [&](unsigned axis, Value coordinate) {
    return dependence & axis ? coordinate : integer(inner, loc, 0);
  };
  return readBack(inner, table.getResult(),
                  {place(Batch, at.batch), place(Head, at.head), index});
}

/// A table by row and the distances of `band`.
Value Tabulation::buildBand(Value value, ArrayRef<Operation *> slice,
                            Band band) {
  Location loc = value.getLoc();
  const bool isKey = classOf(value) & Key;
  Value index = isKey ? at.keyIndex : at.queryIndex;
  SmallVector<int64_t> shape(3, ShapedType::kDynamic);
  shape.push_back(TabulateBandOp::elementsOf(band.least, band.greatest, isKey));
  auto type = RankedTensorType::get(shape, builder.getF32Type());
  auto table = TabulateBandOp::create(
      builder, loc, type, op.getQuery()[0], op.getKey()[0], capturesOf(slice),
      affine.getAlign(), band.least, band.greatest, isKey);
  fillRowRegion(table.getBody(), value, slice, {at.batch, at.head, index});
  OpBuilder inner(value.getDefiningOp());
  Value distance = arith::SubIOp::create(inner, loc, at.queryPos, at.keyPos);
  return readBack(inner, table.getResult(),
                  {at.batch, at.head, index, distance});
}

void Tabulation::run() {
  classify();
  for (Value value : findFrontier()) {
    SmallVector<Operation *> slice = sliceOf(value);
    Value read;
    if (!hasTable(classOf(value)))
      read = buildBand(value, slice, *bandOf(value));
    else
      read = classOf(value) & Distance ? buildStrip(value, slice)
                                       : buildRows(value, slice);
    value.replaceAllUsesWith(read);
  }
  // What only the tables needed is dead now.
  for (Operation *inner = block.getTerminator()->getPrevNode(); inner;) {
    Operation *before = inner->getPrevNode();
    if (inner->use_empty())
      inner->erase();
    inner = before;
  }
}

void sextant::tabulatePairValues(OpBuilder &builder, FusedOp op) {
  for (Region *region :
       {&op.getScore(), &op.getWeight(), &op.getCarry(), &op.getGate()})
    if (!region->empty())
      Tabulation(builder, op, *region).run();
}
