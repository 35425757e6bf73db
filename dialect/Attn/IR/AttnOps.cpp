//===- AttnOps.cpp - The ops' generated code; ops inside regions
//------------===//

#include "dialect/Attn/IR/Attn.h"
#include "dialect/Attn/IR/AttnSyntax.h"
#include "dialect/Attn/IR/AttnVerify.h"

using namespace mlir;
using namespace sextant::attn;

#define GET_OP_CLASSES
#include "dialect/Attn/IR/AttnOps.cpp.inc"

ParseResult ReadOp::parse(OpAsmParser &parser, OperationState &result) {
  OpAsmParser::UnresolvedOperand tensor;
  SmallVector<OpAsmParser::UnresolvedOperand> indices;
  RankedTensorType type;
  if (parser.parseOperand(tensor) ||
      parser.parseOperandList(indices, OpAsmParser::Delimiter::Square) ||
      parser.parseOptionalAttrDict(result.attributes) ||
      parser.parseColonType(type) ||
      parser.resolveOperand(tensor, type, result.operands) ||
      parser.resolveOperands(indices, parser.getBuilder().getI32Type(),
                             result.operands))
    return failure();
  // An unsupported element type is the verifier's to report.
  Type scalar = readType(type.getElementType());
  result.addTypes(scalar ? scalar : type.getElementType());
  return success();
}

void ReadOp::print(OpAsmPrinter &printer) {
  printer << ' ' << getTensor() << '[' << getIndices() << ']';
  printer.printOptionalAttrDict((*this)->getAttrs());
  printer << " : " << getTensor().getType();
}

ReadOp ReadOp::createMatched(OpBuilder &builder, Location loc, Type type,
                             Value tensor, ValueRange indices) {
  auto read = create(builder, loc, type, tensor, indices);
  read->setAttr("matched", builder.getUnitAttr());
  return read;
}

void ReadOp::forEachMatch(llvm::function_ref<void(unsigned, unsigned)> visit) {
  if (!isMatched())
    return;
  for (auto [axis, index] : llvm::enumerate(getIndices()))
    if (auto argument = llvm::dyn_cast<BlockArgument>(index);
        argument && extentOf(getTensor(), axis) != 1)
      visit(axis, argument.getArgNumber());
}

LogicalResult ReadOp::verify() {
  auto type = llvm::cast<RankedTensorType>(getTensor().getType());
  if ((int64_t)getIndices().size() != type.getRank()) // read_c1
    return emitOpError() << "expected " << type.getRank() << " indices for "
                         << type << ", got " << getIndices().size();
  Type scalar = readType(type.getElementType());
  if (!scalar) // read_c2
    return emitOpError() << "unsupported element type " << type.getElementType()
                         << "; supported: f32, f64, f16, bf16, i32, i1";
  if (getType() != scalar) // read_c3
    return emitOpError() << "expected result type " << scalar << ", got "
                         << getType();
  return success();
}

LogicalResult CosSinOp::verify() {
  int64_t harmonic = getHarmonic();
  if (harmonic < 1 || harmonic > 64) // cos_sin_c1
    return emitOpError() << "expected 'harmonic' within [1, 64], got "
                         << harmonic;
  return success();
}
