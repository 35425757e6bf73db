//===- AttnNames.cpp - Attribute names, their syntax and suggestions ------===//
//
// `#attn.<name>` goes through one table that every attribute class joins; an
// unknown name is answered with the nearest known one.
//
//===----------------------------------------------------------------------===//

#include "dialect/Attn/IR/Attn.h"
#include "dialect/Attn/IR/AttnSyntax.h"

#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace sextant::attn;

/// Attributes within attributes (masks of masks); the parser recurses, so a
/// hostile file must not choose the depth.
static constexpr unsigned kMaxNesting = 256;

Attribute AttnDialect::parseAttribute(DialectAsmParser &parser,
                                      Type type) const {
  static thread_local unsigned nesting = 0;
  llvm::scope_exit leave([] { --nesting; });
  SMLoc loc = parser.getCurrentLocation();
  if (++nesting > kMaxNesting) {
    parser.emitError(loc) << "nesting of attn attributes exceeds "
                          << kMaxNesting;
    return {};
  }
  StringRef name;
  if (parser.parseKeyword(&name))
    return {};
  auto found = attributeParsers.find(name);
  if (found != attributeParsers.end())
    return found->second(parser, type);

  SmallVector<StringRef> known(attributeParsers.keys());
  llvm::sort(known);
  InFlightDiagnostic diag = parser.emitError(loc)
                            << "unknown attn attribute '" << name << "'";
  StringRef nearest = nearestName(name, known);
  if (!nearest.empty())
    diag << "; did you mean '" << nearest << "'?";
  diag.attachNote() << "known: " << llvm::join(known, ", ");
  return {};
}

void AttnDialect::printAttribute(Attribute attr,
                                 DialectAsmPrinter &printer) const {
  attributePrinters.lookup(attr.getTypeID())(attr, printer);
}
