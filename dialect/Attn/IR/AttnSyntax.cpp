//===- AttnSyntax.cpp - The parts of the syntax that ODS cannot spell -----===//
//
// Regions are written `(%x, %b, %h, ...) { ops }`: the types of the arguments
// follow from their place (elements f32, trailing coordinates i32).
//
//===----------------------------------------------------------------------===//

#include "dialect/Attn/IR/AttnSyntax.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace sextant::attn;

//===----------------------------------------------------------------------===//
// Regions
//===----------------------------------------------------------------------===//

/// Calls `visit` with every value that is defined in `region`.
static void forEachValue(Region &region, function_ref<void(Value)> visit) {
  for (Block &block : region) {
    llvm::for_each(block.getArguments(), visit);
    for (Operation &op : block) {
      llvm::for_each(op.getResults(), visit);
      for (Region &nested : op.getRegions())
        forEachValue(nested, visit);
    }
  }
}

/// Region::isAncestor, for ops that are not all part of a program yet.
static bool isWithin(Operation *op, Region &region) {
  while (Region *parent = op ? op->getParentRegion() : nullptr) {
    if (parent == &region)
      return true;
    op = parent->getParentOp();
  }
  return false;
}

/// Ends the parsing of a region whose values are used nowhere else. In a wrong
/// program an earlier region may use a name that this one defines; the parser
/// then ties the two, and would leave the use dangling when an error later in
/// the op ends the region's life.
static ParseResult closeRegion(OpAsmParser &parser, SMLoc loc, Region &region,
                               ParseResult parsed) {
  bool isWrong = failed(parsed);
  Operation *outside = nullptr;
  if (!isWrong)
    forEachValue(region, [&](Value value) {
      for (Operation *user : value.getUsers())
        if (!isWithin(user, region))
          outside = user;
    });
  if (outside) {
    isWrong = true;
    parser.emitError(loc, "defines a value that is used before this region")
            .attachNote(outside->getLoc())
        << "used here";
  }
  if (isWrong)
    forEachValue(region, [](Value value) { value.dropAllUses(); });
  return failure(isWrong);
}

static ParseResult
parseClosedRegion(OpAsmParser &parser, Region &region,
                  ArrayRef<OpAsmParser::Argument> arguments) {
  SMLoc loc = parser.getCurrentLocation();
  return closeRegion(parser, loc, region,
                     parser.parseRegion(region, arguments));
}

ParseResult sextant::attn::parseClosedRegion(OpAsmParser &parser,
                                             Region &region) {
  return ::parseClosedRegion(parser, region, {});
}
void sextant::attn::printClosedRegion(OpAsmPrinter &printer, Operation *,
                                      Region &region) {
  printer.printRegion(region);
}

ParseResult sextant::attn::parseClosedRegions(
    OpAsmParser &parser, SmallVectorImpl<std::unique_ptr<Region>> &to) {
  SMLoc loc = parser.getCurrentLocation();
  auto first = std::make_unique<Region>();
  OptionalParseResult parsed = parser.parseOptionalRegion(*first);
  if (!parsed.has_value())
    return success();
  to.push_back(std::move(first));
  if (closeRegion(parser, loc, *to.back(), *parsed))
    return failure();
  while (succeeded(parser.parseOptionalComma())) {
    to.push_back(std::make_unique<Region>());
    if (parseClosedRegion(parser, *to.back()))
      return failure();
  }
  return success();
}
void sextant::attn::printClosedRegions(OpAsmPrinter &printer, Operation *,
                                       MutableArrayRef<Region> regions) {
  llvm::interleaveComma(regions, printer,
                        [&](Region &region) { printer.printRegion(region); });
}

static ParseResult parseScalarRegion(OpAsmParser &parser, Region &region,
                                     unsigned coordinates) {
  SmallVector<OpAsmParser::Argument> arguments;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseArgumentList(arguments, OpAsmParser::Delimiter::Paren))
    return failure();
  if (arguments.size() < coordinates)
    return parser.emitError(loc)
           << "expected at least " << coordinates
           << " region arguments (the coordinates come last), got "
           << arguments.size();
  Builder &builder = parser.getBuilder();
  size_t elements = arguments.size() - coordinates;
  for (auto [i, argument] : llvm::enumerate(arguments))
    argument.type =
        i < elements ? Type(builder.getF32Type()) : Type(builder.getI32Type());
  return ::parseClosedRegion(parser, region, arguments);
}

static void printScalarRegion(OpAsmPrinter &printer, Region &region) {
  printer << '(';
  if (!region.empty())
    llvm::interleaveComma(region.getArguments(), printer,
                          [&](BlockArgument arg) {
                            printer.printRegionArgument(arg, {},
                                                        /*omitType=*/true);
                          });
  printer << ") ";
  printer.printRegion(region, /*printEntryBlockArgs=*/false);
}

ParseResult sextant::attn::parseRowRegion(OpAsmParser &parser, Region &region) {
  return parseScalarRegion(parser, region, kRowCoordinates);
}
void sextant::attn::printRowRegion(OpAsmPrinter &printer, Operation *,
                                   Region &region) {
  printScalarRegion(printer, region);
}

ParseResult sextant::attn::parseElementRegion(OpAsmParser &parser,
                                              Region &region) {
  return parseScalarRegion(parser, region, /*coordinates=*/0);
}
void sextant::attn::printElementRegion(OpAsmPrinter &printer, Operation *,
                                       Region &region) {
  printScalarRegion(printer, region);
}

ParseResult sextant::attn::parsePositionRegion(OpAsmParser &parser,
                                               Region &region) {
  return parseScalarRegion(parser, region, kPositionCoordinates);
}
void sextant::attn::printPositionRegion(OpAsmPrinter &printer, Operation *,
                                        Region &region) {
  printScalarRegion(printer, region);
}

ParseResult sextant::attn::parseScoreRegion(OpAsmParser &parser,
                                            Region &region) {
  return parseScalarRegion(parser, region, kPairCoordinates);
}
void sextant::attn::printScoreRegion(OpAsmPrinter &printer, Operation *,
                                     Region &region) {
  printScalarRegion(printer, region);
}

ParseResult sextant::attn::parseVisible(OpAsmParser &parser,
                                        MaskAttrInterface &mask,
                                        Region &region) {
  if (failed(parser.parseOptionalKeyword("visible")))
    return success();
  // `visible(#attn.causal)` or `visible (%b, %h, ...) { ... }`: an attribute
  // starts with '#', an argument with '%'.
  SmallVector<OpAsmParser::Argument> arguments;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseLParen())
    return failure();
  OpAsmParser::Argument argument;
  OptionalParseResult first = parser.parseOptionalArgument(argument);
  if (!first.has_value()) {
    Attribute attr;
    SMLoc attrLoc = parser.getCurrentLocation();
    if (parser.parseAttribute(attr))
      return failure();
    mask = llvm::dyn_cast<MaskAttrInterface>(attr);
    if (!mask)
      return parser.emitError(attrLoc)
             << "expected a mask (a predicate), got " << attr
             << "; a number added to scores is an attn.bias";
    return parser.parseRParen();
  }
  do {
    if (!arguments.empty() && parser.parseArgument(argument))
      return failure();
    argument.type = parser.getBuilder().getI32Type();
    arguments.push_back(argument);
  } while (succeeded(parser.parseOptionalComma()));
  if (parser.parseRParen())
    return failure();
  if (arguments.size() != kPairCoordinates)
    return parser.emitError(loc)
           << "expected " << kPairCoordinates
           << " region arguments (batch, head, queryIndex, keyIndex, "
              "queryPos, keyPos), got "
           << arguments.size();
  return ::parseClosedRegion(parser, region, arguments);
}

void sextant::attn::printVisible(OpAsmPrinter &printer, Operation *,
                                 MaskAttrInterface mask, Region &region) {
  if (mask) {
    printer << "visible(" << mask << ")";
    return;
  }
  if (region.empty())
    return;
  printer << "visible ";
  printScalarRegion(printer, region);
}

ParseResult sextant::attn::parseExtraLogits(OpAsmParser &parser,
                                            Region &region) {
  if (failed(parser.parseOptionalKeyword("extra")))
    return success();
  return parseScalarRegion(parser, region, kQueryCoordinates);
}
void sextant::attn::printExtraLogits(OpAsmPrinter &printer, Operation *,
                                     Region &region) {
  if (region.empty())
    return;
  printer << "extra ";
  printScalarRegion(printer, region);
}

ParseResult sextant::attn::parseOptionalRegion(OpAsmParser &parser,
                                               StringRef keyword,
                                               Region &region) {
  if (failed(parser.parseOptionalKeyword(keyword)))
    return success();
  return parseClosedRegion(parser, region);
}
void sextant::attn::printOptionalRegion(OpAsmPrinter &printer, Operation *,
                                        StringRef keyword, Region &region) {
  if (region.empty())
    return;
  printer << keyword << ' ';
  printer.printRegion(region);
}

//===----------------------------------------------------------------------===//
// Keywords and numbers
//===----------------------------------------------------------------------===//

template <typename AttrT, typename Symbolize>
static ParseResult parseKeywordAttr(OpAsmParser &parser, AttrT &attr,
                                    Symbolize symbolize,
                                    ArrayRef<StringRef> known) {
  StringRef keyword;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseKeyword(&keyword))
    return failure();
  auto value = symbolize(keyword);
  if (!value) {
    InFlightDiagnostic diag =
        parser.emitError(loc)
        << "unknown keyword '" << keyword
        << "'; expected one of: " << llvm::join(known, ", ");
    StringRef best = nearestName(keyword, known);
    if (!best.empty())
      diag << "; did you mean '" << best << "'?";
    return diag;
  }
  attr = AttrT::get(parser.getContext(), *value);
  return success();
}

StringRef sextant::attn::nearestName(StringRef name,
                                     ArrayRef<StringRef> known) {
  StringRef best;
  unsigned least = 3; // more edits than this is another word
  for (StringRef candidate : known) {
    unsigned distance = name.edit_distance(candidate, true, least);
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

ParseResult sextant::attn::parseAlignKeyword(OpAsmParser &parser,
                                             AlignAttr &attr) {
  return parseKeywordAttr(parser, attr,
                          [](StringRef s) { return symbolizeAlign(s); },
                          {"bottom_right", "top_left"});
}
void sextant::attn::printAlignKeyword(OpAsmPrinter &printer, Operation *,
                                      AlignAttr attr) {
  printer << stringifyAlign(attr.getValue());
}

ParseResult sextant::attn::parseReductionKeyword(OpAsmParser &parser,
                                                 ReductionAttr &attr) {
  return parseKeywordAttr(parser, attr,
                          [](StringRef s) { return symbolizeReduction(s); },
                          {"sum", "sum_of_squares", "max"});
}
void sextant::attn::printReductionKeyword(OpAsmPrinter &printer, Operation *,
                                          ReductionAttr attr) {
  printer << stringifyReduction(attr.getValue());
}

ParseResult sextant::attn::parseLayoutKeyword(OpAsmParser &parser,
                                              PairLayoutAttr &attr) {
  return parseKeywordAttr(parser, attr,
                          [](StringRef s) { return symbolizePairLayout(s); },
                          {"half", "interleaved"});
}
void sextant::attn::printLayoutKeyword(OpAsmPrinter &printer, Operation *,
                                       PairLayoutAttr attr) {
  printer << stringifyPairLayout(attr.getValue());
}

ParseResult sextant::attn::parseExtentKeyword(OpAsmParser &parser,
                                              ExtentKindAttr &attr) {
  return parseKeywordAttr(
      parser, attr, [](StringRef s) { return symbolizeExtentKind(s); },
      {"batch", "heads", "key_heads", "queries", "keys", "channels"});
}
void sextant::attn::printExtentKeyword(OpAsmPrinter &printer, Operation *,
                                       ExtentKindAttr attr) {
  printer << stringifyExtentKind(attr.getValue());
}

ParseResult sextant::attn::parseNumber(OpAsmParser &parser, FloatAttr &attr) {
  // Hexadecimal literals give the non-finite values that verifiers refuse.
  Type f64 = parser.getBuilder().getF64Type();
  Attribute value;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseAttribute(value, f64))
    return failure();
  attr = llvm::dyn_cast<FloatAttr>(value);
  if (!attr)
    return parser.emitError(loc) << "expected a number such as 0.125";
  return success();
}
void sextant::attn::printNumber(OpAsmPrinter &printer, Operation *,
                                FloatAttr attr) {
  printer.printAttributeWithoutType(attr);
}

//===----------------------------------------------------------------------===//
// Named encodings
//===----------------------------------------------------------------------===//

ParseResult sextant::attn::parseBias(OpAsmParser &parser,
                                     BiasAttrInterface &bias) {
  SMLoc loc = parser.getCurrentLocation();
  Attribute attr;
  if (parser.parseAttribute(attr))
    return failure();
  bias = llvm::dyn_cast<BiasAttrInterface>(attr);
  if (bias)
    return success();
  InFlightDiagnostic diag = parser.emitError(loc)
                            << "expected a bias, got " << attr;
  if (llvm::isa<MaskAttrInterface>(attr))
    diag << "; a mask stands in 'visible(...)' of attn.softmax";
  return diag;
}
void sextant::attn::printBias(OpAsmPrinter &printer, Operation *,
                              BiasAttrInterface bias) {
  printer.printAttribute(bias);
}

ParseResult
sextant::attn::parseNormalizer(OpAsmParser &parser,
                               NormalizerAttrInterface &normalizer) {
  SMLoc loc = parser.getCurrentLocation();
  Attribute attr;
  if (parser.parseAttribute(attr))
    return failure();
  normalizer = llvm::dyn_cast<NormalizerAttrInterface>(attr);
  if (normalizer)
    return success();
  InFlightDiagnostic diag = parser.emitError(loc)
                            << "expected a normalizer, got " << attr;
  if (llvm::isa<RowStateAttrInterface>(attr))
    diag << "; a plain softmax is attn.softmax, a region of your own stands in "
            "attn.weights";
  return diag;
}
void sextant::attn::printNormalizer(OpAsmPrinter &printer, Operation *,
                                    NormalizerAttrInterface normalizer) {
  printer.printAttribute(normalizer);
}

ParseResult sextant::attn::parseEncoding(OpAsmParser &parser,
                                         RowEncodingAttrInterface &encoding) {
  SMLoc loc = parser.getCurrentLocation();
  Attribute attr;
  if (parser.parseAttribute(attr))
    return failure();
  encoding = llvm::dyn_cast<RowEncodingAttrInterface>(attr);
  if (encoding)
    return success();
  InFlightDiagnostic diag = parser.emitError(loc)
                            << "expected an encoding of rows, got " << attr;
  if (llvm::isa<RotaryAttrInterface>(attr))
    diag << "; a rotation stands in attn.rotate";
  return diag;
}
void sextant::attn::printEncoding(OpAsmPrinter &printer, Operation *,
                                  RowEncodingAttrInterface encoding) {
  printer.printAttribute(encoding);
}

ParseResult sextant::attn::parseRotary(OpAsmParser &parser,
                                       RotaryAttrInterface &spectrum) {
  FailureOr<RotaryAttrInterface> rotation = parseRotation(parser);
  if (failed(rotation))
    return failure();
  spectrum = *rotation;
  return success();
}
void sextant::attn::printRotary(OpAsmPrinter &printer, Operation *,
                                RotaryAttrInterface spectrum) {
  printer.printAttribute(spectrum);
}

ParseResult sextant::attn::parseDistance(OpAsmParser &parser,
                                         DistanceAttrInterface &distance) {
  SMLoc loc = parser.getCurrentLocation();
  Attribute attr;
  if (parser.parseAttribute(attr))
    return failure();
  distance = llvm::dyn_cast<DistanceAttrInterface>(attr);
  if (distance)
    return success();
  InFlightDiagnostic diag = parser.emitError(loc)
                            << "expected a distance with branches, got "
                            << attr;
  if (llvm::isa<RotaryAttrInterface>(attr))
    diag << "; a rotation stands in attn.rotate";
  return diag;
}
void sextant::attn::printDistance(OpAsmPrinter &printer, Operation *,
                                  DistanceAttrInterface distance) {
  printer.printAttribute(distance);
}

//===----------------------------------------------------------------------===//
// Parameters of attributes
//===----------------------------------------------------------------------===//

FailureOr<RotaryAttrInterface> sextant::attn::parseRotation(AsmParser &parser) {
  SMLoc loc = parser.getCurrentLocation();
  Attribute attr;
  if (parser.parseAttribute(attr))
    return failure();
  auto rotation = llvm::dyn_cast<RotaryAttrInterface>(attr);
  if (!rotation)
    return parser.emitError(loc) << "expected a rotary encoding, got " << attr;
  return rotation;
}
void sextant::attn::printRotation(AsmPrinter &printer,
                                  RotaryAttrInterface rotation) {
  printer.printAttribute(rotation);
}

FailureOr<APFloat> sextant::attn::parseNumber(AsmParser &parser) {
  APFloat value(0.0);
  if (parser.parseFloat(APFloat::IEEEdouble(), value))
    return failure();
  return value;
}
void sextant::attn::printNumber(AsmPrinter &printer, const APFloat &value) {
  printer.printFloat(value);
}

FailureOr<DenseF64ArrayAttr> sextant::attn::parseNumbers(AsmParser &parser) {
  SmallVector<double> values;
  auto parseOne = [&]() -> ParseResult {
    FailureOr<APFloat> value = parseNumber(parser);
    if (failed(value))
      return failure();
    values.push_back(value->convertToDouble());
    return success();
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseOne))
    return failure();
  return DenseF64ArrayAttr::get(parser.getContext(), values);
}
void sextant::attn::printNumbers(AsmPrinter &printer,
                                 DenseF64ArrayAttr values) {
  printer << '[';
  llvm::interleaveComma(values.asArrayRef(), printer, [&](double value) {
    printNumber(printer, APFloat(value));
  });
  printer << ']';
}

FailureOr<SmallVector<int64_t>>
sextant::attn::parseIntegers(AsmParser &parser) {
  SmallVector<int64_t> values;
  auto parseOne = [&] { return parser.parseInteger(values.emplace_back()); };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseOne))
    return failure();
  return values;
}
void sextant::attn::printIntegers(AsmPrinter &printer,
                                  ArrayRef<int64_t> values) {
  printer << '[';
  llvm::interleaveComma(values, printer);
  printer << ']';
}

//===----------------------------------------------------------------------===//
// Lists of members
//===----------------------------------------------------------------------===//

static constexpr StringLiteral kSides[] = {"query", "key"};
static constexpr StringLiteral kEnds[] = {"inputs", "outputs"};

/// Lists with a name each, in this order; any may be missing.
static ParseResult parseMembers(AsmParser &parser,
                                ArrayRef<StringLiteral> names,
                                ArrayRef<SmallVector<MemberAttr> *> lists) {
  size_t next = 0;
  while (succeeded(parser.parseOptionalComma())) {
    SMLoc loc = parser.getCurrentLocation();
    StringRef name;
    if (parser.parseKeyword(&name) || parser.parseEqual())
      return failure();
    while (next < names.size() && names[next] != name)
      ++next;
    if (next == names.size())
      return parser.emitError(loc)
             << "expected '" << llvm::join(names, "' and '")
             << "' in this order, got '" << name << "'";
    auto parseOne = [&] {
      return parser.parseCustomAttributeWithFallback(
          lists[next]->emplace_back());
    };
    if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseOne))
      return failure();
    ++next;
  }
  return success();
}

static void printMembers(AsmPrinter &printer, ArrayRef<StringLiteral> names,
                         ArrayRef<ArrayRef<MemberAttr>> lists) {
  for (auto [name, members] : llvm::zip_equal(names, lists)) {
    if (members.empty())
      continue;
    printer << ", " << name << " = [";
    printer.printStrippedAttrOrType(members);
    printer << "]";
  }
}

ParseResult sextant::attn::parseSideMembers(AsmParser &parser,
                                            SmallVector<MemberAttr> &query,
                                            SmallVector<MemberAttr> &key) {
  return parseMembers(parser, kSides, {&query, &key});
}
void sextant::attn::printSideMembers(AsmPrinter &printer,
                                     ArrayRef<MemberAttr> query,
                                     ArrayRef<MemberAttr> key) {
  printMembers(printer, kSides, {query, key});
}

ParseResult sextant::attn::parseRowMembers(AsmParser &parser,
                                           SmallVector<MemberAttr> &inputs,
                                           SmallVector<MemberAttr> &outputs) {
  return parseMembers(parser, kEnds, {&inputs, &outputs});
}
void sextant::attn::printRowMembers(AsmPrinter &printer,
                                    ArrayRef<MemberAttr> inputs,
                                    ArrayRef<MemberAttr> outputs) {
  printMembers(printer, kEnds, {inputs, outputs});
}
