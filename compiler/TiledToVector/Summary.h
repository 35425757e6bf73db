//===- Summary.h - Bounds of a tensor's elements ----------------*- C++ -*-===//
//
// attn.summarize as a phase, and how a kernel reads what it stored.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_TILEDTOVECTOR_SUMMARY_H
#define SEXTANT_COMPILER_TILEDTOVECTOR_SUMMARY_H

#include "compiler/TiledToVector/Code.h"

namespace sextant {

/// A closed interval of i64 values.
struct Interval {
  mlir::Value low, high;
  /// It holds at most so many values; 0 if that is not known when compiling.
  int64_t most = 0;
};

/// A tensor and its attn.summarize, both as memrefs.
struct Summarized {
  mlir::Value tensor, summary;
};

/// An interval that holds every element that reads of the last index within
/// `rows`, clamped to the tensor, may give; `leading` are the indices before
/// (i32 or index, clamped too). An empty tensor reads as 0.
Interval readInterval(Code &code, const Summarized &source,
                      mlir::ValueRange leading, const Interval &rows);

/// The same without a summary, where index `varying` alone has a range: what up
/// to eight elements along it are, anything if there are more.
Interval readFew(Code &code, mlir::Value tensor,
                 llvm::ArrayRef<Interval> indices, unsigned varying);

} // namespace sextant

#endif // SEXTANT_COMPILER_TILEDTOVECTOR_SUMMARY_H
