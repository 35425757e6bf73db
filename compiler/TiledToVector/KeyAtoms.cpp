//===- KeyAtoms.cpp - Key features as contents times angles ---------------===//

#include "compiler/TiledToVector/KeyAtoms.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

bool KeyContent::hasConstant() const {
  return llvm::any_of(constant, [](double weight) { return weight != 0; });
}

namespace {
enum Atom : unsigned { One, Cos, Sin };

/// coefficient * content * atom; no content is 1.
struct Term {
  double coefficient;
  Value content;
  Atom atom;
};
using Terms = SmallVector<Term>;

/// Evaluates a region over sums of terms.
class Evaluator {
public:
  explicit Evaluator(Block &block)
      : position(
            block.getArgument(block.getNumArguments() - kRowCoordinates + 3)) {}

  std::optional<Terms> evaluate(Value value);
  CosSinOp angle;

private:
  bool readsPosition(Value value);
  bool isOfGroup(Value value);
  std::optional<Terms> evaluateAngle(Value value, CosSinOp op);
  static void add(Terms &sum, const Terms &terms, double sign);
  static std::optional<Terms> multiply(const Terms &a, const Terms &b);

  BlockArgument position;
  llvm::DenseMap<Value, bool> known;
};
} // namespace

bool Evaluator::readsPosition(Value value) {
  if (value == position)
    return true;
  Operation *op = value.getDefiningOp();
  if (!op || op->getBlock() != position.getOwner())
    return false;
  auto [place, isNew] = known.try_emplace(value, false);
  if (!isNew)
    return place->second;
  bool reads = llvm::any_of(
      op->getOperands(), [&](Value operand) { return readsPosition(operand); });
  return known[value] = reads;
}

/// Whether every key row gives the same: of batch entry, head and group alone.
bool Evaluator::isOfGroup(Value value) {
  Block *block = position.getOwner();
  if (auto argument = llvm::dyn_cast<BlockArgument>(value)) {
    unsigned first = block->getNumArguments() - kRowCoordinates;
    unsigned number = argument.getArgNumber();
    return argument.getOwner() != block || number == first ||
           number == first + 1 || number == first + 4;
  }
  Operation *op = value.getDefiningOp();
  return op->getBlock() != block ||
         llvm::all_of(op->getOperands(),
                      [&](Value operand) { return isOfGroup(operand); });
}

void Evaluator::add(Terms &sum, const Terms &terms, double sign) {
  for (const Term &term : terms) {
    auto same = llvm::find_if(sum, [&](const Term &other) {
      return other.content == term.content && other.atom == term.atom;
    });
    if (same != sum.end())
      same->coefficient += sign * term.coefficient;
    else
      sum.push_back({sign * term.coefficient, term.content, term.atom});
  }
}

std::optional<Terms> Evaluator::multiply(const Terms &a, const Terms &b) {
  Terms product;
  for (const Term &x : a)
    for (const Term &y : b) {
      if ((x.content && y.content) || (x.atom != One && y.atom != One))
        return std::nullopt;
      add(product,
          {{x.coefficient * y.coefficient, x.content ? x.content : y.content,
            x.atom != One ? x.atom : y.atom}},
          1);
    }
  return product;
}

std::optional<Terms> Evaluator::evaluateAngle(Value value, CosSinOp op) {
  // A rounded angle does not grow with the position.
  if (op.getF32Angles() || op.getPosition() != position ||
      !isOfGroup(op.getFrequency()))
    return std::nullopt;
  if (angle && (angle.getFrequency() != op.getFrequency() ||
                angle.getHarmonic() != op.getHarmonic()))
    return std::nullopt;
  if (!angle)
    angle = op;
  return Terms{{1, Value(), value == op.getCos() ? Cos : Sin}};
}

std::optional<Terms> Evaluator::evaluate(Value value) {
  FloatAttr number;
  if (matchPattern(value, m_Constant(&number)))
    return Terms{{number.getValueAsDouble(), Value(), One}};
  if (!readsPosition(value))
    return Terms{{1, value, One}};
  Operation *op = value.getDefiningOp();
  if (auto cosSin = llvm::dyn_cast_or_null<CosSinOp>(op))
    return evaluateAngle(value, cosSin);
  if (!isa_and_nonnull<arith::AddFOp, arith::SubFOp, arith::MulFOp,
                       arith::NegFOp>(op))
    return std::nullopt;
  SmallVector<Terms> operands;
  for (Value operand : op->getOperands()) {
    std::optional<Terms> terms = evaluate(operand);
    if (!terms)
      return std::nullopt;
    operands.push_back(std::move(*terms));
  }
  if (isa<arith::MulFOp>(op))
    return multiply(operands[0], operands[1]);
  Terms sum;
  add(sum, operands[0], isa<arith::NegFOp>(op) ? -1 : 1);
  if (operands.size() == 2)
    add(sum, operands[1], isa<arith::SubFOp>(op) ? -1 : 1);
  return sum;
}

static FeatureWeights negative(const FeatureWeights &weights) {
  return llvm::to_vector(
      llvm::map_range(weights, [](double weight) { return 0.0 - weight; }));
}

/// Finds the pair that turns like A cos + B sin, or adds it.
static void assignPair(KeyAtomGroup &group, KeyContent &content,
                       const FeatureWeights &cos, const FeatureWeights &sin) {
  for (auto [number, pair] : llvm::enumerate(group.pairs))
    for (bool negated : {false, true}) {
      FeatureWeights ownCos = negated ? negative(cos) : cos;
      FeatureWeights ownSin = negated ? negative(sin) : sin;
      bool isX = ownCos == pair.cos && ownSin == pair.sin;
      bool isY = ownCos == pair.sin && ownSin == negative(pair.cos);
      if (!isX && !isY)
        continue;
      content.pair = number;
      content.isY = isY;
      content.negated = negated;
      return;
    }
  content.pair = group.pairs.size();
  group.pairs.push_back({cos, sin});
}

static std::optional<KeyAtomGroup> analyse(RowGroupAttr attr, Block &block) {
  KeyAtomGroup group = {attr, &block, {}, {}, {}};
  Evaluator evaluator(block);
  size_t features = attr.getOutputs().size();
  struct Found {
    Value content;
    FeatureWeights weights[3]; // by atom
  };
  SmallVector<Found> found;
  for (auto [i, value] :
       llvm::enumerate(block.getTerminator()->getOperands())) {
    std::optional<Terms> terms = evaluator.evaluate(value);
    if (!terms)
      return std::nullopt;
    for (const Term &term : *terms) {
      auto place = llvm::find_if(
          found, [&](const Found &f) { return f.content == term.content; });
      if (place == found.end()) {
        FeatureWeights zero(features, 0.0);
        found.push_back({term.content, {zero, zero, zero}});
        place = std::prev(found.end());
      }
      place->weights[term.atom][i] += term.coefficient;
    }
  }
  group.angle = evaluator.angle;
  FeatureWeights zero(features, 0.0);
  for (const Found &f : found) {
    KeyContent content;
    content.value = f.content;
    content.constant = f.weights[One];
    if (f.weights[Cos] != zero || f.weights[Sin] != zero)
      assignPair(group, content, f.weights[Cos], f.weights[Sin]);
    group.contents.push_back(std::move(content));
  }
  return group;
}

std::optional<KeyAtoms> sextant::findKeyAtoms(ForTilesOp op, int64_t lanes) {
  auto rows = op.getKey().getDefiningOp<RowFeaturesOp>();
  if (!rows || !rows.getResult().hasOneUse())
    return std::nullopt;
  if (rows.getPositions() && !rows.getPositions().getDefiningOp<PositionsOp>())
    return std::nullopt;
  KeyAtoms atoms = {rows, {}};
  for (auto [attr, body] :
       llvm::zip_equal(rows.getGroups(), rows.getBodies())) {
    auto group = llvm::cast<RowGroupAttr>(attr);
    if (group.getCount() % lanes != 0 ||
        llvm::any_of(group.getOutputs(),
                     [](MemberAttr member) { return member.getStride() != 1; }))
      return std::nullopt;
    std::optional<KeyAtomGroup> found = analyse(group, body.front());
    if (!found)
      return std::nullopt;
    atoms.groups.push_back(std::move(*found));
  }
  return atoms;
}
