//===- CrashReport.cpp - A crash leaves what it takes to repeat it --------===//

#include "compiler/tools/Driver/CrashReport.h"
#include "compiler/tools/Driver/ExitCode.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/raw_ostream.h"
#include <string>
#include <unistd.h>
#include <vector>

using namespace sextant;
namespace cl = llvm::cl;

namespace {
/// Lets a user see the report of a crash, and the tests that there is one.
cl::opt<bool> debugCrash("debug-crash",
                         cl::desc("Crash after reading the input"), cl::Hidden);

/// What a crash handler can reach: it gets no argument of ours.
struct Report {
  std::string tool;
  std::vector<std::string> arguments;
  llvm::StringRef path, text;
};
} // namespace

static Report &report() {
  static Report instance;
  return instance;
}

void sextant::setCrashInput(llvm::StringRef path, llvm::StringRef text) {
  report().path = path;
  report().text = text;
  if (debugCrash)
    LLVM_BUILTIN_TRAP;
}

void sextant::writeReproducer(llvm::StringRef reason) {
  const Report &what = report();
  llvm::errs() << what.tool << ": error: internal error: " << reason << "\n";
  if (what.text.empty())
    return;
  int descriptor;
  llvm::SmallString<128> path;
  if (std::error_code error = llvm::sys::fs::createUniqueFile(
          what.tool + "-reproducer-%%%%%%.mlir", descriptor, path)) {
    llvm::errs() << "note: no reproducer written: " << error.message() << "\n";
    return;
  }
  std::string line = what.tool;
  for (const std::string &argument : what.arguments)
    line += " " + (argument == what.path ? std::string(path) : argument);
  if (what.path == "-")
    line += (" < " + path).str();
  {
    llvm::raw_fd_ostream os(descriptor, /*shouldClose=*/true);
    os << what.text;
    os.flush();
    os.clear_error();
  }
  llvm::errs() << "note: the input was copied; please report it together with "
                  "this line:\n  "
               << line << "\n";
}

static void onSignal(void *) {
  // A second crash in here must not come back.
  llvm::sys::unregisterHandlers();
  writeReproducer("crash");
  ::_exit(kExitInternal);
}

static void onFatalError(void *, const char *reason, bool) {
  writeReproducer(reason);
  ::_exit(kExitInternal);
}

static void onBadAlloc(void *, const char *, bool) {
  static const char message[] = "error: out of memory\n";
  if (::write(STDERR_FILENO, message, sizeof(message) - 1) < 0)
    ::_exit(kExitInternal);
  ::_exit(kExitResource);
}

void sextant::installCrashReport(llvm::StringRef tool,
                                 llvm::ArrayRef<const char *> argv) {
  report().tool = tool.str();
  for (const char *argument : argv.drop_front())
    report().arguments.push_back(argument);
  llvm::sys::AddSignalHandler(onSignal, nullptr);
  llvm::install_fatal_error_handler(onFatalError);
  llvm::install_bad_alloc_error_handler(onBadAlloc);
}
