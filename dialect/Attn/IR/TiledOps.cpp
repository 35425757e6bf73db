//===- TiledOps.cpp - Verifiers of the tiled form -------------------------===//

#include "dialect/Attn/IR/Attn.h"
#include "dialect/Attn/IR/AttnRegions.h"

using namespace mlir;
using namespace sextant::attn;

LogicalResult FeaturesType::verify(function_ref<InFlightDiagnostic()> emitError,
                                   int64_t width) {
  if (width < 1)
    return emitError() << "expected a positive width, got " << width;
  return success();
}

LogicalResult StateType::verify(function_ref<InFlightDiagnostic()> emitError,
                                int64_t channels) {
  if (channels < 1)
    return emitError() << "expected positive channels, got " << channels;
  return success();
}

static LogicalResult verifyChannels(Operation *op, MemberAttr member,
                                    int64_t count, int64_t operands,
                                    int64_t channels, StringRef what) {
  if (member.getOperand() < 0 || member.getOperand() >= operands)
    return op->emitOpError() << "expected " << what << " operand numbers below "
                             << operands << ", got " << member.getOperand();
  int64_t first = member.getOffset();
  int64_t last = first + member.getStride() * (count - 1);
  if (std::min(first, last) < 0 || std::max(first, last) >= channels)
    return op->emitOpError()
           << "expected " << what << " channels within [0, " << channels
           << "), got " << first << " to " << last;
  return success();
}

//===----------------------------------------------------------------------===//
// Row kernels
//===----------------------------------------------------------------------===//

LogicalResult RowFeaturesOp::verify() {
  if (getInputs().empty())
    return emitOpError("expected at least one input");
  if (getGroups().size() != getBodies().size())
    return emitOpError() << "expected one region for each of "
                         << getGroups().size() << " groups, got "
                         << getBodies().size();
  int64_t width = getType().getDimSize(3);
  if (ShapedType::isDynamic(width))
    return emitOpError("expected a static number of features");
  SmallVector<bool> written(width, false);
  for (auto [attr, region] : llvm::zip_equal(getGroups(), getBodies())) {
    auto group = llvm::cast<RowGroupAttr>(attr);
    if (group.getCount() < 1)
      return emitOpError("expected a positive 'count' in a group");
    for (MemberAttr member : group.getInputs()) {
      int64_t channels = 0;
      if (member.getOperand() >= 0 &&
          member.getOperand() < (int64_t)getInputs().size())
        channels = extentOf(getInputs()[member.getOperand()], 3);
      if (failed(verifyChannels(*this, member, group.getCount(),
                                getInputs().size(), channels, "input")))
        return failure();
    }
    for (MemberAttr member : group.getOutputs()) {
      if (failed(verifyChannels(*this, member, group.getCount(), 1, width,
                                "result")))
        return failure();
      for (int64_t g = 0; g < group.getCount(); ++g) {
        int64_t channel = member.getOffset() + member.getStride() * g;
        if (written[channel])
          return emitOpError() << "channel " << channel << " is written twice";
        written[channel] = true;
      }
    }
    if (failed(verifyScalarRegion(*this, region, group.getInputs().size(),
                                  kRowCoordinates)))
      return failure();
    unsigned yields = region.front().getTerminator()->getNumOperands();
    if (yields != group.getOutputs().size())
      return emitOpError() << "expected " << group.getOutputs().size()
                           << " yielded values, got " << yields;
  }
  for (auto [channel, done] : llvm::enumerate(written))
    if (!done)
      return emitOpError() << "channel " << channel << " is never written";
  return success();
}

LogicalResult TabulateOp::verify() {
  if (failed(verifyScalarRegion(*this, getBody(), 0, 2)))
    return failure();
  if (getBody().front().getTerminator()->getNumOperands() != 1)
    return emitOpError("expected the region to yield one value");
  return success();
}

LogicalResult TabulateRowsOp::verify() {
  if (failed(verifyScalarRegion(*this, getBody(), 0, 4)))
    return failure();
  Block &body = getBody().front();
  if (body.getTerminator()->getNumOperands() != 1)
    return emitOpError("expected the region to yield one value");
  if (!getPositions() && !body.getArgument(3).use_empty())
    return emitOpError("region reads a position: expected 'at %positions'");
  for (auto [axis, name, given] : {std::tuple(0, "per_batch", getPerBatch()),
                                   std::tuple(1, "per_head", getPerHead())}) {
    if (given)
      continue;
    if (getType().getDimSize(axis) != 1)
      return emitOpError() << "expected a result of extent 1 along axis "
                           << axis << " without '" << name << "', got "
                           << getType();
    if (!body.getArgument(axis).use_empty())
      return emitOpError() << "region reads argument " << axis << ": expected '"
                           << name << "'";
  }
  return success();
}

LogicalResult TabulateBandOp::verify() {
  int64_t least = getLeast(), greatest = getGreatest();
  constexpr int64_t kMost = int64_t(1) << 24;
  if (least > greatest || greatest - least >= kMostDistances ||
      least < -kMost || greatest > kMost)
    return emitOpError() << "expected a band of 1 to " << kMostDistances
                         << " distances within [-2^24, 2^24], got [" << least
                         << ", " << greatest << "]";
  if (failed(verifyScalarRegion(*this, getBody(), 0, 4)))
    return failure();
  if (getBody().front().getTerminator()->getNumOperands() != 1)
    return emitOpError("expected the region to yield one value");
  int64_t expected = elementsOf(least, greatest, getKeys());
  if (getType().getDimSize(3) != expected)
    return emitOpError() << "expected a result of " << expected
                         << " elements along axis 3, got " << getType();
  return success();
}

RankedTensorType SummarizeOp::resultTypeOf(RankedTensorType type) {
  SmallVector<int64_t> shape(type.getShape());
  if (!ShapedType::isDynamic(shape.back()))
    shape.back() = 2 * llvm::divideCeil(shape.back(), kLeaf);
  shape.push_back(2);
  return RankedTensorType::get(shape, IntegerType::get(type.getContext(), 32));
}

LogicalResult SummarizeOp::verify() {
  auto source = llvm::cast<RankedTensorType>(getSource().getType());
  if (source.getRank() == 0)
    return emitOpError() << "expected a tensor of rank 1 or more, got "
                         << source;
  RankedTensorType expected = resultTypeOf(source);
  if (getType() != expected)
    return emitOpError() << "expected a result of type " << expected << ", got "
                         << getType();
  return success();
}

//===----------------------------------------------------------------------===//
// The loop over tiles
//===----------------------------------------------------------------------===//

TileFeaturesOp ForTilesOp::getTileFeatures(unsigned term) {
  return *std::next(getBody().front().getOps<TileFeaturesOp>().begin(), term);
}
ForKeysOp ForTilesOp::getForKeys(unsigned term) {
  return *std::next(getBody().front().getOps<ForKeysOp>().begin(), term);
}
FinalizeOp ForTilesOp::getFinalize() {
  return llvm::cast<FinalizeOp>(getBody().front().getTerminator());
}
ScoreOp ForTilesOp::getScoreMap(unsigned term) {
  auto scores = getForKeys(term).getBody().front().getOps<ScoreOp>();
  return scores.empty() ? ScoreOp() : *scores.begin();
}

AbsorbOp ForTilesOp::getAbsorb(unsigned term) {
  return *getForKeys(term).getBody().front().getOps<AbsorbOp>().begin();
}
GateOp ForTilesOp::getGate(unsigned term) {
  auto gates = getForKeys(term).getBody().front().getOps<GateOp>();
  return gates.empty() ? GateOp() : *gates.begin();
}
RowStateAttrInterface ForTilesOp::getNormalizer() {
  return (*getBody().front().getOps<InitStateOp>().begin()).getNormalizer();
}

/// `terms` feature ops, the state, `terms` loops that pass it on, the end.
static bool hasTerms(Block &body, size_t terms) {
  if (body.getOperations().size() != 2 * terms + 2)
    return false;
  auto it = body.begin();
  for (size_t term = 0; term < terms; ++term)
    if (!isa<TileFeaturesOp>(*it++))
      return false;
  if (!isa<InitStateOp>(*it))
    return false;
  for (size_t term = 0; term < terms; ++term) {
    Value state = it->getResult(0);
    auto loop = dyn_cast<ForKeysOp>(*++it);
    if (!loop || loop.getInit() != state)
      return false;
  }
  Value state = it->getResult(0);
  auto finalize = dyn_cast<FinalizeOp>(*++it);
  return finalize && finalize.getState() == state;
}

/// The ops of a step over a key tile: those with a region may be left out.
static bool isKeyStep(Block &block) {
  auto it = block.begin(), end = block.end();
  auto next = [&](auto is, bool optional) {
    if (it != end && is(&*it))
      ++it;
    else if (!optional)
      return false;
    return true;
  };
  return next(llvm::IsaPred<LoadKeysOp>, false) &&
         next(llvm::IsaPred<ContractOp>, false) &&
         next(llvm::IsaPred<ScoreOp>, true) &&
         next(llvm::IsaPred<MaskOp>, false) &&
         next(llvm::IsaPred<AbsorbOp>, false) &&
         next(llvm::IsaPred<GateOp>, true) &&
         next(llvm::IsaPred<AccumulateOp>, false) &&
         next(llvm::IsaPred<NextOp>, false) && it == end;
}

LogicalResult ForTilesOp::verify() {
  if (getKeys().empty())
    return emitOpError("expected at least one key operand");
  Block &body = getBody().front();
  if (body.getNumArguments() != 1 ||
      !isa<QueryTileType>(body.getArgument(0).getType()))
    return emitOpError("expected one body argument of type !attn.query_tile");
  if (!hasTerms(body, getNumTerms()))
    return emitOpError(
        "expected a body of attn.tile_features, "
        "attn.init_state, attn.for_keys, attn.finalize, with one "
        "attn.tile_features and one attn.for_keys for each key "
        "operand");
  for (auto [term, key] : llvm::enumerate(getKeys())) {
    int64_t width = getTileFeatures(term).getType().getWidth();
    if (extentOf(key, 3) != width)
      return emitOpError() << "expected key rows of " << width
                           << " features, got " << extentOf(key, 3);
    // What else the loop holds is checked there.
    Block &loop = getForKeys(term).getBody().front();
    auto load =
        loop.empty() ? LoadKeysOp() : dyn_cast<LoadKeysOp>(loop.front());
    if (!load)
      continue;
    if (load.getOperand() != term)
      return emitOpError() << "expected loop " << term
                           << " to load keys from operand " << term << ", got "
                           << int64_t(load.getOperand());
  }
  if (getNormalizer().isOrdered() && getNumTerms() > 1)
    return emitOpError()
           << "expected one loop over the keys with the normalizer "
           << getNormalizer() << ", which takes them in order, got "
           << getNumTerms();
  int64_t channels = getForKeys(0).getType().getChannels();
  if (extentOf(getValue(), 3) != channels ||
      extentOf(getResult(), 3) != channels)
    return emitOpError() << "expected value and result rows of " << channels
                         << " channels, got " << extentOf(getValue(), 3)
                         << " and " << extentOf(getResult(), 3);
  for (Value summary : getSummaries()) {
    auto op = summary.getDefiningOp<SummarizeOp>();
    if (!op)
      return emitOpError() << "expected summaries made by attn.summarize, got "
                              "a value of type "
                           << summary.getType();
    Value source = op.getSource();
    if (source == getQueryPos() || source == getKeyPos() ||
        llvm::is_contained(getCaptures(), source))
      continue;
    InFlightDiagnostic diag = emitOpError(
        "expected summaries of its positions and captured tensors only");
    diag.attachNote(op.getLoc()) << "summarizes another tensor";
    return diag;
  }
  return success();
}

LogicalResult TileFeaturesOp::verify() {
  auto loop = (*this)->getParentOfType<ForTilesOp>();
  if (!loop)
    return emitOpError("expected to be inside attn.for_tiles");
  if (getGroups().size() != getBodies().size())
    return emitOpError() << "expected one region for each of "
                         << getGroups().size() << " groups, got "
                         << getBodies().size();
  int64_t width = 0;
  for (auto [attr, region] : llvm::zip_equal(getGroups(), getBodies())) {
    auto group = llvm::cast<ChannelGroupAttr>(attr);
    width += group.getCount() * group.getWidth();
    for (MemberAttr member : group.getQuery()) {
      int64_t channels = 0;
      if (member.getOperand() >= 0 &&
          member.getOperand() < (int64_t)loop.getQuery().size())
        channels = extentOf(loop.getQuery()[member.getOperand()], 3);
      if (failed(verifyChannels(*this, member, group.getCount(),
                                loop.getQuery().size(), channels, "query")))
        return failure();
    }
    if (failed(verifyScalarRegion(*this, region, group.getQuery().size(),
                                  kRowCoordinates)))
      return failure();
    unsigned yields = region.front().getTerminator()->getNumOperands();
    if (yields != group.getWidth())
      return emitOpError() << "expected " << group.getWidth()
                           << " features of a group, got " << yields;
  }
  if (width != getType().getWidth())
    return emitOpError() << "expected groups of " << getType().getWidth()
                         << " features, got " << width;
  return success();
}

LogicalResult ForKeysOp::verify() {
  Block &body = getBody().front();
  if (body.getNumArguments() != 2 ||
      !isa<KeyTileType>(body.getArgument(0).getType()) ||
      body.getArgument(1).getType() != getType())
    return emitOpError() << "expected body arguments of types !attn.key_tile "
                            "and "
                         << getType();
  if (!isKeyStep(body))
    return emitOpError("expected a body of attn.load_keys, attn.contract, "
                       "optionally attn.score, attn.mask, attn.absorb, "
                       "optionally attn.gate, attn.accumulate, attn.next");
  auto loop = (*this)->getParentOfType<ForTilesOp>();
  if (!loop)
    return emitOpError("expected to be inside attn.for_tiles");
  if (!getVisible().empty())
    return verifyPredicateRegion(*this, getVisible(), "visible",
                                 bool(loop.getQueryPos()));
  return success();
}

/// A region of a pair of the enclosing loop that yields one number.
static LogicalResult verifyLoopRegion(Operation *op, Region &region,
                                      unsigned elements) {
  auto loop = op->getParentOfType<ForTilesOp>();
  if (!loop)
    return op->emitOpError("expected to be inside attn.for_tiles");
  return verifyPairNumber(op, region, elements, bool(loop.getQueryPos()));
}

LogicalResult ScoreOp::verify() {
  return verifyLoopRegion(*this, getBody(), /*elements=*/1);
}

LogicalResult GateOp::verify() {
  return verifyLoopRegion(*this, getBody(), /*elements=*/0);
}

/// The normalizer of the loop around `op`; null where there is none.
static RowStateAttrInterface normalizerOf(Operation *op) {
  auto loop = op->getParentOfType<ForTilesOp>();
  if (!loop || loop.getBody().front().getOps<InitStateOp>().empty())
    return {};
  return loop.getNormalizer();
}

LogicalResult AbsorbOp::verify() {
  RowStateAttrInterface normalizer = normalizerOf(*this);
  if (normalizer && getWeight().empty() != normalizer.isOnlineSoftmax())
    return emitOpError("expected a 'weight' region exactly with the normalizer "
                       "#attn.pointwise or #attn.ordered, got ")
           << normalizer;
  if (getWeight().empty())
    return success();
  if (normalizer && normalizer.isOrdered())
    return verifyKeyShare(
        *this, getWeight(),
        bool((*this)->getParentOfType<ForTilesOp>().getQueryPos()));
  return verifyLoopRegion(*this, getWeight(), /*elements=*/1);
}

LogicalResult FinalizeOp::verify() {
  auto loop = (*this)->getParentOfType<ForTilesOp>();
  if (!getOutput().empty() &&
      failed(verifyOutputMap(*this, getOutput(), bool(loop.getQueryPos()))))
    return failure();
  if (getExtra().empty())
    return success();
  RowStateAttrInterface normalizer = normalizerOf(*this);
  if (normalizer && !normalizer.isOnlineSoftmax())
    return emitOpError("extra logits need the normalizer #attn.softmax, got ")
           << normalizer;
  return verifyExtraLogits(*this, getExtra(), bool(loop.getQueryPos()));
}
