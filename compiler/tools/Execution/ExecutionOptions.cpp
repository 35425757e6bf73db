//===- ExecutionOptions.cpp - What to run, on what ------------------------===//

#include "compiler/tools/Execution/ExecutionOptions.h"
#include "llvm/ADT/StringExtras.h"

using namespace sextant;

static constexpr int64_t kMostExtent = int64_t(1) << 40;

std::optional<Shape> sextant::parseShape(llvm::StringRef text) {
  Shape shape;
  if (text.empty())
    return shape;
  for (llvm::StringRef extent : llvm::split(text, 'x')) {
    int64_t value = 0;
    if (extent.getAsInteger(10, value) || value < 0 || value > kMostExtent)
      return std::nullopt;
    shape.push_back(value);
  }
  return shape;
}
