//===- ScalarInteger.cpp - Integers, comparisons, conversions -------------===//
//
// Integers wrap at the width of their type. What LLVM leaves undefined has a
// value here, and no program should depend on it: x / 0 = 0, x mod 0 = 0, a
// shift by the width or more gives 0 (or the sign), a conversion of NaN gives 0
// and of a number out of range the nearest integer.
//
//===----------------------------------------------------------------------===//

#include "dialect/Attn/Reference/ScalarCompiler.h"

#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <cmath>
#include <cstring>

using namespace mlir;
using namespace sextant::attn;

template <typename F> void ScalarCompiler::integers1(Operation &op, F f) {
  unsigned a = regOf(op.getOperand(0)), r = regOf(op.getResult(0));
  unsigned width = widthOf(op.getResult(0).getType());
  add(op, [=](State &state, int64_t lanes) {
    const int64_t *av = state.integer[a];
    int64_t *rv = state.integerOf(r);
    for (int64_t lane = 0; lane < lanes; ++lane)
      rv[lane] = wrap(f(av[lane]), width);
  });
}

template <typename F> void ScalarCompiler::integers2(Operation &op, F f) {
  unsigned a = regOf(op.getOperand(0)), b = regOf(op.getOperand(1));
  unsigned r = regOf(op.getResult(0));
  unsigned width = widthOf(op.getResult(0).getType());
  add(op, [=](State &state, int64_t lanes) {
    const int64_t *av = state.integer[a], *bv = state.integer[b];
    int64_t *rv = state.integerOf(r);
    for (int64_t lane = 0; lane < lanes; ++lane)
      rv[lane] = wrap(f(av[lane], bv[lane]), width);
  });
}

/// Unsigned arithmetic, so that wrapping is defined.
static int64_t plus(int64_t a, int64_t b) {
  return static_cast<int64_t>(uint64_t(a) + uint64_t(b));
}
static int64_t minus(int64_t a, int64_t b) {
  return static_cast<int64_t>(uint64_t(a) - uint64_t(b));
}
static int64_t times(int64_t a, int64_t b) {
  return static_cast<int64_t>(uint64_t(a) * uint64_t(b));
}
static int64_t quotient(int64_t a, int64_t b) {
  if (b == 0)
    return 0;
  return b == -1 ? minus(0, a) : a / b;
}
static int64_t modulo(int64_t a, int64_t b) {
  return b == 0 || b == -1 ? 0 : a % b;
}
static int64_t floorQuotient(int64_t a, int64_t b) {
  int64_t rest = modulo(a, b);
  return quotient(a, b) - (rest != 0 && (rest < 0) != (b < 0));
}
static int64_t ceilQuotient(int64_t a, int64_t b) {
  int64_t rest = modulo(a, b);
  return quotient(a, b) + (rest != 0 && (rest < 0) == (b < 0));
}

bool ScalarCompiler::compileInteger(Operation &op) {
  if (op.getNumResults() != 1 || !op.getResult(0).getType().isIntOrIndex())
    return false;
  unsigned width = widthOf(op.getResult(0).getType());
  auto map1 = [&](auto f) {
    integers1(op, f);
    return true;
  };
  auto map2 = [&](auto f) {
    integers2(op, f);
    return true;
  };
  // Operands as signed and as unsigned numbers of the type's width.
  auto signed2 = [&](auto f) {
    return map2([=](int64_t a, int64_t b) {
      return f(asSigned(a, width), asSigned(b, width));
    });
  };
  auto unsigned2 = [&](auto f) {
    return map2([=](int64_t a, int64_t b) {
      return static_cast<int64_t>(
          f(asUnsigned(a, width), asUnsigned(b, width)));
    });
  };
  using U = uint64_t;
  return TypeSwitch<Operation *, bool>(&op)
      .Case<arith::AddIOp>([&](auto) { return map2(plus); })
      .Case<arith::SubIOp>([&](auto) { return map2(minus); })
      .Case<arith::MulIOp>([&](auto) { return map2(times); })
      .Case<arith::DivSIOp>([&](auto) { return signed2(quotient); })
      .Case<arith::RemSIOp>([&](auto) { return signed2(modulo); })
      .Case<arith::FloorDivSIOp>([&](auto) { return signed2(floorQuotient); })
      .Case<arith::CeilDivSIOp>([&](auto) { return signed2(ceilQuotient); })
      .Case<arith::DivUIOp>([&](auto) {
        return unsigned2([](U a, U b) { return b ? a / b : 0; });
      })
      .Case<arith::RemUIOp>([&](auto) {
        return unsigned2([](U a, U b) { return b ? a % b : 0; });
      })
      .Case<arith::CeilDivUIOp>([&](auto) {
        return unsigned2([](U a, U b) { return b ? a / b + (a % b != 0) : 0; });
      })
      .Case<arith::AndIOp>([&](auto) {
        return map2([](int64_t a, int64_t b) { return a & b; });
      })
      .Case<arith::OrIOp>([&](auto) {
        return map2([](int64_t a, int64_t b) { return a | b; });
      })
      .Case<arith::XOrIOp>([&](auto) {
        return map2([](int64_t a, int64_t b) { return a ^ b; });
      })
      .Case<arith::ShLIOp>([&](auto) {
        return unsigned2([=](U a, U b) { return b < width ? a << b : 0; });
      })
      .Case<arith::ShRUIOp>([&](auto) {
        return unsigned2([=](U a, U b) { return b < width ? a >> b : 0; });
      })
      .Case<arith::ShRSIOp>([&](auto) {
        return map2([=](int64_t a, int64_t b) {
          U by = std::min<U>(asUnsigned(b, width), width - 1);
          return asSigned(a, width) >> by;
        });
      })
      .Case<arith::MaxSIOp>([&](auto) {
        return signed2([](int64_t a, int64_t b) { return std::max(a, b); });
      })
      .Case<arith::MinSIOp>([&](auto) {
        return signed2([](int64_t a, int64_t b) { return std::min(a, b); });
      })
      .Case<arith::MaxUIOp>([&](auto) {
        return unsigned2([](U a, U b) { return std::max(a, b); });
      })
      .Case<arith::MinUIOp>([&](auto) {
        return unsigned2([](U a, U b) { return std::min(a, b); });
      })
      .Case<math::AbsIOp>([&](auto) {
        return map1([](int64_t a) { return a < 0 ? minus(0, a) : a; });
      })
      .Case<math::CountLeadingZerosOp>([&](auto) {
        return map1([=](int64_t a) -> int64_t {
          return llvm::countl_zero(asUnsigned(a, width)) - (64 - width);
        });
      })
      .Default(false);
}

//===----------------------------------------------------------------------===//
// Conversions
//===----------------------------------------------------------------------===//

static int64_t toInteger(double value, bool isSigned, unsigned width) {
  if (std::isnan(value))
    return 0;
  double least = isSigned ? -std::ldexp(1, width - 1) : 0;
  double limit = std::ldexp(1, isSigned ? width - 1 : width);
  if (value <= least)
    return static_cast<int64_t>(least);
  if (value >= limit)
    return isSigned ? static_cast<int64_t>((uint64_t(1) << (width - 1)) - 1)
                    : -1; // all ones, wrapped by the caller
  return isSigned ? static_cast<int64_t>(value)
                  : static_cast<int64_t>(static_cast<uint64_t>(value));
}

/// The bits of a float of the given width, rounded to it first, and back.
static int64_t bitsOf(double value, unsigned width) {
  if (width == 64) {
    int64_t bits;
    std::memcpy(&bits, &value, sizeof(bits));
    return bits;
  }
  float narrow = value;
  int32_t bits;
  std::memcpy(&bits, &narrow, sizeof(bits));
  return bits;
}
static double floatOf(int64_t bits, unsigned width) {
  if (width == 64) {
    double value;
    std::memcpy(&value, &bits, sizeof(value));
    return value;
  }
  int32_t narrow = bits;
  float value;
  std::memcpy(&value, &narrow, sizeof(value));
  return value;
}

bool ScalarCompiler::compileConversion(Operation &op) {
  if (op.getNumOperands() != 1 || op.getNumResults() != 1)
    return false;
  unsigned a = regOf(op.getOperand(0)), r = regOf(op.getResult(0));
  Type from = op.getOperand(0).getType(), to = op.getResult(0).getType();
  if (!from.isIntOrIndexOrFloat() || !to.isIntOrIndexOrFloat())
    return false;
  unsigned width = widthOf(from), toWidth = widthOf(to);
  if (isa<arith::ExtSIOp, arith::IndexCastOp>(op)) {
    integers1(op, [=](int64_t x) { return asSigned(x, width); });
    return true;
  }
  if (isa<arith::ExtUIOp, arith::IndexCastUIOp>(op)) {
    integers1(op, [=](int64_t x) {
      return static_cast<int64_t>(asUnsigned(x, width));
    });
    return true;
  }
  if (isa<arith::TruncIOp>(op)) {
    integers1(op, [](int64_t x) { return x; });
    return true;
  }
  if (isa<arith::SIToFPOp, arith::UIToFPOp>(op)) {
    bool isSigned = isa<arith::SIToFPOp>(op);
    double rounding = roundingOf(to);
    add(op, [=](State &state, int64_t lanes) {
      for (int64_t lane = 0; lane < lanes; ++lane) {
        int64_t x = state.integer[a][lane];
        double value = isSigned ? static_cast<double>(asSigned(x, width))
                                : static_cast<double>(asUnsigned(x, width));
        state.valueOf(r)[lane] = value;
        // Integers up to 2^24 are floats.
        double exact = 16777216.0 / std::max(rounding, 1.0);
        state.slackOf(r)[lane] =
            std::fabs(value) <= exact ? 0.0 : rounding * std::fabs(value);
      }
    });
    return true;
  }
  if (isa<arith::FPToSIOp, arith::FPToUIOp>(op)) {
    bool isSigned = isa<arith::FPToSIOp>(op);
    add(op, [=](State &state, int64_t lanes) {
      for (int64_t lane = 0; lane < lanes; ++lane)
        state.integerOf(r)[lane] =
            wrap(toInteger(state.value[a][lane], isSigned, toWidth), toWidth);
    });
    return true;
  }
  if (isa<arith::BitcastOp>(op) && (width == 32 || width == 64)) {
    bool fromFloat = isa<FloatType>(from), toFloat = isa<FloatType>(to);
    add(op, [=](State &state, int64_t lanes) {
      for (int64_t lane = 0; lane < lanes; ++lane) {
        int64_t bits = fromFloat ? bitsOf(state.value[a][lane], width)
                                 : state.integer[a][lane];
        if (toFloat) {
          state.valueOf(r)[lane] = floatOf(bits, width);
          state.slackOf(r)[lane] = 0;
        } else {
          state.integerOf(r)[lane] = wrap(bits, width);
        }
      }
    });
    return true;
  }
  return false;
}

//===----------------------------------------------------------------------===//
// Comparisons and select
//===----------------------------------------------------------------------===//

static bool compareFloats(arith::CmpFPredicate predicate, double a, double b) {
  using P = arith::CmpFPredicate;
  bool unordered = std::isnan(a) || std::isnan(b);
  switch (predicate) {
  case P::AlwaysFalse:
    return false;
  case P::AlwaysTrue:
    return true;
  case P::ORD:
    return !unordered;
  case P::UNO:
    return unordered;
  case P::OEQ:
    return a == b;
  case P::OGT:
    return a > b;
  case P::OGE:
    return a >= b;
  case P::OLT:
    return a < b;
  case P::OLE:
    return a <= b;
  case P::ONE:
    return !unordered && a != b;
  case P::UEQ:
    return unordered || a == b;
  case P::UGT:
    return unordered || a > b;
  case P::UGE:
    return unordered || a >= b;
  case P::ULT:
    return unordered || a < b;
  case P::ULE:
    return unordered || a <= b;
  case P::UNE:
    return unordered || a != b;
  }
  return false;
}

static bool compareIntegers(arith::CmpIPredicate predicate, int64_t a,
                            int64_t b, unsigned width) {
  using P = arith::CmpIPredicate;
  int64_t sa = asSigned(a, width), sb = asSigned(b, width);
  uint64_t ua = asUnsigned(a, width), ub = asUnsigned(b, width);
  switch (predicate) {
  case P::eq:
    return a == b;
  case P::ne:
    return a != b;
  case P::slt:
    return sa < sb;
  case P::sle:
    return sa <= sb;
  case P::sgt:
    return sa > sb;
  case P::sge:
    return sa >= sb;
  case P::ult:
    return ua < ub;
  case P::ule:
    return ua <= ub;
  case P::ugt:
    return ua > ub;
  case P::uge:
    return ua >= ub;
  }
  return false;
}

bool ScalarCompiler::compileCompare(Operation &op) {
  if (auto compare = dyn_cast<arith::CmpFOp>(op)) {
    unsigned a = regOf(compare.getLhs()), b = regOf(compare.getRhs());
    unsigned r = regOf(compare.getResult());
    arith::CmpFPredicate predicate = compare.getPredicate();
    add(op, [=](State &state, int64_t lanes) {
      for (int64_t lane = 0; lane < lanes; ++lane)
        state.integerOf(r)[lane] = compareFloats(
            predicate, state.value[a][lane], state.value[b][lane]);
    });
    return true;
  }
  if (auto compare = dyn_cast<arith::CmpIOp>(op)) {
    unsigned a = regOf(compare.getLhs()), b = regOf(compare.getRhs());
    unsigned r = regOf(compare.getResult());
    unsigned width = widthOf(compare.getLhs().getType());
    arith::CmpIPredicate predicate = compare.getPredicate();
    add(op, [=](State &state, int64_t lanes) {
      for (int64_t lane = 0; lane < lanes; ++lane)
        state.integerOf(r)[lane] = compareIntegers(
            predicate, state.integer[a][lane], state.integer[b][lane], width);
    });
    return true;
  }
  if (auto select = dyn_cast<arith::SelectOp>(op)) {
    unsigned condition = regOf(select.getCondition());
    unsigned a = regOf(select.getTrueValue());
    unsigned b = regOf(select.getFalseValue()), r = regOf(select.getResult());
    bool isFloat = isa<FloatType>(select.getType());
    add(op, [=](State &state, int64_t lanes) {
      for (int64_t lane = 0; lane < lanes; ++lane) {
        unsigned chosen = state.integer[condition][lane] ? a : b;
        if (isFloat) {
          state.valueOf(r)[lane] = state.value[chosen][lane];
          state.slackOf(r)[lane] = state.slack[chosen][lane];
        } else {
          state.integerOf(r)[lane] = state.integer[chosen][lane];
        }
      }
    });
    return true;
  }
  return false;
}
