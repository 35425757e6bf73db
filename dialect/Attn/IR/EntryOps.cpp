//===- EntryOps.cpp - What a kernel's callers see -------------------------===//

#include "dialect/Attn/IR/Attn.h"
#include "dialect/Attn/IR/TensorNames.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace sextant::attn;

/// Largest extent a tensor may fix: 2^40.
static constexpr int64_t kMaxExtent = int64_t(1) << 40;

LogicalResult ArgumentAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                   StringRef name, Type type, ArrayAttr shape,
                                   bool position) {
  if (!isCIdentifier(name))
    return emitError() << "expected the name of an argument to be a C "
                          "identifier, got '"
                       << name << "'";
  if (!type.isF16() && !type.isBF16() && !type.isF32() && !type.isF64() &&
      !type.isSignlessInteger(1) && !type.isSignlessInteger(8) &&
      !type.isSignlessInteger(16) && !type.isSignlessInteger(32) &&
      !type.isSignlessInteger(64))
    return emitError() << "argument '" << name
                       << "': expected type f16, bf16, f32, f64, i1, i8, i16, "
                          "i32 or i64, got "
                       << type;
  if (position && !type.isSignlessInteger(32))
    return emitError() << "argument '" << name
                       << "': expected positions to be i32, got " << type;
  for (Attribute dim : shape) {
    if (auto symbol = dyn_cast<StringAttr>(dim)) {
      if (!isCIdentifier(symbol.getValue()))
        return emitError() << "argument '" << name
                           << "': expected a symbol to be an identifier, got "
                           << dim;
      continue;
    }
    auto extent = dyn_cast<IntegerAttr>(dim);
    if (!extent || !extent.getType().isSignlessInteger(64))
      return emitError() << "argument '" << name
                         << "': expected a dimension to be an i64 or a string, "
                            "got "
                         << dim;
    if (extent.getInt() < 0 || extent.getInt() > kMaxExtent)
      return emitError() << "argument '" << name
                         << "': expected an extent from 0 to " << kMaxExtent
                         << ", got " << extent.getInt();
  }
  return success();
}

LogicalResult VariantAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                  StringRef isa, int64_t phases,
                                  StringRef code) {
  if (isa.empty())
    return emitError() << "expected the name of an instruction set, got ''";
  if (phases < 1)
    return emitError() << "variant '" << isa
                       << "': expected at least 1 phase, got " << phases;
  return success();
}

LogicalResult EntryOp::verify() {
  if (!isCIdentifier(getSymName()))
    return emitOpError() << "expected the name of a kernel to be a C "
                            "identifier, got '"
                         << getSymName() << "'";
  if (getSymName().starts_with("sextant_"))
    return emitOpError() << "names that start with 'sextant_' are reserved, "
                            "got '"
                         << getSymName() << "'";
  if (getOutputs().empty())
    return emitOpError() << "expected at least 1 output, got 0";
  if (getVariants().empty())
    return emitOpError() << "expected at least 1 variant, got 0";

  llvm::StringSet<> names, symbols;
  auto collect = [&](ArrayAttr arguments) -> LogicalResult {
    for (auto argument : arguments.getAsRange<ArgumentAttr>()) {
      if (!names.insert(argument.getName()).second)
        return emitOpError() << "expected arguments of different names, got '"
                             << argument.getName() << "' twice";
      for (Attribute dim : argument.getShape())
        if (auto symbol = dyn_cast<StringAttr>(dim))
          symbols.insert(symbol.getValue());
    }
    return success();
  };
  if (failed(collect(getInputs())) || failed(collect(getOutputs())))
    return failure();
  for (auto argument : getOutputs().getAsRange<ArgumentAttr>())
    if (argument.getPosition())
      return emitOpError() << "output '" << argument.getName()
                           << "' cannot be marked as positions: only inputs "
                              "are checked";

  for (auto relation : getRelations().getAsRange<RelationAttr>())
    for (StringRef symbol : {relation.getLeft(), relation.getRight()})
      if (!symbols.contains(symbol))
        return emitOpError() << "relation of '" << symbol
                             << "', which is no symbol of an argument";

  llvm::StringSet<> isas;
  for (auto variant : getVariants().getAsRange<VariantAttr>())
    if (!isas.insert(variant.getIsa()).second)
      return emitOpError() << "expected one variant of each instruction set, "
                              "got '"
                           << variant.getIsa() << "' twice";
  return success();
}
