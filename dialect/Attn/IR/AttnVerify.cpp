//===- AttnVerify.cpp - Checks that several ops share ---------------------===//

#include "dialect/Attn/IR/AttnVerify.h"

using namespace mlir;
using namespace sextant::attn;

/// More elements than any machine holds; products of extents stay in 64 bits.
static constexpr int64_t kMaxElements = int64_t(1) << 45;
/// The compiler looks at each channel.
static constexpr int64_t kMaxChannels = int64_t(1) << 16;

unsigned sextant::attn::rowAxis(Value value) {
  return llvm::cast<RankedTensorType>(value.getType()).getRank() - 2;
}

int64_t sextant::attn::channelsOf(Value value) {
  return extentOf(value, rowAxis(value) + 1);
}

LogicalResult sextant::attn::verifyRow(Operation *op, StringRef name,
                                       Value value) {
  auto type = llvm::cast<RankedTensorType>(value.getType());
  int64_t channels = type.getShape().back();
  if (ShapedType::isDynamic(channels)) // row_c1
    return op->emitOpError() << "expected a static channel count of '" << name
                             << "', got " << type;
  if (channels == 0) // row_c1
    return op->emitOpError()
           << "expected at least one channel in '" << name << "', got " << type;
  if (channels > kMaxChannels) // row_c1
    return op->emitOpError() << "expected at most " << kMaxChannels
                             << " channels in '" << name << "', got " << type;
  int64_t elements = 1;
  for (int64_t extent : type.getShape()) { // row_c2
    if (ShapedType::isDynamic(extent))
      continue;
    if (extent > kMaxElements ||
        llvm::MulOverflow(elements, extent, elements) ||
        elements > kMaxElements)
      return op->emitOpError()
             << "element count of '" << name << "' exceeds 2^45: " << type;
  }
  return success();
}

LogicalResult sextant::attn::verifyHeads(Operation *op, int64_t queryHeads,
                                         int64_t keyHeads) {
  if (keyHeads == 0 && queryHeads != 0) // heads_c2
    return op->emitOpError("expected at least one key head, got 0");
  if (ShapedType::isDynamic(queryHeads) || ShapedType::isDynamic(keyHeads) ||
      keyHeads == 0)
    return success();
  if (queryHeads % keyHeads) // heads_c1
    return op->emitOpError()
           << "expected query heads (" << queryHeads
           << ") to be a multiple of key heads (" << keyHeads << ")";
  return success();
}

LogicalResult sextant::attn::verifyAgree(Operation *op, StringRef what,
                                         StringRef a, int64_t extentA,
                                         StringRef b, int64_t extentB) {
  if (ShapedType::isDynamic(extentA) || ShapedType::isDynamic(extentB) ||
      extentA == extentB)
    return success();
  return op->emitOpError() << what << " of '" << b << "' must equal that of '"
                           << a << "': expected " << extentA << ", got "
                           << extentB;
}

LogicalResult sextant::attn::verifySameElements(Operation *op, StringRef a,
                                                Value x, StringRef b, Value y) {
  Type first = llvm::cast<RankedTensorType>(x.getType()).getElementType();
  Type second = llvm::cast<RankedTensorType>(y.getType()).getElementType();
  if (first == second)
    return success();
  return op->emitOpError() << "'" << a << "' and '" << b // element_c1
                           << "' must share an element type: got " << first
                           << " and " << second << "; attn.convert changes it";
}

LogicalResult sextant::attn::verifyPositionsOf(Operation *op, Value rows,
                                               unsigned axis, Value positions) {
  if (!positions)
    return success();
  // positions_c2
  if (failed(verifyAgree(op, "batch extent", "rows", extentOf(rows, 0),
                         "positions", extentOf(positions, 0))))
    return failure();
  return verifyAgree(op, "row count", "rows", extentOf(rows, axis), "positions",
                     extentOf(positions, 1));
}

LogicalResult sextant::attn::verifyPairPositions(Operation *op, Value scores,
                                                 Value queryPos, Value keyPos) {
  if (bool(queryPos) != bool(keyPos)) // positions_c3
    return op->emitOpError("expected query and key positions together");
  if (failed(verifyPositionsOf(op, scores, 2, queryPos)))
    return failure();
  return verifyPositionsOf(op, scores, 3, keyPos);
}

LogicalResult sextant::attn::verifyEven(Operation *op, StringRef why,
                                        int64_t channels) {
  if (channels % 2 == 0)
    return success();
  return op->emitOpError() << "expected an even channel count for " // pairs_c1
                           << why << ", got " << channels;
}

Type sextant::attn::readType(Type element) {
  if (element.isF16() || element.isBF16())
    return Float32Type::get(element.getContext());
  bool known = element.isF32() || element.isF64() || element.isInteger(32) ||
               element.isInteger(1);
  return known ? element : Type();
}

LogicalResult sextant::attn::verifyCaptures(Operation *op, ValueRange captures,
                                            int64_t expected) {
  if (int64_t(captures.size()) != expected) // capture_c1
    return op->emitOpError()
           << "expected " << expected
           << " captured tensors ('captures(...)'), got " << captures.size();
  return verifyCaptureElements(op, captures);
}

LogicalResult sextant::attn::verifyCaptureElements(Operation *op,
                                                   ValueRange captures) {
  for (auto [i, capture] : llvm::enumerate(captures)) {
    Type element =
        llvm::cast<RankedTensorType>(capture.getType()).getElementType();
    if (!readType(element)) // capture_c3
      return op->emitOpError()
             << "unsupported element type " << element << " of captured tensor "
             << i << "; supported: f32, f64, f16, bf16, i32, i1";
  }
  return success();
}

LogicalResult sextant::attn::verifyQueryKey(Operation *op, Value query,
                                            Value key) {
  if (failed(verifyRow(op, "query", query)) ||
      failed(verifyRow(op, "key", key)) ||
      failed(verifySameElements(op, "query", query, "key", key)) ||
      failed(verifyAgree(op, "batch extent", "query", extentOf(query, 0), "key",
                         extentOf(key, 0))) ||
      // key_c1
      failed(verifyAgree(op, "head dim", "query", channelsOf(query), "key",
                         channelsOf(key))) ||
      failed(verifyHeads(op, extentOf(query, 1), extentOf(key, 1))))
    return failure();
  if (rowAxis(key) == 3) // key_c2
    return verifyAgree(op, "query rows", "query", extentOf(query, 2), "key",
                       extentOf(key, 2));
  return success();
}
