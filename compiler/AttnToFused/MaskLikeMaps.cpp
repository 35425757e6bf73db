//===- MaskLikeMaps.cpp - Masks written as numbers ------------------------===//

#include "compiler/AttnToFused/MaskLikeMaps.h"
#include "dialect/Attn/IR/TensorNames.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

/// No score that means something is as low: exp of it is 0.
static constexpr double kMaskNumber = -1e9;

static constexpr llvm::StringLiteral kAdvice(
    "; a mask is a predicate, 'visible' of attn.softmax: tiles are skipped, "
    "and a row that sees no key gives 0");

/// The number by which `op` hides a score, where it has one.
static std::optional<double> hidingNumber(Operation &op) {
  if (!isa<arith::SelectOp, arith::AddFOp, arith::SubFOp, arith::MulFOp,
           arith::MinimumFOp, arith::MinNumFOp>(op))
    return std::nullopt;
  for (Value operand : op.getOperands()) {
    FloatAttr constant;
    if (!matchPattern(operand, m_Constant(&constant)))
      continue;
    double number = constant.getValueAsDouble();
    if (isa<arith::SubFOp>(op) && operand == op.getOperand(1))
      number = -number;
    if (number <= kMaskNumber)
      return number;
  }
  return std::nullopt;
}

void sextant::warnOfMaskLikeMap(ScoreMapOp map) {
  for (Operation &op : map.getBody().front()) {
    if (std::optional<double> number = hidingNumber(op)) {
      InFlightDiagnostic warning = mlir::emitWarning(map.getLoc());
      warning << "a score map hides scores by the number ";
      if (std::isinf(*number))
        warning << "-inf" << kAdvice;
      else
        warning << *number << kAdvice;
      return;
    }
    auto read = dyn_cast<ReadOp>(op);
    if (!read || !read.getType().isInteger(1))
      continue;
    auto argument = dyn_cast<BlockArgument>(read.getTensor());
    const StringRef name = argument ? sourceName(argument) : StringRef();
    mlir::emitWarning(map.getLoc())
        << "a score map reads the booleans of "
        << (name.empty() ? "a tensor" : "'" + name.str() + "'")
        << ", as a mask does" << kAdvice;
    return;
  }
}
