//===- CommandLine.cpp - The command line, read strictly ------------------===//

#include "compiler/tools/Driver/CommandLine.h"
#include "compiler/tools/Driver/ExitCode.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <cstdlib>
#include <unistd.h>

using namespace sextant;
namespace cl = llvm::cl;

void sextant::fail(llvm::StringRef tool, int code, const llvm::Twine &message) {
  llvm::errs() << tool << ": error: " << message << "\n";
  std::exit(code);
}

/// Of the tool whose command line was parsed.
static std::string &toolName() {
  static std::string name;
  return name;
}

void sextant::fail(int code, const llvm::Twine &message) {
  fail(toolName(), code, message);
}

std::string sextant::unknownValue(llvm::StringRef what, llvm::StringRef value,
                                  llvm::ArrayRef<llvm::StringRef> known) {
  std::string message = ("unknown " + what + " '" + value + "'; ").str();
  llvm::StringRef nearest;
  // A third of the letters may be wrong.
  unsigned best = value.size() / 3 + 2;
  for (llvm::StringRef candidate : known) {
    const unsigned distance = value.edit_distance(candidate);
    if (distance < best) {
      best = distance;
      nearest = candidate;
    }
  }
  if (!nearest.empty())
    return message + ("did you mean '" + nearest + "'?").str();
  return message + "known: " + llvm::join(known, ", ");
}

void sextant::releaseOption(llvm::StringRef name) {
  auto &options = cl::getRegisteredOptions();
  auto option = options.find(name);
  if (option != options.end())
    option->second->removeArgument();
}

static void warnOfEnvironment(llvm::StringRef tool) {
  static constexpr llvm::StringLiteral known[] = {"SEXTANT_ISA"};
  for (char **entry = environ; *entry; ++entry) {
    const llvm::StringRef name = llvm::StringRef(*entry).split('=').first;
    if (name.starts_with("SEXTANT_") && !llvm::is_contained(known, name))
      llvm::errs() << tool << ": warning: environment variable " << name
                   << " is not known; known: SEXTANT_ISA\n";
  }
}

void sextant::parseCommandLine(int argc, char **argv, llvm::StringRef tool,
                               llvm::StringRef overview,
                               cl::OptionCategory &category) {
  toolName() = tool.str();
  static std::string version;
  version = (tool + " " SEXTANT_VERSION "\n").str();
  cl::HideUnrelatedOptions(category);
  cl::SetVersionPrinter([](llvm::raw_ostream &os) { os << version; });
  std::string messages;
  llvm::raw_string_ostream os(messages);
  if (!cl::ParseCommandLineOptions(argc, argv, overview, &os)) {
    llvm::errs() << messages;
    std::exit(kExitUsage);
  }
  for (auto &[name, option] : cl::getRegisteredOptions())
    if (llvm::is_contained(option->Categories, &category) &&
        option->getNumOccurrences() > 1 &&
        option->getNumOccurrencesFlag() != cl::ZeroOrMore &&
        option->getNumOccurrencesFlag() != cl::OneOrMore)
      fail(tool, kExitUsage, "--" + name + " given twice");
  warnOfEnvironment(tool);
}
