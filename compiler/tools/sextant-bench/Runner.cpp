//===- Runner.cpp - Processes that measure --------------------------------===//

#include "compiler/tools/sextant-bench/Runner.h"
#include "compiler/tools/Driver/CommandLine.h"
#include "compiler/tools/Driver/ExitCode.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"

using namespace sextant;

/// No case takes this long unless it hangs.
static constexpr unsigned kMostSeconds = 600;

Runner::Runner(const BenchOptions &options, std::string self)
    : options(options), self(std::move(self)), scratch(options.prepare) {
  std::error_code error;
  if (scratch.empty()) {
    llvm::SmallString<128> path;
    error = llvm::sys::fs::createUniqueDirectory("sextant-bench", path);
    scratch = path.str().str();
  } else {
    error = llvm::sys::fs::create_directories(scratch);
  }
  if (error)
    fail(kExitResource, "cannot create '" + scratch + "': " + error.message());

  llvm::SmallVector<llvm::StringRef> words;
  llvm::SplitString(options.launcher, words);
  if (words.empty())
    return;
  llvm::ErrorOr<std::string> program =
      llvm::sys::findProgramByName(words.front());
  if (!program)
    fail(kExitUsage, "--launcher: no program '" + words.front() + "'");
  launcher.push_back(*program);
  for (llvm::StringRef word : llvm::drop_begin(words))
    launcher.push_back(word.str());
}

void Runner::cleanUp() {
  if (options.prepare.empty())
    llvm::sys::fs::remove_directories(scratch);
}

static std::string contentOf(llvm::StringRef path) {
  llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> file =
      llvm::MemoryBuffer::getFile(path);
  return file ? (*file)->getBuffer().str() : std::string();
}

/// False, and a reason in the result, where the case is refused.
bool Runner::runProcess(uint64_t number, CaseResult &result) {
  llvm::SmallVector<std::string> words = launcher;
  words.append({self, options.suite, "--worker=" + result.what->name,
                "--scratch=" + scratch, "--seed=" + std::to_string(number),
                "--repeat=" + std::to_string(options.repeat),
                "--seconds=" + std::to_string(options.seconds)});
  if (options.threads)
    words.push_back("--threads=" + std::to_string(options.threads));
  if (options.isa)
    words.push_back("--isa=" + options.target);
  if (!options.prepare.empty())
    words.push_back("--prepare=" + options.prepare);
  const llvm::SmallVector<llvm::StringRef> arguments(words.begin(),
                                                     words.end());
  llvm::SmallString<128> out(scratch), err(scratch);
  llvm::sys::path::append(out, "worker.json");
  llvm::sys::path::append(err, "worker.log");
  std::string message;
  const int code = llvm::sys::ExecuteAndWait(
      arguments.front(), arguments, std::nullopt,
      {llvm::StringRef(), out.str(), err.str()}, kMostSeconds, 0, &message);
  const std::string output = contentOf(out), log = contentOf(err);
  llvm::sys::fs::remove(out);
  llvm::sys::fs::remove(err);
  if (code == kExitRejected || code == kExitUsage || code == kExitResource) {
    // The first error is the cause: our own words on the command line are
    // right, so a wrong use is a program of several functions.
    const size_t at = log.find("error: ");
    result.refused = llvm::StringRef(log)
                         .substr(at == std::string::npos ? 0 : at + 7)
                         .split('\n')
                         .first.str();
    // Results name no place of this machine.
    const std::string prefix = scratch + "/";
    for (size_t at; (at = result.refused.find(prefix)) != std::string::npos;)
      result.refused.erase(at, prefix.size());
    return false;
  }
  ProcessResult process;
  llvm::Expected<llvm::json::Value> value = llvm::json::parse(output);
  llvm::json::Path::Root root;
  const bool parsed = value && fromJSON(*value, process, root);
  if (!value)
    llvm::consumeError(value.takeError());
  if (code != 0 || !parsed) {
    cleanUp();
    fail(kExitInternal, "case '" + result.what->name + "': its process " +
                            (code ? "failed with code " + std::to_string(code)
                                  : "printed no result") +
                            ": " + message + log);
  }
  result.processes.push_back(std::move(process));
  return true;
}

CaseResult Runner::run(const BenchCase &what) {
  CaseResult result{&what, "", {}};
  const int processes = options.prepare.empty() ? options.processes : 1;
  for (int number = 0; number < processes; ++number)
    if (!runProcess(number, result))
      break;
  return result;
}
