//===- Regions.h - Random scalar regions ------------------------*- C++ -*-===//

#ifndef SEXTANT_TEST_FUZZ_REGIONS_H
#define SEXTANT_TEST_FUZZ_REGIONS_H

#include "Choices.h"
#include "dialect/Attn/IR/Attn.h"

#include <functional>

namespace sextant::fuzz {

/// Draws expressions over the arguments of a region. They are continuous in
/// every f32 that may carry a rounding error: what is compared, or rounded to
/// an integer, is exact, so that an error bound holds.
class RegionDrawer {
public:
  /// A captured tensor of numbers or of integers, of so many dimensions if it
  /// is an argument.
  using Capture = std::function<mlir::Value(unsigned rank, bool numbers)>;

  /// `elements` are f32, `coordinates` i32 that may be read.
  RegionDrawer(Choices &choices, mlir::OpBuilder &builder,
               llvm::ArrayRef<mlir::Value> elements,
               llvm::ArrayRef<mlir::Value> coordinates, Capture capture)
      : choices(choices), builder(builder), loc(builder.getUnknownLoc()),
        elements(elements.begin(), elements.end()),
        coordinates(coordinates.begin(), coordinates.end()),
        capture(std::move(capture)) {}

  mlir::Value number(unsigned depth);
  mlir::Value integer(unsigned depth);
  mlir::Value condition(unsigned depth);

  mlir::Value constant(double value);
  mlir::Value constant(int64_t value);

private:
  mlir::Value leaf();
  mlir::Value unary(unsigned depth);
  mlir::Value binary(unsigned depth);
  mlir::Value read(bool numbers);

  Choices &choices;
  mlir::OpBuilder &builder;
  mlir::Location loc;
  llvm::SmallVector<mlir::Value> elements, coordinates;
  Capture capture;
};

} // namespace sextant::fuzz

#endif // SEXTANT_TEST_FUZZ_REGIONS_H
