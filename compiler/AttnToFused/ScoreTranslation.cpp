//===- ScoreTranslation.cpp - Scalar IR as a score program ----------------===//
//
// Arithmetic becomes polynomials, cos_sin becomes turns, the rest is opaque.
//
//===----------------------------------------------------------------------===//

#include "compiler/AttnToFused/ScoreTranslation.h"

#include "mlir/IR/Matchers.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;
using algebra::ScoreProgram;
using algebra::Side;
using algebra::SideSet;
using algebra::Symbol;

namespace {
class Translator {
public:
  Translator(PairProgram &pair, const RowPositions &positions,
             ScoreTranslation &out)
      : pair(pair), positions(positions), program(out.program), out(out) {}

  void run();

private:
  void declareArguments();
  void declareAxes();
  algebra::Value translate(Value value);
  algebra::Value translateResult(OpResult value);
  bool isTurn(CosSinOp op) const;
  void turn(CosSinOp op);
  algebra::Value opaque(OpResult value);
  algebra::Value record(Value source, algebra::Value value);
  SideSet sidesOf(Value value) const { return sides.lookup(value); }
  algebra::Origin origin(Operation *op) {
    return {op->getName().stripDialect(), op};
  }

  PairProgram &pair;
  const RowPositions &positions;
  ScoreProgram &program;
  ScoreTranslation &out;
  llvm::DenseMap<Value, algebra::Value> values;
  llvm::DenseMap<Value, SideSet> sides;
  /// The axis of each value that is a row's position.
  llvm::DenseMap<Value, Symbol> axes;
  std::map<const void *, std::string> names;
  unsigned parameters = 0;
};
} // namespace

algebra::Value Translator::record(Value source, algebra::Value value) {
  if (out.sources.size() <= value.index)
    out.sources.resize(value.index + 1);
  if (!out.sources[value.index])
    out.sources[value.index] = source;
  return value;
}

/// "q", or "qa", "qb" for the members of a group.
static std::string memberName(StringRef side, unsigned index, unsigned count) {
  if (count == 1)
    return side.str();
  std::string name = side.str() + char('a' + index % 26);
  return index < 26 ? name : name + std::to_string(index / 26);
}

void Translator::declareArguments() {
  auto input = [&](Value argument, Side side, const std::string &name) {
    values[argument] = record(
        argument, program.input(side, {name, argument.getAsOpaquePointer()}));
    sides[argument] = {side == Side::Query, side == Side::Key};
  };
  for (unsigned i = 0; i < pair.query.size(); ++i)
    input(pair.member(RowSide::Query, i), Side::Query,
          memberName("q", i, pair.query.size()));
  for (unsigned i = 0; i < pair.key.size(); ++i)
    input(pair.member(RowSide::Key, i), Side::Key,
          memberName("k", i, pair.key.size()));
  // A key head serves several query heads, so each belongs to its side.
  input(pair.coordinate(PairProgram::QueryHead), Side::Query, "queryHead");
  input(pair.coordinate(PairProgram::KeyHead), Side::Key, "keyHead");
  input(pair.coordinate(PairProgram::QueryIndex), Side::Query, "queryIndex");
  input(pair.coordinate(PairProgram::KeyIndex), Side::Key, "keyIndex");
}

/// Axis 0 is that of the function's positions. The n-th further tensor of the
/// queries shares its axis with the n-th of the keys.
void Translator::declareAxes() {
  unsigned further[2] = {0, 0};
  llvm::SmallVector<Symbol> known;
  for (auto &[value, source] : pair.positions) {
    auto [side, tensor] = source;
    Symbol &axis = axes[value];
    if (tensor != positions.of(side)) {
      unsigned place = further[static_cast<int>(side)]++;
      if (place == known.size())
        known.push_back(program.axis(tensor.getAsOpaquePointer(),
                                     std::to_string(place + 1)));
      axis = known[place];
    }
    bool query = side == RowSide::Query;
    sides[value] = {query, !query};
    values[value] =
        record(value, program.position(query ? Side::Query : Side::Key, axis));
  }
}

algebra::Value Translator::translate(Value value) {
  if (auto known = values.find(value); known != values.end())
    return known->second;
  FloatAttr number;
  IntegerAttr integer;
  algebra::Value result;
  if (matchPattern(value, m_Constant(&number)))
    result = program.constant(number.getValueAsDouble());
  else if (matchPattern(value, m_Constant(&integer)))
    result =
        program.constant(algebra::Rational(integer.getValue().getSExtValue()));
  else if (sidesOf(value).neither())
    result = program.parameter(
        {"p" + std::to_string(parameters++), value.getAsOpaquePointer()});
  else
    result = translateResult(cast<OpResult>(value));
  return values[value] = record(value, result);
}

/// A multiple of a row's own position by what no row changes.
bool Translator::isTurn(CosSinOp op) const {
  return pair.positions.contains(op.getPosition()) && op.getHarmonic() == 1 &&
         sidesOf(op.getFrequency()).neither();
}

/// cos_sin of a row's own position is a turn, one of what a row makes of it
/// stays as it is, exact for any position; any other position makes a computed
/// angle, which the algebra takes apart.
void Translator::turn(CosSinOp op) {
  auto assign = [&](std::pair<algebra::Value, algebra::Value> circle) {
    values[op.getCos()] = record(op.getCos(), circle.first);
    values[op.getSin()] = record(op.getSin(), circle.second);
  };
  auto own = pair.positions.find(op.getPosition());
  const SideSet sides = sidesOf(op.getCos());
  if (own == pair.positions.end() && sides.query != sides.key)
    return assign({opaque(cast<OpResult>(op.getCos())),
                   opaque(cast<OpResult>(op.getSin()))});
  int64_t harmonic = op.getHarmonic();
  if (!isTurn(op)) {
    algebra::Value angle =
        program.mul(translate(op.getPosition()), translate(op.getFrequency()));
    if (harmonic != 1)
      angle = program.mul(angle, program.constant(algebra::Rational(harmonic)));
    assign(program.rotationBy(angle, origin(op)));
    return;
  }
  Symbol axis = axes.lookup(op.getPosition());
  auto [entry, fresh] = out.angles.try_emplace(
      {op.getFrequency().getAsOpaquePointer(), axis.index, op.getF32Angles()},
      AngleSource{op.getFrequency(), op.getF32Angles()});
  // The first angle needs no name: cm, sn.
  if (fresh)
    names[&entry->second] =
        names.empty() ? "" : std::string(1, char('A' + names.size() % 26));
  assign(program.turn(
      own->second.first == RowSide::Query ? Side::Query : Side::Key,
      program.angle(&entry->second, names[&entry->second], axis)));
}

algebra::Value Translator::opaque(OpResult value) {
  Operation *op = value.getOwner();
  SmallVector<algebra::Value> operands;
  for (Value operand : op->getOperands())
    operands.push_back(translate(operand));
  MLIRContext *context = op->getContext();
  auto identity = ArrayAttr::get(
      context, {op->getAttrDictionary(), TypeAttr::get(value.getType())});
  return program.opaque({op->getName().stripDialect().str(),
                         identity.getAsOpaquePointer(),
                         value.getResultNumber()},
                        operands, op);
}

algebra::Value Translator::translateResult(OpResult value) {
  Operation *op = value.getOwner();
  auto operand = [&](unsigned i) { return translate(op->getOperand(i)); };
  // Integers of one side stay as they are: they wrap, and a difference of large
  // ones is exact, which the products that it would become are not.
  const SideSet sides = sidesOf(value);
  if (value.getType().isInteger() && sides.query != sides.key)
    return opaque(value);
  // An i1 or i8 is no number here: it wraps and sign-extends.
  bool number = isa<FloatType>(value.getType()) ||
                value.getType().isInteger(32) || value.getType().isInteger(64);
  if (auto cosSin = dyn_cast<CosSinOp>(op)) {
    // A rounded angle cannot be taken apart.
    if (cosSin.getF32Angles() && !isTurn(cosSin))
      return opaque(value);
    turn(cosSin);
    return values[value];
  }
  if (number) {
    if (isa<arith::AddFOp, arith::AddIOp>(op))
      return program.add(operand(0), operand(1), origin(op));
    if (isa<arith::SubFOp, arith::SubIOp>(op))
      return program.sub(operand(0), operand(1), origin(op));
    if (isa<arith::MulFOp, arith::MulIOp>(op))
      return program.mul(operand(0), operand(1), origin(op));
    if (isa<arith::DivFOp>(op))
      return program.div(operand(0), operand(1), origin(op));
    if (isa<arith::NegFOp>(op))
      return program.neg(operand(0), origin(op));
    if (isa<math::FmaOp>(op))
      return program.add(program.mul(operand(0), operand(1), origin(op)),
                         operand(2), origin(op));
    if (isa<arith::ExtFOp, arith::TruncFOp>(op))
      return operand(0);
    if (isa<arith::SIToFPOp, arith::ExtSIOp>(op) &&
        op->getOperand(0).getType().getIntOrFloatBitWidth() >= 32)
      return operand(0);
    if (isa<math::CosOp>(op))
      return program.rotationBy(operand(0), origin(op)).first;
    if (isa<math::SinOp>(op))
      return program.rotationBy(operand(0), origin(op)).second;
    if (isa<math::ExpOp>(op))
      return program.exp(operand(0), origin(op));
  }
  return opaque(value);
}

void Translator::run() {
  declareAxes();
  declareArguments();
  for (Operation &op : *pair.block) {
    SideSet read;
    for (Value operand : op.getOperands()) {
      SideSet side = sidesOf(operand);
      read.query |= side.query;
      read.key |= side.key;
    }
    for (Value result : op.getResults())
      if (!pair.positions.contains(result))
        sides[result] = read;
  }
  out.score = translate(pair.score);
}

ScoreTranslation sextant::translateScore(PairProgram &pair,
                                         const RowPositions &positions) {
  ScoreTranslation out;
  Translator(pair, positions, out).run();
  return out;
}

double sextant::foldOpaque(const algebra::ProgramNode &node,
                           llvm::ArrayRef<double> operands) {
  double unknown = std::numeric_limits<double>::quiet_NaN();
  auto *op = static_cast<Operation *>(const_cast<void *>(node.payload));
  if (!op || op->getNumOperands() != operands.size())
    return unknown;
  // In f64 whatever the type of the op: rounding would raise the rank of the
  // sample.
  Type f64 = Float64Type::get(op->getContext());
  SmallVector<Attribute> constants;
  for (auto [value, number] : llvm::zip_equal(op->getOperands(), operands)) {
    Type type = value.getType();
    if (isa<FloatType>(type))
      constants.push_back(FloatAttr::get(f64, number));
    else if (isa<IntegerType>(type) && std::fabs(number) < 0x1p63)
      constants.push_back(IntegerAttr::get(type, static_cast<int64_t>(number)));
    else
      return unknown;
  }
  SmallVector<OpFoldResult> folded;
  if (failed(op->fold(constants, folded)) || folded.size() <= node.what.result)
    return unknown;
  auto result = folded[node.what.result];
  if (auto value = dyn_cast<Value>(result)) {
    // The fold found that the result is one of the operands.
    for (auto [operand, number] : llvm::zip_equal(op->getOperands(), operands))
      if (operand == value)
        return number;
    return unknown;
  }
  Attribute attr = cast<Attribute>(result);
  if (auto number = dyn_cast<FloatAttr>(attr))
    return number.getValueAsDouble();
  if (auto number = dyn_cast<IntegerAttr>(attr))
    return number.getType().isInteger(1) ? number.getValue().getZExtValue()
                                         : number.getValue().getSExtValue();
  return unknown;
}
