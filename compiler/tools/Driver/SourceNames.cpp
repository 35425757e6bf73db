//===- SourceNames.cpp - The names a source gives its tensors -------------===//
//
// The parser gives an argument the place of its name as its location, unless
// the source says another. (mlir::AsmParserState knows the names too, but it
// corrupts memory where a source does not parse.)
//
//===----------------------------------------------------------------------===//

#include "compiler/tools/Driver/SourceNames.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;

/// The text of the main file from a line and column on; empty past its end.
static StringRef textFrom(llvm::SourceMgr &sources, FileLineColLoc place) {
  const llvm::SMLoc at = sources.FindLocForLineAndColumn(
      sources.getMainFileID(), place.getLine(), place.getColumn());
  if (!at.isValid())
    return {};
  const StringRef text =
      sources.getMemoryBuffer(sources.getMainFileID())->getBuffer();
  return StringRef(at.getPointer(), text.end() - at.getPointer());
}

static StringRef nameAt(llvm::SourceMgr &sources, Location location) {
  const StringRef file =
      sources.getMemoryBuffer(sources.getMainFileID())->getBufferIdentifier();
  auto place = dyn_cast<FileLineColLoc>(location);
  if (!place || place.getLine() == 0 || place.getFilename() != file)
    return {};
  StringRef text = textFrom(sources, place);
  if (!text.consume_front("%"))
    return {};
  return text.take_while([](char c) {
    return llvm::isAlnum(c) || c == '_' || c == '$' || c == '.' || c == '-';
  });
}

void sextant::keepArgumentNames(ModuleOp module, llvm::SourceMgr &sources) {
  module.walk([&](FunctionOpInterface function) {
    for (BlockArgument argument : function.getArguments()) {
      const StringRef name = nameAt(sources, argument.getLoc());
      if (!name.empty())
        argument.setLoc(NameLoc::get(
            StringAttr::get(argument.getContext(), name), argument.getLoc()));
    }
  });
}
