//===- Options.cpp - What sextantc is asked to do -------------------------===//

#include "compiler/tools/sextantc/Options.h"
#include "compiler/tools/Driver/CommandLine.h"
#include "compiler/tools/Driver/ExitCode.h"
#include "compiler/tools/Driver/OutputFile.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace sextant;
namespace cl = llvm::cl;

static constexpr llvm::StringLiteral kTool("sextantc");
static constexpr llvm::StringLiteral kOverview(
    "Sextant's compiler: an attention variant becomes a shared object\n\n"
    "phases, in order: attn fused tiled vector llvm asm obj so\n"
    "exit codes: 0 done, 1 input rejected, 2 wrong usage, 3 internal error,\n"
    "            5 resource missing");

namespace {
/// The options as LLVM parses them; text where we want our own message.
struct RawOptions {
  cl::OptionCategory category{"sextantc options"};
  cl::opt<std::string> input{cl::Positional, cl::desc("FILE.mlir"),
                             cl::Required, cl::cat(category)};
  cl::opt<std::string> output{
      "o", cl::desc("Where to write (default: standard output for text)"),
      cl::value_desc("FILE"), cl::cat(category)};
  cl::opt<std::string> header{"header", cl::desc("Write a C header as well"),
                              cl::value_desc("FILE.h"), cl::cat(category)};
  cl::opt<std::string> emit{"emit", cl::desc("Phase to stop at (default so)"),
                            cl::value_desc("PHASE"), cl::init("so"),
                            cl::cat(category)};
  cl::opt<std::string> from{
      "from", cl::desc("Phase the input is in (default attn)"),
      cl::value_desc("PHASE"), cl::init("attn"), cl::cat(category)};
  cl::opt<std::string> target{
      "target",
      cl::desc("Machine to compile for: host (default), the name of an "
               "instruction set, or list"),
      cl::value_desc("NAME"), cl::init("host"), cl::cat(category)};
  cl::opt<bool> explain{"explain",
                        cl::desc("Say what was factored, hoisted and skipped"),
                        cl::cat(category)};
  cl::opt<std::string> extents{
      "extents",
      cl::desc("With --explain: count tiles, FLOPs and bytes for these "
               "extents, as in B=1,H=8,M=2048,N=2048"),
      cl::value_desc("NAME=NUMBER,..."), cl::cat(category)};
  cl::opt<bool> timing{"timing", cl::desc("Print what each step took"),
                       cl::cat(category)};
  cl::opt<std::string> saveTemps{
      "save-temps", cl::desc("Write the form of every phase to a directory"),
      cl::value_desc("DIR"), cl::cat(category)};
  cl::opt<bool> allowBytecode{
      "allow-bytecode",
      cl::desc("Read MLIR bytecode; only from whom you trust"),
      cl::cat(category)};
  cl::opt<uint64_t> maxInputSize{
      "max-input-size", cl::desc("Largest input in bytes (default 64 MiB)"),
      cl::value_desc("BYTES"), cl::init(InputLimits().maxBytes),
      cl::cat(category)};
  cl::opt<bool> force{
      "force", cl::desc("Write binary output to a terminal all the same"),
      cl::cat(category)};
};
} // namespace

static Phase phaseOption(llvm::StringRef option, llvm::StringRef value) {
  if (std::optional<Phase> phase = parsePhase(value))
    return *phase;
  llvm::SmallVector<llvm::StringRef> words;
  for (const PhaseInfo &info : allPhases())
    words.push_back(info.word);
  fail(kTool, kExitUsage,
       "--" + option + ": " + unknownValue("phase", value, words));
}

static NamedExtents extentsOption(llvm::StringRef text) {
  auto refuse = [](const llvm::Twine &message) {
    fail(kTool, kExitUsage, "--extents: " + message);
  };
  NamedExtents extents;
  llvm::SmallVector<llvm::StringRef> parts;
  text.split(parts, ',');
  for (llvm::StringRef part : parts) {
    auto [name, number] = part.split('=');
    if (name.empty() || number.empty())
      refuse("expected NAME=NUMBER,..., got '" + part + "'");
    int64_t value = 0;
    if (number.getAsInteger(10, value) || value < 1 || value > kMostExtent)
      refuse("expected '" + name + "' within [1, " + llvm::Twine(kMostExtent) +
             "], got '" + number + "'");
    if (!extents.insert({name, value}).second)
      refuse("'" + name + "' is given twice");
  }
  return extents;
}

/// What can be wrong between options that are each right.
static void checkCombination(const Options &options, bool force) {
  const std::string emit = ("--emit=" + phaseWord(options.emit)).str();
  const std::string from = ("--from=" + phaseWord(options.from)).str();
  if (options.from > Phase::LLVM)
    fail(kTool, kExitUsage,
         from + ": such a file cannot be read; the last phase that can is "
                "llvm");
  if (options.emit < options.from)
    fail(kTool, kExitUsage,
         emit + " lies before " + from + ": nothing leads back");
  if (!options.header.empty() &&
      (options.emit < Phase::Vector || options.from > Phase::Vector))
    fail(kTool, kExitUsage,
         "--header needs the vector form, which lies outside " + from + " to " +
             emit);
  if (options.explain && options.from > Phase::Attn)
    fail(kTool, kExitUsage,
         "--explain needs the attn form, which lies before " + from);
  if (!options.extents.empty() && !options.explain)
    fail(kTool, kExitUsage, "--extents needs --explain");
  if (!options.writes)
    return;
  if (options.output.empty())
    fail(kTool, kExitUsage, emit + " needs -o FILE");
  if (options.emit >= Phase::Obj && isTerminal(options.output) && !force)
    fail(kTool, kExitUsage,
         emit + " would write binary data to a terminal; use -o FILE or "
                "--force");
  for (llvm::StringRef output :
       {llvm::StringRef(options.output), llvm::StringRef(options.header)})
    if (llvm::Error error = checkDistinct(options.input, output))
      fail(kTool, kExitRejected, llvm::toString(std::move(error)));
  if (options.output == options.header)
    fail(kTool, kExitUsage,
         "-o and --header name the same file '" + options.output + "'");
}

Options sextant::parseOptions(int argc, char **argv) {
  // LLVM keeps pointers to options for good, and lld resets them all.
  static RawOptions raw;
  // Asking for the list needs no input.
  if (llvm::is_contained(llvm::ArrayRef(argv, argc).drop_front(),
                         llvm::StringRef("--target=list"))) {
    printTargets(llvm::outs());
    std::exit(kExitOk);
  }
  parseCommandLine(argc, argv, kTool, kOverview, raw.category);
  Options options;
  options.input = raw.input;
  options.output = raw.output;
  options.header = raw.header;
  options.saveTemps = raw.saveTemps;
  options.explain = raw.explain;
  options.timing = raw.timing;
  if (raw.extents.getNumOccurrences())
    options.extents = extentsOption(raw.extents);
  options.emit = phaseOption("emit", raw.emit);
  options.from = phaseOption("from", raw.from);
  options.limits.allowBytecode = raw.allowBytecode;
  options.limits.maxBytes = raw.maxInputSize;
  std::string message;
  if (!parseTargetSet(raw.target, options.targets, message))
    fail(kTool, kExitUsage, message);

  // An explanation alone needs no output.
  if (options.explain && options.output.empty() && options.header.empty() &&
      raw.emit.getNumOccurrences() == 0) {
    options.writes = false;
    options.emit = Phase::Tiled;
  }
  if (options.writes && options.output.empty() && options.emit <= Phase::Asm)
    options.output = "-";
  checkCombination(options, raw.force);
  return options;
}
