//===- Refusals.cpp - Programs that are known not to be supported ---------===//

#include "Refusals.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace sextant::fuzz;

static constexpr llvm::StringLiteral kKnown[] = {
    "does not separate into query and key features",
    // Stored alone, rows do not know the attention they were part of.
    "expected an extent of the rows themselves or a static one",
    // Alone as well, they know one attention.
    "expected an extent that all attentions of these rows share",
    // Each of the dot products would take the keys in a loop of its own.
    "has ordered weights of scores that are a choice between",
    // A row op that changes nothing folds away.
    "expected every result to be computed by a kernel, got an argument",
};

bool sextant::fuzz::isKnownRefusal(llvm::StringRef message) {
  return llvm::any_of(
      kKnown, [&](llvm::StringRef known) { return message.contains(known); });
}

std::string sextant::fuzz::kindOfMessage(llvm::StringRef message) {
  std::string kind;
  bool isQuoted = false;
  for (char c : message.take_until([](char c) { return c == '\n'; })) {
    if (c == '\'') {
      isQuoted = !isQuoted;
      kind += isQuoted ? "'" : "...'";
    } else if (llvm::isDigit(c)) {
      if (!isQuoted && (kind.empty() || kind.back() != '#'))
        kind += '#';
    } else if (!isQuoted) {
      kind += c;
    }
  }
  return kind.substr(0, 160);
}
