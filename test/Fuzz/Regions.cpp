//===- Regions.cpp - Random scalar regions --------------------------------===//

#include "Regions.h"

using namespace mlir;
using namespace sextant::attn;
using namespace sextant::fuzz;

Value RegionDrawer::constant(double value) {
  return arith::ConstantOp::create(builder, loc,
                                   builder.getF32FloatAttr(float(value)));
}

Value RegionDrawer::constant(int64_t value) {
  return arith::ConstantOp::create(builder, loc,
                                   builder.getI32IntegerAttr(int32_t(value)));
}

Value RegionDrawer::read(bool numbers) {
  Value tensor = capture(choices.below(4), numbers);
  auto type = cast<RankedTensorType>(tensor.getType());
  SmallVector<Value> indices;
  for (int64_t dim = 0; dim < type.getRank(); ++dim)
    indices.push_back(choices.once(4) ? integer(1) : integer(0));
  Type element = type.getElementType();
  if (element.isF16() || element.isBF16())
    element = builder.getF32Type();
  Value value = ReadOp::create(builder, loc, element, tensor, indices);
  if (element.isF64())
    return arith::TruncFOp::create(builder, loc, builder.getF32Type(), value);
  if (element.isInteger(1) && !numbers)
    return arith::ExtUIOp::create(builder, loc, builder.getI32Type(), value);
  return value;
}

Value RegionDrawer::leaf() {
  switch (choices.below(6)) {
  case 0:
  case 1:
    if (!elements.empty())
      return elements[choices.below(elements.size())];
    [[fallthrough]];
  case 2:
    return constant(double(choices.within(0, 32) - 16) / 8);
  case 3:
    return read(/*numbers=*/true);
  default: {
    // Small enough that a few products of them are numbers.
    Value value =
        arith::SIToFPOp::create(builder, loc, builder.getF32Type(), integer(1));
    return arith::MulFOp::create(builder, loc, value, constant(1.0 / 64));
  }
  }
}

Value RegionDrawer::unary(unsigned depth) {
  Value x = number(depth - 1);
  auto most = [&](double bound) -> Value {
    return arith::MinimumFOp::create(builder, loc, x, constant(bound));
  };
  auto absolute = [&](double plus) -> Value {
    Value magnitude = math::AbsFOp::create(builder, loc, x);
    return arith::AddFOp::create(builder, loc, magnitude, constant(plus));
  };
  switch (choices.below(14)) {
  case 0:
    return arith::NegFOp::create(builder, loc, x);
  case 1:
    return math::AbsFOp::create(builder, loc, x);
  case 2:
    return math::TanhOp::create(builder, loc, x);
  case 3:
    return math::ExpOp::create(builder, loc, most(3));
  case 4:
    return math::Exp2Op::create(builder, loc, most(4));
  case 5:
    return math::LogOp::create(builder, loc, absolute(0.5));
  case 6:
    return math::Log2Op::create(builder, loc, absolute(0.5));
  case 7:
    return math::Log1pOp::create(builder, loc, absolute(0));
  case 8:
    return math::SqrtOp::create(builder, loc, absolute(0.25));
  case 9:
    return math::RsqrtOp::create(builder, loc, absolute(0.25));
  case 10:
    return math::ErfOp::create(builder, loc, x);
  case 11:
    return math::SinOp::create(builder, loc, x);
  case 12:
    return math::CosOp::create(builder, loc, x);
  default:
    return math::PowFOp::create(builder, loc, absolute(0.125),
                                constant(double(choices.within(1, 12)) / 4));
  }
}

Value RegionDrawer::binary(unsigned depth) {
  Value a = number(depth - 1), b = number(depth - 1);
  switch (choices.below(9)) {
  case 0:
    return arith::AddFOp::create(builder, loc, a, b);
  case 1:
    return arith::SubFOp::create(builder, loc, a, b);
  case 2:
    return arith::MulFOp::create(builder, loc, a, b);
  case 3:
    return arith::MaximumFOp::create(builder, loc, a, b);
  case 4:
    return arith::MinimumFOp::create(builder, loc, a, b);
  case 5:
    return arith::MaxNumFOp::create(builder, loc, a, b);
  case 6:
    return arith::MinNumFOp::create(builder, loc, a, b);
  case 7: {
    Value magnitude = math::AbsFOp::create(builder, loc, b);
    Value divisor =
        arith::AddFOp::create(builder, loc, magnitude, constant(0.5));
    return arith::DivFOp::create(builder, loc, a, divisor);
  }
  default:
    return math::FmaOp::create(builder, loc, a, b, constant(0.5));
  }
}

Value RegionDrawer::number(unsigned depth) {
  Value result;
  choices.together([&] {
    const uint32_t kind = depth ? choices.below(8) : 0;
    if (kind < 2)
      result = leaf();
    else if (kind < 4)
      result = unary(depth);
    else if (kind < 7)
      result = binary(depth);
    else {
      Value yes = number(depth - 1), no = number(depth - 1);
      result = arith::SelectOp::create(builder, loc, condition(1), yes, no);
    }
  });
  return result;
}

Value RegionDrawer::integer(unsigned depth) {
  Value result;
  choices.together([&] {
    const uint32_t kind = depth ? choices.below(12) : choices.below(4);
    if (kind < 3 && !coordinates.empty()) {
      result = coordinates[choices.below(coordinates.size())];
      return;
    }
    if (kind < 4) {
      const ExtentKind kinds[] = {ExtentKind::Keys,     ExtentKind::Queries,
                                  ExtentKind::Heads,    ExtentKind::Batch,
                                  ExtentKind::KeyHeads, ExtentKind::Channels};
      if (choices.once(2))
        result = ExtentOp::create(builder, loc, kinds[choices.below(6)]);
      else
        result = constant(choices.within(0, 24) - 8);
      return;
    }
    if (kind == 4) {
      result = read(/*numbers=*/false);
      return;
    }
    Value a = integer(depth - 1);
    auto positive = [&] { return constant(choices.within(1, 40)); };
    switch (kind) {
    case 5:
      result = arith::AddIOp::create(builder, loc, a, integer(depth - 1));
      return;
    case 6:
      result = arith::SubIOp::create(builder, loc, a, integer(depth - 1));
      return;
    case 7:
      result = arith::MulIOp::create(builder, loc, a,
                                     constant(choices.within(0, 8) - 3));
      return;
    case 8:
      switch (choices.below(6)) {
      case 0:
        result = arith::DivSIOp::create(builder, loc, a, positive());
        return;
      case 1:
        result = arith::RemSIOp::create(builder, loc, a, positive());
        return;
      case 2:
        result = arith::FloorDivSIOp::create(builder, loc, a, positive());
        return;
      case 3:
        result = arith::CeilDivSIOp::create(builder, loc, a, positive());
        return;
      case 4:
        result = arith::RemUIOp::create(builder, loc, a, positive());
        return;
      default:
        result = arith::DivUIOp::create(builder, loc, a, positive());
        return;
      }
    case 9: {
      Value b = integer(depth - 1);
      if (choices.once(2))
        result = arith::MinSIOp::create(builder, loc, a, b);
      else
        result = arith::MaxSIOp::create(builder, loc, a, b);
      return;
    }
    case 10: {
      Value b = constant(choices.within(0, 31));
      switch (choices.below(6)) {
      case 0:
        result = arith::AndIOp::create(builder, loc, a, b);
        return;
      case 1:
        result = arith::OrIOp::create(builder, loc, a, b);
        return;
      case 2:
        result = arith::XOrIOp::create(builder, loc, a, b);
        return;
      case 3:
        result = arith::ShRSIOp::create(builder, loc, a, b);
        return;
      case 4:
        result = arith::ShLIOp::create(builder, loc, a, b);
        return;
      default:
        result = arith::ShRUIOp::create(builder, loc, a, b);
        return;
      }
    }
    default:
      if (choices.once(2))
        result = math::AbsIOp::create(builder, loc, a);
      else
        result = arith::SelectOp::create(builder, loc, condition(depth - 1), a,
                                         integer(depth - 1));
      return;
    }
  });
  return result;
}

Value RegionDrawer::condition(unsigned depth) {
  Value result;
  choices.together([&] {
    const uint32_t kind = depth ? choices.below(8) : 0;
    if (kind < 4) {
      static constexpr arith::CmpIPredicate kPredicates[] = {
          arith::CmpIPredicate::sle, arith::CmpIPredicate::slt,
          arith::CmpIPredicate::sge, arith::CmpIPredicate::sgt,
          arith::CmpIPredicate::eq,  arith::CmpIPredicate::ne,
          arith::CmpIPredicate::ult, arith::CmpIPredicate::uge};
      Value a = integer(depth), b = integer(depth);
      result = arith::CmpIOp::create(builder, loc,
                                     kPredicates[choices.below(8)], a, b);
      return;
    }
    Value a = condition(depth - 1);
    switch (kind) {
    case 4:
      result = arith::AndIOp::create(builder, loc, a, condition(depth - 1));
      return;
    case 5:
      result = arith::OrIOp::create(builder, loc, a, condition(depth - 1));
      return;
    case 6: {
      Value yes =
          arith::ConstantOp::create(builder, loc, builder.getBoolAttr(true));
      result = arith::XOrIOp::create(builder, loc, a, yes);
      return;
    }
    default:
      result = arith::XOrIOp::create(builder, loc, a, condition(depth - 1));
      return;
    }
  });
  return result;
}
