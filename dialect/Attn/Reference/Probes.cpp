//===- Probes.cpp - Random inputs, count, ramp, needle --------------------===//

#include "dialect/Attn/Reference/Probes.h"

#include "dialect/Attn/IR/Attn.h"
#include "dialect/Attn/Reference/Shapes.h"

#include <algorithm>
#include <cmath>

using namespace mlir;
using namespace sextant::attn;

//===----------------------------------------------------------------------===//
// Random numbers
//===----------------------------------------------------------------------===//

static uint64_t mix(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

uint64_t sextant::attn::randomBits(uint64_t seed, uint64_t tensor,
                                   uint64_t index) {
  constexpr uint64_t golden = 0x9e3779b97f4a7c15;
  return mix(mix(seed + golden * (tensor + 1)) + golden * (index + 1));
}

double sextant::attn::randomUniform(uint64_t seed, uint64_t tensor,
                                    uint64_t index) {
  return static_cast<double>(randomBits(seed, tensor, index) >> 11) * 0x1p-53;
}

double sextant::attn::randomNormal(uint64_t seed, uint64_t tensor,
                                   uint64_t index) {
  // 1 - u is in (0, 1]: its logarithm is finite.
  double radius =
      std::sqrt(-2 * std::log(1 - randomUniform(seed, tensor, 2 * index)));
  return radius *
         std::cos(2 * M_PI * randomUniform(seed, tensor, 2 * index + 1));
}

//===----------------------------------------------------------------------===//
// Roles
//===----------------------------------------------------------------------===//

/// Follows `value` back through row maps to function arguments.
static void reach(Value value, llvm::function_ref<void(unsigned)> visit) {
  if (auto argument = dyn_cast<BlockArgument>(value))
    return visit(argument.getArgNumber());
  Operation *op = value.getDefiningOp();
  if (isa<RotateOp, SliceOp, ConvertOp, EncodeOp, ProjectOp,
          CollinearCoefficientsOp, DuplicateOp>(op))
    return reach(op->getOperand(0), visit);
  if (auto concat = dyn_cast<ConcatOp>(op))
    for (Value input : concat.getInputs())
      reach(input, visit);
  if (auto map = dyn_cast<RowMapOp>(op))
    for (Value input : map.getInputs())
      reach(input, visit);
  // The coefficients of a formed key are its key side.
  if (isa<PairKeysOp, CollinearKeysOp>(op))
    reach(op->getOperand(1), visit);
}

SmallVector<ArgumentRoles> sextant::attn::argumentRoles(func::FuncOp func) {
  SmallVector<ArgumentRoles> roles(func.getNumArguments());
  auto query = [&](unsigned i) { roles[i].query = true; };
  auto key = [&](unsigned i) { roles[i].key = true; };
  auto value = [&](unsigned i) { roles[i].value = true; };
  func.walk([&](Operation *op) {
    if (auto scores = dyn_cast<ScoresOp>(op)) {
      reach(scores.getQuery(), query);
      reach(scores.getKey(), key);
    } else if (auto sum = dyn_cast<WeightedSumOp>(op)) {
      reach(sum.getValue(), value);
    } else if (auto fused = dyn_cast<FusedOp>(op)) {
      for (Value each : fused.getQuery())
        reach(each, query);
      for (Value each : fused.getKey())
        reach(each, key);
      reach(fused.getValue(), value);
    }
  });
  return roles;
}

//===----------------------------------------------------------------------===//
// Probes
//===----------------------------------------------------------------------===//

namespace {
/// An element of a B x H x L x D tensor.
struct RowElement {
  int64_t place, head, row, rows, channel, channels;
};
} // namespace

/// One unit vector for every key row, the same in all heads.
static double needleDirection(uint64_t seed, int64_t row, int64_t channel,
                              int64_t channels) {
  return randomNormal(seed, /*tensor=*/1u << 20, row * channels + channel);
}

static double probeElement(Probe probe, ArgumentRoles roles,
                           const RowElement &at, uint64_t seed, uint64_t tensor,
                           int64_t keys, double scale) {
  double random = scale * randomNormal(seed, tensor, at.place);
  switch (probe) {
  case Probe::Random:
    return random;
  case Probe::Count:
    return roles.query ? 0.0 : random;
  case Probe::Ramp: {
    // Constant queries, keys that grow along the row, values with a slope.
    double along =
        at.rows > 1 ? static_cast<double>(at.row) / (at.rows - 1) : 0.0;
    if (roles.query)
      return scale;
    if (roles.key)
      return 8 * scale * along;
    return roles.value ? along + static_cast<double>(at.channel) / at.channels
                       : random;
  }
  case Probe::Needle: {
    // Query i points where key (7 i + h) mod N points, and four times as far.
    if (roles.query) {
      int64_t match = keys ? (7 * at.row + at.head) % keys : 0;
      return 4 * scale * needleDirection(seed, match, at.channel, at.channels);
    }
    if (roles.key)
      return scale * needleDirection(seed, at.row, at.channel, at.channels);
    return roles.value ? (at.row % at.channels == at.channel) : random;
  }
  }
  return random;
}

void sextant::attn::fillInputs(func::FuncOp func,
                               MutableArrayRef<HostTensor> inputs, Probe probe,
                               uint64_t seed, double scale) {
  SmallVector<ArgumentRoles> roles = argumentRoles(func);
  int64_t keys = 0;
  for (auto [role, input] : llvm::zip(roles, inputs))
    if ((role.key || role.value) && input.shape.size() == 4)
      keys = std::max(keys, input.shape[2]);
  for (auto [tensor, input] : llvm::enumerate(inputs)) {
    if (!isFloat(input.type))
      continue;
    int64_t elements = input.numElements();
    for (int64_t i = 0; i < elements; ++i) {
      if (input.shape.size() != 4) {
        input.write(i, scale * randomNormal(seed, tensor, i));
        continue;
      }
      int64_t channels = input.shape[3], rows = input.shape[2];
      RowElement at{i,
                    i / channels / rows % input.shape[1],
                    i / channels % rows,
                    rows,
                    i % channels,
                    channels};
      input.write(
          i, probeElement(probe, roles[tensor], at, seed, tensor, keys, scale));
    }
  }
}
