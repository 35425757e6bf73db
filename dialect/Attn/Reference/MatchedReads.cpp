//===- MatchedReads.cpp - Do captured tensors fit the call? ---------------===//
//
// What a region or a name reads by a coordinate has that coordinate's extent.
// What a name reads is what its expansion does.
//
//===----------------------------------------------------------------------===//

#include "dialect/Attn/Reference/MatchedReads.h"
#include "dialect/Attn/IR/TensorNames.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace sextant::attn;

namespace {

/// Extents that the arguments of a region run over, from argument `first` on.
struct Coordinates {
  unsigned first;
  SmallVector<int64_t, 4> extents;
};

constexpr llvm::StringLiteral kNames[] = {"batch", "head", "row", "key"};

} // namespace

static std::string tensorText(Value tensor) {
  auto argument = llvm::dyn_cast<BlockArgument>(tensor);
  const StringRef name = argument ? sourceName(argument) : StringRef();
  return name.empty() ? "a captured tensor" : "'" + name.str() + "'";
}

static LogicalResult checkBlock(Operation *op, Block &block,
                                const Coordinates &at, const Shapes &shapes) {
  LogicalResult result = success();
  block.walk([&](ReadOp read) {
    read.forEachMatch([&](unsigned axis, unsigned argument) {
      if (read->getBlock() != &block || argument < at.first ||
          argument - at.first >= at.extents.size())
        return;
      // A tensor that the expansion of a name makes has its own extents.
      Operation *source = read.getTensor().getDefiningOp();
      if (source && !source->getParentOp())
        return;
      const unsigned place = argument - at.first;
      const int64_t expected = at.extents[place];
      const int64_t found = shapes.of(read.getTensor())[axis];
      if (found == expected || failed(result))
        return;
      // matched_c1
      result = op->emitOpError()
               << "expected extent " << axis << " of "
               << tensorText(read.getTensor()) << " to be " << expected
               << ", one for each " << kNames[place] << ", got " << found;
    });
  });
  return result;
}

/// A block of the pair coordinates in which a name is written out.
static LogicalResult checkExpansion(
    Operation *op, ArrayRef<int64_t> scores, const Shapes &shapes,
    llvm::function_ref<void(OpBuilder &, const PairValues &)> expand) {
  Block block;
  OpBuilder builder(op->getContext());
  for (unsigned i = 0; i < kPairCoordinates; ++i)
    block.addArgument(builder.getI32Type(), op->getLoc());
  builder.setInsertionPointToEnd(&block);
  auto at = block.getArguments();
  expand(builder, {at[0], at[1], at[2], at[3], at[4], at[5]});
  LogicalResult result =
      checkBlock(op, block, {0, SmallVector<int64_t, 4>(scores)}, shapes);
  block.dropAllReferences();
  return result;
}

LogicalResult sextant::attn::checkMatchedReads(Operation *op,
                                               const Shapes &shapes) {
  auto checkRegion = [&](Region &region, unsigned first,
                         ArrayRef<int64_t> extents) -> LogicalResult {
    if (region.empty())
      return success();
    return checkBlock(op, region.front(),
                      {first, SmallVector<int64_t, 4>(extents)}, shapes);
  };
  auto rowsOf = [&](Value rows) -> SmallVector<int64_t, 4> {
    const Shape &shape = shapes.of(rows);
    return {shape[0], shape[1], *(shape.end() - 2)};
  };
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](ScoreMapOp map) {
        return checkRegion(map.getBody(), 1, shapes.of(map.getScores()));
      })
      .Case([&](BiasOp bias) {
        return checkExpansion(op, shapes.of(bias.getScores()), shapes,
                              [&](OpBuilder &builder, const PairValues &at) {
                                bias.getBias().expand(builder, op->getLoc(), at,
                                                      bias.getCaptures());
                              });
      })
      .Case([&](WeightsOpInterface weights) -> LogicalResult {
        const Shape &scores = shapes.of(weights.getScores());
        if (MaskAttrInterface mask = weights.getMaskAttr())
          return checkExpansion(op, scores, shapes,
                                [&](OpBuilder &builder, const PairValues &at) {
                                  mask.expand(builder, op->getLoc(), at,
                                              weights.getCaptures());
                                });
        return checkRegion(weights.getVisible(), 0, scores);
      })
      .Case([&](RowMapOp map) {
        Region &body = map.getBody();
        return checkRegion(body, body.getNumArguments() - kRowCoordinates,
                           rowsOf(map.getResult()));
      })
      .Case([&](EncodeOp encode) {
        Block block;
        OpBuilder builder(op->getContext());
        builder.setInsertionPointToEnd(&block);
        encode.getEncoding().expand(builder, op->getLoc(), encode.getInput(),
                                    encode.getPositions(),
                                    encode.getCaptures());
        LogicalResult result = success();
        block.walk([&](RowMapOp map) {
          Block &body = map.getBody().front();
          if (succeeded(result))
            result = checkBlock(op, body,
                                {body.getNumArguments() - kRowCoordinates,
                                 rowsOf(encode.getInput())},
                                shapes);
        });
        block.dropAllReferences();
        return result;
      })
      .Case([&](FusedOp fused) -> LogicalResult {
        const Shape &result = shapes.of(fused.getResult());
        const int64_t pairs[] = {result[0], result[1], result[2],
                                 shapes.of(fused.getValue())[2]};
        if (failed(checkRegion(
                fused.getScore(),
                fused.getScore().getNumArguments() - kPairCoordinates, pairs)))
          return failure();
        return checkRegion(fused.getVisible(), 0, pairs);
      })
      .Default([](Operation *) { return success(); });
}
