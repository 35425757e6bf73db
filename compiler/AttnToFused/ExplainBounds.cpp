//===- ExplainBounds.cpp - How large scores and features can be -----------===//
//
// Every monomial of the separated score is bounded by the largest magnitude of
// a query channel and of a key channel; cosines and sines by 1. The score map
// is followed by intervals of floats.
//
//===----------------------------------------------------------------------===//

#include "compiler/AttnToFused/Explain.h"

#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>
#include <limits>
#include <map>

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

//===----------------------------------------------------------------------===//
// Polynomials
//===----------------------------------------------------------------------===//

namespace {

/// Bounds by powers of the largest channels: (of the query, of the key) to
/// coefficient.
using Powers = std::map<std::pair<unsigned, unsigned>, double>;

/// Bounds one polynomial; nothing where it reads what has no bound.
class Bounder {
public:
  explicit Bounder(const algebra::AtomTable &table) : table(table) {}
  std::optional<Powers> bound(const algebra::Polynomial &polynomial) const;

private:
  std::optional<Powers> bound(const algebra::Atom &atom) const;
  const algebra::AtomTable &table;
};

} // namespace

static Powers product(const Powers &a, const Powers &b) {
  Powers result;
  for (auto &[p, x] : a)
    for (auto &[q, y] : b)
      result[{p.first + q.first, p.second + q.second}] += x * y;
  return result;
}

std::optional<Powers> Bounder::bound(const algebra::Atom &atom) const {
  using Kind = algebra::AtomKind;
  switch (atom.kind) {
  case Kind::Input:
    return atom.side == algebra::Side::Query ? Powers{{{1, 0}, 1.0}}
                                             : Powers{{{0, 1}, 1.0}};
  case Kind::Cos:
  case Kind::Sin:
    return Powers{{{0, 0}, 1.0}};
  case Kind::OneSidedSum:
    return bound(atom.operands[0]);
  case Kind::Opaque: {
    // The larger or smaller of some values, a magnitude: no more than all.
    static constexpr llvm::StringLiteral known[] = {
        "maximumf", "minimumf", "maxnumf", "minnumf", "absf", "negf"};
    if (!llvm::is_contained(known, llvm::StringRef(atom.op.name)))
      return std::nullopt;
    Powers sum;
    for (const algebra::Polynomial &operand : atom.operands) {
      std::optional<Powers> part = bound(operand);
      if (!part)
        return std::nullopt;
      for (auto &[powers, coefficient] : *part)
        sum[powers] += coefficient;
    }
    return sum;
  }
  default:
    return std::nullopt;
  }
}

std::optional<Powers>
Bounder::bound(const algebra::Polynomial &polynomial) const {
  Powers sum;
  for (const algebra::Term &term : polynomial.getTerms()) {
    Powers all{{{0, 0}, std::fabs(term.coefficient.toDouble())}};
    for (const algebra::Factor &factor : term.monomial.getFactors()) {
      std::optional<Powers> one = bound(table[factor.atom]);
      if (!one || factor.exponent < 0)
        return std::nullopt;
      for (int i = 0; i < factor.exponent; ++i)
        all = product(all, *one);
    }
    for (auto &[powers, coefficient] : all)
      sum[powers] += coefficient;
  }
  return sum;
}

static void printPower(llvm::raw_ostream &os, const char *name,
                       unsigned power) {
  if (power)
    os << " " << name;
  if (power > 1)
    os << "^" << power;
}

/// "16 |q|^2 |k| + 8 |k|".
static void printPowers(llvm::raw_ostream &os, const Powers &powers) {
  bool isFirst = true;
  for (auto &[power, coefficient] : llvm::reverse(powers)) {
    os << (isFirst ? "" : " + ") << llvm::format("%.6g", coefficient);
    printPower(os, "|q|", power.first);
    printPower(os, "|k|", power.second);
    isFirst = false;
  }
}

/// The largest |q| for which a bound by powers of it alone stays below `most`.
static double largestQuery(const Powers &powers, double most) {
  auto at = [&](double q) {
    double sum = 0;
    for (auto &[power, coefficient] : powers)
      sum += coefficient * std::pow(q, power.first);
    return sum;
  };
  double low = 0, high = 1;
  while (at(high) < most && high < 1e40)
    low = high, high *= 2;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (at(middle) <= most ? low : high) = middle;
  }
  return low;
}

static double scaleOf(const SeparatedTerm &term) {
  ScoresOp scores = term.scores;
  return scores.getScale().convertToDouble();
}

/// |score| before the score map.
static std::optional<Powers> boundScore(const SeparatedTerm &term) {
  const double scale = scaleOf(term);
  Powers sum;
  for (const SeparatedFamily &family : term.families) {
    std::optional<Powers> one = Bounder(family.translation.program.atoms())
                                    .bound(family.analysis.separation.score);
    if (!one)
      return std::nullopt;
    for (auto &[powers, coefficient] : *one)
      sum[powers] += coefficient * scale * family.family.count;
  }
  return sum;
}

/// The largest query feature, as powers of |q|, the largest coefficient each.
static std::optional<Powers> boundFeatures(const SeparatedTerm &term) {
  const double scale = scaleOf(term);
  Powers most;
  for (const SeparatedFamily &family : term.families)
    for (const algebra::Polynomial &feature :
         family.analysis.separation.queryFeatures) {
      std::optional<Powers> one =
          Bounder(family.translation.program.atoms()).bound(feature);
      if (!one)
        return std::nullopt;
      for (auto &[powers, coefficient] : *one)
        most[powers] = std::max(most[powers], coefficient * scale);
    }
  return most;
}

//===----------------------------------------------------------------------===//
// The score map
//===----------------------------------------------------------------------===//

namespace {
struct Span {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
};
} // namespace

static Span spanOf(ArrayRef<double> corners) {
  Span span{corners[0], corners[0]};
  for (double corner : corners) {
    if (std::isnan(corner)) // 0 x inf, inf - inf
      return Span();
    span.low = std::min(span.low, corner);
    span.high = std::max(span.high, corner);
  }
  return span;
}

static Span spanOf(Value value, const llvm::DenseMap<Value, Span> &known) {
  FloatAttr constant;
  if (matchPattern(value, m_Constant(&constant)))
    return {constant.getValueAsDouble(), constant.getValueAsDouble()};
  return known.lookup(value);
}

/// Bounds of the score map's result, scores being anything.
static Span boundScoreMap(Region &region) {
  if (region.empty())
    return Span();
  Block &block = region.front();
  llvm::DenseMap<Value, Span> known;
  for (Operation &op : block.without_terminator()) {
    auto x = [&](unsigned i) { return spanOf(op.getOperand(i), known); };
    known[op.getResult(0)] =
        llvm::TypeSwitch<Operation *, Span>(&op)
            .Case<math::TanhOp, math::SinOp, math::CosOp, math::ErfOp>(
                [](auto) { return Span{-1, 1}; })
            .Case([](CosSinOp) { return Span{-1, 1}; })
            .Case([&](arith::NegFOp) { return Span{-x(0).high, -x(0).low}; })
            .Case([&](math::AbsFOp) {
              Span a = x(0);
              return Span{std::max({a.low, -a.high, 0.0}),
                          std::max(-a.low, a.high)};
            })
            .Case([&](arith::AddFOp) {
              return spanOf({x(0).low + x(1).low, x(0).high + x(1).high});
            })
            .Case([&](arith::SubFOp) {
              return spanOf({x(0).low - x(1).high, x(0).high - x(1).low});
            })
            .Case([&](arith::MulFOp) {
              Span a = x(0), b = x(1);
              return spanOf({a.low * b.low, a.low * b.high, a.high * b.low,
                             a.high * b.high});
            })
            .Case<arith::MinimumFOp, arith::MinNumFOp>([&](auto) {
              return Span{std::min(x(0).low, x(1).low),
                          std::min(x(0).high, x(1).high)};
            })
            .Case<arith::MaximumFOp, arith::MaxNumFOp>([&](auto) {
              return Span{std::max(x(0).low, x(1).low),
                          std::max(x(0).high, x(1).high)};
            })
            .Case([&](arith::SelectOp) {
              return Span{std::min(x(1).low, x(2).low),
                          std::max(x(1).high, x(2).high)};
            })
            .Default([](Operation *) { return Span(); });
  }
  return spanOf(block.getTerminator()->getOperand(0), known);
}

//===----------------------------------------------------------------------===//
// The report
//===----------------------------------------------------------------------===//

static void explainTerm(const SeparatedTerm &term, llvm::raw_ostream &os) {
  std::optional<Powers> score = boundScore(term);
  os << "    |E . F| ";
  if (score) {
    os << "<= ";
    printPowers(os, *score);
  } else {
    os << "has none that follows from the program";
  }
  os << "\n";
  std::optional<Powers> features = boundFeatures(term);
  if (!features || features->empty())
    return;
  os << "    features E, kept in f32: within f16 for |q| <= "
     << llvm::format("%.4g", largestQuery(*features, 65504.0))
     << ", within bf16 and f32 for |q| <= "
     << llvm::format("%.4g", largestQuery(*features, 3.3895e38)) << "\n";
}

void sextant::explainBounds(const FusedAnalysis &analysis, FusedOp fused,
                            llvm::raw_ostream &os) {
  os << "  bounds, |q| and |k| the largest channels of a row:\n";
  for (const SeparatedTerm &term : analysis.terms)
    explainTerm(term, os);
  const Span map = boundScoreMap(fused.getScore());
  if (!std::isfinite(map.low) && !std::isfinite(map.high))
    return;
  os << "    score after its map: ";
  if (std::isfinite(map.low))
    os << llvm::format("%.6g", map.low) << " <= ";
  os << "score";
  if (std::isfinite(map.high))
    os << llvm::format(" <= %.6g", map.high);
  os << "\n";
}
