//===- AttnCaptures.cpp - Checks of captured tensors ----------------------===//

#include "dialect/Attn/IR/AttnEntry.h"

using namespace mlir;
using namespace sextant::attn;

LogicalResult
sextant::attn::verifyPlace(function_ref<InFlightDiagnostic()> emitError,
                           StringRef name, int64_t place) {
  if (place < 0 || place > 255)
    return emitError() << "'" << name << "' must be within [0, 256), got "
                       << place;
  return success();
}

LogicalResult sextant::attn::verifyIntegerCapture(
    function_ref<InFlightDiagnostic()> emitError, StringRef name, int64_t place,
    int64_t rank, TypeRange captures, unsigned bits) {
  if (place >= int64_t(captures.size())) // capture_c1
    return emitError() << "#attn." << name << " reads captured tensor " << place
                       << ": expected at least " << place + 1
                       << " captured tensors, got " << captures.size();
  auto tensor = llvm::dyn_cast<RankedTensorType>(captures[place]);
  if (tensor && tensor.getRank() == rank &&
      tensor.getElementType().isInteger(bits))
    return success();
  MLIRContext *context = captures[place].getContext();
  SmallVector<int64_t> any(rank, ShapedType::kDynamic);
  std::string expected;
  llvm::raw_string_ostream(expected)
      << RankedTensorType::get(any, IntegerType::get(context, bits));
  // capture_c2
  return emitError() << "#attn." << name << " expected captured tensor "
                     << place << " of type " << expected << ", got "
                     << captures[place];
}

LogicalResult sextant::attn::verifyNumbersCapture(
    function_ref<InFlightDiagnostic()> emitError, StringRef name,
    StringRef what, int64_t place, ArrayRef<int64_t> shape,
    TypeRange captures) {
  auto tensor = llvm::dyn_cast<RankedTensorType>(captures[place]);
  bool fits =
      tensor && tensor.getRank() == int64_t(shape.size()) &&
      (tensor.getElementType().isF32() || tensor.getElementType().isF16() ||
       tensor.getElementType().isBF16());
  if (fits)
    for (auto [expected, found] : llvm::zip_equal(shape, tensor.getShape()))
      fits &= ShapedType::isDynamic(expected) || expected == found;
  if (fits)
    return success();
  Type f32 = Float32Type::get(captures[place].getContext());
  return emitError() << "#attn." << name << " expected captured tensor "
                     << place << " (" << what << ") of type "
                     << RankedTensorType::get(shape, f32)
                     << ", f16 or bf16, got " << captures[place]; // capture_c2
}
