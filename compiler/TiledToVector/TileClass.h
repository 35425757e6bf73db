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
#include "compiler/TiledToVector/Summary.h"

#include <memory>

namespace sextant {

/// Values of the class, as i32.
enum class TileClass : int32_t { Empty = 0, Partial = 1, Full = 2 };

/// What a visible region reads besides its arguments.
struct ClassSources {
  ExtentValues extents;
  /// Captured tensors as memrefs.
  llvm::DenseMap<mlir::Value, mlir::Value> tensors;
  /// The attn.summarize of some of them.
  llvm::DenseMap<mlir::Value, mlir::Value> summaries;
};

/// Emits code that classes tiles. Work is placed as by RegionEmitter: set the
/// arguments that are known at a loop level, call `emitAvailable`, copy the
/// classifier, go one loop deeper. `builder` outlives all copies.
class TileClassifier {
public:
  TileClassifier(mlir::OpBuilder &builder, mlir::Block &visible,
                 const ClassSources &sources);
  TileClassifier(const TileClassifier &other);
  TileClassifier(TileClassifier &&);
  ~TileClassifier();

  /// Argument `place` of the region (batch, head, queryIndex, keyIndex,
  /// queryPos, keyPos) lies within `interval`; one with equal bounds (the same
  /// value twice) is a single number.
  void set(unsigned place, const Interval &interval);
  /// Emits what follows from the arguments that are set.
  void emitAvailable();
  /// Emits the rest; returns an i32 TileClass. Ops without an interval rule
  /// give "partial", with a remark on the op. A read of a captured tensor is a
  /// number if its indices are; an interval if all of them but one are and
  /// that one is the last of a tensor with a summary, or spans few elements;
  /// else unknown.
  mlir::Value emit();

private:
  class Evaluator;
  std::unique_ptr<Evaluator> evaluator;
};

} // namespace sextant

#endif // SEXTANT_COMPILER_TILEDTOVECTOR_TILECLASS_H
