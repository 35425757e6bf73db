//===- AttnPredicate.cpp - Predicates of a region, spelled short ----------===//

#include "dialect/Attn/IR/AttnPredicate.h"

using namespace mlir;
using namespace sextant::attn;

Value PredicateBuilder::integer(int64_t value) {
  return arith::ConstantOp::create(builder, loc,
                                   builder.getI32IntegerAttr(value));
}

Value PredicateBuilder::extent(ExtentKind kind) {
  return ExtentOp::create(builder, loc, builder.getI32Type(), kind);
}

Value PredicateBuilder::read(Value tensor, ValueRange indices) {
  auto type = llvm::cast<RankedTensorType>(tensor.getType());
  return ReadOp::createMatched(builder, loc, type.getElementType(), tensor,
                               indices);
}

Value PredicateBuilder::add(Value a, Value b) {
  return make<arith::AddIOp>(a, b);
}
Value PredicateBuilder::sub(Value a, Value b) {
  return make<arith::SubIOp>(a, b);
}
Value PredicateBuilder::mul(Value a, int64_t b) {
  return make<arith::MulIOp>(a, integer(b));
}
Value PredicateBuilder::min(Value a, Value b) {
  return make<arith::MinSIOp>(a, b);
}
Value PredicateBuilder::max(Value a, Value b) {
  return make<arith::MaxSIOp>(a, b);
}

// A quotient rounds towards zero: one less where something negative is left.
Value PredicateBuilder::floorDiv(Value a, int64_t b) {
  Value quotient = div(a, b);
  Value isBelow = less(mod(a, b), integer(0));
  return select(isBelow, sub(quotient, integer(1)), quotient);
}

Value PredicateBuilder::floorMod(Value a, int64_t b) {
  Value rest = mod(a, b);
  return select(less(rest, integer(0)), add(rest, integer(b)), rest);
}

Value PredicateBuilder::div(Value a, int64_t b) {
  return make<arith::DivSIOp>(a, integer(b));
}
Value PredicateBuilder::mod(Value a, int64_t b) {
  return make<arith::RemSIOp>(a, integer(b));
}

Value PredicateBuilder::compare(arith::CmpIPredicate predicate, Value a,
                                Value b) {
  return builder.createOrFold<arith::CmpIOp>(loc, predicate, a, b);
}
Value PredicateBuilder::less(Value a, Value b) {
  return compare(arith::CmpIPredicate::slt, a, b);
}
Value PredicateBuilder::atMost(Value a, Value b) {
  return compare(arith::CmpIPredicate::sle, a, b);
}
Value PredicateBuilder::equal(Value a, Value b) {
  return compare(arith::CmpIPredicate::eq, a, b);
}

Value PredicateBuilder::bit(Value word, Value place) {
  Value low =
      make<arith::AndIOp>(make<arith::ShRUIOp>(word, place), integer(1));
  return equal(low, integer(1));
}
Value PredicateBuilder::both(Value a, Value b) {
  return make<arith::AndIOp>(a, b);
}
Value PredicateBuilder::either(Value a, Value b) {
  return make<arith::OrIOp>(a, b);
}
Value PredicateBuilder::select(Value condition, Value yes, Value no) {
  return builder.createOrFold<arith::SelectOp>(loc, condition, yes, no);
}
