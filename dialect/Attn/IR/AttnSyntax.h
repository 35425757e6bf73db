//===- AttnSyntax.h - Custom directives of the ops' assembly ----*- C++ -*-===//

#ifndef SEXTANT_DIALECT_ATTN_IR_ATTNSYNTAX_H
#define SEXTANT_DIALECT_ATTN_IR_ATTNSYNTAX_H

#include "dialect/Attn/IR/Attn.h"

namespace sextant::attn {

/// The nearest of `known` within two edits of `name`, or an empty string.
llvm::StringRef nearestName(llvm::StringRef name,
                            llvm::ArrayRef<llvm::StringRef> known);

/// A region whose values are used nowhere else, and a list of such.
mlir::ParseResult parseClosedRegion(mlir::OpAsmParser &, mlir::Region &);
void printClosedRegion(mlir::OpAsmPrinter &, mlir::Operation *, mlir::Region &);
mlir::ParseResult
parseClosedRegions(mlir::OpAsmParser &,
                   llvm::SmallVectorImpl<std::unique_ptr<mlir::Region>> &);
void printClosedRegions(mlir::OpAsmPrinter &, mlir::Operation *,
                        llvm::MutableArrayRef<mlir::Region>);
mlir::ParseResult parseRowRegion(mlir::OpAsmParser &, mlir::Region &);
void printRowRegion(mlir::OpAsmPrinter &, mlir::Operation *, mlir::Region &);
mlir::ParseResult parseElementRegion(mlir::OpAsmParser &, mlir::Region &);
void printElementRegion(mlir::OpAsmPrinter &, mlir::Operation *,
                        mlir::Region &);
mlir::ParseResult parsePositionRegion(mlir::OpAsmParser &, mlir::Region &);
void printPositionRegion(mlir::OpAsmPrinter &, mlir::Operation *,
                         mlir::Region &);
mlir::ParseResult parseScoreRegion(mlir::OpAsmParser &, mlir::Region &);
void printScoreRegion(mlir::OpAsmPrinter &, mlir::Operation *, mlir::Region &);
mlir::ParseResult parseVisible(mlir::OpAsmParser &, MaskAttrInterface &,
                               mlir::Region &);
void printVisible(mlir::OpAsmPrinter &, mlir::Operation *, MaskAttrInterface,
                  mlir::Region &);
mlir::ParseResult parseExtraLogits(mlir::OpAsmParser &, mlir::Region &);
void printExtraLogits(mlir::OpAsmPrinter &, mlir::Operation *, mlir::Region &);
mlir::ParseResult parseOptionalRegion(mlir::OpAsmParser &, llvm::StringRef,
                                      mlir::Region &);
void printOptionalRegion(mlir::OpAsmPrinter &, mlir::Operation *,
                         llvm::StringRef, mlir::Region &);
mlir::ParseResult parseAlignKeyword(mlir::OpAsmParser &, AlignAttr &);
void printAlignKeyword(mlir::OpAsmPrinter &, mlir::Operation *, AlignAttr);
mlir::ParseResult parseReductionKeyword(mlir::OpAsmParser &, ReductionAttr &);
void printReductionKeyword(mlir::OpAsmPrinter &, mlir::Operation *,
                           ReductionAttr);
mlir::ParseResult parseLayoutKeyword(mlir::OpAsmParser &, PairLayoutAttr &);
void printLayoutKeyword(mlir::OpAsmPrinter &, mlir::Operation *,
                        PairLayoutAttr);
mlir::ParseResult parseExtentKeyword(mlir::OpAsmParser &, ExtentKindAttr &);
void printExtentKeyword(mlir::OpAsmPrinter &, mlir::Operation *,
                        ExtentKindAttr);
mlir::ParseResult parseNumber(mlir::OpAsmParser &, mlir::FloatAttr &);
void printNumber(mlir::OpAsmPrinter &, mlir::Operation *, mlir::FloatAttr);

mlir::ParseResult parseBias(mlir::OpAsmParser &, BiasAttrInterface &);
void printBias(mlir::OpAsmPrinter &, mlir::Operation *, BiasAttrInterface);
mlir::ParseResult parseNormalizer(mlir::OpAsmParser &,
                                  NormalizerAttrInterface &);
void printNormalizer(mlir::OpAsmPrinter &, mlir::Operation *,
                     NormalizerAttrInterface);
mlir::ParseResult parseEncoding(mlir::OpAsmParser &,
                                RowEncodingAttrInterface &);
void printEncoding(mlir::OpAsmPrinter &, mlir::Operation *,
                   RowEncodingAttrInterface);
mlir::ParseResult parseRotary(mlir::OpAsmParser &, RotaryAttrInterface &);
void printRotary(mlir::OpAsmPrinter &, mlir::Operation *, RotaryAttrInterface);
mlir::ParseResult parseDistance(mlir::OpAsmParser &, DistanceAttrInterface &);
void printDistance(mlir::OpAsmPrinter &, mlir::Operation *,
                   DistanceAttrInterface);
/// The rotation that a distance turns by, as its parameter.
mlir::FailureOr<RotaryAttrInterface> parseRotation(mlir::AsmParser &);
void printRotation(mlir::AsmPrinter &, RotaryAttrInterface);

/// A float64 parameter of an attribute.
mlir::FailureOr<llvm::APFloat> parseNumber(mlir::AsmParser &);
void printNumber(mlir::AsmPrinter &, const llvm::APFloat &);
/// A list of them, in brackets.
mlir::FailureOr<mlir::DenseF64ArrayAttr> parseNumbers(mlir::AsmParser &);
void printNumbers(mlir::AsmPrinter &, mlir::DenseF64ArrayAttr);
mlir::FailureOr<llvm::SmallVector<int64_t>> parseIntegers(mlir::AsmParser &);
void printIntegers(mlir::AsmPrinter &, llvm::ArrayRef<int64_t>);

/// `, query = [members], key = [members]` and the same of inputs and outputs; a
/// list that is not written is empty.
mlir::ParseResult parseSideMembers(mlir::AsmParser &,
                                   llvm::SmallVector<MemberAttr> &,
                                   llvm::SmallVector<MemberAttr> &);
void printSideMembers(mlir::AsmPrinter &, llvm::ArrayRef<MemberAttr>,
                      llvm::ArrayRef<MemberAttr>);
mlir::ParseResult parseRowMembers(mlir::AsmParser &,
                                  llvm::SmallVector<MemberAttr> &,
                                  llvm::SmallVector<MemberAttr> &);
void printRowMembers(mlir::AsmPrinter &, llvm::ArrayRef<MemberAttr>,
                     llvm::ArrayRef<MemberAttr>);

} // namespace sextant::attn

#endif // SEXTANT_DIALECT_ATTN_IR_ATTNSYNTAX_H
