//===- CommandLine.h - The command line, read strictly ----------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOLS_DRIVER_COMMANDLINE_H
#define SEXTANT_COMPILER_TOOLS_DRIVER_COMMANDLINE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/CommandLine.h"
#include <string>

namespace sextant {

/// Parses argv into the options of `category`; LLVM's own are hidden. An option
/// given twice is an error, and so is one that does not parse: the message is
/// printed and the process exits with kExitUsage. `--version` prints `tool`
/// and the version. Warns of environment variables SEXTANT_... that nothing
/// reads.
void parseCommandLine(int argc, char **argv, llvm::StringRef tool,
                      llvm::StringRef overview,
                      llvm::cl::OptionCategory &category);

/// Takes a name back that a library of LLVM has given to an option of its own;
/// before the option of that name is made.
void releaseOption(llvm::StringRef name);

/// Prints "TOOL: error: MESSAGE" and exits with `code`.
[[noreturn]] void fail(llvm::StringRef tool, int code,
                       const llvm::Twine &message);

/// The same for the tool whose command line was parsed.
[[noreturn]] void fail(int code, const llvm::Twine &message);

/// "unknown WHAT 'value'; did you mean 'x'?", or with the list of what is known
/// where nothing is near.
std::string unknownValue(llvm::StringRef what, llvm::StringRef value,
                         llvm::ArrayRef<llvm::StringRef> known);

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOLS_DRIVER_COMMANDLINE_H
