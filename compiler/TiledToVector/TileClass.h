//===- TileClass.h - Empty, partial or full: by intervals -------*- C++ -*-===//
//
// The visible region, evaluated over intervals of its arguments in
// three-valued logic, tells whether a tile of (query, key) pairs is empty, full
// or partial. The evaluation is emitted as code and runs once for each range
// of keys that the bisection asks about.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_TILEDTOVECTOR_TILECLASS_H
#define SEXTANT_COMPILER_TILEDTOVECTOR_TILECLASS_H

#include "compiler/TiledToVector/RegionEmitter.h"

namespace sextant {

/// A closed interval of i64 values.
struct Interval {
  mlir::Value low, high;
};

/// Values of the class, as i32.
enum class TileClass : int32_t { Empty = 0, Partial = 1, Full = 2 };

/// Intervals of the six arguments of a visible region (batch, head, queryIndex,
/// keyIndex, queryPos, keyPos), each i64.
using PairIntervals = std::array<Interval, 6>;

/// Emits code that classes the tile; returns an i32 TileClass. Ops without an
/// interval rule give "partial", with a remark on the op. `tensors` maps
/// captured tensors to memrefs: a read whose indices are single points becomes
/// a point, any other read gives an unknown value.
mlir::Value
emitTileClass(mlir::OpBuilder &builder, mlir::Block &visible,
              const PairIntervals &arguments, const ExtentValues &extents,
              const llvm::DenseMap<mlir::Value, mlir::Value> &tensors);

} // namespace sextant

#endif // SEXTANT_COMPILER_TILEDTOVECTOR_TILECLASS_H
