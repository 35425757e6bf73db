//===- Frame.cpp - What a function of a kernel has at hand ----------------===//

#include "compiler/TiledToVector/DecodePlan.h"
#include "compiler/TiledToVector/Products.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

SmallVector<int64_t> sextant::channelOffsets(ValueRange tensors) {
  SmallVector<int64_t> offsets;
  int64_t next = 0;
  for (Value tensor : tensors) {
    offsets.push_back(next);
    next += attn::extentOf(tensor, 3);
  }
  return offsets;
}

Frame::Frame(Kernel &kernel, func::FuncOp function, OpBuilder &builder)
    : kernel(kernel), function(function),
      code(builder, kernel.tiled.getLoc(), Elements(kernel.target.hasHalf)) {
  unsigned place = 0;
  for (BlockArgument argument : kernel.tiled.getArguments())
    memrefs[argument] = function.getArgument(place++);
  for (Value output : kernel.outputs)
    memrefs[output] = function.getArgument(place++);
  workspace = function.getArgument(place++);
  auto rest = function.getArguments().drop_front(place);
  threads = code.toIndex(rest[0]);
  if (rest.size() == 3) {
    task = code.toIndex(rest[1]);
    thread = code.toIndex(rest[2]);
  }
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

Value Frame::extentOf(Value tensor, unsigned axis) {
  auto type = llvm::cast<RankedTensorType>(tensor.getType());
  if (!type.isDynamicDim(axis))
    return code.index(type.getDimSize(axis));
  // A tensor in the workspace: its extents follow from the op that makes it,
  // and not from its memref, which may be made further down.
  Value memref = memrefs.lookup(tensor);
  if (memref && !llvm::is_contained(kernel.intermediates, tensor))
    return code.dim(memref, axis);
  if (auto rows = tensor.getDefiningOp<RowFeaturesOp>())
    return extentOf(rows.getInputs().front(), axis);
  if (auto reduce = tensor.getDefiningOp<RowReduceOp>())
    return extentOf(reduce.getInput(), axis);
  if (auto merge = tensor.getDefiningOp<MergeOp>())
    return extentOf(merge.getOutputs().front(), axis);
  if (auto project = tensor.getDefiningOp<ProjectOp>()) {
    Value table = project.getTable();
    return axis == 1 && attn::extentOf(table, 0) != 1
               ? extentOf(table, 0)
               : extentOf(project.getInput(), axis);
  }
  if (auto tiles = tensor.getDefiningOp<ForTilesOp>())
    return extentOf(tiles.getQuery().front(), axis);
  if (auto summary = tensor.getDefiningOp<SummarizeOp>()) {
    Value extent = extentOf(summary.getSource(), axis);
    // The axis of pairs is static, the one before holds two rows a leaf.
    if (axis + 2 < type.getRank())
      return extent;
    return code.mul(code.divideUp(extent, SummarizeOp::kLeaf), 2);
  }
  if (auto table = tensor.getDefiningOp<TabulateRowsOp>())
    return axis < 2 ? extentOf(table.getQuery(), axis)
                    : code.add(extentOf(table.getKeys() ? table.getKey()
                                                        : table.getQuery(),
                                        2),
                               64);
  if (auto band = tensor.getDefiningOp<TabulateBandOp>()) {
    if (axis < 2)
      return extentOf(band.getQuery(), axis);
    if (band.getKeys())
      return extentOf(band.getKey(), axis);
    return code.divideUp(extentOf(band.getQuery(), axis),
                         TabulateBandOp::kBlock);
  }
  auto strip = tensor.getDefiningOp<TabulateOp>();
  assert(strip && "a tensor that no op of the tiled form makes");
  if (axis == 0)
    return extentOf(strip.getQuery(), 1);
  return code.add(
      code.add(extentOf(strip.getQuery(), 2), extentOf(strip.getKey(), 2)), 64);
}

Value Frame::countRowTasks(Value tensor, Value rows, int64_t size) {
  return code.mul(code.mul(extentOf(tensor, 0), extentOf(tensor, 1)),
                  code.divideUp(rows, size));
}

RowTask Frame::rowTask(Value tensor, Value rows, int64_t size) {
  Value chunks = code.divideUp(rows, size);
  Value pair = code.divide(task, chunks), heads = extentOf(tensor, 1);
  Value first = code.mul(code.remainder(task, chunks), size);
  return {code.divide(pair, heads), code.remainder(pair, heads), first,
          code.minimum(code.add(first, size), rows)};
}

/// Bytes of a tensor, a multiple of 64.
static Value bytesOf(Frame &frame, Value tensor) {
  auto type = llvm::cast<RankedTensorType>(tensor.getType());
  Value count = frame.code.index(1);
  for (int64_t axis = 0; axis < type.getRank(); ++axis)
    count = frame.code.mul(count, frame.extentOf(tensor, axis));
  int64_t width =
      storedElement(tensor, frame.kernel.target).getIntOrFloatBitWidth() / 8;
  Value bytes = frame.code.mul(
      frame.code.divideUp(frame.code.mul(count, width), kScratchAlignment),
      kScratchAlignment);
  auto rows = tensor.getDefiningOp<RowFeaturesOp>();
  Value skipped = rows ? rowsAreSkipped(frame, rows) : Value();
  return skipped ? frame.code.select(skipped, frame.code.index(0), bytes)
                 : bytes;
}

Value Frame::sharedBytes() {
  Value sum = code.index(0);
  for (Value tensor : kernel.intermediates)
    sum = code.add(sum, bytesOf(*this, tensor));
  return sum;
}

Value Frame::threadsEnd() {
  return code.add(
      sharedBytes(),
      code.mul(threads, llvm::alignTo(kernel.scratchBytes, kScratchAlignment)));
}

Value Frame::partialsOf(ForTilesOp op, Value count) {
  auto type = MemRefType::get({ShapedType::kDynamic, partialStride(op)},
                              code.builder.getF32Type());
  return code.view(workspace, threadsEnd(), type, count);
}

Value Frame::workspaceOffset(Value tensor) {
  Value sum = code.index(0);
  for (Value other : kernel.intermediates) {
    if (other == tensor)
      return sum;
    sum = code.add(sum, bytesOf(*this, other));
  }
  return nullptr;
}

Value Frame::memrefOf(Value tensor) {
  if (Value memref = memrefs.lookup(tensor))
    return memref;
  // These are made where the function starts, so that they dominate all uses,
  // and one after the other: one may need the extents of another.
  OpBuilder::InsertionGuard guard(code.builder);
  code.builder.setInsertionPointAfter(lastView ? lastView
                                               : threads.getDefiningOp());
  DenseElementsAttr data;
  if (matchPattern(tensor, m_Constant(&data)))
    return memrefs[tensor] = kernel.constantData(code, data);
  Value offset = workspaceOffset(tensor);
  assert(offset && "a tensor with no place");
  auto type = llvm::cast<RankedTensorType>(tensor.getType());
  SmallVector<int64_t> shape(type.getShape());
  SmallVector<Value> sizes;
  // No row can be taken out of a memref that says that it has none.
  for (auto [axis, extent] : llvm::enumerate(shape))
    if (ShapedType::isDynamic(extent) || extent == 0) {
      sizes.push_back(extentOf(tensor, axis));
      extent = ShapedType::kDynamic;
    }
  Value memref = code.view(
      workspace, offset,
      MemRefType::get(shape, storedElement(tensor, kernel.target)), sizes);
  lastView = memref.getDefiningOp();
  return memrefs[tensor] = memref;
}

Value Frame::scratch(int64_t offset, MemRefType type, Value more) {
  if (!threadBase)
    threadBase = code.add(sharedBytes(),
                          code.mul(thread, llvm::alignTo(kernel.scratchBytes,
                                                         kScratchAlignment)));
  Value start = code.add(threadBase, offset);
  return code.view(workspace, more ? code.add(start, more) : start, type);
}

//===----------------------------------------------------------------------===//
// Positions
//===----------------------------------------------------------------------===//

RowPositions Frame::positionsOf(Value tensor, Value batch) {
  RowPositions result;
  if (!tensor)
    return result;
  auto op = tensor.getDefiningOp<PositionsOp>();
  if (!op) {
    result.tensor = memrefOf(tensor);
    return result;
  }
  Value base = code.integer(32, 0);
  if (tensor == op.getQueryPos() && op.getAlign() == Align::BottomRight) {
    Value keys = op.getLengths() ? code.load(memrefOf(op.getLengths()), batch)
                                 : code.toInteger(32, extentOf(op.getKey(), 2));
    base = code.sub(keys, code.toInteger(32, extentOf(op.getQuery(), 2)));
  }
  if (op.getOffset())
    base = code.add(base, code.load(memrefOf(op.getOffset()), batch));
  result.base = base;
  return result;
}

Value Frame::positionAt(const RowPositions &positions, Value batch, Value row) {
  if (positions.tensor)
    return code.load(positions.tensor, {batch, row});
  if (!positions.base)
    return code.integer(32, 0);
  return code.add(positions.base, code.toInteger(32, row));
}

Value Frame::positionsFrom(const RowPositions &positions, Value batch,
                           Value first, Value rows) {
  Value last = code.sub(rows, 1);
  SmallVector<Value> elements;
  for (int64_t lane = 0; lane < kernel.target.lanes; ++lane) {
    Value row = code.minimum(code.add(first, lane), last);
    elements.push_back(code.load(positions.tensor, {batch, row}));
  }
  return code.fromLanes(elements);
}

//===----------------------------------------------------------------------===//
// Regions
//===----------------------------------------------------------------------===//

llvm::DenseMap<Value, Value> Frame::tensorsOf(ArrayRef<Block *> blocks) {
  llvm::DenseMap<Value, Value> tensors;
  for (Block *block : blocks)
    for (ReadOp read : block->getOps<ReadOp>())
      if (!tensors.contains(read.getTensor())) {
        Value memref = memrefOf(read.getTensor());
        tensors[read.getTensor()] = memref;
      }
  return tensors;
}

ExtentValues Frame::callExtents(Value query, Value key) {
  return {code.toInteger(32, extentOf(query, 0)),
          code.toInteger(32, extentOf(query, 1)),
          code.toInteger(32, extentOf(key, 1)),
          code.toInteger(32, extentOf(query, 2)),
          code.toInteger(32, extentOf(key, 2)),
          code.integer(32, attn::extentOf(query, 3))};
}

RegionEmitter Frame::emitterFor(ArrayRef<Block *> blocks,
                                const ExtentValues &extents) {
  RegionEmitter emitter(kernel.target.lanes, kernel.target.hasFma,
                        code.elements);
  emitter.setExtents(extents);
  for (auto [tensor, memref] : tensorsOf(blocks))
    emitter.mapTensor(tensor, memref);
  return emitter;
}
