//===- SourceNames.cpp - The names a source gives its tensors -------------===//

#include "compiler/tools/Driver/SourceNames.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;

static StringRef textOf(llvm::SMRange range) {
  const char *start = range.Start.getPointer();
  return StringRef(start, range.End.getPointer() - start);
}

static void keepNames(Block &block, const AsmParserState &parsed) {
  const AsmParserState::BlockDefinition *definition =
      parsed.getBlockDef(&block);
  if (!definition)
    return;
  for (auto [argument, source] :
       llvm::zip(block.getArguments(), definition->arguments)) {
    StringRef name = textOf(source.loc);
    if (name.consume_front("%") && !name.empty())
      argument.setLoc(
          NameLoc::get(StringAttr::get(argument.getContext(), name),
                       argument.getLoc()));
  }
}

void sextant::keepArgumentNames(ModuleOp module, const AsmParserState &parsed) {
  module.walk([&](FunctionOpInterface function) {
    if (!function.isExternal())
      keepNames(function.getFunctionBody().front(), parsed);
  });
}
