//===- ScoreProgram.cpp - A score as a straight-line program --------------===//
//
// Building and slicing of score programs.
//
//===----------------------------------------------------------------------===//

#include "compiler/AttnToFused/Algebra/ScoreProgram.h"

#include "llvm/ADT/STLExtras.h"

using namespace sextant::algebra;

Value ScoreProgram::append(ProgramNode node) {
  nodes.push_back(std::move(node));
  return Value{static_cast<unsigned>(nodes.size() - 1)};
}

Value ScoreProgram::arithmetic(ProgramOp op, llvm::ArrayRef<Value> operands,
                               Origin origin) {
  ProgramNode node(op);
  node.operands.assign(operands.begin(), operands.end());
  node.what.name = origin.name.str();
  node.payload = origin.payload;
  return append(std::move(node));
}

Value ScoreProgram::leaf(ProgramOp op, Side side, Origin origin) {
  for (auto [index, node] : llvm::enumerate(nodes))
    if (node.op == op && node.side == side && node.payload == origin.payload &&
        node.what.name == origin.name)
      return Value{static_cast<unsigned>(index)};
  ProgramNode node(op);
  node.side = side;
  node.what = {origin.name.str(), origin.payload, /*result=*/0};
  node.payload = origin.payload;
  return append(std::move(node));
}

Value ScoreProgram::input(Side side, Origin origin) {
  return leaf(ProgramOp::Input, side, origin);
}

Value ScoreProgram::parameter(Origin origin) {
  return leaf(ProgramOp::Parameter, Side::None, origin);
}

Value ScoreProgram::constant(const Rational &value) {
  ProgramNode node(ProgramOp::Constant);
  node.constant = value;
  return append(std::move(node));
}

Value ScoreProgram::constant(double value) {
  if (std::optional<Rational> exact = Rational::fromDouble(value))
    return constant(*exact);
  // An infinity times zero is not zero, so it must not enter the algebra.
  return parameter({value != value ? "nan" : value > 0 ? "inf" : "-inf"});
}

Value ScoreProgram::position(Side side, Symbol axis) {
  ProgramNode node(ProgramOp::Position);
  node.side = side;
  node.symbol = axis;
  return append(std::move(node));
}

std::pair<Value, Value> ScoreProgram::turn(Side side, Symbol angle) {
  ProgramNode node(ProgramOp::TurnCos);
  node.side = side;
  node.symbol = angle;
  Value cosine = append(node);
  node.op = ProgramOp::TurnSin;
  return {cosine, append(std::move(node))};
}

Value ScoreProgram::decay(Side side, Symbol base, int power) {
  ProgramNode node(ProgramOp::Decay);
  node.side = side;
  node.symbol = base;
  node.power = power;
  return append(std::move(node));
}

Value ScoreProgram::add(Value left, Value right, Origin origin) {
  return arithmetic(ProgramOp::Add, {left, right}, origin);
}

Value ScoreProgram::sub(Value left, Value right, Origin origin) {
  return arithmetic(ProgramOp::Sub, {left, right}, origin);
}

Value ScoreProgram::mul(Value left, Value right, Origin origin) {
  return arithmetic(ProgramOp::Mul, {left, right}, origin);
}

Value ScoreProgram::div(Value left, Value right, Origin origin) {
  return arithmetic(ProgramOp::Div, {left, right}, origin);
}

Value ScoreProgram::neg(Value operand, Origin origin) {
  return arithmetic(ProgramOp::Neg, {operand}, origin);
}

std::pair<Value, Value> ScoreProgram::rotationBy(Value angle, Origin origin) {
  Value cosine = arithmetic(ProgramOp::AngleCos, {angle}, origin);
  return {cosine, arithmetic(ProgramOp::AngleSin, {angle}, origin)};
}

Value ScoreProgram::exp(Value operand, Origin origin) {
  return arithmetic(ProgramOp::Exp, {operand}, origin);
}

Value ScoreProgram::opaque(const OpaqueOp &op, llvm::ArrayRef<Value> operands,
                           const void *payload) {
  ProgramNode node(ProgramOp::Opaque);
  node.what = op;
  node.operands.assign(operands.begin(), operands.end());
  node.payload = payload;
  return append(std::move(node));
}

Symbol ScoreProgram::axis(const void *key, llvm::StringRef name) {
  return table.declare(SymbolKind::Axis, key, name);
}

Symbol ScoreProgram::angle(const void *key, llvm::StringRef name, Symbol axis) {
  return table.declare(SymbolKind::Angle, key, name, axis);
}

Symbol ScoreProgram::decayBase(const void *key, llvm::StringRef name,
                               Symbol axis) {
  return table.declare(SymbolKind::Decay, key, name, axis);
}

std::vector<Value> ScoreProgram::slice(Value score) const {
  std::vector<bool> needed(score.index + 1);
  needed[score.index] = true;
  for (unsigned index = score.index + 1; index-- > 0;)
    if (needed[index])
      for (Value operand : nodes[index].operands)
        needed[operand.index] = true;
  std::vector<Value> result;
  for (unsigned index = 0; index <= score.index; ++index)
    if (needed[index])
      result.push_back(Value{index});
  return result;
}
