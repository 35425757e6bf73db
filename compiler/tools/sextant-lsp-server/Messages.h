//===- Messages.h - Framed messages of the language server ------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOLS_SEXTANT_LSP_SERVER_MESSAGES_H
#define SEXTANT_COMPILER_TOOLS_SEXTANT_LSP_SERVER_MESSAGES_H

#include "llvm/ADT/StringRef.h"
#include <optional>
#include <string>

namespace sextant {

/// Reads what "Content-Length: N" and an empty line announce.
class MessageReader {
public:
  explicit MessageReader(int descriptor) : descriptor(descriptor) {}
  /// The body of the next message; none at the end, or if it makes no sense.
  std::optional<std::string> next();

private:
  bool fill();

  int descriptor;
  std::string buffer;
};

/// Writes a message with its header; false if nobody listens.
bool writeMessage(int descriptor, llvm::StringRef body);

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOLS_SEXTANT_LSP_SERVER_MESSAGES_H
