//===- OutputMap.h - What is stored of an output element --------*- C++ -*-===//
//
// The region `output` of attn.finalize, for a vector of channels of one row or
// for one channel of a vector of rows. It is applied to finished elements, in
// the last step of either template: nothing reads the output again.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_TILEDTOVECTOR_OUTPUTMAP_H
#define SEXTANT_COMPILER_TILEDTOVECTOR_OUTPUTMAP_H

#include "compiler/TiledToVector/Kernel.h"

namespace sextant {

class OutputMap {
public:
  explicit OutputMap(attn::ForTilesOp op);
  /// Whether there is one.
  explicit operator bool() const { return block; }

  /// What depends on the head alone is emitted; then a row, whose index and
  /// position are scalars, or a vector of rows.
  RegionEmitter forHead(Frame &frame, const ExtentValues &extents,
                        mlir::Value batch, mlir::Value head) const;
  RegionEmitter forRow(Frame &frame, const RegionEmitter &head,
                       mlir::Value query, mlir::Value position) const;
  /// `position` is null where positions follow `firstPosition`, one a row.
  RegionEmitter forRows(Frame &frame, const RegionEmitter &head,
                        mlir::Value firstQuery, mlir::Value position,
                        mlir::Value firstPosition) const;

  /// The vector of channels from `channel` on of a row.
  mlir::Value channels(Frame &frame, const RegionEmitter &row,
                       mlir::Value elements, mlir::Value channel) const;
  /// One channel of a vector of rows.
  mlir::Value channelOf(Frame &frame, const RegionEmitter &rows,
                        mlir::Value elements, mlir::Value channel) const;

private:
  enum Place : unsigned { Element, Batch, Head, Query, Position, Channel };
  mlir::Value argument(Place place) const { return block->getArgument(place); }
  mlir::Value emit(Frame &frame, RegionEmitter emitter) const;

  mlir::Block *block = nullptr;
};

} // namespace sextant

#endif // SEXTANT_COMPILER_TILEDTOVECTOR_OUTPUTMAP_H
