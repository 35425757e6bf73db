//===- sextant-bench.cpp - Measure the kernels of a suite -----------------===//

#include "compiler/tools/Driver/CommandLine.h"
#include "compiler/tools/Driver/CrashReport.h"
#include "compiler/tools/Driver/ExitCode.h"
#include "compiler/tools/Driver/OutputFile.h"
#include "compiler/tools/sextant-bench/Machine.h"
#include "compiler/tools/sextant-bench/Report.h"
#include "compiler/tools/sextant-bench/Runner.h"
#include "compiler/tools/sextant-bench/Worker.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Regex.h"
#include "llvm/Support/raw_ostream.h"

using namespace sextant;

/// A machine that does something else may break a limit once or twice.
static constexpr int kAttempts = 3;

static std::vector<BenchCase> chosen(const BenchOptions &options) {
  std::vector<BenchCase> cases = readSuite(options.suite);
  const llvm::Regex filter(options.filter);
  llvm::erase_if(cases, [&](const BenchCase &what) {
    return options.worker.empty() ? !filter.match(what.name)
                                  : what.name != options.worker;
  });
  if (cases.empty())
    fail(kExitUsage,
         "no case of '" + options.suite + "' matches '" +
             (options.worker.empty() ? options.filter : options.worker) + "'");
  for (BenchCase &what : cases)
    if (options.threads)
      what.threads = options.threads;
  return cases;
}

/// Which limit `result` breaks; empty if none.
static std::string broken(const CaseResult &result) {
  const BenchCase &what = *result.what;
  if (!what.mostRatio && !what.leastShare)
    return "";
  if (!result.refused.empty())
    return "refused: " + result.refused;
  if (what.mostRatio) {
    const double ratio = spreadOf(ratiosOf(result)).median;
    if (!(ratio <= *what.mostRatio))
      return llvm::formatv("took {0:f3} times the baseline, expected at most "
                           "{1:f3}",
                           ratio, *what.mostRatio);
  }
  if (what.leastShare) {
    const Series shares = sharesOf(result);
    if (shares.empty())
      return "its work is not known, so it has no share of the ceiling";
    const double share = spreadOf(shares).median;
    if (!(share >= *what.leastShare))
      return llvm::formatv("reached {0:f3} of the ceiling, expected at least "
                           "{1:f3}",
                           share, *what.leastShare);
  }
  return "";
}

static void write(llvm::StringRef path, llvm::StringRef content) {
  if (path.empty())
    return;
  if (llvm::Error error = writeOutput(path, content))
    fail(kExitRejected, llvm::toString(std::move(error)));
}

static std::string text(const llvm::json::Value &value) {
  std::string result;
  llvm::raw_string_ostream(result) << llvm::formatv("{0:2}\n", value);
  return result;
}

/// Measures all cases; the number of those that break a limit.
static int measure(const BenchOptions &options, Runner &runner,
                   llvm::ArrayRef<BenchCase> cases,
                   std::vector<CaseResult> &results) {
  int breaches = 0;
  for (const BenchCase &what : cases) {
    std::string breach;
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      if (attempt > 0)
        results.pop_back();
      results.push_back(runner.run(what));
      breach = options.check ? broken(results.back()) : "";
      llvm::errs() << what.name << ": " << summary(results.back()) << "\n";
      if (breach.empty())
        break;
    }
    if (breach.empty())
      continue;
    ++breaches;
    llvm::errs() << kBenchTool << ": error: case '" << what.name
                 << "': " << breach << "\n";
  }
  return breaches;
}

int main(int argc, char **argv) {
  installCrashReport(kBenchTool, llvm::ArrayRef(argv, argc));
  const BenchOptions options = parseBenchOptions(argc, argv);
  const std::vector<BenchCase> cases = chosen(options);
  if (options.list) {
    for (const BenchCase &what : cases)
      llvm::outs() << what.name << "\n";
    return kExitOk;
  }
  if (!options.worker.empty()) {
    llvm::outs() << text(toJSON(runWorker(options, cases.front())));
    return kExitOk;
  }

  llvm::json::Object machine = describeMachine();
  Runner runner(options, llvm::sys::fs::getMainExecutable(
                             argv[0], reinterpret_cast<void *>(&main)));
  std::vector<CaseResult> results;
  const int breaches = measure(options, runner, cases, results);
  if (!options.prepare.empty()) {
    llvm::SmallString<128> path(options.prepare);
    llvm::sys::path::append(path, "cases.json");
    write(path, text(preparedCases(std::move(machine), results)));
    return kExitOk;
  }
  write(options.markdown, markdownReport(machine, results));
  write(options.json, text(jsonReport(options, std::move(machine), results)));
  return breaches ? kExitNumeric : kExitOk;
}
