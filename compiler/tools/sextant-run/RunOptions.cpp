//===- RunOptions.cpp - What sextant-run is asked to do -------------------===//

#include "compiler/tools/sextant-run/RunOptions.h"
#include "compiler/tools/Driver/CommandLine.h"
#include "compiler/tools/Driver/ExitCode.h"
#include "compiler/tools/Driver/OutputFile.h"
#include "runtime/sextant_runtime.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace sextant;
namespace cl = llvm::cl;

static constexpr llvm::StringLiteral kOverview(
    "runs a kernel on tensors: FILE.mlir is compiled in memory, LIB.so "
    "loaded\n\n"
    "Inputs are .npy files in the order of the arguments. --random makes them\n"
    "instead, one shape for each argument ('1x8x2048x64,4'; an empty shape is "
    "a\n"
    "scalar): floats are standard normal, made by a counter from --seed "
    "alone.\n"
    "An integer tensor of rank 2 or more holds the positions 0, 1, 2, ... "
    "along\n"
    "its last dimension; one of rank 1 holds lengths drawn from 1 to the "
    "largest\n"
    "row count of a float input; a scalar is that count.\n\n"
    "A .npy file holds f16 as '<f2' and bf16, which NumPy does not know, as "
    "'<V2':\n"
    "what ml_dtypes saves and array.view(ml_dtypes.bfloat16) reads. bf16 is "
    "read\n"
    "from the bits in '<u2' as well.\n\n"
    "SEXTANT_ISA (auto, generic, x86-64-v3, x86-64-v4, x86-64-v4-bf16, "
    "x86-64-v4-amx)\nchooses the variant.\n\n"
    "exit codes: 0 done, 1 input rejected, 2 wrong usage, 3 internal error,\n"
    "            4 check failed, 5 resource missing");

namespace {
struct RawOptions {
  cl::OptionCategory category{"sextant-run options"};
  cl::list<std::string> files{cl::Positional, cl::desc("FILE [IN.npy ...]"),
                              cl::OneOrMore, cl::cat(category)};
  cl::list<std::string> outputs{
      "o", cl::desc("Where to write a result, once for each (.npy)"),
      cl::value_desc("OUT.npy"), cl::cat(category)};
  cl::opt<std::string> program{
      "program",
      cl::desc("What a library was made from: for --check and --bench"),
      cl::value_desc("FILE.mlir"), cl::cat(category)};
  cl::opt<std::string> entry{
      "entry", cl::desc("Kernel to run; needed if there are several"),
      cl::value_desc("NAME"), cl::cat(category)};
  cl::opt<std::string> from{
      "from", cl::desc("Form of the program: attn or fused"),
      cl::value_desc("PHASE"), cl::init("attn"), cl::cat(category)};
  cl::opt<std::string> target{
      "target", cl::desc("Machine to compile for (default host)"),
      cl::value_desc("NAME"), cl::init("host"), cl::cat(category)};
  cl::opt<bool> reference{"reference",
                          cl::desc("Run the interpreter alone, in float64"),
                          cl::cat(category)};
  cl::opt<bool> check{
      "check",
      cl::desc("Run the interpreter too and print the error against its bound"),
      cl::cat(category)};
  cl::opt<bool> bench{"bench",
                      cl::desc("Print time, rate and share of the FMA peak"),
                      cl::cat(category)};
  cl::opt<std::string> show{
      "show",
      cl::desc("Draw instead of running the kernel: mask, bias, decay or "
               "tiles, as SVG, or its numbers if -o ends in .json"),
      cl::value_desc("WHAT"), cl::cat(category)};
  cl::opt<unsigned> head{"head", cl::desc("Head to draw (default 0)"),
                         cl::cat(category)};
  cl::opt<std::string> random{"random", cl::desc("Make the inputs"),
                              cl::value_desc("SHAPE,..."), cl::cat(category)};
  cl::opt<uint64_t> seed{"seed", cl::desc("Of --random (default 0)"),
                         cl::cat(category)};
  cl::opt<unsigned> threads{"threads", cl::desc("Threads to use (default 1)"),
                            cl::init(1), cl::cat(category)};
  cl::opt<bool> allowBytecode{
      "allow-bytecode",
      cl::desc("Read MLIR bytecode; only from whom you trust"),
      cl::cat(category)};
  cl::opt<uint64_t> maxInputSize{
      "max-input-size", cl::desc("Largest program in bytes (default 64 MiB)"),
      cl::value_desc("BYTES"), cl::init(InputLimits().maxBytes),
      cl::cat(category)};
};
} // namespace

/// No result may replace what is read, nor another result, nor mix with what
/// is printed.
static void checkOutputs(const RunOptions &options) {
  for (auto [place, output] : llvm::enumerate(options.outputs)) {
    std::vector<std::string> read = options.inputs;
    read.push_back(options.file);
    read.push_back(options.program);
    for (const std::string &input : read)
      if (llvm::Error error = checkDistinct(input, output))
        fail(kRunTool, kExitRejected, llvm::toString(std::move(error)));
    if (llvm::is_contained(llvm::ArrayRef(options.outputs).take_front(place),
                           output))
      fail(kRunTool, kExitUsage, "-o given twice for '" + output + "'");
    if (output == "-" && (options.check || options.bench))
      fail(kRunTool, kExitUsage,
           llvm::Twine("-o - and ") + (options.check ? "--check" : "--bench") +
               " both print to standard output");
    if (options.show == Picture::None && isTerminal(output))
      fail(kRunTool, kExitUsage,
           "-o - would write binary data to a terminal; use -o FILE");
  }
}

static Picture pictureOption(llvm::StringRef value) {
  static constexpr std::pair<llvm::StringLiteral, Picture> pictures[] = {
      {"mask", Picture::Mask},
      {"bias", Picture::Bias},
      {"decay", Picture::Decay},
      {"tiles", Picture::Tiles}};
  llvm::SmallVector<llvm::StringRef> words;
  for (auto &[word, picture] : pictures) {
    if (word == value)
      return picture;
    words.push_back(word);
  }
  fail(kRunTool, kExitUsage,
       "--show: " + unknownValue("picture", value, words));
}

/// A picture is all that is made.
static void checkShow(const RunOptions &options) {
  if (options.isLibrary)
    fail(kRunTool, kExitUsage,
         "--show draws a program: expected FILE.mlir, got '" + options.file +
             "'");
  if (options.from != Phase::Attn)
    fail(kRunTool, kExitUsage, "--show needs the attn form");
  if (options.reference || options.check || options.bench)
    fail(kRunTool, kExitUsage,
         llvm::Twine("--show and --") +
             (options.reference ? "reference"
              : options.check   ? "check"
                                : "bench") +
             ": expected one of them");
  if (options.outputs.size() > 1)
    fail(kRunTool, kExitUsage, "--show draws one picture: expected one -o");
}

RunOptions sextant::parseRunOptions(int argc, char **argv) {
  releaseOption("threads");
  // LLVM keeps pointers to options for good, and lld resets them all.
  static RawOptions raw;
  parseCommandLine(argc, argv, kRunTool, kOverview, raw.category);
  RunOptions options;
  options.file = raw.files.front();
  options.isLibrary = llvm::StringRef(options.file).ends_with(".so");
  options.inputs.assign(std::next(raw.files.begin()), raw.files.end());
  options.outputs.assign(raw.outputs.begin(), raw.outputs.end());
  options.entry = raw.entry;
  options.reference = raw.reference;
  options.check = raw.check;
  options.bench = raw.bench;
  options.seed = raw.seed;
  options.limits.allowBytecode = raw.allowBytecode;
  options.limits.maxBytes = raw.maxInputSize;
  if (raw.threads < 1 || raw.threads > SEXTANT_MAX_THREADS)
    fail(kRunTool, kExitUsage,
         "--threads: expected 1 to " + llvm::Twine(SEXTANT_MAX_THREADS) +
             ", got " + llvm::Twine(raw.threads));
  options.threads = raw.threads;
  if (raw.from != "attn" && raw.from != "fused")
    fail(kRunTool, kExitUsage,
         "--from: " + unknownValue("phase", raw.from, {"attn", "fused"}));
  options.from = *parsePhase(raw.from);
  std::string message;
  if (!parseTargetSet(raw.target, options.targets, message))
    fail(kRunTool, kExitUsage, message);
  options.isRandom = raw.random.getNumOccurrences() > 0;
  if (options.isRandom) {
    if (!options.inputs.empty())
      fail(kRunTool, kExitUsage,
           "--random and input files: expected one of them");
    for (llvm::StringRef text : llvm::split(raw.random, ',')) {
      std::optional<Shape> shape = parseShape(text);
      if (!shape)
        fail(kRunTool, kExitUsage,
             "--random: expected a shape such as 1x8x2048x64, got '" + text +
                 "'");
      options.shapes.push_back(*shape);
    }
  }
  if (raw.show.getNumOccurrences()) {
    options.show = pictureOption(raw.show);
    checkShow(options);
  } else if (raw.head.getNumOccurrences()) {
    fail(kRunTool, kExitUsage, "--head needs --show");
  }
  options.head = raw.head;
  if (options.reference && (options.check || options.bench))
    fail(kRunTool, kExitUsage,
         llvm::Twine("--reference runs no kernel, which ") +
             (options.check ? "--check" : "--bench") + " needs");
  options.program = options.isLibrary ? raw.program : options.file;
  if (!options.isLibrary && raw.program.getNumOccurrences())
    fail(kRunTool, kExitUsage,
         "--program belongs to a library; '" + options.file +
             "' is a program itself");
  if (options.isLibrary && options.reference)
    fail(kRunTool, kExitUsage,
         "--reference runs a program: expected FILE.mlir, got '" +
             options.file + "'");
  if (options.program.empty() && options.check)
    fail(kRunTool, kExitUsage,
         "--check needs --program=FILE.mlir: a library does not hold its "
         "program");
  checkOutputs(options);
  return options;
}
