//===- AttnEntry.h - How an encoding or a mask joins the dialect -*- C++
//-*-===//
//
// An entry is two files, Positions/<Name>.td and .cpp or Masks/<Name>.td and
// .cpp. Its attribute classes are declared in its own .cpp and nowhere else:
// the rest of the project knows them by their interfaces, so an entry is
// rebuilt alone and can be deleted. The .cpp ends in
//
//   SEXTANT_ATTN_ENTRY(RoPE, RoPEAttr)
//
// with the name of the file and the classes; the build writes the call. Before
// it a SEXTANT_ATTN_SAMPLE for each class lets the fuzzer draw it.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_DIALECT_ATTN_IR_ATTNENTRY_H
#define SEXTANT_DIALECT_ATTN_IR_ATTNENTRY_H

#include "dialect/Attn/IR/AttnSample.h"
#include "dialect/Attn/IR/AttnSyntax.h"

#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/TypeSwitch.h"

namespace sextant::attn {

/// Attributes with a body have a `parse`; the others are their name alone.
template <typename AttrT>
using HasBody = decltype(AttrT::parse(std::declval<mlir::AsmParser &>(),
                                      std::declval<mlir::Type>()));

template <typename AttrT>
mlir::Attribute parseEntry(mlir::AsmParser &parser, mlir::Type type) {
  if constexpr (llvm::is_detected<HasBody, AttrT>::value)
    return AttrT::parse(parser, type);
  else
    return AttrT::get(parser.getContext());
}

template <typename AttrT>
void printEntry(mlir::Attribute attr, mlir::AsmPrinter &printer) {
  printer << AttrT::getMnemonic();
  if constexpr (llvm::is_detected<HasBody, AttrT>::value)
    llvm::cast<AttrT>(attr).print(printer);
}

/// Checks that `place`, the value of parameter `name`, can be a place in a list
/// of captured tensors.
mlir::LogicalResult
verifyPlace(llvm::function_ref<mlir::InFlightDiagnostic()> emitError,
            llvm::StringRef name, int64_t place);

/// Checks that captured tensor `place` exists, has `rank` dimensions and
/// integers of `bits` bits; `name` is the attribute's, for the message.
mlir::LogicalResult
verifyIntegerCapture(llvm::function_ref<mlir::InFlightDiagnostic()> emitError,
                     llvm::StringRef name, int64_t place, int64_t rank,
                     mlir::TypeRange captures, unsigned bits = 32);

/// Checks that captured tensor `place`, which exists, holds f32, f16 or bf16
/// numbers and has `shape`; a dynamic extent there stands for any. `what` it
/// holds is for the message.
mlir::LogicalResult
verifyNumbersCapture(llvm::function_ref<mlir::InFlightDiagnostic()> emitError,
                     llvm::StringRef name, llvm::StringRef what, int64_t place,
                     llvm::ArrayRef<int64_t> shape, mlir::TypeRange captures);

template <typename... AttrTs> void AttnDialect::addEntries() {
  addAttributes<AttrTs...>();
  (attributeParsers.try_emplace(AttrTs::getMnemonic(), parseEntry<AttrTs>),
   ...);
  (attributePrinters.try_emplace(AttrTs::getTypeID(), printEntry<AttrTs>), ...);
  (entries.push_back({AttrTs::getMnemonic(), AttrTs::getTypeID(),
                      EntrySample<AttrTs>::write}),
   ...);
}

} // namespace sextant::attn

/// Registers the attribute classes of entry NAME. The generated dispatchers
/// that TableGen adds to each entry are not used (the dialect has one table).
#define SEXTANT_ATTN_ENTRY(NAME, ...)                                          \
  namespace sextant::attn::entries {                                           \
  void add##NAME(AttnDialect &dialect) {                                       \
    (void)&generatedAttributeParser;                                           \
    (void)&generatedAttributePrinter;                                          \
    dialect.addEntries<__VA_ARGS__>();                                         \
  }                                                                            \
  }

#endif // SEXTANT_DIALECT_ATTN_IR_ATTNENTRY_H
