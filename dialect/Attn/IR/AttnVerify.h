//===- AttnVerify.h - Checks that several ops share -------------*- C++ -*-===//
//
// Each check reports at `op` with the expected and the found value and names
// operands as the spec does. Labels such as row_c1 are those of docs/Spec.md.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_DIALECT_ATTN_IR_ATTNVERIFY_H
#define SEXTANT_DIALECT_ATTN_IR_ATTNVERIFY_H

#include "dialect/Attn/IR/Attn.h"

namespace sextant::attn {

/// The axis of the rows (L of a rank-4 tensor, N of a rank-5 one).
unsigned rowAxis(mlir::Value value);
/// The channel count; kDynamic if unknown.
int64_t channelsOf(mlir::Value value);

/// Channels are static and not too many (row_c1), extents are sane (row_c2).
mlir::LogicalResult verifyRow(mlir::Operation *op, llvm::StringRef name,
                              mlir::Value value);

/// Query heads are a multiple of key heads (heads_c1), which are positive
/// unless there is no query head (heads_c2).
mlir::LogicalResult verifyHeads(mlir::Operation *op, int64_t queryHeads,
                                int64_t keyHeads);

/// Two extents that must be one; dynamic ones are checked at run time.
mlir::LogicalResult verifyAgree(mlir::Operation *op, llvm::StringRef what,
                                llvm::StringRef a, int64_t extentA,
                                llvm::StringRef b, int64_t extentB);

/// Two tensors share an element type (element_c1).
mlir::LogicalResult verifySameElements(mlir::Operation *op, llvm::StringRef a,
                                       mlir::Value x, llvm::StringRef b,
                                       mlir::Value y);

/// A query and keys that it meets: batch, heads, channels (key_c1), and for
/// keys of (query, key) pairs the query rows (key_c2).
mlir::LogicalResult verifyQueryKey(mlir::Operation *op, mlir::Value query,
                                   mlir::Value key);

/// Positions (null: none) match the batch and the rows on `axis` that they
/// stand for (positions_c2).
mlir::LogicalResult verifyPositionsOf(mlir::Operation *op, mlir::Value rows,
                                      unsigned axis, mlir::Value positions);

/// Query and key positions come together and match the scores.
mlir::LogicalResult verifyPairPositions(mlir::Operation *op, mlir::Value scores,
                                        mlir::Value queryPos,
                                        mlir::Value keyPos);

/// Channels pair up (pairs_c1).
mlir::LogicalResult verifyEven(mlir::Operation *op, llvm::StringRef why,
                               int64_t channels);

/// Captured tensors have elements that attn.read knows (capture_c3).
mlir::LogicalResult verifyCaptureElements(mlir::Operation *op,
                                          mlir::ValueRange captures);

/// The captured tensors of a name: `expected` of them (capture_c1), with
/// elements that attn.read knows.
mlir::LogicalResult verifyCaptures(mlir::Operation *op,
                                   mlir::ValueRange captures, int64_t expected);

/// The scalar type that attn.read gives for `element`; null if unsupported.
mlir::Type readType(mlir::Type element);

} // namespace sextant::attn

#endif // SEXTANT_DIALECT_ATTN_IR_ATTNVERIFY_H
