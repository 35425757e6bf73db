//===- Bands.h - Distances beyond which nothing changes ---------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_FUSEDTOTILED_BANDS_H
#define SEXTANT_COMPILER_FUSEDTOTILED_BANDS_H

#include "dialect/Attn/IR/Attn.h"

#include <optional>

namespace sextant {

/// Distances from `least` to `greatest`.
struct Band {
  int64_t least, greatest;
};

/// The band that the ops of `slice` limit every distance to before they use it,
/// by a minimum and a maximum with constants. `sign` of an op is 1 if it
/// computes the distance, -1 if it computes its negative, else 0. None if some
/// distance is not limited, or none is computed.
std::optional<Band> findBand(llvm::ArrayRef<mlir::Operation *> slice,
                             llvm::function_ref<int(mlir::Operation &)> sign);

} // namespace sextant

#endif // SEXTANT_COMPILER_FUSEDTOTILED_BANDS_H
