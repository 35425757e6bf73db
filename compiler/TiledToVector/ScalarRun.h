//===- ScalarRun.h - A scalar function of a kernel, run here ----*- C++ -*-===//
//
// Runs the code that a kernel contains for its scalar decisions (the class of a
// tile, the bytes of the workspace) where there are extents but no tensors.
// What follows from the data of a tensor is unknown.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_TILEDTOVECTOR_SCALARRUN_H
#define SEXTANT_COMPILER_TILEDTOVECTOR_SCALARRUN_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <optional>
#include <vector>

namespace sextant {

class ScalarRun {
public:
  /// Prepares `function`, which returns one integer. `extentOf` gives the
  /// extents of its memref arguments.
  using ExtentOf = llvm::function_ref<int64_t(unsigned argument, int64_t axis)>;
  ScalarRun(mlir::func::FuncOp function, ExtentOf extentOf);

  /// The result, given the integer arguments in order; none if it follows from
  /// memory, or from an op that has no meaning here.
  std::optional<int64_t> run(llvm::ArrayRef<int64_t> arguments);

private:
  /// Integers are sign-extended (an i1 is 0 or 1), an f64 is its bits.
  struct Cell {
    bool known = false;
    int64_t value = 0;
  };
  enum class Kind : uint8_t;
  struct Step {
    Kind kind;
    unsigned bits; // of an integer result
    unsigned operands[3], result;
  };

  static std::optional<Kind> kindOf(mlir::Operation &op);
  unsigned cellOf(mlir::Value value);
  void addStep(mlir::Operation &op);
  Cell execute(const Step &step) const;

  std::vector<Cell> cells;
  llvm::DenseMap<mlir::Value, unsigned> numbers;
  llvm::SmallVector<unsigned> arguments;
  /// Cells that follow from the arguments.
  std::vector<bool> varies;
  std::vector<Step> steps;
  unsigned returned = 0;
};

} // namespace sextant

#endif // SEXTANT_COMPILER_TILEDTOVECTOR_SCALARRUN_H
