//===- Elements.cpp - Elements of memory as numbers of a kernel -----------===//
//
// bf16 is the upper half of an f32. f16 has 5 bits of exponent, biased by 15,
// and 10 of fraction; f32 has 8, biased by 127, and 23.
//
//===----------------------------------------------------------------------===//

#include "compiler/TiledToVector/Elements.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace sextant;

namespace {
/// The few words that the sequences below are made of.
struct Bits {
  OpBuilder &builder;
  Location loc;
  Type like; // a scalar or a vector of the shape of all values

  Type typeOf(Type element) const {
    if (auto vector = llvm::dyn_cast<VectorType>(like))
      return vector.clone(element);
    return element;
  }
  Type integers(unsigned bits) const {
    return typeOf(builder.getIntegerType(bits));
  }
  Value constant(uint32_t value) const {
    Type type = integers(32);
    TypedAttr attr = builder.getIntegerAttr(builder.getI32Type(),
                                            static_cast<int32_t>(value));
    if (llvm::isa<VectorType>(type))
      attr = SplatElementsAttr::get(llvm::cast<ShapedType>(type), attr);
    return arith::ConstantOp::create(builder, loc, attr);
  }
  template <typename Op> Value make(Value a, Value b) const {
    return Op::create(builder, loc, a, b);
  }
  Value add(Value a, uint32_t b) const {
    return make<arith::AddIOp>(a, constant(b));
  }
  Value bitAnd(Value a, uint32_t b) const {
    return make<arith::AndIOp>(a, constant(b));
  }
  Value bitOr(Value a, Value b) const { return make<arith::OrIOp>(a, b); }
  Value left(Value a, uint32_t by) const {
    return make<arith::ShLIOp>(a, constant(by));
  }
  Value right(Value a, uint32_t by) const {
    return make<arith::ShRUIOp>(a, constant(by));
  }
  /// Both below 2^31.
  Value less(Value a, uint32_t b) const {
    return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::slt, a,
                                 constant(b));
  }
  Value select(Value condition, Value a, Value b) const {
    return arith::SelectOp::create(builder, loc, condition, a, b);
  }
  Value cast(Value value, Type element) const {
    return arith::BitcastOp::create(builder, loc, typeOf(element), value);
  }
  Value toFloat(Value bits) const { return cast(bits, builder.getF32Type()); }
  Value toBits(Value number) const {
    return cast(number, builder.getI32Type());
  }
  /// The bits of 16-bit elements, zero extended, and back.
  Value load16(Value value) const {
    return arith::ExtUIOp::create(builder, loc, integers(32),
                                  cast(value, builder.getI16Type()));
  }
  Value store16(Value bits, Type element) const {
    return cast(arith::TruncIOp::create(builder, loc, integers(16), bits),
                element);
  }
};
} // namespace

static Value brainToFloat(const Bits &bits, Value value) {
  return bits.toFloat(bits.left(bits.load16(value), 16));
}

static Value floatToBrain(const Bits &bits, Value value, Type element) {
  Value x = bits.toBits(value);
  // Half a step, less one where the last bit that stays is 0: ties to even.
  Value odd = bits.bitAnd(bits.right(x, 16), 1);
  Value sum = bits.add(bits.make<arith::AddIOp>(x, odd), 0x7fff);
  Value isNaN = arith::CmpFOp::create(bits.builder, bits.loc,
                                      arith::CmpFPredicate::UNO, value, value);
  Value quiet = bits.bitOr(x, bits.constant(0x00400000));
  return bits.store16(bits.right(bits.select(isNaN, quiet, sum), 16), element);
}

static Value halfToFloat(const Bits &bits, Value value) {
  Value x = bits.load16(value);
  Value sign = bits.left(bits.bitAnd(x, 0x8000), 16);
  Value size = bits.left(bits.bitAnd(x, 0x7fff), 13);
  // Exponents 1 to 30 move to the bias of f32, and 31 to 255.
  Value normal = bits.add(size, (127 - 15) << 23);
  Value beyond = bits.add(size, (255 - 31) << 23);
  // Exponent 0 counts steps of 2^-24: 2^-14 with that fraction, less 2^-14.
  constexpr uint32_t kLeastNormal = (127 - 14) << 23;
  Value tiny = bits.toBits(
      bits.make<arith::SubFOp>(bits.toFloat(bits.add(size, kLeastNormal)),
                               bits.toFloat(bits.constant(kLeastNormal))));
  Value finite = bits.select(bits.less(size, 1 << 23), tiny, normal);
  Value result = bits.select(bits.less(size, 31 << 23), finite, beyond);
  return bits.toFloat(bits.bitOr(result, sign));
}

static Value floatToHalf(const Bits &bits, Value value, Type element) {
  Value x = bits.toBits(value);
  Value sign = bits.right(bits.bitAnd(x, 0x80000000), 16);
  Value size = bits.bitAnd(x, 0x7fffffff);
  // Between 2^-14 and 2^16: as for bf16, with 13 bits to drop.
  Value odd = bits.bitAnd(bits.right(size, 13), 1);
  Value sum = bits.add(bits.make<arith::AddIOp>(size, odd),
                       0xfff - ((127u - 15) << 23));
  Value normal = bits.right(sum, 13);
  // Below 2^-14 the sum with 1/2, whose step is 2^-24, rounds by itself.
  constexpr uint32_t kHalf = 126 << 23;
  Value tiny =
      bits.add(bits.toBits(bits.make<arith::AddFOp>(
                   bits.toFloat(size), bits.toFloat(bits.constant(kHalf)))),
               -kHalf);
  // 65520, the middle between 65504 and 2^16, is the first that overflows.
  constexpr uint32_t kInfinity = 255 << 23;
  Value beyond = bits.select(bits.less(size, kInfinity + 1),
                             bits.constant(0x7c00), bits.constant(0x7e00));
  Value finite = bits.select(bits.less(size, (127 - 14) << 23), tiny, normal);
  Value result = bits.select(bits.less(size, (127 + 16) << 23), finite, beyond);
  return bits.store16(bits.bitOr(result, sign), element);
}

bool Elements::isNarrow(Type type) { return type.isF16() || type.isBF16(); }

Value Elements::widen(OpBuilder &builder, Location loc, Value value) const {
  Type element = getElementTypeOrSelf(value.getType());
  Bits bits{builder, loc, value.getType()};
  if (element.isBF16())
    return brainToFloat(bits, value);
  if (!element.isF16())
    return value;
  if (!hasHalf)
    return halfToFloat(bits, value);
  return arith::ExtFOp::create(builder, loc, bits.typeOf(builder.getF32Type()),
                               value);
}

Value Elements::narrow(OpBuilder &builder, Location loc, Value value,
                       Type element) const {
  Bits bits{builder, loc, value.getType()};
  if (element.isBF16())
    return floatToBrain(bits, value, element);
  if (!element.isF16())
    return value;
  if (!hasHalf)
    return floatToHalf(bits, value, element);
  return arith::TruncFOp::create(builder, loc, bits.typeOf(element), value);
}
