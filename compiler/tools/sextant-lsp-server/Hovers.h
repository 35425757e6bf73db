//===- Hovers.h - What is known of an attention, in its hover ---*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOLS_SEXTANT_LSP_SERVER_HOVERS_H
#define SEXTANT_COMPILER_TOOLS_SEXTANT_LSP_SERVER_HOVERS_H

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/JSON.h"
#include <map>
#include <mutex>
#include <string>

namespace sextant {

/// Adds the report of sextantc --explain to the hovers of attn.scores,
/// attn.softmax and attn.weighted_sum. It watches what an editor sends to
/// MLIR's language server, and edits what comes back.
class Hovers {
public:
  /// A message of the editor.
  void sent(llvm::StringRef body);
  /// An answer, with what is known added to it.
  std::string answered(std::string body);

private:
  struct Place {
    std::string uri;
    int64_t line = 0;
  };

  std::mutex mutex;
  llvm::StringMap<std::string> texts;
  /// Hovers that have no answer yet, by their id as text.
  std::map<std::string, Place> open;
};

/// The report of the attention whose op stands on `line` (from 0) of a program;
/// empty if there is none, or the program is wrong.
std::string explainLine(llvm::StringRef program, int64_t line);

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOLS_SEXTANT_LSP_SERVER_HOVERS_H
