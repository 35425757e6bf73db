//===- FusedToTiled.cpp - attn.fused as a loop over tiles -----------------===//

#include "compiler/FusedToTiled/Passes.h"
#include "compiler/FusedToTiled/RowKernels.h"
#include "compiler/FusedToTiled/SplitTerms.h"
#include "compiler/FusedToTiled/Summaries.h"
#include "compiler/FusedToTiled/Tables.h"

#include "llvm/ADT/SetVector.h"

namespace sextant {
#define GEN_PASS_DEF_FUSEDTOTILED
#include "compiler/FusedToTiled/Passes.h.inc"
} // namespace sextant

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

/// The loop over the keys of term `term`, which `op` is alone; returns the
/// state behind it.
static Value buildKeyLoop(OpBuilder &builder, FusedOp op, unsigned term,
                          Value tile, Value features, Value init) {
  Location loc = op.getLoc();
  MLIRContext *context = builder.getContext();
  auto loop = ForKeysOp::create(builder, loc, init.getType(), tile, init);
  loop.getVisible().takeBody(op.getVisible());
  OpBuilder::InsertionGuard guard(builder);
  Block *body = builder.createBlock(&loop.getBody(), {},
                                    {KeyTileType::get(context), init.getType()},
                                    {loc, loc});
  Value keyTile = body->getArgument(0), state = body->getArgument(1);
  Type scoreTile = ScoreTileType::get(context);
  Value keys =
      LoadKeysOp::create(builder, loc, features.getType(), keyTile, term);
  Value scores = ContractOp::create(builder, loc, scoreTile, features, keys);
  if (!op.getScore().empty()) {
    auto map = ScoreOp::create(builder, loc, scoreTile, scores);
    map.getBody().takeBody(op.getScore());
    scores = map.getResult();
  }
  scores = MaskOp::create(builder, loc, scoreTile, scores);
  auto absorb =
      AbsorbOp::create(builder, loc, init.getType(), scoreTile, state, scores);
  bool isOrdered = op.getNormalizer().isOrdered();
  absorb.getWeight().takeBody(isOrdered ? op.getCarry() : op.getWeight());
  Value weights = absorb.getWeights();
  if (!op.getGate().empty()) {
    auto gate = GateOp::create(builder, loc, scoreTile, weights);
    gate.getBody().takeBody(op.getGate());
    weights = gate.getResult();
  }
  Value next = AccumulateOp::create(builder, loc, init.getType(),
                                    absorb.getResult(), weights, keyTile);
  NextOp::create(builder, loc, next);
  return loop.getResult();
}

/// The kernel among `others` that computes what that of `rows` does, which is
/// then erased; `rows` where there is none.
static Value unifyRows(Value rows, ArrayRef<Value> others) {
  auto kernel = rows.getDefiningOp<RowFeaturesOp>();
  for (Value other : others) {
    auto same = other.getDefiningOp<RowFeaturesOp>();
    if (!kernel || !same ||
        !OperationEquivalence::isEquivalentTo(
            kernel, same, OperationEquivalence::IgnoreLocations))
      continue;
    kernel.erase();
    return other;
  }
  return rows;
}

static LogicalResult lowerFused(OpBuilder &builder, FusedOp op) {
  Location loc = op.getLoc();
  MLIRContext *context = builder.getContext();
  FailureOr<SmallVector<FusedOp>> parts = splitTerms(builder, op);
  if (failed(parts))
    return failure();
  // The terms have one loop over the keys each.
  if (op.getNormalizer().isOrdered() && parts->size() > 1)
    return op.emitOpError()
           << "has ordered weights of scores that are a choice between "
           << parts->size()
           << " dot products: expected one attn.scores, for the keys are taken "
              "in order, once";
  SmallVector<Value> keyRows;
  llvm::SetVector<Value> summarized;
  for (FusedOp part : *parts) {
    tabulatePairValues(builder, part);
    keyRows.push_back(unifyRows(buildKeyFeatures(builder, part), keyRows));
    collectSummarized(part, summarized);
  }
  SmallVector<Value> summaries =
      summarize(builder, loc, summarized.getArrayRef());

  SmallVector<Type> results(op->getResultTypes());
  auto tiles = ForTilesOp::create(
      builder, loc, results, op.getQuery(), keyRows, op.getValue(),
      op.getQueryPos(), op.getKeyPos(), ValueRange{}, summaries, ScheduleAttr(),
      op.getBf16Features(), op.getBf16Weights());
  {
    OpBuilder::InsertionGuard guard(builder);
    Block *body = builder.createBlock(&tiles.getBody(), {},
                                      {QueryTileType::get(context)}, {loc});
    Value tile = body->getArgument(0);
    SmallVector<Value> features;
    for (FusedOp part : *parts) {
      SmallVector<ChannelGroupAttr> groups = part.getGroups();
      auto own = TileFeaturesOp::create(
          builder, loc, FeaturesType::get(context, part.getTermWidth(0)), tile,
          builder.getArrayAttr(
              SmallVector<Attribute>(groups.begin(), groups.end())),
          groups.size());
      for (unsigned i = 0; i < groups.size(); ++i)
        own.getBodies()[i].takeBody(part.getQueryFeatures(i));
      features.push_back(own);
    }
    auto stateType = StateType::get(context, extentOf(op.getValue(), 3));
    Value state =
        InitStateOp::create(builder, loc, stateType, op.getNormalizer());
    for (auto [term, part] : llvm::enumerate(*parts))
      state = buildKeyLoop(builder, part, term, tile, features[term], state);
    auto finalize = FinalizeOp::create(builder, loc, state);
    finalize.getExtra().takeBody(op.getExtra());
    finalize.getOutput().takeBody(op.getOutput());
  }
  tiles.getCapturesMutable().assign(capturedTensors(tiles->getRegions()));
  op->replaceAllUsesWith(tiles->getResults());
  for (FusedOp part : *parts)
    if (part != op)
      part.erase();
  op->erase();
  return success();
}

/// Rows that only other kernels read are stored as f32: element types say how
/// arguments and results are stored.
static void keepIntermediates(func::FuncOp function) {
  for (Operation &op : function.getFunctionBody().getOps())
    if (isa<RowFeaturesOp, MergeOp, ForTilesOp>(op) &&
        !isReturned(op.getResult(0))) {
      Value rows = op.getResult(0);
      rows.setType(withElements(rows, Float32Type::get(op.getContext())));
    }
}

namespace {

struct FusedToTiled : sextant::impl::FusedToTiledBase<FusedToTiled> {
  void runOnOperation() override {
    SmallVector<Operation *> ops;
    for (Operation &op : getOperation().getFunctionBody().getOps())
      if (isa<FusedOp, RowMapOp, SliceOp, ConcatOp, ConvertOp>(op))
        ops.push_back(&op);
    for (Operation *op : ops) {
      OpBuilder builder(op);
      auto fused = llvm::dyn_cast<FusedOp>(op);
      if (failed(fused ? lowerFused(builder, fused) : lowerRowOp(builder, op)))
        return signalPassFailure();
    }
    keepIntermediates(getOperation());
  }
};

} // namespace
