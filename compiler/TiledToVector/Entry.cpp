//===- Entry.cpp - The attn.entry of a kernel -----------------------------===//

#include "compiler/TiledToVector/Entry.h"
#include "compiler/TiledToVector/Extents.h"
#include "dialect/Attn/IR/TensorNames.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

static ValueRange returned(func::FuncOp tiled) {
  return tiled.getBody().front().getTerminator()->getOperands();
}

/// Positions that count rows are stored nowhere: they are computed where an op
/// asks for positions, but a region cannot read them.
static LogicalResult verifyReads(func::FuncOp tiled) {
  auto result = tiled.walk([](ReadOp read) {
    auto positions = read.getTensor().getDefiningOp<PositionsOp>();
    if (!positions)
      return WalkResult::advance();
    InFlightDiagnostic error = read.emitOpError(
        "reads the result of 'attn.positions', which no kernel stores; where "
        "an encoding and the softmax differ in positions, take them as an "
        "argument");
    error.attachNote(positions.getLoc()) << "made here";
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

LogicalResult sextant::verifyEntry(func::FuncOp tiled) {
  for (Type type : tiled.getArgumentTypes())
    if (!llvm::isa<RankedTensorType>(type))
      return tiled.emitOpError()
             << "expected ranked tensors as arguments, got " << type;
  llvm::SmallPtrSet<void *, 4> seen;
  for (Value value : returned(tiled)) {
    Operation *op = value.getDefiningOp();
    if (!isa_and_nonnull<RowFeaturesOp, RowReduceOp, ProjectOp, MergeOp,
                         ForTilesOp>(op))
      return tiled.emitOpError()
             << "expected every result to be computed by a kernel, got "
             << (op ? "the result of '" + op->getName().getStringRef().str() +
                          "'"
                    : std::string("an argument"));
    if (!seen.insert(value.getAsOpaquePointer()).second)
      return tiled.emitOpError("returns one tensor twice");
  }
  if (seen.empty())
    return tiled.emitOpError("expected at least 1 result, got 0");
  if (failed(verifyReads(tiled)))
    return failure();
  return Extents(tiled).verify();
}

/// True if `argument` holds positions, which callees check.
static bool holdsPositions(Value argument) {
  return llvm::any_of(argument.getUses(), [&](OpOperand &use) {
    if (auto tiles = llvm::dyn_cast<ForTilesOp>(use.getOwner()))
      return argument == tiles.getQueryPos() || argument == tiles.getKeyPos();
    if (auto rows = llvm::dyn_cast<RowFeaturesOp>(use.getOwner()))
      return argument == rows.getPositions();
    // Positions of several axes are read by the region that turns by them.
    auto read = llvm::dyn_cast<ReadOp>(use.getOwner());
    return read && llvm::any_of(read->getUsers(), [&](Operation *user) {
             auto turn = llvm::dyn_cast<CosSinOp>(user);
             return turn && turn.getPosition() == read.getResult();
           });
  });
}

LogicalResult sextant::buildEntry(OpBuilder &builder, func::FuncOp tiled,
                                  ArrayRef<Attribute> variants) {
  Extents extents(tiled);
  const SmallVector<std::string> names = tensorNames(tiled);
  auto describe = [&](Value tensor, StringRef name, bool positions) {
    auto type = llvm::cast<RankedTensorType>(tensor.getType());
    SmallVector<Attribute> shape;
    for (int64_t axis = 0; axis < type.getRank(); ++axis)
      shape.push_back(extents.describe(tensor, axis));
    return ArgumentAttr::getChecked(
        [&] { return tiled.emitOpError(); }, builder.getContext(), name,
        type.getElementType(), builder.getArrayAttr(shape), positions);
  };
  SmallVector<Attribute> inputs, outputs;
  for (BlockArgument argument : tiled.getArguments())
    inputs.push_back(describe(argument, names[argument.getArgNumber()],
                              holdsPositions(argument)));
  for (auto [place, value] : llvm::enumerate(returned(tiled)))
    outputs.push_back(describe(value, names[inputs.size() + place],
                               /*positions=*/false));
  if (llvm::is_contained(inputs, nullptr) ||
      llvm::is_contained(outputs, nullptr))
    return failure();
  EntryOp::create(builder, tiled.getLoc(), tiled.getSymName(),
                  builder.getArrayAttr(inputs), builder.getArrayAttr(outputs),
                  builder.getArrayAttr(extents.relations()),
                  builder.getArrayAttr(variants), StringAttr());
  return success();
}
