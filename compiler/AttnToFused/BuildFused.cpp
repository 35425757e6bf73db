//===- BuildFused.cpp - The fused op of an analysed attention -------------===//
//
// Features first, because what they read decides the operands.
//
//===----------------------------------------------------------------------===//

#include "compiler/AttnToFused/BuildFused.h"
#include "compiler/AttnToFused/FeatureEmitter.h"
#include "compiler/AttnToFused/OutputMaps.h"
#include "compiler/AttnToFused/PairRegions.h"

#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

namespace {
/// The channel groups of the op to be, with their regions, and its operands.
struct Features {
  llvm::SetVector<Value> query, key;
  SmallVector<Attribute> groups; // of the term at hand
  SmallVector<Attribute> terms;
  SmallVector<std::unique_ptr<Region>> regions;
};
} // namespace

static SmallVector<MemberAttr> memberAttrs(MLIRContext *context,
                                           ArrayRef<PairMember> members,
                                           llvm::SetVector<Value> &operands) {
  SmallVector<MemberAttr> attrs;
  for (const PairMember &member : members) {
    operands.insert(member.tensor);
    int64_t place = llvm::find(operands, member.tensor) - operands.begin();
    attrs.push_back(
        MemberAttr::get(context, place, member.offset, member.stride));
  }
  return attrs;
}

static LogicalResult addFamily(SeparatedFamily &family, double scale,
                               Location loc, Features &features) {
  SmallVector<PairMember> query, key;
  auto queryRegion = std::make_unique<Region>();
  auto keyRegion = std::make_unique<Region>();
  if (failed(emitFeatures(family.pair, family.translation, RowSide::Query,
                          family.analysis.queryPlan, scale, loc, *queryRegion,
                          query)) ||
      failed(emitFeatures(family.pair, family.translation, RowSide::Key,
                          family.analysis.keyPlan, 1.0, loc, *keyRegion, key)))
    return failure();
  MLIRContext *context = loc.getContext();
  SmallVector<MemberAttr> queryMembers =
      memberAttrs(context, query, features.query);
  SmallVector<MemberAttr> keyMembers = memberAttrs(context, key, features.key);
  features.groups.push_back(ChannelGroupAttr::get(
      context, family.family.count, family.width(), queryMembers, keyMembers));
  features.regions.push_back(std::move(queryRegion));
  features.regions.push_back(std::move(keyRegion));
  return success();
}

/// A score that depends on nothing: one feature, 0 on both sides.
static void addConstantGroup(Location loc, Features &features) {
  MLIRContext *context = loc.getContext();
  features.groups.push_back(
      ChannelGroupAttr::get(context, /*count=*/1, /*width=*/1, {}, {}));
  for (unsigned side = 0; side < 2; ++side) {
    auto &region = features.regions.emplace_back(std::make_unique<Region>());
    Block &block = region->emplaceBlock();
    for (unsigned i = 0; i < kRowCoordinates; ++i)
      block.addArgument(IntegerType::get(context, 32), loc);
    OpBuilder builder(context);
    builder.setInsertionPointToEnd(&block);
    Value zero =
        arith::ConstantOp::create(builder, loc, builder.getF32FloatAttr(0.0));
    YieldOp::create(builder, loc, zero);
  }
}

/// The rows that keys are computed from: they have the extents of the keys.
static Value rowsOfKeys(Value key) {
  while (Operation *op = key.getDefiningOp()) {
    if (isa<PairKeysOp>(op))
      key = op->getOperand(1);
    else if (isRowOp(op))
      key = op->getOperand(0);
    else
      break;
  }
  return key;
}

/// The rows of each side give the extents, so no side may be empty.
static void ensureOperands(FusedAnalysis &analysis, Features &features) {
  for (SeparatedTerm &term : analysis.terms)
    for (SeparatedFamily &family : term.families)
      for (const ChannelNode &node : family.family.nodes)
        if (node.isLeaf()) {
          auto &operands =
              node.side == RowSide::Query ? features.query : features.key;
          if (operands.empty())
            operands.insert(node.tensor);
        }
  if (features.query.empty())
    features.query.insert(analysis.chain.terms.front().getQuery());
  if (features.key.empty())
    features.key.insert(rowsOfKeys(analysis.chain.terms.front().getKey()));
}

/// What regions read from outside, constants aside.
static LogicalResult collectCaptures(FusedOp op) {
  llvm::SetVector<Value> outside;
  for (Region &region : op->getRegions())
    getUsedValuesDefinedAbove(region, outside);
  SmallVector<Value> captures;
  for (Value value : outside) {
    if (matchPattern(value, m_Constant()))
      continue;
    if (!isa<RankedTensorType>(value.getType()))
      return op.emitError("a region reads a scalar from outside: expected a "
                          "constant or a tensor read by attn.read, got ")
             << value;
    captures.push_back(value);
  }
  op.getCapturesMutable().assign(captures);
  return success();
}

static RowStateAttrInterface rowStateOf(const SoftmaxChain &chain) {
  WeightsOpInterface weights = chain.weights;
  if (auto own = dyn_cast<WeightsOp>(weights.getOperation()))
    return PointwiseNormalizerAttr::get(own.getContext(), own.getOverSum());
  if (isa<OrderedWeightsOp>(weights.getOperation()))
    return OrderedNormalizerAttr::get(weights.getContext());
  return SoftmaxNormalizerAttr::get(weights.getContext());
}

/// The types that rows are written with where they meet say how exactly they
/// are multiplied. Bounds go by the lengths of these rows, so features that
/// cancel where the rows do not are left exact.
static bool mayRoundFactors(const SeparatedTerm &term) {
  static constexpr double kMostGrowth = 4;
  ScoresOp scores = term.scores;
  return isBF16(scores.getQuery()) && isBF16(scores.getKey()) &&
         llvm::all_of(term.families, [](const SeparatedFamily &family) {
           return family.analysis.roundingGrowth.value_or(1) <= kMostGrowth;
         });
}

FailureOr<FusedOp> sextant::buildFused(FusedAnalysis &analysis) {
  SoftmaxChain &chain = analysis.chain;
  Location loc = chain.sum.getLoc();
  Features features;
  Value result = chain.result();
  // A map may read what is computed after the sum.
  OpBuilder builder(result.getDefiningOp());
  for (SeparatedTerm &term : analysis.terms) {
    Location dot = term.scores.getLoc();
    double scale = term.scores.getScale().convertToDouble();
    features.groups.clear();
    for (SeparatedFamily &family : term.families)
      if (family.width() > 0 && failed(addFamily(family, scale, dot, features)))
        return failure();
    if (features.groups.empty())
      addConstantGroup(dot, features);
    features.terms.push_back(builder.getArrayAttr(features.groups));
  }
  ensureOperands(analysis, features);

  SmallVector<Type> results{result.getType()};
  if (Value rowResult = chain.rowResult())
    results.push_back(rowResult.getType());
  ArrayAttr terms = builder.getArrayAttr(features.terms);
  auto op =
      FusedOp::create(builder, loc, results, features.query.getArrayRef(),
                      features.key.getArrayRef(), chain.sum.getValue(),
                      analysis.positions.query, analysis.positions.key,
                      /*captures=*/ValueRange{}, terms, rowStateOf(chain),
                      llvm::all_of(analysis.terms, mayRoundFactors),
                      isBF16(chain.sum.getValue()), features.regions.size());
  for (auto [region, source] :
       llvm::zip_equal(op.getFeatures(), features.regions))
    region.takeBody(*source);
  buildScoreRegion(chain, analysis.positions, op.getScore());
  buildVisibleRegion(chain, analysis.positions, op.getVisible());
  buildExtraRegion(chain, op.getExtra());
  buildWeightRegion(chain, analysis.positions, op.getWeight());
  buildCarryRegion(chain, analysis.positions, op.getCarry());
  buildGateRegion(chain, analysis.positions, op.getGate());
  buildOutputRegion(chain, analysis.positions, op.getOutput());
  if (failed(collectCaptures(op)))
    return failure();
  return op;
}
