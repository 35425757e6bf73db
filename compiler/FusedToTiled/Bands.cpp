//===- Bands.cpp - Distances beyond which nothing changes -----------------===//

#include "compiler/FusedToTiled/Bands.h"

#include "mlir/IR/Matchers.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace sextant;

namespace {
/// A value that is sign * distance + shift, where it is within the limits.
struct Limited {
  int sign;
  int64_t shift = 0;
  std::optional<int64_t> low = {}, high = {};
};

class BandFinder {
public:
  explicit BandFinder(ArrayRef<Operation *> slice)
      : slice(slice.begin(), slice.end()) {}

  /// Widens `band` by what the users of `value` limit it to; false if one of
  /// them does not.
  bool follow(Value value, const Limited &limited);

  std::optional<Band> band;

private:
  bool step(Operation *user, const Limited &before);

  llvm::DenseSet<Operation *> slice;
};
} // namespace

/// The constant operand of a binary op, if it has one.
static std::optional<int64_t> constantOf(Operation *op, bool rightOnly) {
  APInt constant;
  if (matchPattern(op->getOperand(1), m_ConstantInt(&constant)) ||
      (!rightOnly && matchPattern(op->getOperand(0), m_ConstantInt(&constant))))
    return constant.getSExtValue();
  return std::nullopt;
}

bool BandFinder::step(Operation *user, const Limited &before) {
  Limited after = before;
  if (!isa<arith::AddIOp, arith::SubIOp, arith::MaxSIOp, arith::MinSIOp>(user))
    return false;
  std::optional<int64_t> constant =
      constantOf(user, /*rightOnly=*/isa<arith::SubIOp>(user));
  if (!constant)
    return false;
  if (isa<arith::MaxSIOp>(user)) {
    after.low = std::max(after.low.value_or(*constant), *constant);
  } else if (isa<arith::MinSIOp>(user)) {
    after.high = std::min(after.high.value_or(*constant), *constant);
  } else if (after.low || after.high) {
    return false;
  } else {
    // Beyond that a sum with a distance might wrap.
    constexpr int64_t kMost = int64_t(1) << 24;
    after.shift += isa<arith::AddIOp>(user) ? *constant : -*constant;
    if (std::abs(after.shift) > kMost)
      return false;
  }
  return follow(user->getResult(0), after);
}

bool BandFinder::follow(Value value, const Limited &limited) {
  if (limited.low && limited.high) {
    if (*limited.low > *limited.high)
      return false;
    int64_t ends[] = {*limited.low - limited.shift,
                      *limited.high - limited.shift};
    if (limited.sign < 0) {
      std::swap(ends[0], ends[1]);
      ends[0] = -ends[0], ends[1] = -ends[1];
    }
    band = band ? Band{std::min(band->least, ends[0]),
                       std::max(band->greatest, ends[1])}
                : Band{ends[0], ends[1]};
    return true;
  }
  return llvm::all_of(value.getUsers(), [&](Operation *user) {
    return !slice.contains(user) || step(user, limited);
  });
}

std::optional<Band> sextant::findBand(ArrayRef<Operation *> slice,
                                      function_ref<int(Operation &)> sign) {
  BandFinder finder(slice);
  for (Operation *op : slice)
    if (int own = sign(*op))
      if (!finder.follow(op->getResult(0), {own}))
        return std::nullopt;
  return finder.band;
}
