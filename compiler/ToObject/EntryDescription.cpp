//===- EntryDescription.cpp - A kernel's arguments and variants -----------===//

#include "compiler/ToObject/EntryDescription.h"
#include "compiler/Target/TargetRegistry.h"
#include "dialect/Attn/IR/Attn.h"
#include "runtime/Artifact/Kernel.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/Twine.h"

using namespace mlir;
using namespace sextant;

static std::string partName(const EntryDescription &entry, const Target &target,
                            const Twine &part) {
  return (Twine(entry.name) + "__" + target.isa + "__" + part).str();
}

std::string EntryDescription::runName(const Target &target,
                                      int64_t phase) const {
  return partName(*this, target, "p" + Twine(phase));
}
std::string EntryDescription::tasksName(const Target &target,
                                        int64_t phase) const {
  return partName(*this, target, "p" + Twine(phase) + "_tasks");
}
std::string EntryDescription::workspaceName(const Target &target) const {
  return partName(*this, target, "workspace");
}

namespace {
/// Reads one attn.entry; symbols are numbered in order of appearance.
class EntryReader {
public:
  explicit EntryReader(attn::EntryOp op) : op(op) {}

  FailureOr<EntryDescription> read() {
    entry.name = op.getSymName().str();
    if (auto description = op.getDescription())
      entry.description = description->str();
    if (failed(readArguments(op.getInputs())))
      return failure();
    entry.inputs = entry.arguments.size();
    if (failed(readArguments(op.getOutputs())) || failed(readVariants()))
      return failure();
    for (auto relation : op.getRelations().getAsRange<attn::RelationAttr>())
      entry.relations.push_back(
          {relation.getKind() == attn::RelationKind::MultipleOf
               ? SEXTANT_RELATION_MULTIPLE
               : SEXTANT_RELATION_AT_MOST,
           symbolNumber(relation.getLeft()),
           symbolNumber(relation.getRight())});
    if (entry.arguments.size() > SEXTANT_MAX_ARGUMENTS)
      return op.emitOpError() << "expected at most " << SEXTANT_MAX_ARGUMENTS
                              << " arguments, got " << entry.arguments.size();
    if (entry.symbols.size() > SEXTANT_MAX_SYMBOLS)
      return op.emitOpError() << "expected at most " << SEXTANT_MAX_SYMBOLS
                              << " symbols, got " << entry.symbols.size();
    return std::move(entry);
  }

private:
  int32_t symbolNumber(StringRef name) {
    auto [place, isNew] = numbers.try_emplace(name, entry.symbols.size());
    if (isNew)
      entry.symbols.push_back(name.str());
    return place->second;
  }

  LogicalResult readArguments(ArrayAttr arguments) {
    for (auto argument : arguments.getAsRange<attn::ArgumentAttr>()) {
      ArgumentDescription described;
      described.name = argument.getName().str();
      described.position = argument.getPosition();
      Type type = argument.getType();
      const bool isInteger = type.isInteger();
      described.dtypeBits = type.getIntOrFloatBitWidth();
      described.dtypeCode =
          isInteger ? kDLInt : (type.isBF16() ? kDLBfloat : kDLFloat);
      described.dtype = (Twine(isInteger       ? "i"
                               : type.isBF16() ? "bf"
                                               : "f") +
                         Twine(described.dtypeBits))
                            .str();
      if (type.isInteger(1)) { // a byte each in memory
        described.dtypeBits = 8;
        described.dtypeCode = kDLBool;
        described.dtype = "bool";
      }
      if (argument.getShape().size() > SEXTANT_MAX_RANK)
        return op.emitOpError()
               << "argument '" << argument.getName()
               << "': expected rank at most " << SEXTANT_MAX_RANK << ", got "
               << argument.getShape().size();
      for (Attribute dim : argument.getShape()) {
        DimensionDescription dimension;
        if (auto symbol = dyn_cast<StringAttr>(dim))
          dimension.symbol = symbolNumber(symbol.getValue());
        else
          dimension.extent = cast<IntegerAttr>(dim).getInt();
        described.dims.push_back(dimension);
      }
      entry.arguments.push_back(std::move(described));
    }
    return success();
  }

  FailureOr<const Target *> readTarget(StringRef isa) {
    if (const Target *target = lookupIsa(isa))
      return target;
    InFlightDiagnostic error = op.emitOpError() << "unknown instruction set '"
                                                << isa << "'; known: ";
    llvm::interleaveComma(allTargets(), error,
                          [&](const Target &t) { error << t.isa; });
    return error;
  }

  LogicalResult readVariants() {
    for (auto variant : op.getVariants().getAsRange<attn::VariantAttr>()) {
      FailureOr<const Target *> target = readTarget(variant.getIsa());
      if (failed(target))
        return failure();
      FailureOr<const Target *> code = target;
      if (!variant.getCode().empty())
        code = readTarget(variant.getCode());
      if (failed(code))
        return failure();
      if ((*code)->triple != (*target)->triple ||
          (*code)->requiredBits & ~(*target)->requiredBits)
        return op.emitOpError()
               << "variant '" << variant.getIsa()
               << "': expected code that every machine of it runs, got '"
               << variant.getCode() << "'";
      entry.variants.push_back({*target, variant.getPhases(), *code});
    }
    return success();
  }

  attn::EntryOp op;
  EntryDescription entry;
  llvm::StringMap<int32_t> numbers;
};
} // namespace

FailureOr<std::vector<EntryDescription>> sextant::readEntries(ModuleOp module) {
  std::vector<EntryDescription> entries;
  for (auto op : module.getOps<attn::EntryOp>()) {
    FailureOr<EntryDescription> entry = EntryReader(op).read();
    if (failed(entry))
      return failure();
    entries.push_back(std::move(*entry));
  }
  if (entries.empty())
    return module.emitError("expected at least 1 kernel, got no attn.entry");
  return entries;
}
