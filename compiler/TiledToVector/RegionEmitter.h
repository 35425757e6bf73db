//===- RegionEmitter.h - Scalar regions as vector code ----------*- C++ -*-===//
//
// A region of the attn dialect is scalar. In a kernel some of its arguments are
// vectors (one lane a query, or one lane a channel group) and the others are
// scalars. The emitter walks the region once and keeps every value as small as
// its dependences allow: a value of scalar operands stays scalar.
//
// Work is placed by dependence, by one rule: map the arguments that are known
// at a loop level, call `emitAvailable`, copy the emitter, go one loop deeper.
// What depends on the head alone is computed once a head, what depends on the
// query once a query tile, and only the rest once a (query, key) pair.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_TILEDTOVECTOR_REGIONEMITTER_H
#define SEXTANT_COMPILER_TILEDTOVECTOR_REGIONEMITTER_H

#include "compiler/TiledToVector/Elements.h"
#include "dialect/Attn/IR/Attn.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/DenseMap.h"

namespace sextant {

/// i32 values of the call's extents, indexed by ExtentKind.
using ExtentValues = std::array<mlir::Value, 6>;

class RegionEmitter {
public:
  /// `lanes`: width of the vectors. `fma`: the target has fused multiply-add.
  RegionEmitter(int64_t lanes, bool fma, const Elements &elements)
      : lanes(lanes), fma(fma), elements(elements) {}

  void setExtents(const ExtentValues &values) { extents = values; }
  /// Reads of adjacent elements, one a lane, look whether they are all there
  /// and lie side by side: one load instead of many, for a branch more code.
  void preferAdjacentReads() { adjacentReads = true; }
  /// `emitted` is a scalar of the region value's type or vector<lanes x type>.
  void map(mlir::Value regionValue, mlir::Value emitted);
  /// An i32 argument whose lane l holds `base + l` (base: i32 scalar). Reads
  /// whose innermost index is such a value become contiguous loads.
  void mapIota(mlir::OpBuilder &builder, mlir::Location loc,
               mlir::Value regionValue, mlir::Value base);
  /// Reads of captured `tensor` go to `memref` (same rank and element type).
  void mapTensor(mlir::Value tensor, mlir::Value memref);

  /// Emits every op of `block` whose operands are mapped and that is not
  /// emitted yet.
  void emitAvailable(mlir::OpBuilder &builder, mlir::Block &block);
  /// Emits the rest and returns the yielded values (scalars or vectors); every
  /// argument that is used must be mapped.
  llvm::SmallVector<mlir::Value> emit(mlir::OpBuilder &builder,
                                      mlir::Block &block);
  /// `value` as vector<lanes x T>.
  mlir::Value broadcast(mlir::OpBuilder &builder, mlir::Location loc,
                        mlir::Value value);
  /// The emitted form of a region value, or null.
  mlir::Value emitted(mlir::Value regionValue) const {
    return values.lookup(regionValue);
  }
  /// True if the yielded values are mapped already (nothing is left to emit).
  bool isEmitted(mlir::Block &block) const;

private:
  static bool matchConstant(mlir::Value value);
  void materializeConstant(mlir::OpBuilder &builder, mlir::Value value);
  mlir::Value emitElementwise(mlir::OpBuilder &builder, mlir::Operation &op,
                              llvm::ArrayRef<mlir::Value> operands,
                              bool anyVector);
  void trackIota(mlir::OpBuilder &builder, mlir::Operation &op);
  void emitOp(mlir::OpBuilder &builder, mlir::Operation &op);
  void emitRead(mlir::OpBuilder &builder, attn::ReadOp op);
  // Band.cpp
  void emitBandRead(mlir::OpBuilder &builder, attn::ReadOp op,
                    attn::TabulateBandOp band);
  /// The element at `indices`, or a vector of those of each lane if any index
  /// is a vector.
  mlir::Value loadEach(mlir::OpBuilder &builder, mlir::Location loc,
                       mlir::Value memref, llvm::ArrayRef<mlir::Value> indices);
  mlir::Value lookup(mlir::Value value) const;

  int64_t lanes;
  bool fma, adjacentReads = false;
  Elements elements;
  ExtentValues extents;
  llvm::DenseMap<mlir::Value, mlir::Value> values;
  llvm::DenseMap<mlir::Value, mlir::Value> tensors;
  /// Emitted i32 vectors known to be base + lane, by region value.
  llvm::DenseMap<mlir::Value, mlir::Value> iotaBase;
};

} // namespace sextant

#endif // SEXTANT_COMPILER_TILEDTOVECTOR_REGIONEMITTER_H
