//===- TensorNames.cpp - What callers call a tensor -----------------------===//

#include "dialect/Attn/IR/TensorNames.h"
#include "mlir/IR/Location.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace sextant;

static constexpr llvm::StringLiteral kAttribute("attn.name");

bool attn::isCIdentifier(StringRef name) {
  return !name.empty() && !llvm::isDigit(name.front()) &&
         llvm::all_of(name,
                      [](char c) { return llvm::isAlnum(c) || c == '_'; });
}

StringRef attn::sourceName(BlockArgument argument) {
  if (auto name = dyn_cast<NameLoc>(argument.getLoc()))
    return name.getName();
  return {};
}

SmallVector<std::string> attn::tensorNames(FunctionOpInterface function) {
  SmallVector<std::string> names(function.getNumArguments() +
                                 function.getNumResults());
  const MutableArrayRef<std::string> inputs =
      MutableArrayRef(names).take_front(function.getNumArguments());
  const MutableArrayRef<std::string> outputs =
      MutableArrayRef(names).drop_front(inputs.size());
  // What is written down is not up for discussion; the rest gives way to it.
  for (auto [place, name] : llvm::enumerate(inputs))
    if (auto given = function.getArgAttrOfType<StringAttr>(place, kAttribute))
      name = given.str();
  for (auto [place, name] : llvm::enumerate(outputs))
    if (auto given =
            function.getResultAttrOfType<StringAttr>(place, kAttribute))
      name = given.str();
  auto isFree = [&](StringRef name) {
    return isCIdentifier(name) && !llvm::is_contained(names, name);
  };
  for (auto [place, name] : llvm::enumerate(inputs)) {
    const StringRef source = sourceName(function.getArgument(place));
    if (name.empty() && isFree(source))
      name = source.str();
  }
  auto number = [&](MutableArrayRef<std::string> group, StringRef word) {
    for (auto [place, name] : llvm::enumerate(group)) {
      if (!name.empty())
        continue;
      std::string numbered = (word + Twine(place)).str();
      while (!isFree(numbered))
        numbered += '_';
      name = numbered;
    }
  };
  number(inputs, "in");
  number(outputs, "out");
  return names;
}
