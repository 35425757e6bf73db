//===- RowKernels.cpp - Row ops and key features as row kernels -----------===//

#include "compiler/FusedToTiled/RowKernels.h"

#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

SmallVector<Value> sextant::capturedTensors(MutableArrayRef<Region> regions) {
  llvm::SetVector<Value> captures, outside;
  for (Region &region : regions)
    getUsedValuesDefinedAbove(region, outside);
  for (Value value : outside)
    if (llvm::isa<TensorType>(value.getType()))
      captures.insert(value);
  return llvm::to_vector(captures);
}

static MemberAttr member(Builder &builder, int64_t operand, int64_t offset,
                         int64_t stride = 1) {
  return MemberAttr::get(builder.getContext(), operand, offset, stride);
}

bool sextant::isReturned(Value value) {
  return llvm::any_of(value.getUsers(), [](Operation *user) {
    return user->hasTrait<OpTrait::ReturnLike>();
  });
}

RankedTensorType sextant::withElements(Value like, Type element) {
  return RankedTensorType::get(
      llvm::cast<RankedTensorType>(like.getType()).getShape(), element);
}

static RankedTensorType storedRows(Value like, int64_t width) {
  auto type = llvm::cast<RankedTensorType>(like.getType());
  SmallVector<int64_t> shape(type.getShape());
  shape.back() = width;
  return RankedTensorType::get(shape, Float32Type::get(type.getContext()));
}

//===----------------------------------------------------------------------===//
// Key features
//===----------------------------------------------------------------------===//

/// True if every key feature is the operand's channel of the same number.
static bool copiesOneOperand(FusedOp op, ArrayRef<ChannelGroupAttr> groups,
                             int64_t &operand) {
  int64_t offset = 0;
  operand = -1;
  for (auto [i, group] : llvm::enumerate(groups)) {
    Block &block = op.getKeyFeatures(i).front();
    for (auto [feature, value] :
         llvm::enumerate(block.getTerminator()->getOperands())) {
      auto argument = llvm::dyn_cast<BlockArgument>(value);
      if (!argument || argument.getOwner() != &block ||
          argument.getArgNumber() >= group.getKey().size())
        return false;
      MemberAttr from = group.getKey()[argument.getArgNumber()];
      if (operand < 0)
        operand = from.getOperand();
      if (from.getOperand() != operand ||
          from.getOffset() != offset + int64_t(feature) * group.getCount() ||
          (from.getStride() != 1 && group.getCount() != 1))
        return false;
    }
    offset += group.getCount() * group.getWidth();
  }
  return operand >= 0 && offset == extentOf(op.getKey()[operand], 3);
}

Value sextant::buildKeyFeatures(OpBuilder &builder, FusedOp op) {
  SmallVector<ChannelGroupAttr> groups = op.getGroups();
  int64_t operand;
  if (copiesOneOperand(op, groups, operand))
    return op.getKey()[operand];

  SmallVector<Attribute> rowGroups;
  int64_t offset = 0;
  for (ChannelGroupAttr group : groups) {
    SmallVector<MemberAttr> outputs;
    for (int64_t feature = 0; feature < group.getWidth(); ++feature)
      outputs.push_back(
          member(builder, 0, offset + feature * group.getCount()));
    rowGroups.push_back(RowGroupAttr::get(
        builder.getContext(), group.getCount(), group.getKey(), outputs));
    offset += group.getCount() * group.getWidth();
  }
  auto kernel = RowFeaturesOp::create(
      builder, op.getLoc(), storedRows(op.getKey()[0], offset), op.getKey(),
      op.getKeyPos(), ValueRange{}, builder.getArrayAttr(rowGroups),
      groups.size());
  for (unsigned i = 0; i < groups.size(); ++i)
    kernel.getBodies()[i].takeBody(op.getKeyFeatures(i));
  kernel.getCapturesMutable().assign(capturedTensors(kernel->getRegions()));
  return kernel.getResult();
}

//===----------------------------------------------------------------------===//
// Row ops
//===----------------------------------------------------------------------===//

/// The channels of member `place` (0, or 0 and 1 of a pair) of `pairs` groups.
static MemberAttr pairMember(Builder &builder, int64_t operand,
                             PairLayout layout, int64_t groups, int64_t place) {
  if (layout == PairLayout::Half)
    return member(builder, operand, place * groups);
  return member(builder, operand, place, 2);
}

static void replaceByKernel(OpBuilder &builder, Operation *op,
                            ValueRange inputs, Value positions,
                            ArrayRef<Attribute> groups,
                            llvm::function_ref<void(RowFeaturesOp)> fill) {
  auto type = llvm::cast<RankedTensorType>(op->getResult(0).getType());
  auto kernel = RowFeaturesOp::create(
      builder, op->getLoc(), type, inputs, positions, ValueRange{},
      builder.getArrayAttr(groups), groups.size());
  fill(kernel);
  kernel.getCapturesMutable().assign(capturedTensors(kernel->getRegions()));
  op->replaceAllUsesWith(ValueRange{kernel.getResult()});
  op->erase();
}

/// A body that copies its only member.
static void buildCopy(OpBuilder &builder, Location loc, Region &region) {
  OpBuilder::InsertionGuard guard(builder);
  Block *block = builder.createBlock(&region);
  block->addArgument(builder.getF32Type(), loc);
  for (unsigned i = 0; i < kRowCoordinates; ++i)
    block->addArgument(builder.getI32Type(), loc);
  YieldOp::create(builder, loc, ValueRange{block->getArgument(0)});
}

/// Kernels read every element type as f32, so a conversion is nothing by
/// itself; one that is returned is how its input is stored, or a copy.
static void lowerConvert(OpBuilder &builder, ConvertOp op) {
  Value input = op.getInput();
  Operation *source = input.getDefiningOp();
  bool ownsSource =
      isa_and_nonnull<RowFeaturesOp, ForTilesOp>(source) && input.hasOneUse();
  if (isReturned(op.getResult()) && !ownsSource) {
    Attribute group =
        RowGroupAttr::get(builder.getContext(), extentOf(input, 3),
                          {member(builder, 0, 0)}, {member(builder, 0, 0)});
    replaceByKernel(builder, op, input, Value(), group,
                    [&](RowFeaturesOp kernel) {
                      buildCopy(builder, op.getLoc(), kernel.getBodies()[0]);
                    });
    return;
  }
  if (ownsSource)
    input.setType(op.getType());
  op.getResult().replaceAllUsesWith(input);
  op.erase();
}

LogicalResult sextant::lowerRowOp(OpBuilder &builder, Operation *op) {
  MLIRContext *context = builder.getContext();
  if (auto map = llvm::dyn_cast<RowMapOp>(op)) {
    int64_t channels = extentOf(map.getInputs()[0], 3);
    int64_t groups = map.getPairs() ? channels / 2 : channels;
    PairLayout layout = map.getLayout().value_or(PairLayout::Half);
    SmallVector<MemberAttr> inputs, outputs;
    for (unsigned i = 0; i < map.getInputs().size(); ++i) {
      if (!map.getPairs()) {
        inputs.push_back(member(builder, i, 0));
        continue;
      }
      for (int64_t place : {0, 1})
        inputs.push_back(pairMember(builder, i, layout, groups, place));
    }
    unsigned yields = map.getBody().front().getTerminator()->getNumOperands();
    for (unsigned place = 0; place < yields; ++place)
      outputs.push_back(yields == 1
                            ? member(builder, 0, 0)
                            : pairMember(builder, 0, layout, groups, place));
    Attribute group = RowGroupAttr::get(context, groups, inputs, outputs);
    replaceByKernel(builder, op, map.getInputs(), map.getPositions(), group,
                    [&](RowFeaturesOp kernel) {
                      kernel.getBodies()[0].takeBody(map.getBody());
                    });
    return success();
  }
  if (auto slice = llvm::dyn_cast<SliceOp>(op)) {
    Attribute group = RowGroupAttr::get(context, slice.getSize(),
                                        {member(builder, 0, slice.getOffset())},
                                        {member(builder, 0, 0)});
    replaceByKernel(builder, op, slice.getInput(), Value(), group,
                    [&](RowFeaturesOp kernel) {
                      buildCopy(builder, op->getLoc(), kernel.getBodies()[0]);
                    });
    return success();
  }
  if (auto convert = llvm::dyn_cast<ConvertOp>(op)) {
    lowerConvert(builder, convert);
    return success();
  }
  if (auto concat = llvm::dyn_cast<ConcatOp>(op)) {
    SmallVector<Attribute> groups;
    int64_t offset = 0;
    for (auto [i, input] : llvm::enumerate(concat.getInputs())) {
      int64_t channels = extentOf(input, 3);
      groups.push_back(RowGroupAttr::get(context, channels,
                                         {member(builder, i, 0)},
                                         {member(builder, 0, offset)}));
      offset += channels;
    }
    replaceByKernel(builder, op, concat.getInputs(), Value(), groups,
                    [&](RowFeaturesOp kernel) {
                      for (Region &body : kernel.getBodies())
                        buildCopy(builder, op->getLoc(), body);
                    });
    return success();
  }
  return op->emitOpError("is no row op of the fused form");
}
