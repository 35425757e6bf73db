//===- RowOps.cpp - Verifiers and folds of the maps over rows
//---------------===//
//
// Labels such as slice_c1 name the constraints of docs/Spec.md.
//
//===----------------------------------------------------------------------===//

#include "dialect/Attn/IR/Attn.h"
#include "dialect/Attn/IR/AttnRegions.h"
#include "dialect/Attn/IR/AttnVerify.h"

#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace sextant::attn;

/// Rows that are read together: batch, rows, heads and elements agree. A
/// rank-4 tensor beside a rank-5 one is read at the key's row, at key heads.
static LogicalResult verifySameRows(Operation *op, OperandRange inputs) {
  Value first = inputs.front();
  for (Value input : inputs) {
    if (failed(verifyRow(op, "input", input)) ||
        failed(verifySameElements(op, "input 0", first, "input", input)) ||
        failed(verifyAgree(op, "batch extent", "input 0", extentOf(first, 0),
                           "input", extentOf(input, 0))) ||
        failed(verifyAgree(op, "row count", "input 0",
                           extentOf(first, rowAxis(first)), "input",
                           extentOf(input, rowAxis(input)))))
      return failure();
    if (rowAxis(input) == rowAxis(first)) {
      if (failed(verifyAgree(op, "head count", "input 0", extentOf(first, 1),
                             "input", extentOf(input, 1))))
        return failure();
      continue;
    }
    Value pair = rowAxis(input) == 3 ? input : first;
    Value row = rowAxis(input) == 3 ? first : input;
    if (failed(verifyHeads(op, extentOf(pair, 1), extentOf(row, 1))))
      return failure();
  }
  return success();
}

LogicalResult RowMapOp::verify() {
  if (getInputs().empty()) // row_map_c1
    return emitOpError("expected at least one input");
  if (failed(verifySameRows(*this, getInputs())))
    return failure();
  int64_t channels = channelsOf(getInputs()[0]);
  for (auto [i, input] : llvm::enumerate(getInputs()))
    if (channelsOf(input) != channels) // row_map_c2
      return emitOpError() << "expected inputs of equal channel count: input 0 "
                              "has "
                           << channels << ", input " << i << " has "
                           << channelsOf(input);
  if (getPairs() && failed(verifyEven(*this, "pairs", channels)))
    return failure();
  Value rows = getInputs()[0];
  return verifyPositionsOf(*this, rows, rowAxis(rows), getPositions());
}

LogicalResult RowMapOp::verifyRegions() {
  unsigned elements = getInputs().size() * (getPairs() ? 2 : 1);
  if (failed(verifyScalarRegion(*this, getBody(), elements, kRowCoordinates)) ||
      failed(verifyOutsideValues(*this, getBody())))
    return failure();
  Block &block = getBody().front();
  unsigned yields = block.getTerminator()->getNumOperands();
  if (yields != 1 && yields != 2) // row_map_c3
    return emitOpError() << "expected the region to yield one or two values, "
                            "got "
                         << yields;
  if ((getPairs() || yields == 2) && !getLayout()) // row_map_c4
    return emitOpError("expected 'layout(half)' or 'layout(interleaved)' to "
                       "place the channel pairs");
  unsigned position = block.getNumArguments() - 2;
  if (!getPositions() && !block.getArgument(position).use_empty())
    return emitOpError("region reads a position: expected 'at %positions' on "
                       "the op"); // row_map_c5
  return success();
}

/// row_map (x) { yield x } --> x
OpFoldResult RowMapOp::fold(FoldAdaptor) {
  if (getInputs().size() != 1 || getPairs() || getBody().empty())
    return {};
  Operation &last = getBody().front().back();
  bool identity = last.getNumOperands() == 1 &&
                  last.getOperand(0) == getBody().front().getArgument(0);
  return identity ? getInputs()[0] : Value();
}

LogicalResult EncodeOp::verify() {
  if (failed(verifyRow(*this, "input", getInput())))
    return failure();
  int64_t channels = channelsOf(getInput());
  RowEncodingAttrInterface encoding = getEncoding();
  auto emitError = [&] { return emitOpError(); };
  if (encoding.usesPositions() && !getPositions()) // encode_c1
    return emitOpError("expected positions ('at %positions') for the encoding");
  if (!encoding.usesPositions() && getPositions()) // encode_c2
    return emitOpError("the encoding reads no position: remove 'at'");
  if (failed(verifyPositionsOf(*this, getInput(), rowAxis(getInput()),
                               getPositions())) ||
      failed(encoding.verifyChannels(emitError, channels)) ||
      failed(verifyCaptures(*this, getCaptures(), encoding.getNumCaptures())))
    return failure();
  return encoding.verifyCaptures(emitError, channels, TypeRange(getCaptures()));
}

LogicalResult RowReduceOp::verify() {
  return verifyRow(*this, "input", getInput());
}

LogicalResult ProjectOp::verify() {
  if (failed(verifyRow(*this, "input", getInput())))
    return failure();
  int64_t channels = channelsOf(getInput());
  if (extentOf(getTable(), 2) != channels) // project_c1
    return emitOpError() << "expected a table of " << channels
                         << " channels, as the rows have, got "
                         << getTable().getType();
  if (ShapedType::isDynamic(extentOf(getTable(), 1))) // project_c2
    return emitOpError() << "expected a fixed number of table rows (axis 1), "
                            "got "
                         << getTable().getType();
  int64_t heads = extentOf(getResult(), 1), own = extentOf(getInput(), 1);
  bool known = !ShapedType::isDynamic(heads) && !ShapedType::isDynamic(own);
  if (known && heads != own && (own == 0 || heads % own)) // project_c3
    return emitOpError() << "expected a table of 1 head or of a multiple of "
                         << own << ", the heads of the rows, got "
                         << getTable().getType();
  return verifyRow(*this, "result", getResult());
}

LogicalResult SliceOp::verify() {
  if (failed(verifyRow(*this, "input", getInput())))
    return failure();
  int64_t channels = channelsOf(getInput());
  int64_t offset = getOffset(), size = getSize();
  if (offset < 0 || size < 1 || offset > channels - size) // slice_c1
    return emitOpError() << "expected a channel range within [0, " << channels
                         << "), got offset " << offset << " and size " << size;
  return success();
}

/// slice (x) of every channel --> x
/// slice (slice x) --> slice x, in place
OpFoldResult SliceOp::fold(FoldAdaptor) {
  if (getInput().getType() == getType())
    return getInput();
  auto inner = getInput().getDefiningOp<SliceOp>();
  if (!inner)
    return {};
  setOffset(getOffset() + inner.getOffset());
  getInputMutable().assign(inner.getInput());
  return getResult();
}

namespace {
/// slice (concat a, b), within one of them --> slice of that one
struct SliceOfConcat : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SliceOp op,
                                PatternRewriter &rewriter) const override {
    auto concat = op.getInput().getDefiningOp<ConcatOp>();
    if (!concat)
      return rewriter.notifyMatchFailure(op, "not a slice of a concat");
    int64_t offset = op.getOffset(), size = op.getSize();
    for (Value input : concat.getInputs()) {
      int64_t channels = channelsOf(input);
      if (offset < channels) {
        if (offset + size > channels)
          break;
        rewriter.replaceOpWithNewOp<SliceOp>(op, input, offset, size);
        return success();
      }
      offset -= channels;
    }
    return rewriter.notifyMatchFailure(op, "range spans several inputs");
  }
};

/// concat (concat a, b), c --> concat a, b, c
struct FlattenConcat : OpRewritePattern<ConcatOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ConcatOp op,
                                PatternRewriter &rewriter) const override {
    SmallVector<Value> inputs;
    for (Value input : op.getInputs()) {
      if (auto inner = input.getDefiningOp<ConcatOp>())
        llvm::append_range(inputs, inner.getInputs());
      else
        inputs.push_back(input);
    }
    if (inputs.size() == op.getInputs().size())
      return rewriter.notifyMatchFailure(op, "no concat of a concat");
    rewriter.replaceOpWithNewOp<ConcatOp>(op, inputs);
    return success();
  }
};
} // namespace

void SliceOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                          MLIRContext *context) {
  patterns.add<SliceOfConcat>(context);
}
void ConcatOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                           MLIRContext *context) {
  patterns.add<FlattenConcat>(context);
}

LogicalResult ConcatOp::verify() {
  for (Value input : getInputs())
    if (rowAxis(input) != rowAxis(getInputs()[0])) // concat_c1
      return emitOpError("expected inputs of equal rank, got ")
             << getInputs()[0].getType() << " and " << input.getType();
  return verifySameRows(*this, getInputs());
}

/// concat (x) --> x
OpFoldResult ConcatOp::fold(FoldAdaptor) {
  return getInputs().size() == 1 ? getInputs()[0] : Value();
}

LogicalResult ConvertOp::verify() {
  return verifyRow(*this, "input", getInput());
}

/// convert (x) to its own type --> x
/// convert (convert x) --> convert x, in place
OpFoldResult ConvertOp::fold(FoldAdaptor) {
  if (getInput().getType() == getType())
    return getInput();
  auto inner = getInput().getDefiningOp<ConvertOp>();
  if (!inner)
    return {};
  getInputMutable().assign(inner.getInput());
  return getResult();
}

LogicalResult DuplicateOp::verify() {
  return verifyRow(*this, "input", getInput());
}

LogicalResult CollinearCoefficientsOp::verify() {
  if (failed(verifyRow(*this, "input", getInput())))
    return failure();
  return verifyEven(*this, "collinear pairs", channelsOf(getInput()));
}

//===----------------------------------------------------------------------===//
// Keys that depend on the query
//===----------------------------------------------------------------------===//

LogicalResult PairKeysOp::verify() {
  return verifyQueryKey(*this, getQuery(), getKey());
}

LogicalResult PairKeysOp::verifyRegions() {
  if (failed(verifyScalarRegion(*this, getBody(), /*elements=*/2,
                                /*coordinates=*/0)))
    return failure();
  unsigned yields = getBody().front().getTerminator()->getNumOperands();
  if (yields != 1) // pair_keys_c1
    return emitOpError("expected the region to yield one value, got ")
           << yields;
  return verifyOutsideValues(*this, getBody());
}

LogicalResult CollinearKeysOp::verify() {
  return verifyQueryKey(*this, getQuery(), getCoefficients());
}
