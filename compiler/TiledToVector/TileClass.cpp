//===- TileClass.cpp - Interval evaluation of the visible region ----------===//
//
// Every value of the region is abstracted as one of
//   point     one known value: a scalar, emitted as written (a function of
//             batch, head, extents and captured tensors)
//   interval  an i64 range of an integer
//   truth     which of true and false are possible
//   unknown   anything
//
//===----------------------------------------------------------------------===//

#include "compiler/TiledToVector/TileClass.h"
#include "compiler/TiledToVector/Code.h"

#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

namespace {

struct Abstract {
  enum Kind { Unknown, Point, Range, Truth } kind = Unknown;
  Value point;
  Interval range;
  Value canBeTrue, canBeFalse;
};

} // namespace

class TileClassifier::Evaluator {
public:
  Evaluator(OpBuilder &builder, Block &block, const ClassSources &sources)
      : builder(builder), loc(block.getParentOp()->getLoc()), block(block),
        sources(sources),
        points(/*lanes=*/1, /*fma=*/false, Elements(/*hasHalf=*/false)) {
    points.setExtents(sources.extents);
    for (auto [tensor, memref] : sources.tensors)
      points.mapTensor(tensor, memref);
  }

  void set(unsigned place, const Interval &interval) {
    Value argument = block.getArgument(place);
    if (interval.low == interval.high) {
      Value point = arith::TruncIOp::create(builder, loc, builder.getI32Type(),
                                            interval.low);
      points.map(argument, point);
      values[argument] = {Abstract::Point, point, {}, {}, {}};
      return;
    }
    values[argument] = {Abstract::Range, {}, interval, {}, {}};
  }

  void emitAvailable() {
    // One walk finds every value that has a single known value.
    points.emitAvailable(builder, block);
    for (Operation &op : block.without_terminator())
      if (!isEvaluated(op.getResult(0)) &&
          llvm::all_of(op.getOperands(), [&](Value operand) {
            return llvm::isa<TensorType>(operand.getType()) ||
                   isEvaluated(operand);
          }))
        evaluate(op);
  }

  Value emit() {
    emitAvailable();
    Abstract result = truthOf(block.getTerminator()->getOperand(0));
    Value empty = integer(0), partial = integer(1), full = integer(2);
    Value nonEmpty =
        arith::SelectOp::create(builder, loc, result.canBeFalse, partial, full);
    return arith::SelectOp::create(builder, loc, result.canBeTrue, nonEmpty,
                                   empty);
  }

private:
  bool isEvaluated(Value value) const {
    return points.emitted(value) || values.contains(value) ||
           value.getDefiningOp<arith::ConstantOp>();
  }
  void evaluate(Operation &op);
  Abstract read(ReadOp op);
  Interval rangeOf(Value value, bool &known);
  Abstract truthOf(Value value);
  Abstract compare(arith::CmpIOp op);
  std::optional<Interval> arithmetic(Operation &op);
  Interval wrapped(Interval range);

  Value integer(int32_t value) {
    return arith::ConstantOp::create(builder, loc,
                                     builder.getI32IntegerAttr(value));
  }
  Value wide(int64_t value) {
    return arith::ConstantOp::create(builder, loc,
                                     builder.getI64IntegerAttr(value));
  }
  Value boolean(bool value) {
    return arith::ConstantOp::create(builder, loc, builder.getBoolAttr(value));
  }
  Value cmp(arith::CmpIPredicate predicate, Value a, Value b) {
    return arith::CmpIOp::create(builder, loc, predicate, a, b);
  }
  Value smaller(Value a, Value b) {
    return arith::MinSIOp::create(builder, loc, a, b);
  }
  Value larger(Value a, Value b) {
    return arith::MaxSIOp::create(builder, loc, a, b);
  }
  Value conjunction(Value a, Value b) {
    return arith::AndIOp::create(builder, loc, a, b);
  }
  Value disjunction(Value a, Value b) {
    return arith::OrIOp::create(builder, loc, a, b);
  }

  OpBuilder &builder;
  Location loc;
  Block &block;
  ClassSources sources;
  RegionEmitter points;
  /// What has been evaluated and is no point; unknown values too.
  llvm::DenseMap<Value, Abstract> values;
};

static std::optional<int64_t> constantOf(Value value) {
  APInt constant;
  if (matchPattern(value, m_ConstantInt(&constant)))
    return constant.getSExtValue();
  return std::nullopt;
}

Interval TileClassifier::Evaluator::rangeOf(Value value, bool &known) {
  if (std::optional<int64_t> constant = constantOf(value)) {
    Value number = wide(*constant); // one value twice: a single number
    return {number, number};
  }
  Value point = points.emitted(value);
  if (point && point.getType().isInteger()) {
    Value extended =
        point.getType().isInteger(64)
            ? point
            : arith::ExtSIOp::create(builder, loc, builder.getI64Type(), point)
                  .getResult();
    return {extended, extended};
  }
  Abstract abstract = values.lookup(value);
  if (abstract.kind == Abstract::Range)
    return abstract.range;
  known = false;
  return {};
}

Abstract TileClassifier::Evaluator::truthOf(Value value) {
  Abstract truth{Abstract::Truth, {}, {}, boolean(true), boolean(true)};
  Value point = points.emitted(value);
  if (!point)
    if (std::optional<int64_t> constant = constantOf(value))
      point = boolean(*constant != 0);
  if (point) {
    truth.canBeTrue = point;
    truth.canBeFalse =
        arith::XOrIOp::create(builder, loc, point, boolean(true));
    return truth;
  }
  Abstract abstract = values.lookup(value);
  return abstract.kind == Abstract::Truth ? abstract : truth;
}

Abstract TileClassifier::Evaluator::compare(arith::CmpIOp op) {
  using P = arith::CmpIPredicate;
  bool known = true;
  Interval a = rangeOf(op.getLhs(), known), b = rangeOf(op.getRhs(), known);
  if (!known)
    return {};
  P predicate = op.getPredicate();
  // a > b is b < a.
  if (predicate == P::sgt || predicate == P::sge) {
    std::swap(a, b);
    predicate = predicate == P::sgt ? P::slt : P::sle;
  }
  Abstract truth{Abstract::Truth, {}, {}, {}, {}};
  switch (predicate) {
  case P::slt:
    truth.canBeTrue = cmp(P::slt, a.low, b.high);
    truth.canBeFalse = cmp(P::sge, a.high, b.low);
    return truth;
  case P::sle:
    truth.canBeTrue = cmp(P::sle, a.low, b.high);
    truth.canBeFalse = cmp(P::sgt, a.high, b.low);
    return truth;
  case P::eq:
  case P::ne: {
    Value overlap =
        conjunction(cmp(P::sle, a.low, b.high), cmp(P::sle, b.low, a.high));
    Value singles =
        conjunction(cmp(P::eq, a.low, a.high), cmp(P::eq, b.low, b.high));
    Value same = conjunction(singles, overlap);
    Value differ = arith::XOrIOp::create(builder, loc, same, boolean(true));
    truth.canBeTrue = predicate == P::eq ? overlap : differ;
    truth.canBeFalse = predicate == P::eq ? differ : overlap;
    return truth;
  }
  default: // unsigned comparisons
    return {};
  }
}

/// A result that leaves i32 wraps around: then anything is possible.
Interval TileClassifier::Evaluator::wrapped(Interval range) {
  Value least = wide(INT32_MIN), most = wide(INT32_MAX);
  Value fits = conjunction(cmp(arith::CmpIPredicate::sge, range.low, least),
                           cmp(arith::CmpIPredicate::sle, range.high, most));
  return {arith::SelectOp::create(builder, loc, fits, range.low, least),
          arith::SelectOp::create(builder, loc, fits, range.high, most)};
}

std::optional<Interval> TileClassifier::Evaluator::arithmetic(Operation &op) {
  bool known = true;
  auto operand = [&](unsigned i) { return rangeOf(op.getOperand(i), known); };
  auto add = [&](Value a, Value b) -> Value {
    return arith::AddIOp::create(builder, loc, a, b);
  };
  auto sub = [&](Value a, Value b) -> Value {
    return arith::SubIOp::create(builder, loc, a, b);
  };
  auto mul = [&](Value a, Value b) -> Value {
    return arith::MulIOp::create(builder, loc, a, b);
  };
  auto div = [&](Value a, Value b) -> Value {
    return arith::DivSIOp::create(builder, loc, a, b);
  };
  auto floorDiv = [&](Value a, Value b) -> Value {
    Value quotient = div(a, b);
    Value below =
        cmp(arith::CmpIPredicate::slt, sub(a, mul(quotient, b)), wide(0));
    return arith::SelectOp::create(builder, loc, below, sub(quotient, wide(1)),
                                   quotient);
  };
  using Result = std::optional<Interval>;
  Result range =
      llvm::TypeSwitch<Operation *, Result>(&op)
          .Case<arith::AddIOp, arith::SubIOp, arith::MulIOp, arith::MinSIOp,
                arith::MaxSIOp>([&](auto) -> Result {
            Interval a = operand(0), b = operand(1);
            if (!known)
              return std::nullopt;
            if (isa<arith::AddIOp>(op))
              return wrapped({add(a.low, b.low), add(a.high, b.high)});
            if (isa<arith::SubIOp>(op))
              return wrapped({sub(a.low, b.high), sub(a.high, b.low)});
            if (isa<arith::MinSIOp>(op))
              return Interval{smaller(a.low, b.low), smaller(a.high, b.high)};
            if (isa<arith::MaxSIOp>(op))
              return Interval{larger(a.low, b.low), larger(a.high, b.high)};
            Value p = mul(a.low, b.low), q = mul(a.low, b.high),
                  r = mul(a.high, b.low), s = mul(a.high, b.high);
            return wrapped({smaller(smaller(p, q), smaller(r, s)),
                            larger(larger(p, q), larger(r, s))});
          })
          .Case<arith::DivSIOp, arith::RemSIOp>([&](auto) -> Result {
            // By a positive constant, truncated division is monotone.
            std::optional<int64_t> divisor = constantOf(op.getOperand(1));
            Interval a = operand(0);
            if (!known || !divisor || *divisor <= 0)
              return std::nullopt;
            Value d = wide(*divisor);
            Value low = div(a.low, d), high = div(a.high, d);
            if (isa<arith::DivSIOp>(op))
              return Interval{low, high};
            // Within one quotient q the remainder is a - q d.
            Value zero = wide(0);
            Value linear = cmp(arith::CmpIPredicate::eq, low, high);
            Value offset = mul(low, d);
            Value negative = cmp(arith::CmpIPredicate::slt, a.low, zero);
            Value least = arith::SelectOp::create(builder, loc, negative,
                                                  wide(1 - *divisor), zero);
            return Interval{arith::SelectOp::create(builder, loc, linear,
                                                    sub(a.low, offset), least),
                            arith::SelectOp::create(builder, loc, linear,
                                                    sub(a.high, offset),
                                                    wide(*divisor - 1))};
          })
          .Case<arith::FloorDivSIOp, arith::CeilDivSIOp>([&](auto) -> Result {
            std::optional<int64_t> divisor = constantOf(op.getOperand(1));
            Interval a = operand(0);
            if (!known || !divisor || *divisor <= 0)
              return std::nullopt;
            Value d = wide(*divisor), zero = wide(0);
            if (isa<arith::FloorDivSIOp>(op))
              return Interval{floorDiv(a.low, d), floorDiv(a.high, d)};
            auto ceilDiv = [&](Value x) {
              return sub(zero, floorDiv(sub(zero, x), d));
            };
            return Interval{ceilDiv(a.low), ceilDiv(a.high)};
          })
          .Case([&](arith::ShRSIOp) -> Result {
            std::optional<int64_t> amount = constantOf(op.getOperand(1));
            Interval a = operand(0);
            if (!known || !amount || *amount < 0 || *amount > 31)
              return std::nullopt;
            Value shift = wide(*amount);
            return Interval{
                arith::ShRSIOp::create(builder, loc, a.low, shift),
                arith::ShRSIOp::create(builder, loc, a.high, shift)};
          })
          .Case([&](math::AbsIOp) -> Result {
            Interval a = operand(0);
            if (!known)
              return std::nullopt;
            Value zero = wide(0);
            Value negated = sub(zero, a.high);
            return wrapped({larger(zero, larger(a.low, negated)),
                            larger(a.high, sub(zero, a.low))});
          })
          .Case([&](arith::ExtSIOp) -> Result {
            Interval a = operand(0);
            return known ? Result(a) : std::nullopt;
          })
          .Case([&](arith::SelectOp select) -> Result {
            Interval a = rangeOf(select.getTrueValue(), known),
                     b = rangeOf(select.getFalseValue(), known);
            if (!known)
              return std::nullopt;
            Abstract truth = truthOf(select.getCondition());
            auto pick = [&](Value x, Value y, Value both) -> Value {
              Value some = arith::SelectOp::create(builder, loc,
                                                   truth.canBeFalse, both, x);
              return arith::SelectOp::create(builder, loc, truth.canBeTrue,
                                             some, y);
            };
            return Interval{pick(a.low, b.low, smaller(a.low, b.low)),
                            pick(a.high, b.high, larger(a.high, b.high))};
          })
          .Default([](Operation *) -> Result { return std::nullopt; });
  return range;
}

/// Bounds of the elements that a read may give.
Abstract TileClassifier::Evaluator::read(ReadOp op) {
  if (!op.getType().isInteger(1) && !op.getType().isInteger(32))
    return {};
  SmallVector<Interval> indices;
  SmallVector<unsigned> varying;
  bool known = true;
  for (auto [axis, index] : llvm::enumerate(op.getIndices())) {
    indices.push_back(rangeOf(index, known));
    if (known && indices.back().low != indices.back().high)
      varying.push_back(axis);
  }
  if (!known || varying.size() != 1)
    return {};
  Code code(builder, loc);
  Interval found;
  Value tensor = sources.tensors.lookup(op.getTensor());
  Value summary = sources.summaries.lookup(op.getTensor());
  if (summary && varying.front() + 1 == indices.size()) {
    SmallVector<Value> leading;
    for (const Interval &index : ArrayRef(indices).drop_back())
      leading.push_back(index.low);
    found = readInterval(code, {tensor, summary}, leading, indices.back());
  } else {
    found = readFew(code, tensor, indices, varying.front());
  }
  if (!op.getType().isInteger(1))
    return {Abstract::Range, {}, found, {}, {}};
  return {Abstract::Truth,
          {},
          {},
          code.negate(code.isZero(found.high)),
          code.isZero(found.low)};
}

void TileClassifier::Evaluator::evaluate(Operation &op) {
  Value result = op.getResult(0);
  if (auto access = llvm::dyn_cast<ReadOp>(op)) {
    Abstract element = read(access);
    if (element.kind != Abstract::Unknown) {
      values[result] = element;
      return;
    }
  }
  if (auto comparison = llvm::dyn_cast<arith::CmpIOp>(op)) {
    Abstract truth = compare(comparison);
    if (truth.kind == Abstract::Truth) {
      values[result] = truth;
      return;
    }
  } else if (result.getType().isInteger(1)) {
    // Kleene's logic: an unknown operand leaves both outcomes possible.
    if (isa<arith::AndIOp, arith::OrIOp, arith::XOrIOp>(op)) {
      Abstract a = truthOf(op.getOperand(0)), b = truthOf(op.getOperand(1));
      Abstract truth{Abstract::Truth, {}, {}, {}, {}};
      if (isa<arith::AndIOp>(op)) {
        truth.canBeTrue = conjunction(a.canBeTrue, b.canBeTrue);
        truth.canBeFalse = disjunction(a.canBeFalse, b.canBeFalse);
      } else if (isa<arith::OrIOp>(op)) {
        truth.canBeTrue = disjunction(a.canBeTrue, b.canBeTrue);
        truth.canBeFalse = conjunction(a.canBeFalse, b.canBeFalse);
      } else {
        truth.canBeTrue = disjunction(conjunction(a.canBeTrue, b.canBeFalse),
                                      conjunction(a.canBeFalse, b.canBeTrue));
        truth.canBeFalse = disjunction(conjunction(a.canBeTrue, b.canBeTrue),
                                       conjunction(a.canBeFalse, b.canBeFalse));
      }
      values[result] = truth;
      return;
    }
    if (auto select = llvm::dyn_cast<arith::SelectOp>(op)) {
      Abstract c = truthOf(select.getCondition()),
               a = truthOf(select.getTrueValue()),
               b = truthOf(select.getFalseValue());
      values[result] = {Abstract::Truth,
                        {},
                        {},
                        disjunction(conjunction(c.canBeTrue, a.canBeTrue),
                                    conjunction(c.canBeFalse, b.canBeTrue)),
                        disjunction(conjunction(c.canBeTrue, a.canBeFalse),
                                    conjunction(c.canBeFalse, b.canBeFalse))};
      return;
    }
  } else if (std::optional<Interval> range = arithmetic(op)) {
    values[result] = {Abstract::Range, {}, *range, {}, {}};
    return;
  }
  for (Value other : op.getResults())
    values[other] = {};
  // Only of the op that is the cause.
  if (llvm::any_of(op.getOperands(), [&](Value operand) {
        auto known = values.find(operand);
        return known != values.end() && known->second.kind == Abstract::Unknown;
      }))
    return;
  emitRemark(op.getLoc())
      << "'" << op.getName()
      << "' has no interval rule: tiles that depend on it are tested element "
         "by element";
}

TileClassifier::TileClassifier(OpBuilder &builder, Block &visible,
                               const ClassSources &sources)
    : evaluator(std::make_unique<Evaluator>(builder, visible, sources)) {}
TileClassifier::TileClassifier(const TileClassifier &other)
    : evaluator(std::make_unique<Evaluator>(*other.evaluator)) {}
TileClassifier::TileClassifier(TileClassifier &&) = default;
TileClassifier::~TileClassifier() = default;

void TileClassifier::set(unsigned place, const Interval &interval) {
  evaluator->set(place, interval);
}
void TileClassifier::emitAvailable() { evaluator->emitAvailable(); }
Value TileClassifier::emit() { return evaluator->emit(); }
