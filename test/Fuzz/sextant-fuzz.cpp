//===- sextant-fuzz.cpp - Random programs against the interpreter ---------===//

#include "Generate.h"
#include "Isolate.h"
#include "Reduce.h"
#include "Refusals.h"
#include "compiler/Pipeline/Dialects.h"
#include "compiler/tools/Driver/CommandLine.h"
#include "compiler/tools/Driver/ExitCode.h"
#include "runtime/Core/Npy.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <chrono>
#include <map>

using namespace sextant;
using namespace sextant::fuzz;
namespace cl = llvm::cl;

static constexpr llvm::StringLiteral kTool("sextant-fuzz");
static constexpr llvm::StringLiteral kOverview(
    "draws legal programs, compiles them in memory and compares with the\n"
    "interpreter under its bound\n\n"
    "A case is its seed and its number; each runs in a process of its own.\n"
    "The last line counts cases and failures.\n\n"
    "exit codes: 0 no failure, 2 wrong usage, 4 a case failed");

namespace {
struct Options {
  cl::OptionCategory category{"sextant-fuzz options"};
  cl::opt<uint64_t> count{"count", cl::desc("Cases to run (default 300)"),
                          cl::init(300), cl::cat(category)};
  cl::opt<uint64_t> seed{"seed", cl::desc("Of all cases (default 1)"),
                         cl::init(1), cl::cat(category)};
  cl::opt<uint64_t> first{"first",
                          cl::desc("Number of the first case (default 0)"),
                          cl::cat(category)};
  cl::opt<unsigned> time{"time",
                         cl::desc("Stop starting cases after so many seconds"),
                         cl::value_desc("SECONDS"), cl::cat(category)};
  cl::opt<bool> stages{
      "stages",
      cl::desc("Check after every stage: name the first that is wrong"),
      cl::cat(category)};
  cl::opt<bool> reduce{"reduce", cl::desc("Make failing cases small"),
                       cl::cat(category)};
  cl::opt<std::string> isa{
      "isa",
      cl::desc("Instruction sets, as --target of sextantc takes them; all for "
               "those this machine has (default host)"),
      cl::value_desc("NAME,..."), cl::init("host"), cl::cat(category)};
  cl::opt<unsigned> jobs{"jobs", cl::desc("Cases at a time (default 1)"),
                         cl::init(1), cl::cat(category)};
  cl::opt<std::string> save{
      "save", cl::desc("Write failing programs and their inputs there"),
      cl::value_desc("DIR"), cl::cat(category)};
  cl::opt<bool> progress{
      "progress",
      cl::desc("Say on stderr every 10 seconds how far it is; it does so on a "
               "terminal in any case"),
      cl::cat(category)};
  cl::opt<bool> print{"print", cl::desc("Print every program, run none"),
                      cl::cat(category)};
};

/// Counts outcomes and tells of failures.
class Report {
public:
  Report(const Options &options, const CheckOptions &how)
      : options(options), how(how) {}

  void add(uint64_t number, Outcome outcome);
  /// Makes failing cases small, if asked for, and says how to repeat them.
  void explain();
  void summarize(double seconds);
  /// Says how far it is, if it has not for a while.
  void sayProgress(double seconds);
  bool hasFailures() const { return !failed.empty(); }

private:
  void makeSmall(Outcome &outcome);
  void tell(uint64_t number, const Outcome &outcome);
  void save(uint64_t number, const Outcome &outcome, const Case &what);

  const Options &options;
  const CheckOptions &how;
  uint64_t cases = 0, passed = 0;
  double said = 0; // seconds
  std::vector<std::pair<uint64_t, Outcome>> failed;
  std::map<std::string, uint64_t> refusals;
};
} // namespace

static constexpr double kSecondsPerCase = 30;
static constexpr double kSecondsOfProgress = 10;
static constexpr unsigned kMostReductions = 400;

/// Only instruction sets that this machine has: kernels are called.
static TargetSet targetsOf(llvm::StringRef names) {
  if (names == "all")
    return test::hostTargets();
  TargetSet set;
  std::string message;
  if (!parseTargetSet(names, set, message, /*withBaseline=*/false))
    fail(kExitUsage, message);
  for (const Target *target : set.targets)
    if (!runsHere(*target))
      fail(kExitUsage, "--isa: this machine does not run " + target->name);
  return set;
}

static std::optional<Case> remake(const Outcome &outcome) {
  mlir::DialectRegistry registry;
  registerDialects(registry);
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  Choices choices(outcome.numbers);
  std::string error;
  return generate(choices, context, error);
}

static const char *nameOf(Outcome::Kind kind) {
  switch (kind) {
  case Outcome::Passed:
    return "passed";
  case Outcome::Refused:
    return "refused";
  case Outcome::Wrong:
    return "wrong";
  case Outcome::Illegal:
    return "illegal program";
  case Outcome::Crashed:
    return "crash";
  case Outcome::TimedOut:
    return "time limit";
  }
  return "";
}

void Report::add(uint64_t number, Outcome outcome) {
  ++cases;
  if (outcome.kind == Outcome::Passed) {
    ++passed;
    return;
  }
  if (outcome.kind == Outcome::Refused) {
    ++refusals[kindOfMessage(outcome.message)];
    return;
  }
  llvm::outs() << "FAIL case " << number << ", seed " << options.seed << ": "
               << nameOf(outcome.kind) << ", " << outcome.stage << "\n  "
               << llvm::StringRef(outcome.message).rtrim() << "\n";
  llvm::outs().flush();
  failed.push_back({number, std::move(outcome)});
}

/// Only when no other case runs: they would be late.
void Report::explain() {
  for (auto &[number, outcome] : failed) {
    llvm::outs() << "case " << number << ":\n";
    if (options.reduce)
      makeSmall(outcome);
    tell(number, outcome);
    llvm::outs().flush();
  }
}

void Report::makeSmall(Outcome &outcome) {
  const size_t before = outcome.numbers.size();
  outcome = reduce(outcome, kMostReductions, [&](const Choices &choices) {
    return checkIsolated(choices, kSecondsPerCase, how);
  });
  // Now it matters which stage it is.
  CheckOptions staged = how;
  staged.stages = true;
  Outcome detailed =
      checkIsolated(Choices(outcome.numbers), kSecondsPerCase, staged);
  if (detailed.isFailure())
    outcome = std::move(detailed);
  llvm::outs() << "  reduced from " << before << " choices to "
               << outcome.numbers.size() << ": " << nameOf(outcome.kind) << ", "
               << outcome.stage << "\n  "
               << llvm::StringRef(outcome.message).rtrim() << "\n";
}

void Report::tell(uint64_t number, const Outcome &outcome) {
  llvm::outs() << "  repeat: sextant-fuzz --seed=" << options.seed
               << " --first=" << number
               << " --count=1 --reduce --isa=" << options.isa << "\n";
  if (outcome.numbers.empty() || outcome.kind == Outcome::Illegal)
    return;
  std::optional<Case> what = remake(outcome);
  if (!what)
    return;
  const CallOf &call =
      what->calls[std::min(outcome.call, what->calls.size() - 1)];
  llvm::outs() << "  shapes: sextant-run FILE.mlir --check --random="
               << shapeLine(call) << " --seed=" << call.seed << "\n";
  if (options.save.empty())
    llvm::outs() << what->program;
  else
    save(number, outcome, *what);
}

void Report::save(uint64_t number, const Outcome &outcome, const Case &what) {
  llvm::SmallString<128> stem(options.save);
  llvm::sys::path::append(stem, "case-" + llvm::Twine(options.seed) + "-" +
                                    llvm::Twine(number));
  std::error_code error = llvm::sys::fs::create_directories(options.save);
  auto open = [&](const llvm::Twine &path) {
    auto os = std::make_unique<llvm::raw_fd_ostream>(path.str(), error);
    if (error)
      fail(kExitResource, "cannot write '" + path + "': " + error.message());
    return os;
  };
  *open(stem + ".mlir") << what.program;
  const CallOf &call =
      what.calls[std::min(outcome.call, what.calls.size() - 1)];
  test::Buffers inputs = makeInputs(what, call);
  llvm::outs() << "  saved: sextant-run " << stem << ".mlir";
  for (size_t place = 0; place < inputs.size(); ++place) {
    std::string path = (stem + "-" + llvm::Twine(place) + ".npy").str();
    const DLTensor tensor = *inputs[place].dlpack();
    int descriptor;
    error = llvm::sys::fs::openFileForWrite(path, descriptor);
    runtime::Failure failure;
    if (!error)
      failure = runtime::writeNpy(descriptor, tensor);
    if (error || failure)
      fail(kExitResource, "cannot write '" + path + "'");
    llvm::outs() << " " << path;
  }
  llvm::outs() << " --check\n";
}

void Report::sayProgress(double seconds) {
  if (seconds < said + kSecondsOfProgress)
    return;
  said = seconds;
  llvm::errs() << "seed " << options.seed << ": " << cases << " of "
               << options.count << " cases, " << failed.size() << " failed, "
               << llvm::format("%.0f", seconds) << " s\n";
}

void Report::summarize(double seconds) {
  uint64_t refused = 0;
  for (const auto &[message, number] : refusals)
    refused += number;
  if (refused)
    llvm::outs() << "refused:\n";
  for (const auto &[message, number] : refusals)
    llvm::outs() << llvm::format("%6llu  ", (unsigned long long)number)
                 << message << "\n";
  llvm::outs() << "seed " << options.seed << ": " << cases << " cases, "
               << passed << " compared, " << refused << " refused, "
               << failed.size() << " failed, " << llvm::format("%.0f", seconds)
               << " s\n";
}

static void printPrograms(const Options &options) {
  mlir::DialectRegistry registry;
  registerDialects(registry);
  for (uint64_t i = 0; i < options.count; ++i) {
    mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
    Choices choices(options.seed, options.first + i);
    std::string error;
    if (std::optional<Case> what = generate(choices, context, error))
      llvm::outs() << what->program;
    else
      llvm::outs() << "// " << error;
  }
}

int main(int argc, char **argv) {
  static Options options;
  parseCommandLine(argc, argv, kTool, kOverview, options.category);
  if (options.jobs < 1 || options.jobs > 256)
    fail(kExitUsage,
         "--jobs: expected 1 to 256, got " + llvm::Twine(options.jobs));
  if (options.print) {
    printPrograms(options);
    return kExitOk;
  }
  CheckOptions how;
  how.targets = targetsOf(options.isa);
  how.stages = options.stages;

  const auto start = std::chrono::steady_clock::now();
  auto seconds = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() -
                                         start)
        .count();
  };
  const bool hasProgress = options.progress || llvm::errs().is_displayed();
  Report report(options, how);
  Workers workers(options.jobs, kSecondsPerCase, how);
  for (uint64_t i = 0; i < options.count; ++i) {
    if (options.time && seconds() >= options.time)
      break;
    const uint64_t number = options.first + i;
    workers.start(Choices(options.seed, number),
                  [&report, number](Outcome outcome) {
                    report.add(number, std::move(outcome));
                  });
    if (hasProgress)
      report.sayProgress(seconds());
  }
  workers.finish();
  report.explain();
  report.summarize(seconds());
  return report.hasFailures() ? kExitNumeric : kExitOk;
}
