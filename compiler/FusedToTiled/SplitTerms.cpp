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
  bool isForeign(Value value) const {
    const Terms &read = terms.lookup(value);
    return !read.empty() && !read.count(term);
  }
  LogicalResult refuse(Operation *at, StringRef why) {
    InFlightDiagnostic diag =
        op.emitOpError() << "has a score that is more than a choice between "
                            "terms, which the tiled form does not support";
    diag.attachNote(at->getLoc()) << why;
    return diag;
  }

  FusedOp op;
  Block &score;
  unsigned term;
  llvm::DenseMap<Value, Terms> terms;
  /// The selects on the way, and whether they take their first value.
  SmallVector<std::pair<arith::SelectOp, bool>> path;
};
} // namespace

LogicalResult TermOfScore::trace(Value value) {
  Operation *inner = value.getDefiningOp();
  const Terms &read = terms.lookup(value);
  // A map of this term, or the term itself.
  if (!inner || read.size() <= 1)
    return success();
  if (auto select = dyn_cast<arith::SelectOp>(inner);
      select && terms.lookup(select.getCondition()).empty()) {
    Value yes = select.getTrueValue(), no = select.getFalseValue();
    if (isOwn(yes) && isOwn(no))
      return refuse(inner, "reads a term in both values that it selects from");
    // What reads no term, such as a constant, belongs to none.
    if (terms.lookup(yes).empty() || terms.lookup(no).empty())
      return refuse(inner, "selects between a term and a number");
    path.push_back({select, isOwn(yes)});
    return trace(isOwn(yes) ? yes : no);
  }
  Value own;
  for (Value operand : inner->getOperands()) {
    if (isForeign(operand) || (own && own != operand && isOwn(operand) &&
                               terms.lookup(operand).size() > 1))
      return refuse(inner, "combines two terms");
    if (terms.lookup(operand).size() > 1)
      own = operand;
  }
  // What else it reads of the term must not hide another choice.
  return own ? trace(own) : success();
}

void TermOfScore::build(FusedOp part) {
  Location loc = score.getTerminator()->getLoc();
  OpBuilder builder(op.getContext());
  auto clone = [&](Block &from, Block &to, IRMapping &mapping) {
    builder.setInsertionPointToEnd(&to);
    for (Operation &inner : from.without_terminator())
      builder.clone(inner, mapping);
  };

  // The score: every select on the path gives the value it takes.
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
    auto taken = llvm::find_if(path, [&](auto &choice) {
      return choice.first.getOperation() == &inner;
    });
    if (taken == path.end()) {
      builder.clone(inner, mapping);
      continue;
    }
    mapping.map(inner.getResult(0),
                mapping.lookup(taken->second ? taken->first.getTrueValue()
                                             : taken->first.getFalseValue()));
  }
  Value result =
      mapping.lookupOrDefault(score.getTerminator()->getOperand(0));
  bool isPlain = result == own.getArgument(0);
  YieldOp::create(builder, loc, result);

  // The mask: what was visible, where the path is taken.
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
  for (auto [select, first] : path) {
    Value condition = pairs.lookupOrDefault(select.getCondition());
    if (!first)
      condition = arith::XOrIOp::create(
          builder, loc, condition,
          arith::ConstantOp::create(builder, loc, builder.getBoolAttr(true)));
    require(condition);
  }
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
        builder.getArrayAttr({groups}), op.getNormalizer(), 2 * groups.size());
    for (unsigned i = 0; i < groups.size(); ++i, ++group) {
      part.getQueryFeatures(i).takeBody(op.getQueryFeatures(group));
      part.getKeyFeatures(i).takeBody(op.getKeyFeatures(group));
    }
    own.build(part);
    // Weights are made of any term's scores alike.
    for (auto [from, to] : {std::pair(&op.getWeight(), &part.getWeight()),
                            std::pair(&op.getGate(), &part.getGate())}) {
      IRMapping mapping;
      from->cloneInto(to, mapping);
    }
    parts.push_back(part);
  }
  return parts;
}
