//===- FeatureEmitter.cpp - Features as scalar IR -------------------------===//
//
// Arithmetic comes from the plan; an atom is the code its author wrote, or is
// rebuilt on the normal form of its operands.
//
//===----------------------------------------------------------------------===//

#include "compiler/AttnToFused/FeatureEmitter.h"
#include "compiler/AttnToFused/ScalarCloner.h"

#include "llvm/ADT/SmallPtrSet.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;
using algebra::Atom;
using algebra::AtomKind;
using algebra::EvaluationPlan;
using algebra::PlanNode;
using algebra::PlanOp;
using algebra::Polynomial;

namespace {
class Emitter {
public:
  Emitter(PairProgram &pair, const ScoreTranslation &translation, RowSide side,
          Location loc, Block &block)
      : pair(pair), translation(translation),
        table(translation.program.atoms()), side(side), loc(loc),
        cloner(block, loc.getContext()) {
    mapArguments();
  }

  /// The values of the polynomials of `plan`, in f32 or in f64.
  SmallVector<Value> evaluate(const EvaluationPlan &plan, bool f64 = false);
  Value scaled(Value value, double scale);
  bool failed() const { return invalid; }

private:
  void mapArguments();
  Value atom(const Atom &atom, int exponent);
  Value circle(const Atom &atom);
  Value opaque(const Atom &atom);
  Value evaluateOne(const Polynomial &polynomial, bool f64 = false);
  Value position(algebra::Symbol axis);
  Value number(double value, bool f64 = false);
  /// True if the code of `source` reads this side's row only.
  bool isOwn(Value source) const;
  Value cloneSource(Value source) { return cloner.clone(source, mapping); }

  PairProgram &pair;
  const ScoreTranslation &translation;
  const algebra::AtomTable &table;
  RowSide side;
  Location loc;
  ScalarCloner cloner;
  IRMapping mapping;
  bool invalid = false;
};
} // namespace

static PairProgram::Coordinate ownCoordinate(RowSide side, unsigned which) {
  static constexpr PairProgram::Coordinate coordinates[2][kRowCoordinates] = {
      {PairProgram::Batch, PairProgram::QueryHead, PairProgram::QueryIndex,
       PairProgram::QueryPos, PairProgram::Group},
      {PairProgram::Batch, PairProgram::KeyHead, PairProgram::KeyIndex,
       PairProgram::KeyPos, PairProgram::Group}};
  return coordinates[static_cast<int>(side)][which];
}

void Emitter::mapArguments() {
  Block &block = cloner.getBlock();
  unsigned members =
      side == RowSide::Query ? pair.query.size() : pair.key.size();
  for (unsigned i = 0; i < members; ++i)
    mapping.map(pair.member(side, i), block.getArgument(i));
  for (unsigned i = 0; i < kRowCoordinates; ++i)
    mapping.map(pair.coordinate(ownCoordinate(side, i)),
                block.getArgument(members + i));
}

bool Emitter::isOwn(Value source) const {
  SmallVector<bool> used = usedArguments(*pair.block, source);
  for (auto [argument, isUsed] :
       llvm::zip_equal(pair.block->getArguments(), used))
    if (isUsed && !mapping.contains(argument))
      return false;
  return true;
}

Value Emitter::number(double value, bool f64) {
  OpBuilder &builder = cloner.getBuilder();
  return cloner.constant(loc, f64 ? builder.getF64FloatAttr(value)
                                  : builder.getF32FloatAttr(value));
}

Value Emitter::scaled(Value value, double scale) {
  if (scale == 1)
    return value;
  return cloner.value<arith::MulFOp>(loc, value, number(scale));
}

/// The position of this side's row on `axis`, i32.
Value Emitter::position(algebra::Symbol axis) {
  for (auto &[value, source] : pair.positions) {
    if (source.first != side)
      continue;
    // The algebra made one position node for each value.
    for (unsigned i = 0; i < translation.sources.size(); ++i) {
      algebra::Value node{i};
      if (translation.sources[i] == value &&
          translation.program[node].symbol == axis)
        return cloneSource(value);
    }
  }
  llvm_unreachable("expected every axis to belong to a tensor of positions");
}

/// The angle as position * frequency, if every term has that position once.
static std::pair<const Atom *, Polynomial>
splitAngle(const algebra::AtomTable &table, const Polynomial &angle) {
  const Atom *position = nullptr;
  std::vector<algebra::Term> frequency;
  for (const algebra::Term &term : angle.getTerms()) {
    algebra::Monomial known = term.monomial.position();
    if (known.getFactors().size() != 1 || known.degree() != 1)
      return {nullptr, Polynomial()};
    const Atom &atom = table[known.getFactors().front().atom];
    if (atom.kind != AtomKind::Position || (position && position != &atom))
      return {nullptr, Polynomial()};
    position = &atom;
    frequency.push_back({term.monomial.content(), term.coefficient});
  }
  return {position, Polynomial(std::move(frequency))};
}

/// cos or sin: of frequency * position in one op, or of a computed angle.
Value Emitter::circle(const Atom &atom) {
  bool cosine = atom.kind == AtomKind::Cos;
  if (!atom.operands.empty()) {
    // A frequency of the row's own, such as one a head: as above, in f64.
    if (auto [position, frequency] = splitAngle(table, atom.operands[0]);
        position) {
      auto op = cloner.create<CosSinOp>(loc, this->position(position->symbol),
                                        evaluateOne(frequency, /*f64=*/true),
                                        atom.harmonic);
      return cosine ? op.getCos() : op.getSin();
    }
    Value angle = scaled(evaluateOne(atom.operands[0]), atom.harmonic);
    return cosine ? cloner.value<math::CosOp>(loc, angle)
                  : cloner.value<math::SinOp>(loc, angle);
  }
  const algebra::SymbolInfo &angle = table[atom.symbol];
  auto *declared = static_cast<const AngleSource *>(angle.key);
  Value frequency = declared ? cloneSource(declared->frequency)
                             : evaluateOne(angle.frequency, /*f64=*/true);
  auto op = cloner.create<CosSinOp>(loc, position(angle.axis),
                                    cloner.toF64(loc, frequency), atom.harmonic,
                                    declared && declared->f32Angles);
  return cosine ? op.getCos() : op.getSin();
}

/// The author's code, unless it also names values of the other row that cancel.
Value Emitter::opaque(const Atom &atom) {
  Value source = translation.source(atom.value);
  if (isOwn(source))
    return cloneSource(source);
  Operation *op = source.getDefiningOp();
  SmallVector<Value> operands;
  for (auto [operand, polynomial] :
       llvm::zip_equal(op->getOperands(), atom.operands)) {
    if (isOwn(operand)) {
      operands.push_back(cloneSource(operand));
    } else if (operand.getType().isF32()) {
      operands.push_back(evaluateOne(polynomial));
    } else {
      op->emitError("cannot be computed from one row: expected an f32 operand, "
                    "got ")
          << operand.getType();
      invalid = true;
      return number(0);
    }
  }
  Operation *copy = cloner.getBuilder().clone(*op);
  copy->setOperands(operands);
  return copy->getResult(cast<OpResult>(source).getResultNumber());
}

Value Emitter::atom(const Atom &atom, int exponent) {
  switch (atom.kind) {
  case AtomKind::Input:
  case AtomKind::Parameter:
    return cloneSource(translation.source(atom.value));
  case AtomKind::OneSidedSum: {
    Value source = translation.source(atom.value);
    return isOwn(source) ? cloneSource(source) : evaluateOne(atom.operands[0]);
  }
  case AtomKind::Opaque:
    return opaque(atom);
  case AtomKind::Position:
    return position(atom.symbol);
  case AtomKind::Decay: {
    Value power = cloner.value<arith::MulFOp>(
        loc, evaluateOne(table[atom.symbol].frequency),
        cloner.toF32(loc, position(table[atom.symbol].axis)));
    return cloner.value<math::ExpOp>(loc, scaled(power, exponent));
  }
  case AtomKind::Cos:
  case AtomKind::Sin:
    return circle(atom);
  case AtomKind::Reciprocal:
    return cloner.value<arith::DivFOp>(loc, number(1),
                                       evaluateOne(atom.operands[0]));
  case AtomKind::Exponential:
    return cloner.value<math::ExpOp>(loc, evaluateOne(atom.operands[0]));
  }
  llvm_unreachable("unknown atom kind");
}

Value Emitter::evaluateOne(const Polynomial &polynomial, bool f64) {
  return evaluate(algebra::planEvaluation(table, polynomial), f64).front();
}

SmallVector<Value> Emitter::evaluate(const EvaluationPlan &plan, bool f64) {
  SmallVector<Value> values;
  for (const PlanNode &node : plan.nodes) {
    auto left = [&] { return values[node.left]; };
    auto right = [&] { return values[node.right]; };
    switch (node.op) {
    case PlanOp::Constant:
      values.push_back(number(node.constant.toDouble(), f64));
      break;
    case PlanOp::Atom: {
      Value value = atom(table[node.atom], node.exponent);
      values.push_back(f64 ? cloner.toF64(loc, value)
                           : cloner.toF32(loc, value));
      break;
    }
    case PlanOp::Add:
      values.push_back(cloner.value<arith::AddFOp>(loc, left(), right()));
      break;
    case PlanOp::Sub:
      values.push_back(cloner.value<arith::SubFOp>(loc, left(), right()));
      break;
    case PlanOp::Mul:
      values.push_back(cloner.value<arith::MulFOp>(loc, left(), right()));
      break;
    case PlanOp::Neg:
      values.push_back(cloner.value<arith::NegFOp>(loc, left()));
      break;
    }
  }
  SmallVector<Value> results;
  for (unsigned result : plan.results)
    results.push_back(values[result]);
  return results;
}

/// Erases ops that nothing uses, last first.
static void eraseDeadCode(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (op.use_empty() && !op.hasTrait<OpTrait::IsTerminator>())
      op.erase();
}

LogicalResult sextant::emitFeatures(PairProgram &pair,
                                    const ScoreTranslation &translation,
                                    RowSide side, const EvaluationPlan &plan,
                                    double scale, Location loc, Region &region,
                                    SmallVectorImpl<PairMember> &members) {
  ArrayRef<PairMember> all = side == RowSide::Query ? pair.query : pair.key;
  Block &block = region.emplaceBlock();
  MLIRContext *context = loc.getContext();
  for (unsigned i = 0; i < all.size() + kRowCoordinates; ++i)
    block.addArgument(i < all.size() ? Type(Float32Type::get(context))
                                     : Type(IntegerType::get(context, 32)),
                      loc);

  Emitter emitter(pair, translation, side, loc, block);
  SmallVector<Value> features = emitter.evaluate(plan);
  for (Value &feature : features)
    feature = emitter.scaled(feature, scale);
  OpBuilder builder(context);
  builder.setInsertionPointToEnd(&block);
  YieldOp::create(builder, loc, features);
  eraseDeadCode(block);

  for (unsigned i = all.size(); i-- > 0;)
    if (block.getArgument(i).use_empty())
      block.eraseArgument(i);
    else
      members.insert(members.begin(), all[i]);
  return failure(emitter.failed());
}
