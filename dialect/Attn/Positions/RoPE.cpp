//===- RoPE.cpp - Rotary position embedding -------------------------------===//

#include "dialect/Attn/IR/AttnEntry.h"

#include <cmath>

using namespace mlir;
using namespace sextant::attn;

static FailureOr<SmallVector<SpectrumScalingAttrInterface>>
parseScaling(AsmParser &parser) {
  SmallVector<SpectrumScalingAttrInterface> chain;
  auto parseLink = [&]() -> ParseResult {
    SMLoc loc = parser.getCurrentLocation();
    Attribute attr;
    if (parser.parseAttribute(attr))
      return failure();
    auto link = llvm::dyn_cast<SpectrumScalingAttrInterface>(attr);
    if (!link)
      return parser.emitError(loc)
             << "expected a spectrum scaling, got " << attr;
    chain.push_back(link);
    return success();
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseLink))
    return failure();
  return chain;
}

static void printScaling(AsmPrinter &printer,
                         ArrayRef<SpectrumScalingAttrInterface> chain) {
  printer << '[';
  llvm::interleaveComma(chain, printer, [&](SpectrumScalingAttrInterface link) {
    printer.printAttribute(link);
  });
  printer << ']';
}

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/RoPE.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/RoPE.cpp.inc"

LogicalResult RoPEAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                               APFloat base, PairLayout,
                               std::optional<int64_t> rotary,
                               ArrayRef<SpectrumScalingAttrInterface>) {
  double value = base.convertToDouble();
  if (!std::isfinite(value) || value <= 1) // rope_c1
    return emitError() << "'base' must be finite and > 1, got " << value;
  if (rotary && (*rotary < 2 || *rotary % 2)) // rope_c2
    return emitError() << "'rotary' must be even and > 0, got " << *rotary
                       << "; omit it to rotate every channel";
  return success();
}

PairLayout RoPEAttr::getPairLayout() const { return getLayout(); }

int64_t RoPEAttr::getRotaryWidth(int64_t channels) const {
  return getRotary().value_or(channels);
}

bool RoPEAttr::needsLength() const {
  return llvm::any_of(getScaling(), [](SpectrumScalingAttrInterface link) {
    return link.needsLength();
  });
}

LogicalResult
RoPEAttr::verifyChannels(function_ref<InFlightDiagnostic()> emitError,
                         int64_t channels) const {
  int64_t width = getRotaryWidth(channels);
  if (width > channels) // rope_c3
    return emitError() << "rotary dims (" << width << ") exceed head dim ("
                       << channels << ")";
  if (width % 2) // rope_c4
    return emitError() << "head dim must be even for rotary pairing, got "
                       << channels;
  return verifyWidth(emitError, width);
}

LogicalResult
RoPEAttr::verifyWidth(function_ref<InFlightDiagnostic()> emitError,
                      int64_t width) const {
  for (SpectrumScalingAttrInterface link : getScaling())
    if (failed(link.verifyWidth(emitError, width)))
      return failure();
  return success();
}

double RoPEAttr::evaluateFrequency(int64_t pair, int64_t width,
                                   double length) const {
  double base = getBase().convertToDouble();
  for (SpectrumScalingAttrInterface link : getScaling())
    base = link.evaluateBase(base, width, length);
  double frequency = std::pow(base, -2.0 * pair / width);
  for (SpectrumScalingAttrInterface link : getScaling())
    frequency = link.evaluateFrequency(frequency, base, pair, width, length);
  return frequency;
}

bool RoPEAttr::hasMagnitude() const {
  return llvm::any_of(getScaling(), [](SpectrumScalingAttrInterface link) {
    return link.hasMagnitude();
  });
}

double RoPEAttr::evaluateMagnitude(int64_t pair, int64_t width,
                                   int64_t position, double length) const {
  double magnitude = 1;
  for (SpectrumScalingAttrInterface link : getScaling())
    magnitude *= link.evaluateMagnitude(pair, width, position, length);
  return magnitude;
}

/// base^(-2 pair / width) = 2^(pair * (-2 log2(base) / width)): one exp2 a
/// pair, and the factor folds to a constant unless the base reads the length.
Value RoPEAttr::expandFrequency(OpBuilder &builder, Location loc, Value pair,
                                int64_t width, Value length) const {
  Type f64 = builder.getF64Type();
  auto constant = [&](double value) -> Value {
    return arith::ConstantOp::create(builder, loc,
                                     builder.getF64FloatAttr(value));
  };
  Value base = constant(getBase().convertToDouble());
  for (SpectrumScalingAttrInterface link : getScaling())
    base = link.expandBase(builder, loc, base, width, length);
  Value logBase = builder.createOrFold<math::Log2Op>(loc, base);
  Value slope =
      builder.createOrFold<arith::MulFOp>(loc, logBase, constant(-2.0 / width));
  Value index = arith::SIToFPOp::create(builder, loc, f64, pair);
  Value exponent = arith::MulFOp::create(builder, loc, index, slope);
  Value frequency = math::Exp2Op::create(builder, loc, exponent);
  for (SpectrumScalingAttrInterface link : getScaling())
    frequency = link.expandFrequency(builder, loc, frequency, base, pair, width,
                                     length);
  return frequency;
}

Value RoPEAttr::expandMagnitude(OpBuilder &builder, Location loc, Value pair,
                                int64_t width, Value position,
                                Value length) const {
  Value product;
  for (SpectrumScalingAttrInterface link : getScaling()) {
    if (!link.hasMagnitude())
      continue;
    Value factor =
        link.expandMagnitude(builder, loc, pair, width, position, length);
    product = product
                  ? builder.createOrFold<arith::MulFOp>(loc, product, factor)
                  : factor;
  }
  return product;
}

SEXTANT_ATTN_SAMPLE(RoPEAttr) {
  const int64_t pairs = draw.channels / 2;
  if (pairs == 0)
    return "";
  std::string text = llvm::formatv(
      "#attn.rope<base = {0}, layout = {1}",
      draw.flag() ? draw.number(10, 1000) : "10000.0", draw.layout());
  int64_t rotated = pairs;
  if (draw.channels % 2 || draw.flag()) {
    rotated = pairs - draw.integer(0, pairs - 1);
    text += ", rotary = " + std::to_string(2 * rotated);
  }
  std::string chain;
  const int64_t channels = draw.channels;
  draw.channels = 2 * rotated;
  for (int64_t links = draw.integer(0, 3); links > 0; --links)
    if (std::string link = draw.another<SpectrumScalingAttrInterface>();
        !link.empty())
      chain += (chain.empty() ? "" : ", ") + link;
  draw.channels = channels;
  return text + (chain.empty() ? ">" : ", scaling = [" + chain + "]>");
}

SEXTANT_ATTN_ENTRY(RoPE, RoPEAttr)
