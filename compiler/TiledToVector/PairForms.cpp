//===- PairForms.cpp - Linear forms of the coordinates of a pair ----------===//

#include "compiler/TiledToVector/PairForms.h"

#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"

#include <map>
#include <vector>

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

namespace {

/// Row number of the query, distance, number of queries, number of keys; behind
/// them, values that are no linear form.
enum Symbol : unsigned { Row, Distance, Queries, Keys, NumCoordinates };

/// What is multiplied stays within 32 bits and a few terms, so that nothing
/// here wraps.
constexpr int64_t kMost = int64_t(1) << 24;

struct Bounds {
  int64_t low, high;
};

/// A number plus factor x symbol, over symbols.
struct Form {
  std::vector<int64_t> factors;
  int64_t number = 0;
};

constexpr Bounds kAny = {INT32_MIN, INT32_MAX};

class Decider {
public:
  Decider(Block &visible, PairPositions positions, Bounds distances);
  Truth decide() { return truthOf(visible.getTerminator()->getOperand(0)); }

private:
  Form symbol(Bounds range);
  Bounds rangeOf(const Form &form) const;
  Form formOf(Value value);
  Truth truthOf(Value value);
  Truth compare(arith::CmpIOp op);
  std::optional<Form> linear(Operation &op);
  Bounds nonlinear(Operation &op);
  void visit(Operation &op);

  /// Equal numbers, equal values: of what an op computes, from its operands.
  using Key = std::vector<uint64_t>;
  unsigned numberOf(const Key &key) {
    return numbers.try_emplace(key, numbers.size()).first->second;
  }
  unsigned numberOf(Value value);

  Block &visible;
  std::vector<Bounds> symbols;
  llvm::DenseMap<Value, Form> forms;
  llvm::DenseMap<Value, Truth> truths;
  std::map<Key, unsigned> numbers;
  llvm::DenseMap<Value, unsigned> truthNumbers;
  /// Symbols of values that are no linear form, by their number.
  std::map<unsigned, Form> opaque;
};

} // namespace

static Form combined(const Form &a, const Form &b, int64_t sign) {
  Form sum = a;
  sum.factors.resize(std::max(a.factors.size(), b.factors.size()));
  for (auto [symbol, factor] : llvm::enumerate(b.factors))
    sum.factors[symbol] += sign * factor;
  sum.number += sign * b.number;
  return sum;
}

static Form scaled(const Form &a, int64_t by) {
  Form product = a;
  for (int64_t &factor : product.factors)
    factor *= by;
  product.number *= by;
  return product;
}

static Form constant(int64_t number) { return {{}, number}; }

/// A new symbol; one that has a single value is that number.
Form Decider::symbol(Bounds range) {
  symbols.push_back(range);
  if (range.low == range.high)
    return constant(range.low);
  Form form;
  form.factors.resize(symbols.size());
  form.factors.back() = 1;
  return form;
}

Decider::Decider(Block &visible, PairPositions positions, Bounds distances)
    : visible(visible) {
  const bool isKnown = positions != PairPositions::Unknown;
  // In the order of Symbol.
  Form row = symbol({isKnown ? 0 : -kMost, kMost});
  Form distance = symbol(distances);
  Form queries = symbol({1, kMost}), keys = symbol({1, kMost});
  Form position = row;
  if (positions == PairPositions::BottomRight)
    position = combined(combined(row, keys, 1), queries, -1);
  Form keyPosition = combined(position, distance, 1);
  auto at = visible.getArguments();
  for (unsigned place : {0, 1}) // batch, head
    forms[at[place]] = symbol({0, kMost});
  // Positions that tensors give have nothing to do with row numbers.
  forms[at[2]] = isKnown ? row : symbol({0, kMost});
  forms[at[3]] = isKnown ? keyPosition : symbol({0, kMost});
  forms[at[4]] = position;
  forms[at[5]] = keyPosition;
  for (Operation &op : visible.without_terminator())
    visit(op);
}

unsigned Decider::numberOf(Value value) {
  enum : uint64_t { IsForm, IsOther };
  if (value.getType().isInteger(1)) {
    auto known = truthNumbers.find(value);
    if (known != truthNumbers.end())
      return known->second;
  }
  if (value.getType().isInteger(32)) {
    Form form = formOf(value);
    while (!form.factors.empty() && form.factors.back() == 0)
      form.factors.pop_back();
    Key key{IsForm, uint64_t(form.number)};
    key.insert(key.end(), form.factors.begin(), form.factors.end());
    return numberOf(key);
  }
  return numberOf(
      {IsOther, reinterpret_cast<uintptr_t>(value.getAsOpaquePointer())});
}

/// Ops of a region are pure: one that does the same with the same is the same.
void Decider::visit(Operation &op) {
  enum : uint64_t { IsOp = 2 };
  Value result = op.getResult(0);
  const bool isTruth = result.getType().isInteger(1);
  if (!isTruth && !result.getType().isInteger(32))
    return;
  Key key{
      IsOp, reinterpret_cast<uintptr_t>(op.getName().getAsOpaquePointer()),
      reinterpret_cast<uintptr_t>(op.getAttrDictionary().getAsOpaquePointer())};
  for (Value operand : op.getOperands())
    key.push_back(numberOf(operand));
  const unsigned number = numberOf(key);
  if (isTruth) {
    truths[result] = truthOf(result);
    truthNumbers[result] = number;
    return;
  }
  std::optional<Form> form = linear(op);
  // Arithmetic wraps: what may leave an i32 may be anything.
  if (form) {
    const Bounds range = rangeOf(*form);
    if (range.low < INT32_MIN || range.high > INT32_MAX)
      form.reset();
  }
  if (!form) {
    auto known = opaque.find(number);
    if (known == opaque.end()) {
      Bounds range = nonlinear(op);
      if (range.low < INT32_MIN || range.high > INT32_MAX)
        range = kAny;
      known = opaque.emplace(number, symbol(range)).first;
    }
    form = known->second;
  }
  forms[result] = *form;
}

Bounds Decider::rangeOf(const Form &form) const {
  Bounds range = {form.number, form.number};
  for (auto [factor, symbol] : llvm::zip(form.factors, symbols)) {
    range.low += std::min(factor * symbol.low, factor * symbol.high);
    range.high += std::max(factor * symbol.low, factor * symbol.high);
  }
  return range;
}

static std::optional<int64_t> constantOf(Value value) {
  APInt constant;
  if (matchPattern(value, m_ConstantInt(&constant)))
    return constant.getSExtValue();
  return std::nullopt;
}

Form Decider::formOf(Value value) {
  if (std::optional<int64_t> number = constantOf(value))
    return constant(*number);
  auto known = forms.find(value);
  if (known == forms.end())
    known = forms.try_emplace(value, symbol(kAny)).first;
  return known->second;
}

Truth Decider::compare(arith::CmpIOp op) {
  using P = arith::CmpIPredicate;
  if (!op.getLhs().getType().isInteger(32))
    return {};
  const Bounds difference =
      rangeOf(combined(formOf(op.getLhs()), formOf(op.getRhs()), -1));
  switch (op.getPredicate()) {
  case P::slt:
    return {difference.low < 0, difference.high >= 0};
  case P::sle:
    return {difference.low <= 0, difference.high > 0};
  case P::sgt:
    return {difference.high > 0, difference.low <= 0};
  case P::sge:
    return {difference.high >= 0, difference.low < 0};
  case P::eq:
  case P::ne: {
    Truth equal{difference.low <= 0 && difference.high >= 0,
                difference.low != 0 || difference.high != 0};
    return op.getPredicate() == P::eq
               ? equal
               : Truth{equal.canBeFalse, equal.canBeTrue};
  }
  default:
    return {};
  }
}

Truth Decider::truthOf(Value value) {
  auto known = truths.find(value);
  if (known != truths.end())
    return known->second;
  if (std::optional<int64_t> constant = constantOf(value))
    return {*constant != 0, *constant == 0};
  Operation *op = value.getDefiningOp();
  if (!op)
    return {};
  return llvm::TypeSwitch<Operation *, Truth>(op)
      .Case([&](arith::CmpIOp compare) { return this->compare(compare); })
      .Case([&](arith::AndIOp op) -> Truth {
        Truth a = truthOf(op.getLhs()), b = truthOf(op.getRhs());
        return {a.canBeTrue && b.canBeTrue, a.canBeFalse || b.canBeFalse};
      })
      .Case([&](arith::OrIOp op) -> Truth {
        Truth a = truthOf(op.getLhs()), b = truthOf(op.getRhs());
        return {a.canBeTrue || b.canBeTrue, a.canBeFalse && b.canBeFalse};
      })
      .Case([&](arith::XOrIOp op) -> Truth {
        Truth a = truthOf(op.getLhs()), b = truthOf(op.getRhs());
        return {(a.canBeTrue && b.canBeFalse) || (a.canBeFalse && b.canBeTrue),
                (a.canBeTrue && b.canBeTrue) || (a.canBeFalse && b.canBeFalse)};
      })
      .Case([&](arith::SelectOp op) -> Truth {
        Truth c = truthOf(op.getCondition()), a = truthOf(op.getTrueValue()),
              b = truthOf(op.getFalseValue());
        return {(c.canBeTrue && a.canBeTrue) || (c.canBeFalse && b.canBeTrue),
                (c.canBeTrue && a.canBeFalse) ||
                    (c.canBeFalse && b.canBeFalse)};
      })
      .Default([](Operation *) { return Truth(); });
}

/// What is no linear form.
Bounds Decider::nonlinear(Operation &op) {
  auto operand = [&](unsigned i) { return rangeOf(formOf(op.getOperand(i))); };
  return llvm::TypeSwitch<Operation *, Bounds>(&op)
      .Case([&](arith::MinSIOp) -> Bounds {
        Bounds a = operand(0), b = operand(1);
        return {std::min(a.low, b.low), std::min(a.high, b.high)};
      })
      .Case([&](arith::MaxSIOp) -> Bounds {
        Bounds a = operand(0), b = operand(1);
        return {std::max(a.low, b.low), std::max(a.high, b.high)};
      })
      .Case([&](arith::DivSIOp) -> Bounds {
        std::optional<int64_t> by = constantOf(op.getOperand(1));
        Bounds a = operand(0);
        return by && *by > 0 ? Bounds{a.low / *by, a.high / *by} : kAny;
      })
      .Case([&](arith::RemSIOp) -> Bounds {
        std::optional<int64_t> by = constantOf(op.getOperand(1));
        Bounds a = operand(0);
        if (!by || *by <= 0)
          return kAny;
        return {a.low < 0 ? 1 - *by : 0, a.high > 0 ? *by - 1 : 0};
      })
      .Case([&](math::AbsIOp) -> Bounds {
        Bounds a = operand(0);
        return {std::max<int64_t>({a.low, -a.high, 0}),
                std::max(a.high, -a.low)};
      })
      .Case([&](arith::SelectOp select) -> Bounds {
        Truth c = truthOf(select.getCondition());
        Bounds a = operand(1), b = operand(2);
        if (!c.canBeTrue)
          return b;
        if (!c.canBeFalse)
          return a;
        return {std::min(a.low, b.low), std::max(a.high, b.high)};
      })
      .Case([](ExtentOp) { return Bounds{0, kMost}; })
      .Default([](Operation *) { return kAny; });
}

/// None for what is no linear form.
std::optional<Form> Decider::linear(Operation &op) {
  using Result = std::optional<Form>;
  return llvm::TypeSwitch<Operation *, Result>(&op)
      .Case([&](arith::AddIOp add) -> Result {
        return combined(formOf(add.getLhs()), formOf(add.getRhs()), 1);
      })
      .Case([&](arith::SubIOp sub) -> Result {
        return combined(formOf(sub.getLhs()), formOf(sub.getRhs()), -1);
      })
      .Case([&](arith::MulIOp mul) -> Result {
        for (auto [by, value] : {std::pair(mul.getRhs(), mul.getLhs()),
                                 std::pair(mul.getLhs(), mul.getRhs())})
          if (std::optional<int64_t> factor = constantOf(by))
            if (std::abs(*factor) <= kMost)
              return scaled(formOf(value), *factor);
        return std::nullopt;
      })
      .Case([&](ExtentOp extent) -> Result {
        const bool isQueries = extent.getKind() == ExtentKind::Queries;
        if (!isQueries && extent.getKind() != ExtentKind::Keys)
          return std::nullopt;
        Form form;
        form.factors.resize(NumCoordinates);
        form.factors[isQueries ? Queries : Keys] = 1;
        return form;
      })
      .Default([](Operation *) -> Result { return std::nullopt; });
}

Truth sextant::decideForDistances(Block &visible, PairPositions positions,
                                  int64_t least, int64_t most) {
  return Decider(visible, positions, {least, most}).decide();
}
