//===- SplitTerms.cpp - One attention a term ------------------------------===//
//
// A score that selects between terms is, for the pairs where it selects one, a
// map of that term alone. Which pairs those are is a predicate over pairs, as
// masks are: with it in the mask, a tile where all pairs take one term computes
// no other.
//
//===----------------------------------------------------------------------===//

#include "compiler/FusedToTiled/SplitTerms.h"

#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include <set>

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

namespace {
/// The score region as one of its terms sees it.
class TermOfScore {
public:
  TermOfScore(FusedOp op, unsigned term)
      : op(op), score(op.getScore().front()), term(term) {
    for (unsigned i = 0; i < op.getTerms().size(); ++i)
      terms[score.getArgument(i)] = {i};
    for (Operation &inner : score)
      for (Value result : inner.getResults())
        for (Value operand : inner.getOperands())
          for (unsigned one : terms.lookup(operand))
            terms[result].insert(one);
  }

  /// False if the score of no pair reads the term.
  bool isRead() const { return isOwn(score.back().getOperand(0)); }
  /// True if the score of no pair reads any term.
  bool isConstant() const {
    return terms.lookup(score.back().getOperand(0)).empty();
  }
  /// Finds the selects that lead from the result to the term.
  LogicalResult trace() { return trace(score.getTerminator()->getOperand(0)); }
  /// Fills the regions of an op of this term alone.
  void build(FusedOp part);

private:
  using Terms = std::set<unsigned>;

  LogicalResult trace(Value value);
  bool isOwn(Value value) const { return terms.lookup(value).count(term); }
  /// True if the value depends on the pair's choice between terms.
  bool isMixed(Value value) const { return terms.lookup(value).size() > 1; }
  /// The last select between terms on every way to a mixed value. Null if there
  /// is no such one, as where two terms are added.
  arith::SelectOp choiceOf(Value value);
  /// When a value is made of this term, in a block of pairs; null for always.
  Value buildCondition(OpBuilder &builder, Value value, const IRMapping &pairs);

  FusedOp op;
  Block &score;
  unsigned term;
  llvm::DenseMap<Value, Terms> terms;
  /// What choiceOf found, and what buildCondition built for a choice.
  llvm::DenseMap<Value, arith::SelectOp> choices;
  llvm::DenseMap<Operation *, Value> conditions;
};
} // namespace

arith::SelectOp TermOfScore::choiceOf(Value value) {
  auto [place, isNew] = choices.try_emplace(value);
  if (!isNew)
    return place->second;
  Operation *inner = value.getDefiningOp();
  // A map of one choice, whatever it is made of besides.
  arith::SelectOp only;
  bool isOne = true;
  for (Value operand : inner->getOperands()) {
    if (terms.lookup(operand).empty())
      continue;
    arith::SelectOp choice = isMixed(operand) ? choiceOf(operand) : nullptr;
    isOne &= choice && (!only || only == choice);
    only = choice;
  }
  if (isOne)
    return choices[value] = only;
  auto select = dyn_cast<arith::SelectOp>(inner);
  bool isChoice = select && terms.lookup(select.getCondition()).empty() &&
                  !terms.lookup(select.getTrueValue()).empty() &&
                  !terms.lookup(select.getFalseValue()).empty();
  return choices[value] = isChoice ? select : nullptr;
}

LogicalResult TermOfScore::trace(Value value) {
  if (!isMixed(value))
    return success();
  arith::SelectOp choice = choiceOf(value);
  if (!choice) {
    InFlightDiagnostic diag =
        op.emitOpError() << "has a score that is more than a choice between "
                            "terms, which the tiled form does not support";
    diag.attachNote(value.getLoc()) << "combines two terms";
    return diag;
  }
  for (Value branch : {choice.getTrueValue(), choice.getFalseValue()})
    if (isOwn(branch) && failed(trace(branch)))
      return failure();
  return success();
}

Value TermOfScore::buildCondition(OpBuilder &builder, Value value,
                                  const IRMapping &pairs) {
  if (!isMixed(value))
    return {};
  arith::SelectOp select = choiceOf(value);
  if (auto known = conditions.find(select); known != conditions.end())
    return known->second;
  Location loc = select.getLoc();
  Value condition = pairs.lookupOrDefault(select.getCondition());
  auto negate = [&](Value value) -> Value {
    return arith::XOrIOp::create(
        builder, loc, value,
        arith::ConstantOp::create(builder, loc, builder.getBoolAttr(true)));
  };
  auto both = [&](Value first, Value second) -> Value {
    return second ? arith::AndIOp::create(builder, loc, first, second) : first;
  };
  Value yes = select.getTrueValue(), no = select.getFalseValue();
  const bool isYes = isOwn(yes), isNo = isOwn(no);
  Value ifYes = isYes ? buildCondition(builder, yes, pairs) : Value();
  Value ifNo = isNo ? buildCondition(builder, no, pairs) : Value();
  Value &taken = conditions[select];
  if (!isNo)
    taken = both(condition, ifYes);
  else if (!isYes)
    taken = both(negate(condition), ifNo);
  else if (ifYes == ifNo)
    taken = ifYes;
  else
    taken = arith::OrIOp::create(builder, loc, both(condition, ifYes),
                                 both(negate(condition), ifNo));
  return taken;
}

void TermOfScore::build(FusedOp part) {
  Location loc = score.getTerminator()->getLoc();
  OpBuilder builder(op.getContext());
  auto clone = [&](Block &from, Block &to, IRMapping &mapping) {
    builder.setInsertionPointToEnd(&to);
    for (Operation &inner : from.without_terminator())
      builder.clone(inner, mapping);
  };

  // The score: a choice that gives the term in one value only is that value.
  Block &own = part.getScore().emplaceBlock();
  own.addArgument(Float32Type::get(op.getContext()), loc);
  IRMapping mapping;
  for (BlockArgument argument : score.getArguments())
    if (argument.getArgNumber() < op.getTerms().size())
      mapping.map(argument, own.getArgument(0));
    else
      mapping.map(argument, own.addArgument(argument.getType(), loc));
  builder.setInsertionPointToEnd(&own);
  for (Operation &inner : score.without_terminator()) {
    auto select = dyn_cast<arith::SelectOp>(inner);
    if (select && isMixed(select) && choiceOf(select) == select) {
      Value yes = select.getTrueValue(), no = select.getFalseValue();
      const bool isYes = isOwn(yes);
      if (!isYes || !isOwn(no)) {
        mapping.map(select.getResult(),
                    mapping.lookupOrDefault(isYes ? yes : no));
        continue;
      }
    }
    builder.clone(inner, mapping);
  }
  Value result = mapping.lookupOrDefault(score.getTerminator()->getOperand(0));
  bool isPlain = result == own.getArgument(0);
  YieldOp::create(builder, loc, result);

  // The mask: what was visible, where the score is made of the term.
  Block &seen = part.getVisible().emplaceBlock();
  for (unsigned i = 0; i < kPairCoordinates; ++i)
    seen.addArgument(builder.getI32Type(), loc);
  Value visible;
  auto require = [&](Value condition) {
    visible = visible ? arith::AndIOp::create(builder, loc, visible, condition)
                      : condition;
  };
  if (!op.getVisible().empty()) {
    Block &mask = op.getVisible().front();
    IRMapping pairs;
    pairs.map(mask.getArguments(), seen.getArguments());
    clone(mask, seen, pairs);
    require(pairs.lookupOrDefault(mask.getTerminator()->getOperand(0)));
  }
  IRMapping pairs;
  pairs.map(score.getArguments().take_back(kPairCoordinates),
            seen.getArguments());
  builder.setInsertionPointToEnd(&seen);
  for (Operation &inner : score.without_terminator())
    if (llvm::all_of(inner.getResults(),
                     [&](Value value) { return terms.lookup(value).empty(); }))
      builder.clone(inner, pairs);
  if (Value taken =
          buildCondition(builder, score.getTerminator()->getOperand(0), pairs))
    require(taken);
  if (visible)
    YieldOp::create(builder, loc, visible);
  else
    seen.erase();

  for (Region *region : {&part.getScore(), &part.getVisible()})
    if (!region->empty())
      for (Operation &inner :
           llvm::make_early_inc_range(llvm::reverse(region->front())))
        if (isOpTriviallyDead(&inner))
          inner.erase();
  if (isPlain)
    part.getScore().front().erase();
}

FailureOr<SmallVector<FusedOp>> sextant::splitTerms(OpBuilder &builder,
                                                    FusedOp op) {
  SmallVector<FusedOp> parts;
  unsigned count = op.getTerms().size();
  if (count == 1) {
    parts.push_back(op);
    return parts;
  }
  SmallVector<TermOfScore> terms;
  for (unsigned term = 0; term < count; ++term) {
    terms.emplace_back(op, term);
    if (failed(terms.back().trace()))
      return failure();
  }
  unsigned group = 0;
  for (auto [term, own] : llvm::enumerate(terms)) {
    auto groups = llvm::cast<ArrayAttr>(op.getTerms()[term]);
    // A score that reads no term has one loop all the same.
    if (!own.isRead() && !(own.isConstant() && term == 0)) {
      group += groups.size();
      continue;
    }
    auto part = FusedOp::create(
        builder, op.getLoc(), op->getResultTypes(), op.getQuery(), op.getKey(),
        op.getValue(), op.getQueryPos(), op.getKeyPos(), op.getCaptures(),
        builder.getArrayAttr({groups}), op.getNormalizer(),
        op.getBf16Features(), op.getBf16Weights(), 2 * groups.size());
    for (unsigned i = 0; i < groups.size(); ++i, ++group) {
      part.getQueryFeatures(i).takeBody(op.getQueryFeatures(group));
      part.getKeyFeatures(i).takeBody(op.getKeyFeatures(group));
    }
    own.build(part);
    // Weights are made of any term's scores alike.
    for (auto [from, to] : {std::pair(&op.getWeight(), &part.getWeight()),
                            std::pair(&op.getCarry(), &part.getCarry()),
                            std::pair(&op.getGate(), &part.getGate())}) {
      IRMapping mapping;
      from->cloneInto(to, mapping);
    }
    parts.push_back(part);
  }
  return parts;
}
