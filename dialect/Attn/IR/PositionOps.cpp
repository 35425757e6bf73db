//===- PositionOps.cpp - Verifiers of positions, phase and rotate
//-----------===//
//
// Labels such as rotate_c1 name the constraints of docs/Spec.md.
//
//===----------------------------------------------------------------------===//

#include "dialect/Attn/IR/Attn.h"
#include "dialect/Attn/IR/AttnRegions.h"
#include "dialect/Attn/IR/AttnSyntax.h"
#include "dialect/Attn/IR/AttnVerify.h"

using namespace mlir;
using namespace sextant::attn;

LogicalResult PositionsOp::verify() {
  if (failed(verifyRow(*this, "query", getQuery())) ||
      failed(verifyRow(*this, "key", getKey())))
    return failure();
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
  if (getLengths() && getAlign() == Align::TopLeft) // positions_c4
    return emitOpError("'lengths' has no effect with align(top_left): expected "
                       "align(bottom_right)");
  return success();
}

LogicalResult PositionMapOp::verifyRegions() {
  if (failed(verifyPositionRegion(*this, getBody())))
    return failure();
  return verifyOutsideValues(*this, getBody());
}

/// A length policy needs the operand; nothing else takes one (length_c1).
static LogicalResult verifyLength(Operation *op, RotaryAttrInterface spectrum,
                                  Value length) {
  if (spectrum && spectrum.needsLength() && !length)
    return op->emitOpError(
        "the spectrum depends on the sequence length: expected "
        "a 'length' operand (tensor<i32>)");
  // length_c2
  if (length && !(spectrum && spectrum.needsLength()))
    return op->emitOpError(
        "the spectrum does not depend on the sequence length: "
        "remove the 'length' operand");
  return success();
}

/// Positions have an axis dimension exactly if the spectrum reads one.
static LogicalResult verifyAxes(Operation *op, RotaryAttrInterface spectrum,
                                Value positions) {
  int64_t axes = spectrum ? spectrum.getNumAxes() : 0;
  auto type = llvm::cast<RankedTensorType>(positions.getType());
  if (axes ? type.getRank() == 3 && type.getDimSize(2) == axes
           : type.getRank() == 2)
    return success();
  InFlightDiagnostic diag = op->emitOpError() << "expected positions of type "
                                              << "tensor<?x?x"; // rotate_c7
  if (axes)
    diag << axes << "x";
  return diag << "i32>" << (axes ? ", one a section" : "") << ", got " << type;
}

LogicalResult PhaseOp::verify() {
  auto spectrum = getSpectrumAttr();
  if (failed(verifyAxes(*this, spectrum, getPositions())))
    return failure();
  if (bool(getFrequencies()) == bool(spectrum)) // phase_c1
    return emitOpError(
        "expected either a frequency tensor or a rotary attribute");
  if (spectrum) {
    if (!getChannels()) // phase_c2
      return emitOpError("expected 'channels' with a rotary attribute");
    if (int64_t(*getChannels()) < 1 || int64_t(*getChannels()) > (1 << 24))
      return emitOpError("expected 'channels' within [1, 2^24], got ")
             << int64_t(*getChannels()); // phase_c3
    if (failed(verifyEven(*this, "rotary pairs", *getChannels())) ||
        failed(spectrum.verifyChannels([&] { return emitOpError(); },
                                       *getChannels())))
      return failure();
    // phase_c4
    if (spectrum.getRotaryWidth(*getChannels()) != (int64_t)*getChannels())
      return emitOpError("expected a spectrum over all channels, got rotary "
                         "width ")
             << spectrum.getRotaryWidth(*getChannels()) << " of "
             << *getChannels();
  } else {
    if (getChannels()) // phase_c5
      return emitOpError("'channels' belongs to a rotary attribute: the tensor "
                         "has one frequency a pair");
    int64_t frequencies = extentOf(getFrequencies(), 0);
    if (ShapedType::isDynamic(frequencies) || frequencies == 0) // phase_c6
      return emitOpError("expected a static, positive number of frequencies, "
                         "got ")
             << getFrequencies().getType();
  }
  return verifyLength(*this, spectrum, getLength());
}

LogicalResult RotateOp::verify() {
  if (failed(verifyRow(*this, "input", getInput())))
    return failure();
  auto spectrum = getSpectrumAttr();
  int64_t channels = channelsOf(getInput());
  if (bool(spectrum) == bool(getCos()) || bool(getCos()) != bool(getSin()))
    return emitOpError("expected 'at' with a rotary attribute, or 'by' with a "
                       "phase"); // rotate_c1
  if (spectrum) {
    if (!getPositions()) // rotate_c2
      return emitOpError("expected positions ('at') for the rotary attribute");
    if (getLayout()) // rotate_c3
      return emitOpError("the rotary attribute says the layout: remove "
                         "'layout'");
    if (failed(
            spectrum.verifyChannels([&] { return emitOpError(); }, channels)))
      return failure();
  } else {
    if (!getLayout()) // rotate_c4
      return emitOpError("expected 'layout(half)' or 'layout(interleaved)' "
                         "with a phase");
    if (getPositions()) // rotate_c5
      return emitOpError("a phase has its positions: remove 'at'");
    if (getF32Angles()) // rotate_c8
      return emitOpError("a phase has its angles: move 'angles(f32)' to it");
    if (getCos().getType() != getSin().getType()) // rotate_c6
      return emitOpError("expected cos and sin of one type, got ")
             << getCos().getType() << " and " << getSin().getType();
    if (failed(verifyEven(*this, "rotary pairs", channels)) ||
        failed(verifyAgree(*this, "pair count", "input", channels / 2, "cos",
                           extentOf(getCos(), 2))))
      return failure();
    if (failed(verifyPositionsOf(*this, getInput(), rowAxis(getInput()),
                                 getCos())))
      return failure();
  }
  if (failed(verifyLength(*this, spectrum, getLength())) ||
      (getPositions() && failed(verifyAxes(*this, spectrum, getPositions()))))
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
    RotaryAttrInterface spectrum;
    if (parser.parseKeyword("at") || parser.parseOperand(first) ||
        parser.parseLParen() || parseRotary(parser, spectrum) ||
        parser.parseRParen())
      return failure();
    result.getOrAddProperties<Properties>().spectrum = spectrum;
  }
  if (succeeded(parser.parseOptionalKeyword("length"))) {
    hasLength = true;
    if (parser.parseLParen() || parser.parseOperand(length) ||
        parser.parseColonType(lengthType) || parser.parseRParen())
      return failure();
  }
  if (succeeded(parser.parseOptionalKeyword("angles"))) {
    if (parser.parseLParen() || parser.parseKeyword("f32") ||
        parser.parseRParen())
      return failure();
    result.getOrAddProperties<Properties>().f32Angles =
        parser.getBuilder().getUnitAttr();
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
  if (getF32Angles())
    printer << " angles(f32)";
  printer.printOptionalAttrDict(
      (*this)->getAttrs(),
      {"spectrum", "layout", "f32Angles", "operandSegmentSizes"});
  printer << " : " << getInput().getType() << ", " << typed.getType();
}
