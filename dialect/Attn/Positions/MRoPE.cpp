//===- MRoPE.cpp - Rotation by positions of several axes ----------------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnSpectrum.h"

#include <cmath>

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/MRoPE.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/MRoPE.cpp.inc"

LogicalResult MRoPEAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                RotaryAttrInterface spectrum,
                                ArrayRef<int64_t> sections, bool interleaved,
                                bool restart) {
  if (spectrum.getNumAxes() != 0) // mrope_c1
    return emitError() << "expected a spectrum without axes, got " << spectrum;
  if (sections.size() < 2 || sections.size() > 16) // mrope_c2
    return emitError() << "expected 2 to 16 sections, got " << sections.size();
  for (int64_t section : sections)
    if (section < 1 || section > (1 << 23)) // mrope_c3
      return emitError() << "expected sections within [1, 2^23], got "
                         << section;
  if (interleaved && restart) // mrope_c4
    return emitError() << "'restart' and 'interleaved' exclude each other";
  return success();
}

PairLayout MRoPEAttr::getPairLayout() const {
  return getSpectrum().getPairLayout();
}

int64_t MRoPEAttr::getRotaryWidth(int64_t channels) const {
  return getSpectrum().getRotaryWidth(channels);
}

bool MRoPEAttr::needsLength() const { return getSpectrum().needsLength(); }

LogicalResult
MRoPEAttr::verifyChannels(function_ref<InFlightDiagnostic()> emitError,
                          int64_t channels) const {
  if (failed(getSpectrum().verifyChannels(emitError, channels)))
    return failure();
  return verifyWidth(emitError, getRotaryWidth(channels));
}

LogicalResult
MRoPEAttr::verifyWidth(function_ref<InFlightDiagnostic()> emitError,
                       int64_t width) const {
  int64_t sum = 0;
  for (int64_t section : getSections())
    sum += section;
  if (sum != width / 2) // mrope_c5
    return emitError() << "expected sections that add up to the " << width / 2
                       << " rotated pairs, got " << sum;
  if (!getRestart())
    for (auto [axis, section] : llvm::enumerate(getSections())) {
      int64_t axes = getNumAxes();
      int64_t last = axes * (section - 1) + int64_t(axis);
      if (getInterleaved() && axis > 0 && last >= sum) // mrope_c6
        return emitError() << "interleaved section " << axis << " of "
                           << section << " pairs does not fit into " << sum;
    }
  else
    for (int64_t section : getSections())
      if (failed(getSpectrum().verifyWidth(emitError, 2 * section)))
        return failure();
  return success();
}

int64_t MRoPEAttr::getNumAxes() const { return getSections().size(); }

int64_t MRoPEAttr::evaluateAxis(int64_t pair, int64_t) const {
  ArrayRef<int64_t> sections = getSections();
  int64_t axes = getNumAxes();
  if (getInterleaved()) {
    int64_t axis = pair % axes;
    return pair / axes < sections[axis] ? axis : 0;
  }
  int64_t axis = 0;
  while (axis + 1 < axes && pair >= sections[axis])
    pair -= sections[axis++];
  return axis;
}

/// The pair within its section, and that section's channels; without a restart
/// the pair as it is, of all channels.
static std::pair<int64_t, int64_t> localPair(MRoPEAttr attr, int64_t pair,
                                             int64_t width) {
  if (!attr.getRestart())
    return {pair, width};
  int64_t axis = attr.evaluateAxis(pair, width);
  for (int64_t before : attr.getSections().take_front(axis))
    pair -= before;
  return {pair, 2 * attr.getSections()[axis]};
}

double MRoPEAttr::evaluateFrequency(int64_t pair, int64_t width,
                                    double length) const {
  auto [local, channels] = localPair(*this, pair, width);
  return getSpectrum().evaluateFrequency(local, channels, length);
}

bool MRoPEAttr::hasMagnitude() const { return getSpectrum().hasMagnitude(); }

double MRoPEAttr::evaluateMagnitude(int64_t pair, int64_t width,
                                    int64_t position, double length) const {
  auto [local, channels] = localPair(*this, pair, width);
  return getSpectrum().evaluateMagnitude(local, channels, position, length);
}

/// What `part(axis, first pair)` builds for the section of `pair`.
static Value selectSection(ScalarBuilder &build, ArrayRef<int64_t> sections,
                           Value pair,
                           llvm::function_ref<Value(int64_t, int64_t)> part) {
  Value result;
  int64_t first = 0;
  for (auto [axis, section] : llvm::enumerate(sections)) {
    Value value = part(int64_t(axis), first);
    result = result
                 ? build.select(build.less(pair, int32_t(first)), result, value)
                 : value;
    first += section;
  }
  return result;
}

Value MRoPEAttr::expandAxis(OpBuilder &builder, Location loc, Value pair,
                            int64_t) const {
  SpectrumBuilder build(builder, loc);
  ArrayRef<int64_t> sections = getSections();
  if (!getInterleaved())
    return selectSection(build, sections, pair, [&](int64_t axis, int64_t) {
      return build.integer(int32_t(axis));
    });
  // Remainder by the number of axes, and whether that axis has its share.
  int64_t axes = getNumAxes();
  Value remainder =
      arith::RemSIOp::create(builder, loc, pair, build.integer(int32_t(axes)));
  Value result = build.integer(0);
  for (int64_t axis = 1; axis < axes; ++axis) {
    Value isIts =
        arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, remainder,
                              build.integer(int32_t(axis)));
    Value within = build.less(pair, int32_t(axes * sections[axis]));
    Value both = arith::AndIOp::create(builder, loc, isIts, within);
    result = build.select(both, build.integer(int32_t(axis)), result);
  }
  return result;
}

/// `part(pair, channels)` of the pair within its section.
static Value
expandLocal(MRoPEAttr attr, OpBuilder &builder, Location loc, Value pair,
            int64_t width,
            llvm::function_ref<Value(Value pair, int64_t channels)> part) {
  if (!attr.getRestart())
    return part(pair, width);
  SpectrumBuilder build(builder, loc);
  return selectSection(build, attr.getSections(), pair,
                       [&](int64_t axis, int64_t first) {
                         Value local = builder.createOrFold<arith::SubIOp>(
                             loc, pair, build.integer(int32_t(first)));
                         return part(local, 2 * attr.getSections()[axis]);
                       });
}

Value MRoPEAttr::expandFrequency(OpBuilder &builder, Location loc, Value pair,
                                 int64_t width, Value length) const {
  return expandLocal(*this, builder, loc, pair, width,
                     [&](Value local, int64_t channels) {
                       return getSpectrum().expandFrequency(builder, loc, local,
                                                            channels, length);
                     });
}

Value MRoPEAttr::expandMagnitude(OpBuilder &builder, Location loc, Value pair,
                                 int64_t width, Value position,
                                 Value length) const {
  return expandLocal(*this, builder, loc, pair, width,
                     [&](Value local, int64_t channels) {
                       return getSpectrum().expandMagnitude(
                           builder, loc, local, channels, position, length);
                     });
}

SEXTANT_ATTN_SAMPLE(MRoPEAttr) {
  const int64_t pairs = draw.channels / 2;
  if (draw.channels % 2 || pairs < 2)
    return "";
  const int64_t axes = draw.integer(2, std::min<int64_t>(pairs, 3));
  const bool isInterleaved = draw.flag();
  // Pairs of the axes but the first, which has the rest.
  const int64_t most = pairs / axes;
  std::string rest;
  int64_t left = pairs;
  for (int64_t axis = 1; axis < axes; ++axis) {
    const int64_t section = draw.integer(1, most);
    rest += ", " + std::to_string(section);
    left -= section;
  }
  std::string text =
      llvm::formatv("#attn.mrope<spectrum = {0}, sections = [{1}{2}]",
                    draw.plainRotation(), left, rest);
  if (isInterleaved)
    return text + ", interleaved = true>";
  return text + (draw.flag() ? ", restart = true>" : ">");
}

SEXTANT_ATTN_ENTRY(MRoPE, MRoPEAttr)
