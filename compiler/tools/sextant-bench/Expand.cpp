//===- Expand.cpp - Variables in the text of a suite ----------------------===//

#include "compiler/tools/sextant-bench/Expand.h"
#include "llvm/Support/raw_ostream.h"

using namespace sextant;

/// How deep values may name other values: a variable that stands for itself
/// would never end.
static constexpr int kMostNesting = 8;

static llvm::Expected<std::string>
expandTo(llvm::StringRef text, const Variables &variables, int nesting) {
  if (nesting > kMostNesting)
    return llvm::createStringError("variables stand for each other: '" + text +
                                   "'");
  std::string result;
  while (true) {
    const size_t start = text.find("${");
    result += text.substr(0, start);
    if (start == llvm::StringRef::npos)
      return result;
    text = text.substr(start + 2);
    const size_t end = text.find('}');
    if (end == llvm::StringRef::npos)
      return llvm::createStringError("expected '}' after '${" + text + "'");
    auto value = variables.find(text.substr(0, end).str());
    if (value == variables.end())
      return llvm::createStringError("unknown variable '" +
                                     text.substr(0, end) + "'");
    llvm::Expected<std::string> inner =
        expandTo(value->second, variables, nesting + 1);
    if (!inner)
      return inner.takeError();
    result += *inner;
    text = text.substr(end + 1);
  }
}

llvm::Expected<std::string> sextant::expand(llvm::StringRef text,
                                            const Variables &variables) {
  return expandTo(text, variables, 0);
}

llvm::Error sextant::assign(const llvm::json::Value &values,
                            Variables &variables) {
  const llvm::json::Object *object = values.getAsObject();
  if (!object)
    return llvm::createStringError("expected an object of variables");
  for (const auto &[name, value] : *object) {
    std::string text;
    if (std::optional<llvm::StringRef> string = value.getAsString()) {
      text = string->str();
    } else if (value.kind() == llvm::json::Value::Number) {
      llvm::raw_string_ostream os(text);
      os << value;
    } else {
      return llvm::createStringError("variable '" + name.str() +
                                     "': expected a string or a number");
    }
    variables[name.str()] = text;
  }
  return llvm::Error::success();
}
