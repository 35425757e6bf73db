//===- ScalarRun.cpp - A scalar function of a kernel, run here ------------===//

#include "compiler/TiledToVector/ScalarRun.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace sextant;

enum class ScalarRun::Kind : uint8_t {
  Add,
  Sub,
  Mul,
  DivS,
  RemS,
  DivU,
  RemU,
  MinS,
  MaxS,
  And,
  Or,
  Xor,
  ShiftRight,
  Equal,
  Less,
  LessEqual,
  LessUnsigned,
  LessEqualUnsigned,
  Differ,
  Select,
  Magnitude,
  Convert,
  RealFromInteger,
  RealAdd,
  RealMul,
  RealLess
};

/// Sign-extended from `bits`; an i1 is 0 or 1.
static int64_t wrapped(int64_t value, unsigned bits) {
  return bits == 1 ? value & 1 : llvm::SignExtend64(value, bits);
}

static unsigned bitsOf(Type type) {
  return type.isIndex() ? 64 : type.getIntOrFloatBitWidth();
}

static double toReal(int64_t bits) { return llvm::bit_cast<double>(bits); }
static int64_t fromReal(double value) { return llvm::bit_cast<int64_t>(value); }

/// Operands of the comparisons that are not named here are swapped.
static bool isSwapped(Operation &op) {
  using P = arith::CmpIPredicate;
  auto compare = llvm::dyn_cast<arith::CmpIOp>(op);
  return compare && llvm::is_contained({P::sgt, P::sge, P::ugt, P::uge},
                                       compare.getPredicate());
}

std::optional<ScalarRun::Kind> ScalarRun::kindOf(Operation &op) {
  using P = arith::CmpIPredicate;
  using Result = std::optional<Kind>;
  return llvm::TypeSwitch<Operation *, Result>(&op)
      .Case([](arith::AddIOp) { return Kind::Add; })
      .Case([](arith::SubIOp) { return Kind::Sub; })
      .Case([](arith::MulIOp) { return Kind::Mul; })
      .Case([](arith::DivSIOp) { return Kind::DivS; })
      .Case([](arith::RemSIOp) { return Kind::RemS; })
      .Case([](arith::DivUIOp) { return Kind::DivU; })
      .Case([](arith::RemUIOp) { return Kind::RemU; })
      .Case([](arith::MinSIOp) { return Kind::MinS; })
      .Case([](arith::MaxSIOp) { return Kind::MaxS; })
      .Case([](arith::AndIOp) { return Kind::And; })
      .Case([](arith::OrIOp) { return Kind::Or; })
      .Case([](arith::XOrIOp) { return Kind::Xor; })
      .Case([](arith::ShRSIOp) { return Kind::ShiftRight; })
      .Case([](arith::SelectOp) { return Kind::Select; })
      .Case([](math::AbsIOp) { return Kind::Magnitude; })
      .Case<arith::TruncIOp, arith::IndexCastOp>(
          [](auto) { return Kind::Convert; })
      .Case([](arith::ExtSIOp extend) -> Result {
        return extend.getIn().getType().isInteger(1) ? std::nullopt
                                                     : Result(Kind::Convert);
      })
      .Case([](arith::ExtUIOp extend) -> Result {
        return extend.getIn().getType().isInteger(1) ? Result(Kind::Convert)
                                                     : std::nullopt;
      })
      .Case([](arith::CmpIOp compare) {
        switch (compare.getPredicate()) {
        case P::eq:
          return Kind::Equal;
        case P::ne:
          return Kind::Differ;
        case P::slt:
        case P::sgt:
          return Kind::Less;
        case P::sle:
        case P::sge:
          return Kind::LessEqual;
        case P::ult:
        case P::ugt:
          return Kind::LessUnsigned;
        default:
          return Kind::LessEqualUnsigned;
        }
      })
      .Case([](arith::SIToFPOp convert) -> Result {
        return convert.getType().isF64() ? Result(Kind::RealFromInteger)
                                         : std::nullopt;
      })
      .Case([](arith::AddFOp add) -> Result {
        return add.getType().isF64() ? Result(Kind::RealAdd) : std::nullopt;
      })
      .Case([](arith::MulFOp mul) -> Result {
        return mul.getType().isF64() ? Result(Kind::RealMul) : std::nullopt;
      })
      .Case([](arith::CmpFOp compare) -> Result {
        return compare.getPredicate() == arith::CmpFPredicate::OLT &&
                       compare.getLhs().getType().isF64()
                   ? Result(Kind::RealLess)
                   : std::nullopt;
      })
      .Default([](Operation *) { return std::nullopt; });
}

unsigned ScalarRun::cellOf(Value value) {
  auto [place, isNew] = numbers.try_emplace(value, cells.size());
  if (isNew) {
    cells.emplace_back();
    varies.push_back(false);
  }
  return place->second;
}

void ScalarRun::addStep(Operation &op) {
  std::optional<Kind> kind = kindOf(op);
  if (!kind) // what it gives stays unknown
    return;
  Step step = {*kind, 0, {}, cellOf(op.getResult(0))};
  Type type = op.getResult(0).getType();
  if (type.isIntOrIndex())
    step.bits = bitsOf(type);
  bool follows = false;
  for (unsigned i = 0; i < op.getNumOperands(); ++i) {
    unsigned place = isSwapped(op) ? 1 - i : i;
    step.operands[place] = cellOf(op.getOperand(i));
    follows |= varies[step.operands[place]];
  }
  if (follows)
    steps.push_back(step);
  else
    cells[step.result] = execute(step);
  varies[step.result] = follows;
}

ScalarRun::ScalarRun(func::FuncOp function, ExtentOf extentOf) {
  Block &body = function.getBody().front();
  for (BlockArgument argument : body.getArguments())
    if (argument.getType().isInteger()) {
      arguments.push_back(cellOf(argument));
      varies[arguments.back()] = true;
    }
  for (Operation &op : body) {
    Attribute constant;
    if (matchPattern(&op, m_Constant(&constant))) {
      Cell &cell = cells[cellOf(op.getResult(0))];
      if (auto integer = llvm::dyn_cast<IntegerAttr>(constant))
        cell = {true, wrapped(integer.getValue().getSExtValue(),
                              bitsOf(integer.getType()))};
      else if (auto number = llvm::dyn_cast<FloatAttr>(constant))
        cell = {true, fromReal(number.getValueAsDouble())};
    } else if (auto dim = llvm::dyn_cast<memref::DimOp>(op)) {
      auto memref = llvm::dyn_cast<BlockArgument>(dim.getSource());
      std::optional<int64_t> axis = dim.getConstantIndex();
      Cell &cell = cells[cellOf(dim)];
      if (memref && axis)
        cell = {true, extentOf(memref.getArgNumber(), *axis)};
    } else if (op.hasTrait<OpTrait::IsTerminator>()) {
      returned = cellOf(op.getOperand(0));
    } else {
      addStep(op);
    }
  }
}

ScalarRun::Cell ScalarRun::execute(const Step &step) const {
  const Cell &x = cells[step.operands[0]], &y = cells[step.operands[1]];
  const int64_t a = x.value, b = y.value;
  // One operand may decide.
  switch (step.kind) {
  case Kind::Select:
    return !x.known ? Cell() : a ? y : cells[step.operands[2]];
  case Kind::And:
    if ((x.known && a == 0) || (y.known && b == 0))
      return {true, 0};
    break;
  case Kind::Or:
    if (step.bits == 1 && ((x.known && a) || (y.known && b)))
      return {true, 1};
    break;
  case Kind::Magnitude:
    return {x.known, wrapped(a < 0 ? -a : a, step.bits)};
  case Kind::Convert:
    return {x.known, wrapped(a, step.bits)};
  case Kind::RealFromInteger:
    return {x.known, fromReal(double(a))};
  default:
    break;
  }
  if (!x.known || !y.known)
    return {};
  const uint64_t ua = a, ub = b;
  auto integer = [&](int64_t value) -> Cell {
    return {true, wrapped(value, step.bits)};
  };
  switch (step.kind) {
  case Kind::Add:
    return integer(ua + ub);
  case Kind::Sub:
    return integer(ua - ub);
  case Kind::Mul:
    return integer(ua * ub);
  case Kind::DivS:
    return b == 0 || b == -1 ? Cell() : integer(a / b);
  case Kind::RemS:
    return b == 0 || b == -1 ? Cell() : integer(a % b);
  case Kind::DivU:
    return a < 0 || b <= 0 ? Cell() : integer(a / b);
  case Kind::RemU:
    return a < 0 || b <= 0 ? Cell() : integer(a % b);
  case Kind::MinS:
    return integer(std::min(a, b));
  case Kind::MaxS:
    return integer(std::max(a, b));
  case Kind::And:
    return integer(a & b);
  case Kind::Or:
    return integer(a | b);
  case Kind::Xor:
    return integer(a ^ b);
  case Kind::ShiftRight:
    return ub < step.bits ? integer(a >> b) : Cell();
  case Kind::Equal:
    return {true, a == b};
  case Kind::Differ:
    return {true, a != b};
  case Kind::Less:
    return {true, a < b};
  case Kind::LessEqual:
    return {true, a <= b};
  case Kind::LessUnsigned: // sign extension keeps this order too
    return {true, ua < ub};
  case Kind::LessEqualUnsigned:
    return {true, ua <= ub};
  case Kind::RealAdd:
    return {true, fromReal(toReal(a) + toReal(b))};
  case Kind::RealMul:
    return {true, fromReal(toReal(a) * toReal(b))};
  case Kind::RealLess:
    return {true, toReal(a) < toReal(b)};
  default:
    return {};
  }
}

std::optional<int64_t> ScalarRun::run(ArrayRef<int64_t> values) {
  for (auto [cell, value] : llvm::zip_equal(arguments, values))
    cells[cell] = {true, value};
  for (const Step &step : steps)
    cells[step.result] = execute(step);
  const Cell &result = cells[returned];
  return result.known ? std::optional(result.value) : std::nullopt;
}
