//===- Kernel.cpp - One kernel for one target, as functions ---------------===//

#include "compiler/TiledToVector/Kernel.h"
#include "compiler/TiledToVector/DecodePlan.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

Kernel::Kernel(ModuleOp module, func::FuncOp tiled, const Target &target)
    : module(module), tiled(tiled), target(target) {
  outputs.assign(tiled.getBody().front().getTerminator()->operand_begin(),
                 tiled.getBody().front().getTerminator()->operand_end());
  for (Operation &op : tiled.getBody().front())
    if (isa<RowFeaturesOp, RowReduceOp, ProjectOp, MergeOp, TabulateOp,
            TabulateRowsOp, TabulateBandOp, SummarizeOp, ForTilesOp>(op)) {
      auto tiles = llvm::dyn_cast<ForTilesOp>(op);
      if (auto project = llvm::dyn_cast<ProjectOp>(op))
        scratchBytes =
            std::max(scratchBytes, projectScratchBytes(project, target));
      if (auto rows = llvm::dyn_cast<RowFeaturesOp>(op))
        scratchBytes = std::max(scratchBytes, rowFeatureScratchBytes(rows));
      if (!tiles || mayTile(tiles, target))
        stages.push_back({&op, Phase::Whole});
      for (Value result : op.getResults())
        if (!llvm::is_contained(outputs, result))
          intermediates.push_back(result);
      if (!tiles)
        continue;
      if (mayTile(tiles, target))
        scratchBytes = std::max(scratchBytes, tileScratchBytes(tiles, target));
      if (!mayDecode(tiles, target))
        continue;
      scratchBytes = std::max(scratchBytes, decodeScratchBytes(tiles, target));
      stages.push_back({&op, Phase::FewQueries});
      stages.push_back({&op, Phase::MergeSplits});
    }
}

/// memref<?x?xf32, strided<[?, ?], offset: ?>> for a tensor of rank 2.
static MemRefType argumentType(Type type) {
  auto tensor = llvm::cast<RankedTensorType>(type);
  SmallVector<int64_t> dynamic(tensor.getRank(), ShapedType::kDynamic);
  auto layout =
      StridedLayoutAttr::get(type.getContext(), ShapedType::kDynamic, dynamic);
  return MemRefType::get(dynamic, tensor.getElementType(), layout);
}

FailureOr<func::FuncOp>
Kernel::buildFunction(StringRef suffix, unsigned scalars, bool hasResult,
                      function_ref<FailureOr<Value>(Frame &)> body) {
  OpBuilder builder(tiled.getContext());
  builder.setInsertionPoint(tiled);
  SmallVector<Type> arguments;
  for (Type type : tiled.getArgumentTypes())
    arguments.push_back(argumentType(type));
  for (Value output : outputs)
    arguments.push_back(argumentType(output.getType()));
  arguments.push_back(
      MemRefType::get({ShapedType::kDynamic}, builder.getI8Type()));
  arguments.append(scalars, builder.getI64Type());
  SmallVector<Type> results;
  if (hasResult)
    results.push_back(builder.getI64Type());

  std::string name = (tiled.getSymName() + "__" + target.isa + suffix).str();
  auto function =
      func::FuncOp::create(builder, tiled.getLoc(), name,
                           builder.getFunctionType(arguments, results));
  function.setPrivate();
  function->setAttr("attn.isa", builder.getStringAttr(target.isa));
  builder.setInsertionPointToStart(function.addEntryBlock());
  Frame frame(*this, function, builder);
  FailureOr<Value> result = body(frame);
  if (failed(result))
    return failure();
  SmallVector<Value> returned;
  if (hasResult)
    returned.push_back(frame.code.toInteger(64, *result));
  func::ReturnOp::create(builder, tiled.getLoc(), returned);
  return function;
}

LogicalResult Kernel::emit() {
  for (auto [number, stage] : llvm::enumerate(stages)) {
    std::string suffix = "__p" + std::to_string(number);
    const Stage &own = stage;
    if (failed(buildFunction(suffix + "_tasks", 1, true,
                             [&](Frame &frame) -> FailureOr<Value> {
                               return emitTasks(frame, own);
                             })) ||
        failed(buildFunction(suffix, 3, false,
                             [&](Frame &frame) -> FailureOr<Value> {
                               if (failed(emitTask(frame, own)))
                                 return failure();
                               return Value();
                             })))
      return failure();
  }
  return success(succeeded(buildWorkspace()));
}

FailureOr<func::FuncOp> Kernel::buildWorkspace() {
  return buildFunction(
      "__workspace", 1, true,
      [&](Frame &frame) -> FailureOr<Value> { return emitWorkspace(frame); });
}

FailureOr<func::FuncOp> Kernel::buildTileClass(ForTilesOp op, unsigned term) {
  static constexpr unsigned kBounds = 6;
  return buildFunction(
      "__class", 1 + kBounds, true, [&](Frame &frame) -> FailureOr<Value> {
        return emitTileClass(frame, op, term,
                             frame.function.getArguments().take_back(kBounds));
      });
}

FailureOr<Value> Kernel::emitTasks(Frame &frame, const Stage &stage) {
  if (auto rows = llvm::dyn_cast<RowFeaturesOp>(stage.op)) {
    Value tasks = rowFeatureTasks(frame, rows);
    Value skipped = rowsAreSkipped(frame, rows);
    return skipped ? frame.code.select(skipped, frame.code.index(0), tasks)
                   : tasks;
  }
  if (auto reduce = llvm::dyn_cast<RowReduceOp>(stage.op))
    return rowReduceTasks(frame, reduce);
  if (auto project = llvm::dyn_cast<ProjectOp>(stage.op))
    return projectTasks(frame, project);
  if (auto merge = llvm::dyn_cast<MergeOp>(stage.op))
    return mergeTasks(frame, merge);
  if (auto strip = llvm::dyn_cast<TabulateOp>(stage.op))
    return tabulateTasks(frame, strip);
  if (auto table = llvm::dyn_cast<TabulateRowsOp>(stage.op))
    return tabulateRowsTasks(frame, table);
  if (auto band = llvm::dyn_cast<TabulateBandOp>(stage.op))
    return tabulateBandTasks(frame, band);
  if (auto summary = llvm::dyn_cast<SummarizeOp>(stage.op))
    return summarizeTasks(frame, summary);
  auto tiles = llvm::cast<ForTilesOp>(stage.op);
  if (stage.phase == Phase::FewQueries)
    return decodeTasks(frame, tiles);
  if (stage.phase == Phase::MergeSplits)
    return mergeSplitsTasks(frame, tiles);
  return frame.code.select(decodeIsChosen(frame, tiles), frame.code.index(0),
                           tileTasks(frame, tiles));
}

LogicalResult Kernel::emitTask(Frame &frame, const Stage &stage) {
  if (auto rows = llvm::dyn_cast<RowFeaturesOp>(stage.op))
    return emitRowFeatures(frame, rows);
  if (auto reduce = llvm::dyn_cast<RowReduceOp>(stage.op))
    return emitRowReduce(frame, reduce);
  if (auto project = llvm::dyn_cast<ProjectOp>(stage.op))
    return emitProject(frame, project);
  if (auto merge = llvm::dyn_cast<MergeOp>(stage.op))
    return emitMerge(frame, merge);
  if (auto strip = llvm::dyn_cast<TabulateOp>(stage.op))
    return emitTabulate(frame, strip);
  if (auto table = llvm::dyn_cast<TabulateRowsOp>(stage.op))
    return emitTabulateRows(frame, table);
  if (auto band = llvm::dyn_cast<TabulateBandOp>(stage.op))
    return emitTabulateBand(frame, band);
  if (auto summary = llvm::dyn_cast<SummarizeOp>(stage.op))
    return emitSummarize(frame, summary);
  auto tiles = llvm::cast<ForTilesOp>(stage.op);
  if (stage.phase == Phase::FewQueries)
    return emitDecode(frame, tiles);
  if (stage.phase == Phase::MergeSplits)
    return emitMergeSplits(frame, tiles);
  return emitTiles(frame, tiles);
}

Value Kernel::emitWorkspace(Frame &frame) {
  Code &code = frame.code;
  OpBuilder &builder = code.builder;
  // In f64 first: a sum of products of extents must not wrap around.
  Type f64 = builder.getF64Type();
  auto number = [&](Value index) -> Value {
    return arith::SIToFPOp::create(builder, code.loc, f64,
                                   code.toInteger(64, index));
  };
  Value estimate =
      code.mulF(number(frame.threads),
                arith::ConstantOp::create(
                    builder, code.loc,
                    builder.getF64FloatAttr(scratchBytes + kScratchAlignment)));
  for (Value tensor : intermediates) {
    auto type = llvm::cast<RankedTensorType>(tensor.getType());
    Value bytes = arith::ConstantOp::create(builder, code.loc,
                                            builder.getF64FloatAttr(4.0));
    for (int64_t axis = 0; axis < type.getRank(); ++axis)
      bytes = code.mulF(bytes, number(frame.extentOf(tensor, axis)));
    estimate = code.addF(estimate, bytes);
  }
  Value partials = code.index(0);
  for (const Stage &stage : stages)
    if (stage.phase == Phase::FewQueries) {
      auto tiles = llvm::cast<ForTilesOp>(stage.op);
      DecodePlan plan(frame, tiles);
      Value bytes = code.mul(plan.partials(code), partialStride(tiles) * 4);
      partials =
          code.maximum(partials, code.select(decodeIsChosen(frame, tiles),
                                             bytes, code.index(0)));
      Value wide = arith::ConstantOp::create(
          builder, code.loc,
          builder.getF64FloatAttr(4.0 * partialStride(tiles)));
      for (Value extent : {plan.batches, plan.heads, plan.queries, plan.splits})
        wide = code.mulF(wide, number(extent));
      estimate = code.addF(estimate, wide);
    }
  Value limit = arith::ConstantOp::create(builder, code.loc,
                                          builder.getF64FloatAttr(0x1p62));
  Value fits = code.compareF(arith::CmpFPredicate::OLT, estimate, limit);
  Value bytes = code.add(frame.threadsEnd(), partials);
  return code.select(fits, bytes, code.index(-1));
}

Value Kernel::constantData(Code &code, DenseElementsAttr data) {
  auto type = MemRefType::get(data.getType().getShape(),
                              data.getType().getElementType());
  SymbolRefAttr &symbol = constants[data];
  OpBuilder builder(module.getBodyRegion());
  if (!symbol) {
    SymbolTable table(module);
    auto global = memref::GlobalOp::create(
        builder, code.loc,
        (tiled.getSymName() + "__" + target.isa + "__data").str(),
        builder.getStringAttr("private"), type, data, /*constant=*/true,
        builder.getI64IntegerAttr(64));
    table.insert(global); // makes the name unique
    symbol = FlatSymbolRefAttr::get(global.getSymNameAttr());
  }
  return memref::GetGlobalOp::create(code.builder, code.loc, type,
                                     symbol.getRootReference());
}
