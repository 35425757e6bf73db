//===- BenchOptions.cpp - What sextant-bench is asked to do ---------------===//

#include "compiler/tools/sextant-bench/BenchOptions.h"
#include "compiler/Target/TargetRegistry.h"
#include "compiler/tools/Driver/CommandLine.h"
#include "compiler/tools/Driver/ExitCode.h"
#include "runtime/sextant_runtime.h"
#include "llvm/Support/Regex.h"

using namespace sextant;
namespace cl = llvm::cl;

static constexpr llvm::StringLiteral kOverview(
    "measures the kernels of a suite\n\n"
    "A suite is a JSON file (docs/HowTo/Measure.md): programs, shapes, what "
    "limits\n"
    "them, and pairs of kernels to compare. Each case is compiled to a shared\n"
    "library and called in processes of its own, beside the rate that the "
    "machine\n"
    "reaches at that moment; the kernels of a pair take turns in one process.\n"
    "Time is thread CPU time for one thread, else of the clock, of the whole\n"
    "call.\n\n"
    "exit codes: 0 done, 1 input rejected, 2 wrong usage, 3 internal error,\n"
    "            4 a limit of --check is broken, 5 resource missing");

namespace {
struct RawOptions {
  cl::OptionCategory category{"sextant-bench options"};
  cl::opt<std::string> suite{cl::Positional, cl::desc("SUITE.json"),
                             cl::Required, cl::cat(category)};
  cl::opt<std::string> filter{
      "filter", cl::desc("Only the cases whose names match (default .*)"),
      cl::value_desc("REGEX"), cl::init(".*"), cl::cat(category)};
  cl::opt<bool> list{"list", cl::desc("Print the names of the cases"),
                     cl::cat(category)};
  cl::opt<bool> check{
      "check",
      cl::desc("Fail where a limit of the suite is broken three times"),
      cl::cat(category)};
  cl::opt<std::string> json{"json", cl::desc("Where to write all results"),
                            cl::value_desc("FILE"), cl::cat(category)};
  cl::opt<std::string> markdown{
      "markdown",
      cl::desc("Where to write tables (default - unless --json is given)"),
      cl::value_desc("FILE"), cl::cat(category)};
  cl::opt<std::string> prepare{
      "prepare",
      cl::desc("Write the libraries and cases.json, and measure nothing"),
      cl::value_desc("DIR"), cl::cat(category)};
  cl::opt<unsigned> repeat{
      "repeat", cl::desc("Least calls, or pairs, a process (default 15)"),
      cl::init(15), cl::cat(category)};
  cl::opt<double> seconds{
      "seconds",
      cl::desc("A process stops after so much time in calls (default 1)"),
      cl::init(1), cl::cat(category)};
  cl::opt<unsigned> processes{"processes",
                              cl::desc("Processes a case (default 3)"),
                              cl::init(3), cl::cat(category)};
  cl::opt<unsigned> threads{"threads",
                            cl::desc("Threads, instead of what the cases say"),
                            cl::init(0), cl::cat(category)};
  cl::opt<std::string> isa{
      "isa", cl::desc("Instruction set (default the best of this machine)"),
      cl::value_desc("NAME"), cl::cat(category)};
  cl::opt<std::string> launcher{
      "launcher", cl::desc("Put before each process, such as 'taskset -c 1'"),
      cl::value_desc("WORDS"), cl::cat(category)};
  cl::opt<std::string> worker{"worker", cl::Hidden, cl::cat(category)};
  cl::opt<std::string> scratch{"scratch", cl::Hidden, cl::cat(category)};
  cl::opt<uint64_t> seed{"seed", cl::Hidden, cl::cat(category)};
};
} // namespace

static int between(llvm::StringRef option, unsigned value, unsigned least,
                   unsigned most) {
  if (value < least || value > most)
    fail(kExitUsage, "--" + option + ": expected " + llvm::Twine(least) +
                         " to " + llvm::Twine(most) + ", got " +
                         llvm::Twine(value));
  return value;
}

static int32_t parseIsa(llvm::StringRef name) {
  llvm::SmallVector<llvm::StringRef> known;
  for (const Target &target : allTargets()) {
    known.push_back(target.runtimeName);
    if (target.runtimeName != name)
      continue;
    if (!sextant_cpu_supports(target.runtimeIsa))
      fail(kExitResource, "--isa: this CPU does not run " + name);
    return target.runtimeIsa;
  }
  fail(kExitUsage, "--isa: " + unknownValue("instruction set", name, known));
}

BenchOptions sextant::parseBenchOptions(int argc, char **argv) {
  releaseOption("threads");
  // LLVM keeps pointers to options for good, and lld resets them all.
  static RawOptions raw;
  parseCommandLine(argc, argv, kBenchTool, kOverview, raw.category);
  BenchOptions options;
  options.suite = raw.suite;
  options.filter = raw.filter;
  std::string message;
  if (!llvm::Regex(options.filter).isValid(message))
    fail(kExitUsage, "--filter: " + message);
  options.list = raw.list;
  options.check = raw.check;
  options.json = raw.json;
  options.markdown = raw.markdown;
  if (options.json.empty() && !raw.markdown.getNumOccurrences())
    options.markdown = "-";
  if (options.json == "-" && options.markdown == "-")
    fail(kExitUsage, "--json and --markdown: only one of them can be '-'");
  options.prepare = raw.prepare;
  options.repeat = between("repeat", raw.repeat, 1, 100000);
  options.seconds = raw.seconds;
  if (!(options.seconds >= 0 && options.seconds <= 3600))
    fail(kExitUsage, "--seconds: expected 0 to 3600");
  options.processes = between("processes", raw.processes, 1, 1000);
  if (raw.threads.getNumOccurrences())
    options.threads = between("threads", raw.threads, 1, SEXTANT_MAX_THREADS);
  options.target = "host";
  if (raw.isa.getNumOccurrences()) {
    options.isa = parseIsa(raw.isa);
    options.target = raw.isa;
  }
  options.launcher = raw.launcher;
  options.worker = raw.worker;
  options.scratch = raw.scratch;
  options.seed = raw.seed;
  return options;
}
