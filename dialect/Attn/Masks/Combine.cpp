//===- Combine.cpp - Masks of masks: and, or, not -------------------------===//

#include "dialect/Attn/IR/AttnEntry.h"

using namespace mlir;
using namespace sextant::attn;

static ParseResult parseMask(AsmParser &parser, MaskAttrInterface &mask) {
  SMLoc loc = parser.getCurrentLocation();
  Attribute attr;
  if (parser.parseAttribute(attr))
    return failure();
  mask = llvm::dyn_cast<MaskAttrInterface>(attr);
  if (!mask)
    return parser.emitError(loc)
           << "expected a mask (a predicate), got " << attr;
  return success();
}
static void printMask(AsmPrinter &printer, MaskAttrInterface mask) {
  printer.printAttribute(mask);
}

static ParseResult parseMasks(AsmParser &parser,
                              SmallVector<MaskAttrInterface> &masks) {
  return parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, [&] {
    return parseMask(parser, masks.emplace_back());
  });
}
static void printMasks(AsmPrinter &printer, ArrayRef<MaskAttrInterface> masks) {
  printer << '[';
  llvm::interleaveComma(masks, printer, [&](MaskAttrInterface mask) {
    printer.printAttribute(mask);
  });
  printer << ']';
}

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Masks/Combine.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Masks/Combine.cpp.inc"

//===----------------------------------------------------------------------===//
// What the lists share
//===----------------------------------------------------------------------===//

static LogicalResult verifyNotEmpty(function_ref<InFlightDiagnostic()> error,
                                    ArrayRef<MaskAttrInterface> masks) {
  if (masks.empty()) // combine_c1
    return error() << "expected at least one mask, got an empty list";
  return success();
}

static int64_t numCaptures(ArrayRef<MaskAttrInterface> masks) {
  int64_t captures = 0;
  for (MaskAttrInterface mask : masks)
    captures = std::max(captures, mask.getNumCaptures());
  return captures;
}

static bool anyUsesPositions(ArrayRef<MaskAttrInterface> masks) {
  return llvm::any_of(
      masks, [](MaskAttrInterface mask) { return mask.usesPositions(); });
}

static LogicalResult verifyAll(function_ref<InFlightDiagnostic()> emitError,
                               ArrayRef<MaskAttrInterface> masks,
                               TypeRange captures) {
  for (MaskAttrInterface mask : masks)
    if (failed(mask.verifyCaptures(emitError, captures)))
      return failure();
  return success();
}

/// and [and [a, b], c] --> and [a, b, c], of simplified masks and without
/// repetition; and [a] --> a.
template <typename AttrT> static MaskAttrInterface simplifyList(AttrT attr) {
  SmallVector<MaskAttrInterface> flat;
  for (MaskAttrInterface mask : attr.getMasks()) {
    MaskAttrInterface simple = mask.simplified();
    auto nested = llvm::dyn_cast<AttrT>(Attribute(simple));
    ArrayRef<MaskAttrInterface> parts =
        nested ? nested.getMasks() : ArrayRef<MaskAttrInterface>(simple);
    for (MaskAttrInterface part : parts)
      if (!llvm::is_contained(flat, part))
        flat.push_back(part);
  }
  if (flat.size() == 1)
    return flat.front();
  return AttrT::get(attr.getContext(), flat);
}

/// Joins the masks' predicates by OpT, from the left.
template <typename OpT>
static Value join(OpBuilder &builder, Location loc, const PairValues &at,
                  ArrayRef<MaskAttrInterface> masks, ValueRange captures) {
  Value result;
  for (MaskAttrInterface mask : masks) {
    Value visible = mask.expand(builder, loc, at, captures);
    result = result ? OpT::create(builder, loc, result, visible) : visible;
  }
  return result;
}

//===----------------------------------------------------------------------===//
// and
//===----------------------------------------------------------------------===//

LogicalResult AndAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                              ArrayRef<MaskAttrInterface> masks) {
  return verifyNotEmpty(emitError, masks);
}
int64_t AndAttr::getNumCaptures() const { return numCaptures(getMasks()); }
bool AndAttr::usesPositions() const { return anyUsesPositions(getMasks()); }
LogicalResult
AndAttr::verifyCaptures(function_ref<InFlightDiagnostic()> emitError,
                        TypeRange captures) const {
  return verifyAll(emitError, getMasks(), captures);
}
MaskAttrInterface AndAttr::simplified() const { return simplifyList(*this); }
bool AndAttr::evaluate(const PairCoordinates &at,
                       const CaptureReader &captures) const {
  return llvm::all_of(getMasks(), [&](MaskAttrInterface mask) {
    return mask.evaluate(at, captures);
  });
}
Value AndAttr::expand(OpBuilder &builder, Location loc, const PairValues &at,
                      ValueRange captures) const {
  return join<arith::AndIOp>(builder, loc, at, getMasks(), captures);
}

//===----------------------------------------------------------------------===//
// or
//===----------------------------------------------------------------------===//

LogicalResult OrAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                             ArrayRef<MaskAttrInterface> masks) {
  return verifyNotEmpty(emitError, masks);
}
int64_t OrAttr::getNumCaptures() const { return numCaptures(getMasks()); }
bool OrAttr::usesPositions() const { return anyUsesPositions(getMasks()); }
LogicalResult
OrAttr::verifyCaptures(function_ref<InFlightDiagnostic()> emitError,
                       TypeRange captures) const {
  return verifyAll(emitError, getMasks(), captures);
}
MaskAttrInterface OrAttr::simplified() const { return simplifyList(*this); }
bool OrAttr::evaluate(const PairCoordinates &at,
                      const CaptureReader &captures) const {
  return llvm::any_of(getMasks(), [&](MaskAttrInterface mask) {
    return mask.evaluate(at, captures);
  });
}
Value OrAttr::expand(OpBuilder &builder, Location loc, const PairValues &at,
                     ValueRange captures) const {
  return join<arith::OrIOp>(builder, loc, at, getMasks(), captures);
}

//===----------------------------------------------------------------------===//
// not
//===----------------------------------------------------------------------===//

int64_t NotAttr::getNumCaptures() const { return getMask().getNumCaptures(); }
bool NotAttr::usesPositions() const { return getMask().usesPositions(); }
LogicalResult
NotAttr::verifyCaptures(function_ref<InFlightDiagnostic()> emitError,
                        TypeRange captures) const {
  return getMask().verifyCaptures(emitError, captures);
}
/// not (not m) --> m
MaskAttrInterface NotAttr::simplified() const {
  MaskAttrInterface simple = getMask().simplified();
  if (auto inner = llvm::dyn_cast<NotAttr>(Attribute(simple)))
    return inner.getMask();
  return NotAttr::get(getContext(), simple);
}
bool NotAttr::evaluate(const PairCoordinates &at,
                       const CaptureReader &captures) const {
  return !getMask().evaluate(at, captures);
}
Value NotAttr::expand(OpBuilder &builder, Location loc, const PairValues &at,
                      ValueRange captures) const {
  Value visible = getMask().expand(builder, loc, at, captures);
  Value yes =
      arith::ConstantOp::create(builder, loc, builder.getBoolAttr(true));
  return arith::XOrIOp::create(builder, loc, visible, yes);
}

/// One to three masks.
static std::string sampleMasks(EntrySampler &draw) {
  std::string masks = draw.another<MaskAttrInterface>();
  for (int64_t more = draw.integer(0, 2); more > 0; --more)
    masks += ", " + draw.another<MaskAttrInterface>();
  return masks;
}

SEXTANT_ATTN_SAMPLE(AndAttr) {
  return "#attn.and<[" + sampleMasks(draw) + "]>";
}

SEXTANT_ATTN_SAMPLE(OrAttr) { return "#attn.or<[" + sampleMasks(draw) + "]>"; }

SEXTANT_ATTN_SAMPLE(NotAttr) {
  return "#attn.not<" + draw.another<MaskAttrInterface>() + ">";
}

SEXTANT_ATTN_ENTRY(Combine, AndAttr, OrAttr, NotAttr)
