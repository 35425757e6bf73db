//===- Probes.h - Deterministic inputs for checks ---------------*- C++ -*-===//
//
// Random tensors that every machine and every thread count makes alike, and the
// three probes that find what random inputs hide.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_DIALECT_ATTN_REFERENCE_PROBES_H
#define SEXTANT_DIALECT_ATTN_REFERENCE_PROBES_H

#include "dialect/Attn/Reference/Tensor.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Support/LLVM.h"

namespace sextant::attn {

/// A counter-based generator: element `index` of tensor `tensor` under `seed`
/// depends on these three numbers alone. With
///   mix(z) = SplitMix64's finalizer and g = 0x9e3779b97f4a7c15,
///   bits(seed, tensor, n) = mix(mix(seed + g (tensor + 1)) + g (n + 1)).
uint64_t randomBits(uint64_t seed, uint64_t tensor, uint64_t index);
/// In [0, 1): the upper 53 bits of `randomBits`.
double randomUniform(uint64_t seed, uint64_t tensor, uint64_t index);
/// Standard normal, by Box and Muller from draws 2 index and 2 index + 1.
double randomNormal(uint64_t seed, uint64_t tensor, uint64_t index);

/// What an argument of a function feeds, through row maps; it may be several.
struct ArgumentRoles {
  bool query = false, key = false, value = false;
  /// Feeds nothing but captures, positions, lengths, frequencies.
  bool isOther() const { return !query && !key && !value; }
};
llvm::SmallVector<ArgumentRoles> argumentRoles(mlir::func::FuncOp func);

enum class Probe {
  /// Normal values in float tensors; integers stay 0.
  Random,
  /// Queries 0: every score is its bias, and without one lse is the logarithm
  /// of the number of visible keys.
  Count,
  /// Scores rise along the keys, so that every tile rescales.
  Ramp,
  /// Each query matches one key; values are one-hot.
  Needle,
};

/// Fills the inputs of `func` (memory, shapes and types are given). Integer
/// inputs are left alone: positions and lengths are the caller's.
void fillInputs(mlir::func::FuncOp func,
                llvm::MutableArrayRef<HostTensor> inputs, Probe probe,
                uint64_t seed, double scale = 1.0);

} // namespace sextant::attn

#endif // SEXTANT_DIALECT_ATTN_REFERENCE_PROBES_H
