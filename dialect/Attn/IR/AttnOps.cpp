//===- AttnOps.cpp - Verifiers of the attn form
//----------------------------===//
//
// Labels such as scores_c1 name the constraints of docs/Spec.md.
//
//===----------------------------------------------------------------------===//

#include "dialect/Attn/IR/Attn.h"
#include "dialect/Attn/IR/AttnRegions.h"
#include "dialect/Attn/IR/AttnSyntax.h"

using namespace mlir;
using namespace sextant::attn;

#define GET_OP_CLASSES
#include "dialect/Attn/IR/AttnOps.cpp.inc"

static bool agree(int64_t a, int64_t b) {
  return ShapedType::isDynamic(a) || ShapedType::isDynamic(b) || a == b;
}

/// The axis of the rows (L of a rank-4 tensor, N of a rank-5 one).
static unsigned rowAxis(Value value) {
  return llvm::cast<RankedTensorType>(value.getType()).getRank() - 2;
}
static int64_t channelsOf(Value value) {
  return extentOf(value, rowAxis(value) + 1);
}

/// Channels are static and positive; extents fit an index (row_c1).
static LogicalResult verifyRow(Operation *op, StringRef name, Value value) {
  auto type = llvm::cast<RankedTensorType>(value.getType());
  if (ShapedType::isDynamic(type.getShape().back()))
    return op->emitOpError() << "expected a static channel count of '" << name
                             << "', got " << type;
  int64_t elements = 1;
  for (int64_t extent : type.getShape()) {
    if (ShapedType::isDynamic(extent))
      continue;
    if (extent > (int64_t(1) << 40) ||
        llvm::MulOverflow(elements, extent, elements) ||
        elements > (int64_t(1) << 45))
      return op->emitOpError()
             << "element count of '" << name << "' overflows: " << type;
  }
  if (type.getShape().back() == 0)
    return op->emitOpError()
           << "expected at least one channel in '" << name << "', got " << type;
  return success();
}

/// Query heads are a multiple of key heads, which are positive (heads_c1).
static LogicalResult verifyHeads(Operation *op, int64_t queryHeads,
                                 int64_t keyHeads) {
  if (keyHeads == 0 && queryHeads != 0)
    return op->emitOpError("expected at least one key head, got 0");
  if (ShapedType::isDynamic(queryHeads) || ShapedType::isDynamic(keyHeads) ||
      keyHeads == 0)
    return success();
  if (queryHeads % keyHeads)
    return op->emitOpError()
           << "expected query heads (" << queryHeads
           << ") to be a multiple of key heads (" << keyHeads << ")";
  return success();
}

static LogicalResult verifyAgree(Operation *op, StringRef what, StringRef a,
                                 int64_t extentA, StringRef b,
                                 int64_t extentB) {
  if (agree(extentA, extentB))
    return success();
  return op->emitOpError() << what << " of '" << b << "' must equal that of '"
                           << a << "': expected " << extentA << ", got "
                           << extentB;
}

static Type elementType(Value value) {
  return llvm::cast<RankedTensorType>(value.getType()).getElementType();
}

static LogicalResult verifySameElements(Operation *op, StringRef a, Value x,
                                        StringRef b, Value y) {
  if (elementType(x) == elementType(y))
    return success();
  return op->emitOpError() << "'" << a << "' and '" << b
                           << "' must share an element type: got "
                           << elementType(x) << " and " << elementType(y);
}

/// Positions match the batch and rows they stand for (positions_c2).
static LogicalResult verifyPositionsOf(Operation *op, Value rows, unsigned axis,
                                       Value positions) {
  if (!positions)
    return success();
  if (failed(verifyAgree(op, "batch extent", "rows", extentOf(rows, 0),
                         "positions", extentOf(positions, 0))))
    return failure();
  return verifyAgree(op, "row count", "rows", extentOf(rows, axis), "positions",
                     extentOf(positions, 1));
}

static LogicalResult verifyEven(Operation *op, StringRef why,
                                int64_t channels) {
  if (channels % 2 == 0)
    return success();
  return op->emitOpError() << "expected an even channel count for " << why
                           << ", got " << channels;
}

//===----------------------------------------------------------------------===//
// Positions and phases
//===----------------------------------------------------------------------===//

LogicalResult PositionsOp::verify() {
  // positions_c1
  if (failed(verifyAgree(*this, "batch extent", "query",
                         extentOf(getQuery(), 0), "key",
                         extentOf(getKey(), 0))))
    return failure();
  for (Value perBatch : {getOffset(), getLengths()})
    if (perBatch && failed(verifyAgree(
                        *this, "batch extent", "query", extentOf(getQuery(), 0),
                        perBatch == getOffset() ? "offset" : "lengths",
                        extentOf(perBatch, 0))))
      return failure();
  return success();
}

/// A length policy needs the operand; nothing else takes one (length_c1).
static LogicalResult verifyLength(Operation *op, RotaryAttrInterface spectrum,
                                  Value length) {
  if (spectrum && spectrum.needsLength() && !length)
    return op->emitOpError(
        "the spectrum depends on the sequence length: expected "
        "a 'length' operand (tensor<i32>)");
  if (length && !(spectrum && spectrum.needsLength()))
    return op->emitOpError(
        "the spectrum does not depend on the sequence length: "
        "remove the 'length' operand");
  return success();
}

LogicalResult PhaseOp::verify() {
  auto spectrum = getSpectrumAttr();
  if (bool(getFrequencies()) == bool(spectrum)) // phase_c1
    return emitOpError(
        "expected either a frequency tensor or a rotary attribute");
  if (spectrum) {
    if (!getChannels())
      return emitOpError("expected 'channels' with a rotary attribute");
    if (failed(verifyEven(*this, "rotary pairs", *getChannels())) ||
        failed(spectrum.verifyChannels([&] { return emitOpError(); },
                                       *getChannels())))
      return failure();
    if (spectrum.getRotaryWidth(*getChannels()) != (int64_t)*getChannels())
      return emitOpError("expected a spectrum over all channels, got rotary "
                         "width ")
             << spectrum.getRotaryWidth(*getChannels()) << " of "
             << *getChannels();
  } else if (ShapedType::isDynamic(extentOf(getFrequencies(), 0))) {
    return emitOpError("expected a static number of frequencies");
  }
  return verifyLength(*this, spectrum, getLength());
}

LogicalResult RotateOp::verify() {
  if (failed(verifyRow(*this, "input", getInput())))
    return failure();
  auto spectrum = getSpectrumAttr();
  int64_t channels = channelsOf(getInput());
  if (bool(spectrum) == bool(getCos()))
    return emitOpError("expected 'at' with a rotary attribute, or 'by' with a "
                       "phase");
  if (spectrum) {
    if (!getPositions())
      return emitOpError("expected positions ('at') for the rotary attribute");
    if (failed(
            spectrum.verifyChannels([&] { return emitOpError(); }, channels)))
      return failure();
  } else {
    if (!getLayout())
      return emitOpError(
          "expected 'layout(half)' or 'layout(interleaved)' with "
          "a phase");
    if (failed(verifyEven(*this, "rotary pairs", channels)) ||
        failed(verifyAgree(*this, "pair count", "input", channels / 2, "cos",
                           extentOf(getCos(), 2))))
      return failure();
    if (failed(verifyPositionsOf(*this, getInput(), rowAxis(getInput()),
                                 getCos())))
      return failure();
  }
  if (failed(verifyLength(*this, spectrum, getLength())))
    return failure();
  return verifyPositionsOf(*this, getInput(), rowAxis(getInput()),
                           getPositions());
}

ParseResult RotateOp::parse(OpAsmParser &parser, OperationState &result) {
  OpAsmParser::UnresolvedOperand input, first, second, length;
  Type inputType, firstType, lengthType;
  bool byPhase = false, hasLength = false;
  if (parser.parseOperand(input))
    return failure();
  if (succeeded(parser.parseOptionalKeyword("by"))) {
    byPhase = true;
    PairLayoutAttr layout;
    if (parser.parseLParen() || parser.parseOperand(first) ||
        parser.parseComma() || parser.parseOperand(second) ||
        parser.parseRParen() || parser.parseKeyword("layout") ||
        parser.parseLParen() || parseLayoutKeyword(parser, layout) ||
        parser.parseRParen())
      return failure();
    result.getOrAddProperties<Properties>().layout = layout;
  } else {
    Attribute attr;
    SMLoc loc;
    if (parser.parseKeyword("at") || parser.parseOperand(first) ||
        parser.parseLParen() || parser.getCurrentLocation(&loc) ||
        parser.parseAttribute(attr) || parser.parseRParen())
      return failure();
    auto spectrum = llvm::dyn_cast<RotaryAttrInterface>(attr);
    if (!spectrum)
      return parser.emitError(loc)
             << "expected a rotary encoding, got " << attr;
    result.getOrAddProperties<Properties>().spectrum = spectrum;
  }
  if (succeeded(parser.parseOptionalKeyword("length"))) {
    hasLength = true;
    if (parser.parseLParen() || parser.parseOperand(length) ||
        parser.parseColonType(lengthType) || parser.parseRParen())
      return failure();
  }
  if (parser.parseOptionalAttrDict(result.attributes) ||
      parser.parseColonType(inputType) || parser.parseComma() ||
      parser.parseType(firstType) ||
      parser.resolveOperand(input, inputType, result.operands) ||
      parser.resolveOperand(first, firstType, result.operands) ||
      (byPhase && parser.resolveOperand(second, firstType, result.operands)) ||
      (hasLength && parser.resolveOperand(length, lengthType, result.operands)))
    return failure();
  result.getOrAddProperties<Properties>().operandSegmentSizes = {
      1, !byPhase, byPhase, byPhase, hasLength};
  result.addTypes(inputType);
  return success();
}

void RotateOp::print(OpAsmPrinter &printer) {
  printer << ' ' << getInput();
  Value typed = getPositions();
  if (getCos()) {
    typed = getCos();
    printer << " by (" << getCos() << ", " << getSin() << ") layout("
            << stringifyPairLayout(*getLayout()) << ")";
  } else {
    printer << " at " << getPositions() << " (" << getSpectrumAttr() << ")";
  }
  if (getLength())
    printer << " length(" << getLength() << " : " << getLength().getType()
            << ")";
  printer.printOptionalAttrDict((*this)->getAttrs(),
                                {"spectrum", "layout", "operandSegmentSizes"});
  printer << " : " << getInput().getType() << ", " << typed.getType();
}

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

LogicalResult RowMapOp::verify() {
  if (getInputs().empty())
    return emitOpError("expected at least one input");
  int64_t channels = channelsOf(getInputs()[0]);
  for (auto [i, input] : llvm::enumerate(getInputs())) {
    if (failed(verifyRow(*this, "input", input)))
      return failure();
    if (channelsOf(input) != channels) // row_map_c1
      return emitOpError() << "expected inputs of equal channel count: input 0 "
                              "has "
                           << channels << ", input " << i << " has "
                           << channelsOf(input);
    if (failed(verifyAgree(*this, "row count", "input 0",
                           extentOf(getInputs()[0], rowAxis(getInputs()[0])),
                           "input", extentOf(input, rowAxis(input)))))
      return failure();
  }
  if (getPairs() && failed(verifyEven(*this, "pairs", channels)))
    return failure();
  unsigned elements = getInputs().size() * (getPairs() ? 2 : 1);
  if (failed(verifyScalarRegion(*this, getBody(), elements, kRowCoordinates)))
    return failure();
  unsigned yields = getBody().front().getTerminator()->getNumOperands();
  if (yields != 1 && yields != 2) // row_map_c2
    return emitOpError() << "expected the region to yield one or two values, "
                            "got "
                         << yields;
  if ((getPairs() || yields == 2) && !getLayout())
    return emitOpError("expected 'layout(half)' or 'layout(interleaved)' to "
                       "place the channel pairs");
  return verifyPositionsOf(*this, getInputs()[0], rowAxis(getInputs()[0]),
                           getPositions());
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

OpFoldResult SliceOp::fold(FoldAdaptor) {
  return getInput().getType() == getType() ? getInput() : Value();
}

LogicalResult ConcatOp::verify() {
  for (Value input : getInputs()) {
    if (failed(verifyRow(*this, "input", input)))
      return failure();
    if (llvm::cast<RankedTensorType>(input.getType()).getRank() !=
        llvm::cast<RankedTensorType>(getInputs()[0].getType()).getRank())
      return emitOpError("expected inputs of equal rank");
    if (failed(verifySameElements(*this, "input 0", getInputs()[0], "input",
                                  input)) ||
        failed(verifyAgree(*this, "row count", "input 0",
                           extentOf(getInputs()[0], rowAxis(getInputs()[0])),
                           "input", extentOf(input, rowAxis(input)))))
      return failure();
  }
  return success();
}

OpFoldResult ConcatOp::fold(FoldAdaptor) {
  return getInputs().size() == 1 ? getInputs()[0] : Value();
}

LogicalResult CollinearCoefficientsOp::verify() {
  if (failed(verifyRow(*this, "input", getInput())))
    return failure();
  return verifyEven(*this, "collinear pairs", channelsOf(getInput()));
}

//===----------------------------------------------------------------------===//
// Keys that depend on the query
//===----------------------------------------------------------------------===//

static LogicalResult verifyQueryKey(Operation *op, Value query, Value key) {
  if (failed(verifyRow(op, "query", query)) ||
      failed(verifyRow(op, "key", key)) ||
      failed(verifySameElements(op, "query", query, "key", key)) ||
      failed(verifyAgree(op, "batch extent", "query", extentOf(query, 0), "key",
                         extentOf(key, 0))) ||
      failed(verifyAgree(op, "head dim", "query", channelsOf(query), "key",
                         channelsOf(key))) ||
      failed(verifyHeads(op, extentOf(query, 1), extentOf(key, 1))))
    return failure();
  if (rowAxis(key) == 3)
    return verifyAgree(op, "query rows", "query", extentOf(query, 2), "key",
                       extentOf(key, 2));
  return success();
}

LogicalResult PairKeysOp::verify() {
  if (failed(verifyQueryKey(*this, getQuery(), getKey())))
    return failure();
  if (failed(verifyScalarRegion(*this, getBody(), /*elements=*/2,
                                /*coordinates=*/0)))
    return failure();
  if (getBody().front().getTerminator()->getNumOperands() != 1)
    return emitOpError("expected the region to yield one value");
  return success();
}

LogicalResult CollinearKeysOp::verify() {
  return verifyQueryKey(*this, getQuery(), getCoefficients());
}

//===----------------------------------------------------------------------===//
// Scores
//===----------------------------------------------------------------------===//

LogicalResult ScoresOp::verify() {
  double scale = getScale().convertToDouble();
  if (!std::isfinite(scale) || scale <= 0) { // scores_c1
    InFlightDiagnostic diag = emitOpError()
                              << "expected 'scale' finite and > 0, got "
                              << getScaleAttr();
    if (scale == 0)
      diag.attachNote()
          << "scale 0 makes attention uniform over the visible keys";
    return diag;
  }
  return verifyQueryKey(*this, getQuery(), getKey());
}

static LogicalResult verifyPairPositions(Operation *op, Value scores,
                                         Value queryPos, Value keyPos) {
  if (bool(queryPos) != bool(keyPos))
    return op->emitOpError("expected query and key positions together");
  if (failed(verifyPositionsOf(op, scores, 2, queryPos)))
    return failure();
  return verifyPositionsOf(op, scores, 3, keyPos);
}

LogicalResult BiasOp::verify() {
  if ((int64_t)getCaptures().size() < getBias().getNumCaptures())
    return emitOpError() << "expected " << getBias().getNumCaptures()
                         << " captured tensors, got " << getCaptures().size();
  if (!getQueryPos())
    return emitOpError("expected positions ('at (%queryPos, %keyPos)') for the "
                       "bias");
  return verifyPairPositions(*this, getScores(), getQueryPos(), getKeyPos());
}

LogicalResult ScoreMapOp::verify() {
  if (failed(verifyPairPositions(*this, getScores(), getQueryPos(),
                                 getKeyPos())) ||
      failed(verifyScalarRegion(*this, getBody(), /*elements=*/1,
                                kPairCoordinates)))
    return failure();
  auto yield = getBody().front().getTerminator();
  if (yield->getNumOperands() != 1)
    return emitOpError("expected the region to yield one value");
  return verifyPositionUses(*this, getBody(), bool(getQueryPos()));
}

LogicalResult SoftcapOp::verify() {
  double cap = getCap().convertToDouble();
  if (!std::isfinite(cap) || cap <= 0) // softcap_c1
    return emitOpError() << "expected 'cap' finite and > 0, got "
                         << getCapAttr() << "; omit the op for no cap";
  return success();
}

LogicalResult SoftmaxOp::verify() {
  if (failed(
          verifyPairPositions(*this, getScores(), getQueryPos(), getKeyPos())))
    return failure();
  if (getMaskAttr()) {
    if (!getVisible().empty())
      return emitOpError("expected a mask attribute or a visible region, got "
                         "both");
    if (getMaskAttr().usesPositions() && !getQueryPos())
      return emitOpError("expected positions ('at (%queryPos, %keyPos)') for "
                         "the mask");
    if ((int64_t)getCaptures().size() < getMaskAttr().getNumCaptures())
      return emitOpError() << "expected " << getMaskAttr().getNumCaptures()
                           << " captured tensors for the mask, got "
                           << getCaptures().size();
  }
  if (!getVisible().empty() &&
      failed(verifyVisibleRegion(*this, getVisible(), bool(getQueryPos()))))
    return failure();
  if (getHasLse() != bool(getLse()))
    return emitOpError("expected a second result exactly with 'lse'");
  return success();
}

LogicalResult WeightedSumOp::verify() {
  if (failed(verifyRow(*this, "value", getValue())))
    return failure();
  if (failed(verifyAgree(*this, "sequence length", "key",
                         extentOf(getWeights(), 3), "value",
                         extentOf(getValue(), 2))) ||
      failed(verifyAgree(*this, "batch extent", "query",
                         extentOf(getWeights(), 0), "value",
                         extentOf(getValue(), 0))))
    return failure();
  return verifyHeads(*this, extentOf(getWeights(), 1), extentOf(getValue(), 1));
}

//===----------------------------------------------------------------------===//
// Inside regions
//===----------------------------------------------------------------------===//

/// The scalar type that a read of `tensor` gives.
static Type readType(RankedTensorType tensor) {
  Type element = tensor.getElementType();
  if (element.isF16() || element.isBF16())
    return Float32Type::get(tensor.getContext());
  return element;
}

ParseResult ReadOp::parse(OpAsmParser &parser, OperationState &result) {
  OpAsmParser::UnresolvedOperand tensor;
  SmallVector<OpAsmParser::UnresolvedOperand> indices;
  RankedTensorType type;
  if (parser.parseOperand(tensor) ||
      parser.parseOperandList(indices, OpAsmParser::Delimiter::Square) ||
      parser.parseOptionalAttrDict(result.attributes) ||
      parser.parseColonType(type) ||
      parser.resolveOperand(tensor, type, result.operands) ||
      parser.resolveOperands(indices, parser.getBuilder().getI32Type(),
                             result.operands))
    return failure();
  result.addTypes(readType(type));
  return success();
}

void ReadOp::print(OpAsmPrinter &printer) {
  printer << ' ' << getTensor() << '[' << getIndices() << ']';
  printer.printOptionalAttrDict((*this)->getAttrs());
  printer << " : " << getTensor().getType();
}

LogicalResult ReadOp::verify() {
  auto type = llvm::cast<RankedTensorType>(getTensor().getType());
  if ((int64_t)getIndices().size() != type.getRank())
    return emitOpError() << "expected " << type.getRank() << " indices for "
                         << type << ", got " << getIndices().size();
  Type element = type.getElementType();
  if (!element.isF32() && !element.isF64() && !element.isF16() &&
      !element.isBF16() && !element.isInteger(32) && !element.isInteger(1))
    return emitOpError() << "unsupported element type " << element
                         << "; supported: f32, f64, f16, bf16, i32, i1";
  if (getType() != readType(type))
    return emitOpError() << "expected result type " << readType(type)
                         << ", got " << getType();
  return success();
}
