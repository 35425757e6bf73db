//===- ScalarFloat.cpp - Float ops of a region, with their slack ----------===//
//
// Slack is first order: the error of an operand goes through the derivative of
// the op. A function of the closed list is allowed the error of docs/Spec.md.
//
//===----------------------------------------------------------------------===//

#include "dialect/Attn/Reference/Bound.h"
#include "dialect/Attn/Reference/ScalarCompiler.h"

#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

using namespace mlir;
using namespace sextant::attn;

double sextant::attn::roundingOf(Type type) {
  if (type.isF64())
    return 0;
  if (type.isF16())
    return 8192; // 2^-11
  if (type.isBF16())
    return 65536; // 2^-8
  return 1;
}

/// What the functions of the closed list may err, in ulp; an ulp is two units.
static constexpr double kExpUlp = 2, kLogUlp = 3, kTanhUlp = 4, kErfUlp = 4;
static constexpr double kLog1pUlp = 4;
static constexpr double kRsqrtUlp = 2, kPowUlp = 16, kRounded = 0.5;

template <typename F> void ScalarCompiler::floats1(Operation &op, F f) {
  unsigned a = regOf(op.getOperand(0)), r = regOf(op.getResult(0));
  double rounding = roundingOf(op.getResult(0).getType());
  add(op, [=](State &state, int64_t lanes) {
    const double *av = state.value[a], *as = state.slack[a];
    double *rv = state.valueOf(r), *rs = state.slackOf(r);
    for (int64_t lane = 0; lane < lanes; ++lane) {
      Slacked result = f(Slacked{av[lane], as[lane]}, rounding);
      rv[lane] = result.value;
      rs[lane] = result.slack;
    }
  });
}

template <typename F> void ScalarCompiler::floats2(Operation &op, F f) {
  unsigned a = regOf(op.getOperand(0)), b = regOf(op.getOperand(1));
  unsigned r = regOf(op.getResult(0));
  double rounding = roundingOf(op.getResult(0).getType());
  add(op, [=](State &state, int64_t lanes) {
    const double *av = state.value[a], *as = state.slack[a];
    const double *bv = state.value[b], *bs = state.slack[b];
    double *rv = state.valueOf(r), *rs = state.slackOf(r);
    for (int64_t lane = 0; lane < lanes; ++lane) {
      Slacked result =
          f(Slacked{av[lane], as[lane]}, Slacked{bv[lane], bs[lane]}, rounding);
      rv[lane] = result.value;
      rs[lane] = result.slack;
    }
  });
}

template <typename F> void ScalarCompiler::floats3(Operation &op, F f) {
  unsigned a = regOf(op.getOperand(0)), b = regOf(op.getOperand(1));
  unsigned c = regOf(op.getOperand(2)), r = regOf(op.getResult(0));
  double rounding = roundingOf(op.getResult(0).getType());
  add(op, [=](State &state, int64_t lanes) {
    for (int64_t lane = 0; lane < lanes; ++lane) {
      Slacked result =
          f(Slacked{state.value[a][lane], state.slack[a][lane]},
            Slacked{state.value[b][lane], state.slack[b][lane]},
            Slacked{state.value[c][lane], state.slack[c][lane]}, rounding);
      state.valueOf(r)[lane] = result.value;
      state.slackOf(r)[lane] = result.slack;
    }
  });
}

/// min and max: the greater slack of the two covers a wrong choice. Against NaN
/// and infinity there is none, and their own slack may be anything.
template <bool isMax, bool nanWins>
static Slacked choose(Slacked a, Slacked b, double) {
  if (std::isnan(a.value) || std::isnan(b.value)) {
    if (nanWins)
      return {NAN, 0};
    return std::isnan(a.value) ? b : a;
  }
  const Slacked &chosen =
      (isMax ? a.value > b.value : a.value < b.value) ? a : b;
  if (std::isinf(a.value) || std::isinf(b.value))
    return chosen;
  return {chosen.value, std::max(a.slack, b.slack)};
}

bool ScalarCompiler::compileFloat(Operation &op) {
  return TypeSwitch<Operation *, bool>(&op)
      .Case<arith::AddFOp>([&](auto) {
        floats2(op, [](Slacked a, Slacked b, double rounding) -> Slacked {
          double r = a.value + b.value;
          return {r, a.slack + b.slack + rounding * std::fabs(r)};
        });
        return true;
      })
      .Case<arith::SubFOp>([&](auto) {
        floats2(op, [](Slacked a, Slacked b, double rounding) -> Slacked {
          double r = a.value - b.value;
          return {r, a.slack + b.slack + rounding * std::fabs(r)};
        });
        return true;
      })
      .Case<arith::MulFOp>([&](auto) {
        floats2(op, [](Slacked a, Slacked b, double rounding) -> Slacked {
          double r = a.value * b.value;
          return {r, std::fabs(a.value) * b.slack +
                         std::fabs(b.value) * a.slack +
                         rounding * std::fabs(r)};
        });
        return true;
      })
      .Case<arith::DivFOp>([&](auto) {
        floats2(op, [](Slacked a, Slacked b, double rounding) -> Slacked {
          double r = a.value / b.value;
          return {r, (a.slack + std::fabs(r) * b.slack) / std::fabs(b.value) +
                         rounding * std::fabs(r)};
        });
        return true;
      })
      .Case<arith::RemFOp>([&](auto) {
        floats2(op, [](Slacked a, Slacked b, double) -> Slacked {
          double times = std::fabs(std::trunc(a.value / b.value));
          return {std::fmod(a.value, b.value), a.slack + times * b.slack};
        });
        return true;
      })
      .Case<arith::NegFOp>([&](auto) {
        floats1(op, [](Slacked a, double) -> Slacked {
          return {-a.value, a.slack};
        });
        return true;
      })
      .Case<arith::MaximumFOp>([&](auto) {
        floats2(op, choose<true, true>);
        return true;
      })
      .Case<arith::MinimumFOp>([&](auto) {
        floats2(op, choose<false, true>);
        return true;
      })
      .Case<arith::MaxNumFOp>([&](auto) {
        floats2(op, choose<true, false>);
        return true;
      })
      .Case<arith::MinNumFOp>([&](auto) {
        floats2(op, choose<false, false>);
        return true;
      })
      // A widening is exact; a narrowing rounds once.
      .Case<arith::ExtFOp>([&](auto) {
        floats1(op, [](Slacked a, double) { return a; });
        return true;
      })
      .Case<arith::TruncFOp>([&](auto) {
        floats1(op, [](Slacked a, double rounding) -> Slacked {
          return {a.value, a.slack + rounding * std::fabs(a.value)};
        });
        return true;
      })
      .Default(false);
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

/// A function of value `r` and derivative `slope` at the operand.
static Slacked smooth(Slacked a, double r, double slope, double ulp,
                      double rounding) {
  double own = 2 * ulp * rounding * std::fabs(r);
  return {r, (a.slack ? std::fabs(slope) * a.slack : 0.0) + own};
}

/// A step function: where the operand's error reaches the next step, the
/// result may be one step away.
static Slacked stepped(Slacked a, double r, double toStep) {
  return {r, a.slack * kUnit >= toStep && a.slack > 0 ? 1 / kUnit : 0.0};
}

bool ScalarCompiler::compileMath(Operation &op) {
  auto map = [&](auto f) {
    floats1(op, f);
    return true;
  };
  return TypeSwitch<Operation *, bool>(&op)
      .Case<math::AbsFOp>([&](auto) {
        return map([](Slacked a, double) -> Slacked {
          return {std::fabs(a.value), a.slack};
        });
      })
      .Case<math::CeilOp>([&](auto) {
        return map([](Slacked a, double) {
          return stepped(a, std::ceil(a.value),
                         std::fabs(a.value - std::nearbyint(a.value)));
        });
      })
      .Case<math::FloorOp>([&](auto) {
        return map([](Slacked a, double) {
          return stepped(a, std::floor(a.value),
                         std::fabs(a.value - std::nearbyint(a.value)));
        });
      })
      .Case<math::RoundEvenOp>([&](auto) {
        return map([](Slacked a, double) {
          double r = std::nearbyint(a.value);
          return stepped(a, r, 0.5 - std::fabs(a.value - r));
        });
      })
      .Case<math::CosOp>([&](auto) {
        return map([](Slacked a, double rounding) -> Slacked {
          return {std::cos(a.value), std::fabs(std::sin(a.value)) * a.slack +
                                         (rounding ? kPhaseSlack : 0)};
        });
      })
      .Case<math::SinOp>([&](auto) {
        return map([](Slacked a, double rounding) -> Slacked {
          return {std::sin(a.value), std::fabs(std::cos(a.value)) * a.slack +
                                         (rounding ? kPhaseSlack : 0)};
        });
      })
      .Case<math::ErfOp>([&](auto) {
        return map([](Slacked a, double rounding) {
          const double least = nearestToZero(a.value, a.slack);
          return smooth(a, std::erf(a.value),
                        M_2_SQRTPI * std::exp(-least * least), kErfUlp,
                        rounding);
        });
      })
      .Case<math::ExpOp>([&](auto) {
        return map([](Slacked a, double rounding) {
          double r = std::exp(a.value);
          return smooth(a, r, r, kExpUlp, rounding);
        });
      })
      .Case<math::Exp2Op>([&](auto) {
        return map([](Slacked a, double rounding) {
          double r = std::exp2(a.value);
          return smooth(a, r, r * M_LN2, kExpUlp, rounding);
        });
      })
      .Case<math::LogOp>([&](auto) {
        return map([](Slacked a, double rounding) {
          return smooth(a, std::log(a.value), 1 / a.value, kLogUlp, rounding);
        });
      })
      .Case<math::Log2Op>([&](auto) {
        return map([](Slacked a, double rounding) {
          return smooth(a, std::log2(a.value), M_LOG2E / a.value, kLogUlp,
                        rounding);
        });
      })
      .Case<math::Log1pOp>([&](auto) {
        return map([](Slacked a, double rounding) {
          return smooth(a, std::log1p(a.value), 1 / (1 + a.value), kLog1pUlp,
                        rounding);
        });
      })
      .Case<math::RsqrtOp>([&](auto) {
        return map([](Slacked a, double rounding) {
          double r = 1 / std::sqrt(a.value);
          return smooth(a, r, r * r * r / 2, kRsqrtUlp, rounding);
        });
      })
      .Case<math::SqrtOp>([&](auto) {
        return map([](Slacked a, double rounding) {
          double r = std::sqrt(a.value);
          return smooth(a, r, 0.5 / r, kRounded, rounding);
        });
      })
      .Case<math::TanhOp>([&](auto) {
        return map([](Slacked a, double rounding) {
          const double steepest = std::tanh(nearestToZero(a.value, a.slack));
          return smooth(a, std::tanh(a.value), 1 - steepest * steepest,
                        kTanhUlp, rounding);
        });
      })
      .Case<math::PowFOp>([&](auto) {
        floats2(op, [](Slacked a, Slacked b, double rounding) -> Slacked {
          double r = std::pow(a.value, b.value), size = std::fabs(r);
          double bits = a.value > 0 ? std::log2(a.value) : 0.0;
          double slack = 2 * kPowUlp * rounding * size;
          if (a.slack)
            slack += std::fabs(b.value * r / a.value) * a.slack;
          if (b.slack)
            slack += size * M_LN2 * std::fabs(bits) * b.slack;
          return {r, slack};
        });
        return true;
      })
      .Case<math::FmaOp>([&](auto) {
        floats3(
            op,
            [](Slacked a, Slacked b, Slacked c, double rounding) -> Slacked {
              double r = std::fma(a.value, b.value, c.value);
              return {r, std::fabs(a.value) * b.slack +
                             std::fabs(b.value) * a.slack + c.slack +
                             rounding * std::fabs(r)};
            });
        return true;
      })
      .Default(false);
}
