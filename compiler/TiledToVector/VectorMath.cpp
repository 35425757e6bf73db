//===- VectorMath.cpp - Polynomials and bits for elementary functions -----===//
//
// Coefficients are minimax fits (Lawson iteration in extended precision) of
// the function named beside them; the stated errors are those of the fit.
//
//===----------------------------------------------------------------------===//

#include "compiler/TiledToVector/VectorMath.h"

#include "compiler/TiledToVector/Code.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"
#include <cmath>

using namespace mlir;
using namespace sextant;

//===----------------------------------------------------------------------===//
// Building blocks
//===----------------------------------------------------------------------===//

/// The type of `like` with another element type.
static Type withElement(Type like, Type element) {
  if (auto vector = llvm::dyn_cast<VectorType>(like))
    return VectorType::get(vector.getShape(), element);
  return element;
}

Value VectorMath::constant(Value like, double value) {
  Type type = like.getType();
  return Code(builder, loc)
      .constant(type, builder.getFloatAttr(getElementTypeOrSelf(type), value));
}

Value VectorMath::integer(Value like, int64_t value, unsigned bits) {
  Type element = builder.getIntegerType(bits);
  return Code(builder, loc)
      .constant(withElement(like.getType(), element),
                builder.getIntegerAttr(element, value));
}

Value VectorMath::bitsOf(Value x) {
  unsigned bits = getElementTypeOrSelf(x.getType()).getIntOrFloatBitWidth();
  return arith::BitcastOp::create(
      builder, loc, withElement(x.getType(), builder.getIntegerType(bits)), x);
}

Value VectorMath::floatOf(Value bits) {
  unsigned width = getElementTypeOrSelf(bits.getType()).getIntOrFloatBitWidth();
  Type element =
      width == 64 ? Type(builder.getF64Type()) : builder.getF32Type();
  return arith::BitcastOp::create(builder, loc,
                                  withElement(bits.getType(), element), bits);
}

Value VectorMath::madd(Value a, Value b, Value c) {
  if (fma)
    return math::FmaOp::create(builder, loc, a, b, c);
  Value product = arith::MulFOp::create(builder, loc, a, b);
  return arith::AddFOp::create(builder, loc, product, c);
}

/// c0 + x (c1 + x (c2 + ...))
Value VectorMath::polynomial(Value x, ArrayRef<double> coefficients) {
  Value sum = constant(x, coefficients.back());
  for (double coefficient : llvm::reverse(coefficients.drop_back()))
    sum = madd(sum, x, constant(x, coefficient));
  return sum;
}

Value VectorMath::select(Value condition, Value a, Value b) {
  return arith::SelectOp::create(builder, loc, condition, a, b);
}

Value VectorMath::abs(Value x) { return math::AbsFOp::create(builder, loc, x); }

Value VectorMath::copySign(Value magnitude, Value sign) {
  bool wide = getElementTypeOrSelf(magnitude.getType()).isF64();
  int64_t mask = wide ? std::numeric_limits<int64_t>::min() : INT32_MIN;
  Value signBit = arith::AndIOp::create(builder, loc, bitsOf(sign),
                                        integer(sign, mask, wide ? 64 : 32));
  Value rest = bitsOf(abs(magnitude));
  return floatOf(arith::OrIOp::create(builder, loc, rest, signBit));
}

Value VectorMath::convert(Value x, Type element) {
  Type from = getElementTypeOrSelf(x.getType());
  Type to = withElement(x.getType(), element);
  if (from == element)
    return x;
  if (from.getIntOrFloatBitWidth() < element.getIntOrFloatBitWidth())
    return arith::ExtFOp::create(builder, loc, to, x);
  return arith::TruncFOp::create(builder, loc, to, x);
}

static Value compare(OpBuilder &builder, Location loc,
                     arith::CmpFPredicate predicate, Value a, Value b) {
  return arith::CmpFOp::create(builder, loc, predicate, a, b);
}
using P = arith::CmpFPredicate;

// Adding 1.5 * 2^23 (or 2^52) rounds to the nearest integer, which then stands
// in the low bits of the sum: no conversion that NaN would make undefined.
static double magicOf(Value x) {
  return getElementTypeOrSelf(x.getType()).isF64() ? 0x1.8p52 : 0x1.8p23;
}

//===----------------------------------------------------------------------===//
// Rounding
//===----------------------------------------------------------------------===//

Value VectorMath::roundEven(Value x) {
  bool wide = getElementTypeOrSelf(x.getType()).isF64();
  Value limit = constant(x, wide ? 0x1p52 : 0x1p23);
  Value magnitude = abs(x);
  Value sum = arith::AddFOp::create(builder, loc, magnitude, limit);
  Value rounded = arith::SubFOp::create(builder, loc, sum, limit);
  Value small = compare(builder, loc, P::OLT, magnitude, limit);
  return select(small, copySign(rounded, x), x); // larger values are integers
}

Value VectorMath::floor(Value x) {
  Value rounded = roundEven(x);
  Value above = compare(builder, loc, P::OGT, rounded, x);
  Value less = arith::SubFOp::create(builder, loc, rounded, constant(x, 1.0));
  return select(above, less, rounded);
}

Value VectorMath::ceil(Value x) {
  Value rounded = roundEven(x);
  Value below = compare(builder, loc, P::OLT, rounded, x);
  Value more = arith::AddFOp::create(builder, loc, rounded, constant(x, 1.0));
  return select(below, more, rounded);
}

//===----------------------------------------------------------------------===//
// Exponentials
//===----------------------------------------------------------------------===//

// 2^f on [-1/2, 1/2], fitted to be even in units of the last place, of which
// there are twice as many below 1: within 1.06 of them, 1.75 as f32 evaluates
// it with fused multiply-adds and 2.0 without.
static const double kExp2[] = {1.0,
                               6.9314682484e-01,
                               2.4022236466e-01,
                               5.5508937687e-02,
                               9.6717588603e-03,
                               1.3225707226e-03};
// The same, relative error 2.0e-9, for the functions off the hot path.
static const double kExp2Fine[] = {1.0,
                                   6.9314720286e-01,
                                   2.4022647913e-01,
                                   5.5503324697e-02,
                                   9.6184373664e-03,
                                   1.3398874867e-03,
                                   1.5353360630e-04};

// Relative error 4.1e-7 on [-1/8, 1/8]; 2^0 is exact.
static const double kExp2OfEighth[] = {1.0, 6.9314771891e-01, 2.4035097659e-01,
                                       5.5472590029e-02};

// 2^f on [0, 1), 1 at 0: within 0.99 units of the last place, 1.94 as f32
// evaluates it.
static const double kExp2OfFraction[] = {1.0,
                                         6.9315247148e-01,
                                         2.4015280753e-01,
                                         5.5835927069e-02,
                                         8.9733783858e-03,
                                         1.8852975388e-03};

bool VectorMath::fillsRegister(Value x) {
  auto type = llvm::dyn_cast<VectorType>(x.getType());
  return type && type.getNumElements() == registerLanes;
}

/// Applies `step` to the number of each value.
static SmallVector<Value> forEach(size_t count,
                                  llvm::function_ref<Value(size_t)> step) {
  SmallVector<Value> results;
  for (size_t i = 0; i < count; ++i)
    results.push_back(step(i));
  return results;
}

/// x = floor x + f takes one instruction, and so does 2^floor x times 2^f: 5.0
/// cycles a vector in the loop of the weights, where the sequence below takes
/// 7.3 (Emerald Rapids).
void VectorMath::exp2Scaled(MutableArrayRef<Value> xs) {
  Type type = xs[0].getType();
  auto integer32 = [&](int64_t value) -> Value {
    return arith::ConstantIntOp::create(builder, loc, value, 32);
  };
  auto call = [&](StringRef name, ValueRange operands) -> Value {
    return LLVM::CallIntrinsicOp::create(
               builder, loc, type,
               builder.getStringAttr("llvm.x86.avx512.mask." + name +
                                     ".ps.512"),
               operands)
        .getResult(0);
  };
  Value zero = constant(xs[0], 0.0);
  Value every = arith::ConstantIntOp::create(builder, loc, -1, 16);
  Value asSet = integer32(4); // the rounding mode of the thread
  // Towards minus infinity, and not a word of inexactness.
  Value toFloor = integer32(0x9);
  auto fraction = forEach(xs.size(), [&](size_t i) {
    return call("reduce", {xs[i], toFloor, zero, every, asSet});
  });
  ArrayRef<double> coefficients(kExp2OfFraction);
  SmallVector<Value> power(xs.size(), constant(xs[0], coefficients.back()));
  for (double coefficient : llvm::reverse(coefficients.drop_back())) {
    Value c = constant(xs[0], coefficient);
    power = forEach(xs.size(),
                    [&](size_t i) { return madd(power[i], fraction[i], c); });
  }
  // Weights below the least normal number would slow down every product they
  // come into. NaN stays.
  Value least = constant(xs[0], -126.0);
  auto mask = VectorType::get(1, builder.getI16Type());
  auto result = forEach(xs.size(), [&](size_t i) {
    Value counts = arith::CmpFOp::create(builder, loc, P::UGE, xs[i], least);
    Value bits = vector::ExtractOp::create(
        builder, loc, vector::BitCastOp::create(builder, loc, mask, counts), 0);
    return call("scalef", {power[i], xs[i], zero, bits, asSet});
  });
  llvm::copy(result, xs.begin());
}

void VectorMath::exp2Clamped(MutableArrayRef<Value> xs) {
  // With x rounded to quarters the polynomial needs two terms less: 2^(j/4) is
  // picked from a register. Products are what limits this loop, the more as a
  // fused one takes the place of an addition on Zen 3 as well.
  if (xs.empty())
    return;
  if (scales && fillsRegister(xs.front()))
    return exp2Scaled(xs);
  const bool quarters = !pick.empty() && fillsRegister(xs.front());
  // t holds round(x) + 127 in its low bits, in units of 1 or 1/4, so shifted to
  // the exponent it is 2^round(x), and +0 for x = -127. Clamping there (the
  // constant first: one max instruction that lets NaN pass) makes everything
  // below vanish exactly. The rows go op by op, which hides the latency of the
  // chain.
  auto each = [&](llvm::function_ref<Value(size_t)> step) {
    return forEach(xs.size(), step);
  };
  // Without a fused step each term rounds once more: the finer polynomial keeps
  // the sum within two ulp.
  ArrayRef<double> coefficients = quarters ? ArrayRef<double>(kExp2OfEighth)
                                  : fma    ? ArrayRef<double>(kExp2)
                                           : ArrayRef<double>(kExp2Fine);
  Value low = constant(xs[0], -127.0);
  Value magic = constant(xs[0], (quarters ? 0x1.8p21 : 0x1.8p23) + 127.0);
  Value shift = integer(xs[0], quarters ? 21 : 23, 32);
  auto clamped = each([&](size_t i) {
    return select(compare(builder, loc, P::OGT, low, xs[i]), low, xs[i]);
  });
  auto t = each([&](size_t i) -> Value {
    return arith::AddFOp::create(builder, loc, clamped[i], magic);
  });
  // The constant less t: t less the constant would become a sum with another
  // constant, which takes another register.
  auto negated = each([&](size_t i) -> Value {
    return arith::SubFOp::create(builder, loc, magic, t[i]);
  });
  auto fraction = each([&](size_t i) -> Value {
    return arith::AddFOp::create(builder, loc, clamped[i], negated[i]);
  });
  SmallVector<Value> power(xs.size(), constant(xs[0], coefficients.back()));
  for (double coefficient : llvm::reverse(coefficients.drop_back())) {
    Value c = constant(xs[0], coefficient);
    power = each([&](size_t i) { return madd(power[i], fraction[i], c); });
  }
  auto exponent = each([&](size_t i) -> Value {
    return arith::ShLIOp::create(builder, loc, bitsOf(t[i]), shift);
  });
  if (quarters) {
    Value roots = quarterRoots();
    exponent = each([&](size_t i) -> Value {
      Value root = LLVM::CallIntrinsicOp::create(builder, loc, roots.getType(),
                                                 builder.getStringAttr(pick),
                                                 {roots, bitsOf(t[i])})
                       .getResult(0);
      return arith::AddIOp::create(builder, loc, exponent[i], bitsOf(root));
    });
  }
  // A product, not an addition of exponents: NaN times anything is NaN.
  auto result = each([&](size_t i) -> Value {
    return arith::MulFOp::create(builder, loc, power[i], floatOf(exponent[i]));
  });
  llvm::copy(result, xs.begin());
}

/// 2^(j/4) for j = 0 to 3, in each 128 bits, less what t shifted to the
/// exponent has besides the exponent: 127 (the bias is in t) and j.
Value VectorMath::quarterRoots() {
  SmallVector<int32_t> roots;
  for (int32_t lane = 0; lane < registerLanes; ++lane) {
    int32_t j = lane % 4;
    roots.push_back(llvm::bit_cast<int32_t>(float(std::exp2(j / 4.0))) -
                    (127 << 23) - (j << 21));
  }
  auto type = VectorType::get(registerLanes, builder.getI32Type());
  return floatOf(arith::ConstantOp::create(
      builder, loc, DenseElementsAttr::get(type, ArrayRef(roots))));
}

Value VectorMath::exp2Clamped(Value x) {
  exp2Clamped(MutableArrayRef<Value>(x));
  return x;
}

Value VectorMath::scaleByPowerOfTwo(Value x, Value k) {
  // In two halves, so that each factor is a normal number.
  Value one = integer(x, 1, 32), bias = integer(x, 127, 32),
        shift = integer(x, 23, 32);
  Value first = arith::ShRSIOp::create(builder, loc, k, one);
  Value second = arith::SubIOp::create(builder, loc, k, first);
  for (Value half : {first, second}) {
    Value biased = arith::AddIOp::create(builder, loc, half, bias);
    Value factor = arith::ShLIOp::create(builder, loc, biased, shift);
    x = arith::MulFOp::create(builder, loc, x, floatOf(factor));
  }
  return x;
}

Value VectorMath::exp2(Value x) {
  Value low = constant(x, -160.0), high = constant(x, 160.0);
  Value clamped = select(compare(builder, loc, P::OLT, x, low), low, x);
  clamped = select(compare(builder, loc, P::OGT, clamped, high), high, clamped);
  Value magic = constant(x, 0x1.8p23);
  Value t = arith::AddFOp::create(builder, loc, clamped, magic);
  Value rounded = arith::SubFOp::create(builder, loc, t, magic);
  Value fraction = arith::SubFOp::create(builder, loc, clamped, rounded);
  Value k = arith::SubIOp::create(builder, loc, bitsOf(t), bitsOf(magic));
  // A NaN leaves garbage in k: any finite or infinite factor keeps it NaN,
  // but 0 * inf cannot arise because the mantissa is NaN already.
  return scaleByPowerOfTwo(polynomial(fraction, kExp2Fine), k);
}

// e^r = 1 + r + r^2 P(r) on [-ln(2)/2, ln(2)/2], relative error 3.1e-9.
static const double kExp[] = {1.0,
                              1.0,
                              4.9999993403e-01,
                              1.6666519973e-01,
                              4.1668395795e-02,
                              8.3687966846e-03,
                              1.3814433180e-03};
// ln 2 in two parts: the product of the first with an exponent is exact.
static const double kLn2High = 6.93145752e-01, kLn2Low = 1.42860682e-06;

Value VectorMath::exp(Value x) {
  // e^x = 2^k e^r with r = x - k ln 2: a rounded product x log2(e) would lose
  // six bits where x is large.
  Value low = constant(x, -105.0), high = constant(x, 90.0);
  Value clamped = select(compare(builder, loc, P::OGT, x, high), high, x);
  clamped = select(compare(builder, loc, P::OLT, clamped, low), low, clamped);
  Value magic = constant(x, 0x1.8p23);
  Value t = madd(clamped, constant(x, 1.44269504), magic);
  Value rounded = arith::SubFOp::create(builder, loc, t, magic);
  Value r = madd(rounded, constant(x, -kLn2High), clamped);
  r = madd(rounded, constant(x, -kLn2Low), r);
  Value k = arith::SubIOp::create(builder, loc, bitsOf(t), bitsOf(magic));
  return scaleByPowerOfTwo(polynomial(r, kExp), k);
}

Value VectorMath::expBounded(Value x) {
  // As exp, with the factor of exp2Clamped: one product, exactly 0 at the end.
  Value low = constant(x, -127 * kLn2);
  Value clamped = select(compare(builder, loc, P::OGT, low, x), low, x);
  Value magic = constant(x, 0x1.8p23 + 127.0);
  Value t = madd(clamped, constant(x, 1.44269504), magic);
  Value rounded = arith::SubFOp::create(builder, loc, t, magic);
  Value r = madd(rounded, constant(x, -kLn2High), clamped);
  r = madd(rounded, constant(x, -kLn2Low), r);
  Value factor = floatOf(
      arith::ShLIOp::create(builder, loc, bitsOf(t), integer(x, 23, 32)));
  return arith::MulFOp::create(builder, loc, polynomial(r, kExp), factor);
}

//===----------------------------------------------------------------------===//
// Logarithms
//===----------------------------------------------------------------------===//

std::pair<Value, Value> VectorMath::splitExponent(Value x) {
  bool wide = getElementTypeOrSelf(x.getType()).isF64();
  unsigned bits = wide ? 64 : 32, mantissaBits = wide ? 52 : 23;
  // Subnormals are scaled up first.
  Value tiny = compare(builder, loc, P::OLT, x,
                       constant(x, wide ? 0x1p-1022 : 0x1p-126));
  Value scaled = arith::MulFOp::create(builder, loc, x,
                                       constant(x, wide ? 0x1p54 : 0x1p25));
  x = select(tiny, scaled, x);
  Value raw = bitsOf(x);
  // Subtracting the bits of sqrt(1/2) makes the exponent field roll over there.
  int64_t root = wide ? 0x3fe6a09e667f3bcdLL : 0x3f3504f3;
  Value offset =
      arith::SubIOp::create(builder, loc, raw, integer(x, root, bits));
  Value exponent = arith::ShRSIOp::create(builder, loc, offset,
                                          integer(x, mantissaBits, bits));
  Value shifted = arith::ShLIOp::create(builder, loc, exponent,
                                        integer(x, mantissaBits, bits));
  Value mantissa = floatOf(arith::SubIOp::create(builder, loc, raw, shifted));
  Value adjust =
      select(tiny, integer(x, wide ? 54 : 25, bits), integer(x, 0, bits));
  exponent = arith::SubIOp::create(builder, loc, exponent, adjust);
  Value number;
  if (wide) {
    // i64 to f64 has no vector instruction before AVX-512: through the bits of
    // 2^52 + 2^51, where integers are spaced by one.
    Value magic = constant(x, 0x1.8p52);
    Value sum = arith::AddIOp::create(builder, loc, exponent, bitsOf(magic));
    number = arith::SubFOp::create(builder, loc, floatOf(sum), magic);
  } else {
    number = arith::SIToFPOp::create(builder, loc, x.getType(), exponent);
  }
  return {number, mantissa};
}

Value VectorMath::logMantissa(Value mantissa) {
  bool wide = getElementTypeOrSelf(mantissa.getType()).isF64();
  Value one = constant(mantissa, 1.0);
  Value s = arith::DivFOp::create(
      builder, loc, arith::SubFOp::create(builder, loc, mantissa, one),
      arith::AddFOp::create(builder, loc, mantissa, one));
  Value square = arith::MulFOp::create(builder, loc, s, s);
  Value tail;
  if (wide) {
    // 2 atanh(s) = 2 s (1 + s^2/3 + ...), |s| <= 0.1716: to 1e-19.
    SmallVector<double> series;
    for (int k = 1; k <= 10; ++k)
      series.push_back(2.0 / (2 * k + 1));
    tail = polynomial(square, series);
  } else { // error 1.4e-8
    tail = polynomial(square, {6.6666665819e-01, 4.0000811764e-01,
                               2.8482675348e-01, 2.4936861359e-01});
  }
  Value cubic = arith::MulFOp::create(builder, loc, tail, square);
  return madd(cubic, s, arith::AddFOp::create(builder, loc, s, s));
}

/// log 0 = -inf, log inf = inf, log of a negative number = NaN.
Value VectorMath::logSpecial(Value x, Value result) {
  double inf = std::numeric_limits<double>::infinity();
  Value zero = constant(x, 0.0);
  result =
      select(compare(builder, loc, P::OEQ, x, zero), constant(x, -inf), result);
  result =
      select(compare(builder, loc, P::OEQ, x, constant(x, inf)), x, result);
  Value nan = constant(x, std::numeric_limits<double>::quiet_NaN());
  return select(compare(builder, loc, P::UGE, x, zero),
                select(compare(builder, loc, P::UNO, x, x), x, result), nan);
}

Value VectorMath::log(Value x) {
  auto [exponent, mantissa] = splitExponent(x);
  Value tail = madd(exponent, constant(x, kLn2Low), logMantissa(mantissa));
  Value result = madd(exponent, constant(x, kLn2High), tail);
  return logSpecial(x, result);
}

Value VectorMath::log2(Value x) {
  auto [exponent, mantissa] = splitExponent(x);
  Value result = madd(logMantissa(mantissa), constant(x, 1.44269504), exponent);
  return logSpecial(x, result);
}

Value VectorMath::log1p(Value x) {
  // ln(1 + x) = ln(u) * x / (u - 1) with u = fl(1 + x): Kahan's correction.
  Value one = constant(x, 1.0);
  Value u = arith::AddFOp::create(builder, loc, x, one);
  Value difference = arith::SubFOp::create(builder, loc, u, one);
  Value quotient = arith::DivFOp::create(builder, loc, x, difference);
  Value result = arith::MulFOp::create(builder, loc, log(u), quotient);
  result = select(compare(builder, loc, P::OEQ, u, one), x, result);
  // inf / inf and ln(0) * x / -1 are settled here.
  double inf = std::numeric_limits<double>::infinity();
  result =
      select(compare(builder, loc, P::OEQ, x, constant(x, inf)), x, result);
  return result;
}

Value VectorMath::log2F64(Value x) {
  auto [exponent, mantissa] = splitExponent(x);
  Value log2e = constant(x, 1.4426950408889634074);
  Value scaled =
      arith::MulFOp::create(builder, loc, logMantissa(mantissa), log2e);
  return logSpecial(x, arith::AddFOp::create(builder, loc, scaled, exponent));
}

Value VectorMath::exp2F64(Value x) {
  Value low = constant(x, -1020.0), high = constant(x, 1023.0);
  double inf = std::numeric_limits<double>::infinity();
  Value clamped = select(compare(builder, loc, P::OLT, x, low), low, x);
  clamped = select(compare(builder, loc, P::OGT, clamped, high), high, clamped);
  Value magic = constant(x, magicOf(x));
  Value t = arith::AddFOp::create(builder, loc, clamped, magic);
  Value rounded = arith::SubFOp::create(builder, loc, t, magic);
  Value fraction = arith::SubFOp::create(builder, loc, clamped, rounded);
  // The Taylor series of 2^f, |f| <= 1/2, to 4e-18.
  SmallVector<double> series{1.0};
  for (int k = 1; k <= 13; ++k)
    series.push_back(series.back() * 0.69314718055994530942 / k);
  Value mantissa = polynomial(fraction, series);
  Value k = arith::SubIOp::create(builder, loc, bitsOf(t), bitsOf(magic));
  Value biased = arith::AddIOp::create(builder, loc, k, integer(x, 1023, 64));
  Value factor =
      floatOf(arith::ShLIOp::create(builder, loc, biased, integer(x, 52, 64)));
  Value result = arith::MulFOp::create(builder, loc, mantissa, factor);
  result =
      select(compare(builder, loc, P::OLT, x, low), constant(x, 0.0), result);
  result = select(compare(builder, loc, P::OGE, x, constant(x, 1024.0)),
                  constant(x, inf), result);
  return select(compare(builder, loc, P::UNO, x, x), x, result);
}

Value VectorMath::powF64(Value x, Value y) {
  Value exponent = arith::MulFOp::create(builder, loc, y, log2F64(abs(x)));
  Value result = exp2F64(exponent);
  Value zero = constant(x, 0.0), one = constant(x, 1.0);
  // 0 * inf is no number, but 1 to any power is 1.
  result = select(compare(builder, loc, P::OEQ, abs(x), one), one, result);
  // A finite negative base has a power only for integers; for an odd one the
  // sign of the base stays, also that of zero.
  Value half = arith::MulFOp::create(builder, loc, y, constant(y, 0.5));
  Value isInteger = compare(builder, loc, P::OEQ, floor(y), y);
  Value halfIsWhole = compare(builder, loc, P::OEQ, floor(half), half);
  Value withSign = select(halfIsWhole, result, copySign(result, x));
  Value minusInf = constant(x, -std::numeric_limits<double>::infinity());
  Value ordinary = arith::AndIOp::create(
      builder, loc, compare(builder, loc, P::OLT, x, zero),
      compare(builder, loc, P::OGT, x, minusInf));
  Value nan = constant(x, std::numeric_limits<double>::quiet_NaN());
  Value otherwise = select(ordinary, nan, result);
  result = select(isInteger, withSign, otherwise);
  Value trivial =
      arith::OrIOp::create(builder, loc, compare(builder, loc, P::OEQ, y, zero),
                           compare(builder, loc, P::OEQ, x, one));
  return select(trivial, one, result);
}

Value VectorMath::pow(Value x, Value y) {
  if (getElementTypeOrSelf(x.getType()).isF64())
    return powF64(x, y);
  Type f64 = builder.getF64Type(), f32 = builder.getF32Type();
  return convert(powF64(convert(x, f64), convert(y, f64)), f32);
}

//===----------------------------------------------------------------------===//
// Functions with two limits
//===----------------------------------------------------------------------===//

// (2^f - 1) / f on [-1/2, 1/2], relative error 1.1e-8.
static const double kExp2Minus1[] = {6.9314718793e-01, 2.4022649795e-01,
                                     5.5503574336e-02, 9.6182374943e-03,
                                     1.3390735477e-03, 1.5403512589e-04};

Value VectorMath::tanh(Value x) {
  // (y - 1) / (y + 1) with y = e^2x = 2^k 2^f. Here y - 1 is 2^k (2^f - 1) less
  // 1 - 2^k, so that nothing cancels near 0, where k = 0; from 10 on it is 1.
  // Where a sum would make -0 a 0, a difference keeps it.
  Value low = constant(x, -10.0), high = constant(x, 10.0);
  Value clamped = select(compare(builder, loc, P::OGT, low, x), low, x);
  clamped = select(compare(builder, loc, P::OLT, high, clamped), high, clamped);
  auto negate = [&](Value value) -> Value {
    return arith::NegFOp::create(builder, loc, value);
  };
  Value twiceLog2e = constant(x, 2 * kLog2e);
  Value magic = constant(x, 0x1.8p23 + 127.0);
  Value t = madd(clamped, twiceLog2e, magic);
  Value rounded = arith::SubFOp::create(builder, loc, t, magic);
  Value fraction = madd(clamped, twiceLog2e, negate(rounded));
  Value power = arith::MulFOp::create(builder, loc, fraction,
                                      polynomial(fraction, kExp2Minus1));
  Value scale = floatOf(
      arith::ShLIOp::create(builder, loc, bitsOf(t), integer(x, 23, 32)));
  Value rest = arith::SubFOp::create(builder, loc, constant(x, 1.0), scale);
  Value above = madd(scale, power, negate(rest));
  Value below = arith::AddFOp::create(builder, loc, above, constant(x, 2.0));
  return arith::DivFOp::create(builder, loc, above, below);
}

Value VectorMath::erf(Value x) {
  Value magnitude = abs(x);
  Value square = arith::MulFOp::create(builder, loc, x, x);
  // erf x = x P(x^2) up to 1 (error 1.2e-9) ...
  Value small = arith::MulFOp::create(
      builder, loc, x,
      polynomial(square, {1.1283791659e+00, -3.7612627136e-01, 1.1283600176e-01,
                          -2.6854444592e-02, 5.1895353396e-03,
                          -8.0208412817e-04, 7.8891195381e-05}));
  // ... and 1 - 2^P(x) from there to 4, where it is 1 in f32.
  Value four = constant(x, 4.0);
  Value clamped =
      select(compare(builder, loc, P::OGT, magnitude, four), four, magnitude);
  Value logarithm = polynomial(clamped, {2.7128470832e-04, -1.6296371910e+00,
                                         -9.1354319954e-01, -1.5641494387e-01,
                                         3.6367826990e-02, -6.0659005659e-03,
                                         6.3671380275e-04, -3.1287510887e-05});
  Value large = copySign(
      arith::SubFOp::create(builder, loc, constant(x, 1.0), exp2(logarithm)),
      x);
  Value isSmall = compare(builder, loc, P::ULE, magnitude, constant(x, 1.0));
  return select(isSmall, small, large);
}

//===----------------------------------------------------------------------===//
// Angles
//===----------------------------------------------------------------------===//

// sin(pi/2 s) / s and cos(pi/2 s), |s| <= 1/2, as polynomials of s^2: errors
// 2.7e-8 and 1.7e-9.
static const double kSine[] = {1.5707959846e+00, -6.4595494730e-01,
                               7.9626516694e-02, -4.5043737869e-03};
static const double kCosine[] = {1.0, -1.2337004430e+00, 2.5366742175e-01,
                                 -2.0850843305e-02, 8.8901594553e-04};

std::pair<Value, Value> VectorMath::cosSinOfQuarters(Value quarters) {
  // Whole quarter turns drop out in f64, which leaves little to round to f32;
  // how many they were stands in the low bits of the sum.
  Value magic = constant(quarters, magicOf(quarters));
  Value t = arith::AddFOp::create(builder, loc, quarters, magic);
  Value whole = arith::SubFOp::create(builder, loc, t, magic);
  Value rest = arith::SubFOp::create(builder, loc, quarters, whole);
  Value s = convert(rest, builder.getF32Type());
  Value bits = arith::TruncIOp::create(
      builder, loc, withElement(quarters.getType(), builder.getI32Type()),
      bitsOf(t));
  Value square = arith::MulFOp::create(builder, loc, s, s);
  Value sine =
      arith::MulFOp::create(builder, loc, s, polynomial(square, kSine));
  Value cosine = polynomial(square, kCosine);
  // The number of quarters swaps and negates.
  Value one = integer(s, 1, 32), two = integer(s, 2, 32),
        thirty = integer(s, 30, 32), zero = integer(s, 0, 32);
  Value odd = arith::CmpIOp::create(
      builder, loc, arith::CmpIPredicate::ne,
      arith::AndIOp::create(builder, loc, bits, one), zero);
  auto signFrom = [&](Value counter, Value value) {
    Value flag = arith::AndIOp::create(builder, loc, counter, two);
    Value sign = arith::ShLIOp::create(builder, loc, flag, thirty);
    return floatOf(arith::XOrIOp::create(builder, loc, bitsOf(value), sign));
  };
  Value next = arith::AddIOp::create(builder, loc, bits, one);
  Value cos = signFrom(next, select(odd, sine, cosine));
  Value sin = signFrom(bits, select(odd, cosine, sine));
  return {cos, sin};
}

static const double kTwoOverPi = 0.63661977236758134308;

std::pair<Value, Value> VectorMath::cosSin(Value position, Value frequency,
                                           int64_t harmonic, bool f32Angles) {
  // A scalar position with frequency lanes, or the other way round.
  auto spread = [&](Value &a, Value b) {
    auto type = llvm::dyn_cast<VectorType>(b.getType());
    if (type && !llvm::isa<VectorType>(a.getType()))
      a = vector::BroadcastOp::create(
          builder, loc, VectorType::get(type.getShape(), a.getType()), a);
  };
  Type element = f32Angles ? Type(builder.getF32Type()) : builder.getF64Type();
  Value number = arith::SIToFPOp::create(
      builder, loc, withElement(position.getType(), element), position);
  if (f32Angles) {
    // An f32 product: positions are exact in f32, so it is rounded once.
    Value rounded = convert(frequency, element);
    spread(number, rounded);
    spread(rounded, number);
    Value angle = convert(
        arith::MulFOp::create(builder, loc, number, rounded).getResult(),
        builder.getF64Type());
    return cosSinOfQuarters(arith::MulFOp::create(
        builder, loc, angle, constant(angle, harmonic * kTwoOverPi)));
  }
  Value step = arith::MulFOp::create(
      builder, loc, frequency, constant(frequency, harmonic * kTwoOverPi));
  spread(number, step);
  spread(step, number);
  return cosSinOfQuarters(arith::MulFOp::create(builder, loc, number, step));
}

std::pair<Value, Value> VectorMath::cosSinOfRadians(Value x) {
  Value wide = convert(x, builder.getF64Type());
  auto [cos, sin] = cosSinOfQuarters(
      arith::MulFOp::create(builder, loc, wide, constant(wide, kTwoOverPi)));
  return {cos, sin};
}

Value VectorMath::cos(Value x) { return cosSinOfRadians(x).first; }

Value VectorMath::sin(Value x) { return cosSinOfRadians(x).second; }
