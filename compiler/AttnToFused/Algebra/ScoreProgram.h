//===- ScoreProgram.h - A score as a straight-line program ------*- C++ -*-===//
//
// The score of one channel group as its author wrote it, ready for evaluation
// over polynomials and over numbers.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_SCOREPROGRAM_H
#define SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_SCOREPROGRAM_H

#include "compiler/AttnToFused/Algebra/Atom.h"

namespace sextant::algebra {

enum class ProgramOp : uint8_t {
  Input,
  Parameter,
  Constant,
  Position,
  Decay, ///< base^(power * position)
  TurnCos,
  TurnSin,
  Add,
  Sub,
  Mul,
  Div,
  Neg,
  Opaque,
  AngleCos, ///< cos of a computed angle
  AngleSin,
  Exp,
};

/// Where a program value comes from: a name for messages and the caller's
/// payload (an operation, a value), handed back in refusals.
struct Origin {
  llvm::StringRef name;
  const void *payload = nullptr;
};

struct ProgramNode {
  explicit ProgramNode(ProgramOp op) : op(op) {}

  ProgramOp op;
  Side side = Side::None;
  Symbol symbol;
  int power = 0;
  Rational constant;
  llvm::SmallVector<Value, 2> operands;
  /// Name, key and result index of Input, Parameter and Opaque; for the other
  /// ops only the name, for messages.
  OpaqueOp what;
  const void *payload = nullptr;
};

/// A straight-line program over scalars. Building never fails: what does not
/// separate is refused when the program is evaluated over polynomials. Operands
/// precede their users, so the value index is a program order.
class ScoreProgram {
public:
  /// A channel of a query or key row. Equal side, payload and name are the
  /// same channel and give the same value.
  Value input(Side side, Origin origin);
  /// A number that belongs to no row: a slope, a trained phase, a head index.
  /// Identified like an input.
  Value parameter(Origin origin);
  Value constant(const Rational &value);
  /// The exact value of a float; a NaN or an infinity becomes a parameter.
  Value constant(double value);

  /// The position of the row along an axis. Positions shift together on both
  /// sides; an index that must not shift is an `input`.
  Value position(Side side, Symbol axis = Symbol());
  /// Cosine and sine of angle * position: the rotation of the row.
  std::pair<Value, Value> turn(Side side, Symbol angle);
  Value decay(Side side, Symbol base, int power);

  Value add(Value left, Value right, Origin origin = {"add"});
  Value sub(Value left, Value right, Origin origin = {"sub"});
  Value mul(Value left, Value right, Origin origin = {"mul"});
  Value div(Value left, Value right, Origin origin = {"div"});
  Value neg(Value operand, Origin origin = {"neg"});
  /// Cosine and sine of a computed angle, which must be a sum of one-sided
  /// parts. A part position * parameter is recognised as a rotation.
  std::pair<Value, Value> rotationBy(Value angle, Origin origin = {"rotate"});
  /// exp of a computed value; a sum of one-sided parts splits.
  Value exp(Value operand, Origin origin = {"exp"});
  /// Any other pure op. `op.name` is quoted in messages.
  Value opaque(const OpaqueOp &op, llvm::ArrayRef<Value> operands,
               const void *payload = nullptr);

  Symbol axis(const void *key, llvm::StringRef name);
  Symbol angle(const void *key, llvm::StringRef name, Symbol axis = Symbol());
  Symbol decayBase(const void *key, llvm::StringRef name,
                   Symbol axis = Symbol());

  const ProgramNode &operator[](Value value) const {
    return nodes[value.index];
  }
  size_t size() const { return nodes.size(); }
  AtomTable &atoms() { return table; }
  const AtomTable &atoms() const { return table; }

  /// The values `score` depends on, itself included, in program order.
  std::vector<Value> slice(Value score) const;

private:
  Value append(ProgramNode node);
  Value leaf(ProgramOp op, Side side, Origin origin);
  Value arithmetic(ProgramOp op, llvm::ArrayRef<Value> operands, Origin origin);

  std::vector<ProgramNode> nodes;
  AtomTable table;
};

} // namespace sextant::algebra

#endif // SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_SCOREPROGRAM_H
