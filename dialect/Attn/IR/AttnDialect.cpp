//===- AttnDialect.cpp - Registers the attn dialect's ops and attributes --===//

#include "dialect/Attn/IR/AttnEntry.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace sextant::attn;

#include "dialect/Attn/IR/AttnDialect.cpp.inc"
#include "dialect/Attn/IR/AttnEnums.cpp.inc"

#include "dialect/Attn/IR/AttnAttrInterfaces.cpp.inc"
#include "dialect/Attn/IR/AttnOpInterfaces.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/IR/AttnAttrs.cpp.inc"
#define GET_TYPEDEF_CLASSES
#include "dialect/Attn/IR/AttnTypes.cpp.inc"

void AttnDialect::initialize() {
  // The dialect has one table of its own (AttnNames.cpp).
  (void)&generatedAttributeParser;
  (void)&generatedAttributePrinter;
  addOperations<
#define GET_OP_LIST
#include "dialect/Attn/IR/AttnOps.cpp.inc"
      >();
  addEntries<
#define GET_ATTRDEF_LIST
#include "dialect/Attn/IR/AttnAttrs.cpp.inc"
      >();
  registerEntries();
  addTypes<
#define GET_TYPEDEF_LIST
#include "dialect/Attn/IR/AttnTypes.cpp.inc"
      >();
}

Type AttnDialect::parseType(DialectAsmParser &parser) const {
  SMLoc loc = parser.getCurrentLocation();
  StringRef name;
  Type type;
  if (generatedTypeParser(parser, &name, type).has_value())
    return type;
  parser.emitError(loc) << "unknown attn type '" << name << "'";
  return {};
}

void AttnDialect::printType(Type type, DialectAsmPrinter &printer) const {
  (void)generatedTypePrinter(type, printer);
}

bool SoftmaxNormalizerAttr::isOnlineSoftmax() const { return true; }
bool SoftmaxNormalizerAttr::dividesBySum() const { return true; }
bool PointwiseNormalizerAttr::isOnlineSoftmax() const { return false; }
bool PointwiseNormalizerAttr::dividesBySum() const { return getOverSum(); }
bool OrderedNormalizerAttr::isOnlineSoftmax() const { return false; }
bool OrderedNormalizerAttr::dividesBySum() const { return false; }
bool OrderedNormalizerAttr::isOrdered() const { return true; }

LogicalResult ScheduleAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                   int64_t queryVectors, int64_t keyRows,
                                   int64_t valueRows, int64_t keyBlock,
                                   int64_t keyLeaf, int64_t decodeQueries,
                                   Products products) {
  if (queryVectors < 1 || keyRows < 1 || valueRows < 1 || keyBlock < 1 ||
      keyLeaf < 1)
    return emitError() << "expected positive schedule parameters";
  if (keyBlock % keyLeaf)
    return emitError() << "expected key_leaf to divide key_block, got "
                       << keyLeaf << " and " << keyBlock;
  if (decodeQueries < -1)
    return emitError() << "expected decode_queries of at least -1, got "
                       << decodeQueries;
  if (products == Products::BF16 && (keyRows % 2 || keyLeaf % 2))
    return emitError() << "expected an even keyRows and keyLeaf, for products "
                          "of bf16 take rows two by two, got "
                       << keyRows << " and " << keyLeaf;
  if (products == Products::Blocks &&
      (kBlockRows % keyRows || keyRows % 2 || keyLeaf % kBlockRows))
    return emitError() << "expected an even keyRows that divides " << kBlockRows
                       << " and a keyLeaf that is a multiple of it, for keys "
                          "are taken by blocks, got "
                       << keyRows << " and " << keyLeaf;
  return success();
}
