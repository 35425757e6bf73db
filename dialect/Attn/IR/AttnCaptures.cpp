//===- AttnCaptures.cpp - Checks of captured tensors ----------------------===//

#include "dialect/Attn/IR/AttnEntry.h"

using namespace mlir;
using namespace sextant::attn;

LogicalResult sextant::attn::verifyIntegerCapture(
    function_ref<InFlightDiagnostic()> emitError, StringRef name, int64_t place,
    int64_t rank, TypeRange captures) {
  if (place >= int64_t(captures.size())) // capture_c1
    return emitError() << "#attn." << name << " reads captured tensor " << place
                       << ": expected at least " << place + 1
                       << " captured tensors, got " << captures.size();
  auto tensor = llvm::dyn_cast<RankedTensorType>(captures[place]);
  if (!tensor || tensor.getRank() != rank ||
      !tensor.getElementType().isInteger(32)) // capture_c2
    return emitError() << "#attn." << name << " expected captured tensor "
                       << place << " of type "
                       << (rank == 1 ? "tensor<?xi32>" : "tensor<?x?xi32>")
                       << ", got " << captures[place];
  return success();
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
