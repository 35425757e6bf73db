//===- FoldExtents.cpp - Extents that features do not know ----------------===//

#include "compiler/AttnToFused/FoldExtents.h"

#include "dialect/Attn/IR/AttnExtents.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

static ArrayRef<int64_t> shapeOf(Value rows) {
  return cast<RankedTensorType>(rows.getType()).getShape();
}

static bool isOfKeys(ExtentKind kind) {
  return kind == ExtentKind::KeyHeads || kind == ExtentKind::Keys;
}

/// The dimension of the query rows, or of the key rows, that has the extent.
static unsigned dimOf(ExtentKind kind) {
  switch (kind) {
  case ExtentKind::Batch:
    return 0;
  case ExtentKind::Heads:
  case ExtentKind::KeyHeads:
    return 1;
  case ExtentKind::Queries:
  case ExtentKind::Keys:
    return 2;
  case ExtentKind::Channels:
    return 3;
  }
  llvm_unreachable("all kinds are listed");
}

/// The extent as types know it; ShapedType::kDynamic if they do not.
static int64_t staticExtent(ExtentKind kind, Operation *attention) {
  const MultipliedRows sides = multipliedRows(attention);
  if (!sides.query)
    return kind == ExtentKind::Channels ? 0 : ShapedType::kDynamic;
  Value rows = isOfKeys(kind) ? sides.key : sides.query;
  ArrayRef<int64_t> shape = shapeOf(rows);
  if (shape.size() == 4)
    return shape[dimOf(kind)];
  // Keys that depend on the query have its heads, and queries before keys.
  return kind == ExtentKind::Keys ? shape[3] : ShapedType::kDynamic;
}

/// True if both attentions have the same extent, whatever the call.
static bool shareExtent(ExtentKind kind, Operation *a, Operation *b) {
  if (a == b)
    return true;
  const MultipliedRows first = multipliedRows(a), second = multipliedRows(b);
  if (!first.query || !second.query)
    return false;
  if (isOfKeys(kind))
    return rootOf(first.key) == rootOf(second.key);
  return rootOf(first.query) == rootOf(second.query);
}

/// True if the rows themselves have the extent, under the same name.
static bool isOwn(ExtentKind kind, RowRole role) {
  switch (role) {
  case RowRole::Query:
    return kind == ExtentKind::Batch || kind == ExtentKind::Heads ||
           kind == ExtentKind::Queries;
  case RowRole::Key:
    return kind == ExtentKind::Batch || kind == ExtentKind::KeyHeads ||
           kind == ExtentKind::Keys;
  case RowRole::Value:
    // Values may have fewer heads than keys.
    return kind == ExtentKind::Batch || kind == ExtentKind::Keys;
  case RowRole::Other:
    return false;
  }
  llvm_unreachable("all roles are listed");
}

/// Rows that stay rows know one attention, if any.
static LogicalResult verifyReaders(ExtentOp op, const Readers &readers) {
  const ExtentKind kind = op.getKind();
  if (readers.isReturned &&
      llvm::none_of(readers.attentions, [&](const ReadingAttention &reader) {
        return isOwn(kind, reader.role);
      })) {
    InFlightDiagnostic diag =
        op.emitOpError()
        << "expected an extent of the rows themselves or a static one, as "
           "the rows are a result as well as part of an attention; return "
           "rows that another op computes, without it";
    diag.attachNote(readers.first()->getLoc()) << "the attention is this one";
    return diag;
  }
  for (const ReadingAttention &reader : readers.attentions) {
    if (shareExtent(kind, readers.first(), reader.op))
      continue;
    InFlightDiagnostic diag =
        op.emitOpError()
        << "expected an extent that all attentions of these rows share, or a "
           "static one; compute rows for each of them by an op of its own";
    diag.attachNote(reader.op->getLoc()) << "another attention is this one";
    return diag;
  }
  return success();
}

/// The extent where it is known to the compiler.
static std::optional<int64_t> foldedExtent(ExtentOp op,
                                           const Readers &readers) {
  Operation *parent = op->getParentOp();
  const ExtentKind kind = op.getKind();
  if (Operation *attention = readers.first()) {
    const int64_t value = staticExtent(kind, attention);
    return ShapedType::isDynamic(value) ? std::nullopt : std::optional(value);
  }
  // Positions have no heads and no channels.
  if (isa<PositionMapOp>(parent))
    return dimOf(kind) % 2 ? std::optional<int64_t>(0) : std::nullopt;
  if (kind == ExtentKind::Channels)
    return shapeOf(parent->getOperand(0)).back();
  return std::nullopt;
}

/// Rows that differ in their attention alone look alike, and what looks alike
/// becomes one: a number says which attention is meant.
static void
tellApart(ArrayRef<std::pair<ExtentOp, Operation *>> extentsOfRows) {
  llvm::MapVector<Operation *, int32_t> numbers;
  for (auto [op, attention] : extentsOfRows)
    numbers.insert({attention, int32_t(numbers.size())});
  if (numbers.size() < 2)
    return;
  for (auto [op, attention] : extentsOfRows)
    ExtentOp(op)->setAttr(
        "attention",
        Builder(op.getContext()).getI32IntegerAttr(numbers[attention]));
}

LogicalResult sextant::foldExtents(Operation *root) {
  SmallVector<ExtentOp> extents;
  root->walk([&](ExtentOp op) { extents.push_back(op); });
  SmallVector<std::pair<ExtentOp, Operation *>> extentsOfRows;
  for (ExtentOp op : extents) {
    const Readers readers = findReaders(op->getParentOp());
    if (std::optional<int64_t> value = foldedExtent(op, readers)) {
      OpBuilder builder(op);
      op.replaceAllUsesWith(Value(arith::ConstantOp::create(
          builder, op.getLoc(), builder.getI32IntegerAttr(int32_t(*value)))));
      op.erase();
    } else if (isa<RowMapOp, PositionMapOp, PairKeysOp>(op->getParentOp())) {
      // The regions of an attention itself know its extents.
      if (readers.first() && failed(verifyReaders(op, readers)))
        return failure();
      extentsOfRows.push_back({op, readers.first()});
    }
  }
  tellApart(extentsOfRows);
  return success();
}
