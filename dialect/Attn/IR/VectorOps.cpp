//===- VectorOps.cpp - What the vector form needs beside its dialects -----===//

#include "dialect/Attn/IR/Attn.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

LogicalResult BlockDotOp::verify() {
  if (getRows() == 0 || getRows() % kBlockTile || getColumns() == 0)
    return emitOpError() << "expected rows that are a multiple of "
                         << kBlockTile << " and at least one column, got "
                         << getRows() << " and " << getColumns();
  APInt pairs;
  if (matchPattern(getPairs(), m_ConstantInt(&pairs)) &&
      pairs.getSExtValue() % kBlockTile)
    return emitOpError() << "expected pairs that are a multiple of "
                         << kBlockTile << ", got " << pairs.getSExtValue();
  auto verifyPlace = [&](StringRef name, Value memref,
                         OperandRange at) -> LogicalResult {
    auto type = llvm::cast<MemRefType>(memref.getType());
    int64_t rank = type.getRank();
    if (rank < 2 || static_cast<int64_t>(at.size()) != rank)
      return emitOpError() << "expected " << name
                           << " of rank 2 at least and an index for each "
                              "dimension, got rank "
                           << rank << " and " << at.size() << " indices";
    auto [strides, offset] = type.getStridesAndOffset();
    if (strides.back() != 1)
      return emitOpError() << "expected a last stride of 1 of " << name
                           << ", got " << type;
    return success();
  };
  return success(succeeded(verifyPlace("left", getLeft(), getLeftAt())) &&
                 succeeded(verifyPlace("right", getRight(), getRightAt())) &&
                 succeeded(verifyPlace("sums", getSums(), getSumsAt())));
}
