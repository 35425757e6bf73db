//===- sextantc.cpp - From a program to a shared object -------------------===//

#include "compiler/Pipeline/Compiler.h"
#include "compiler/Pipeline/Dialects.h"
#include "compiler/Pipeline/ExplainProgram.h"
#include "compiler/ToObject/Header.h"
#include "compiler/tools/Driver/CommandLine.h"
#include "compiler/tools/Driver/CrashReport.h"
#include "compiler/tools/Driver/ExitCode.h"
#include "compiler/tools/Driver/OutputFile.h"
#include "compiler/tools/sextantc/Options.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace sextant;

static constexpr llvm::StringLiteral kTool("sextantc");

/// Writes each phase to DIR/NAME.K-PHASE.EXT; the first failure ends the run.
static void saveTemp(const Options &options, Phase phase,
                     llvm::StringRef form) {
  static constexpr llvm::StringLiteral extensions[] = {
      "mlir", "mlir", "mlir", "mlir", "ll", "s", "o", "so"};
  llvm::StringRef stem = llvm::sys::path::stem(options.input);
  const unsigned number = static_cast<unsigned>(phase);
  llvm::SmallString<128> path(options.saveTemps);
  llvm::sys::path::append(
      path, (stem == "-" ? "stdin" : stem) + "." + llvm::Twine(number) + "-" +
                phaseWord(phase) + "." + extensions[number]);
  if (llvm::Error error = writeOutput(path, form))
    fail(kTool, kExitRejected, llvm::toString(std::move(error)));
}

/// All outputs exist before the first is written, so that a failure leaves
/// none; a header that cannot be written takes the library with it.
static void writeResults(const Options &options, const CompileResult &result) {
  if (!options.writes)
    return;
  const llvm::StringRef output(result.output.data(), result.output.size());
  if (llvm::Error error = writeOutput(options.output, output))
    fail(kTool, kExitRejected, llvm::toString(std::move(error)));
  if (options.header.empty())
    return;
  std::string header;
  llvm::raw_string_ostream os(header);
  writeHeader(result.entries, llvm::sys::path::filename(options.header), os);
  if (llvm::Error error = writeOutput(options.header, header)) {
    if (options.output != "-")
      llvm::sys::fs::remove(options.output);
    fail(kTool, kExitRejected, llvm::toString(std::move(error)));
  }
}

static CompileResult run(const Options &options, const CompileRequest &request,
                         std::unique_ptr<llvm::MemoryBuffer> input) {
  if (options.from == Phase::LLVM) {
    std::string error;
    CompileResult result;
    runOnBigStack([&] {
      result = compileLLVM(input->getMemBufferRef(), request, error);
    });
    if (!error.empty())
      fail(kTool, kExitRejected, error);
    return result;
  }
  mlir::DialectRegistry registry;
  registerDialects(registry);
  mlir::MLIRContext context(registry);
  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(std::move(input), llvm::SMLoc());
  mlir::SourceMgrDiagnosticHandler diagnostics(sources, &context);
  mlir::OwningOpRef<mlir::ModuleOp> module;
  {
    mlir::TimingScope scope = request.timing->nest("parse");
    module = parseInput(sources, &context);
  }
  if (!module)
    std::exit(kExitRejected);
  if (options.explain) {
    // Where the form goes to standard output, the report must not.
    llvm::raw_ostream &os =
        options.writes && options.output == "-" ? llvm::errs() : llvm::outs();
    if (mlir::failed(
            explainProgram(*module, options.targets, options.extents, os))) {
      CompileResult result;
      result.status = CompileStatus::Rejected;
      return result;
    }
    os.flush();
  }
  return compile(*module, request);
}

int main(int argc, char **argv) {
  installCrashReport(kTool, llvm::ArrayRef(argv, argc));
  const Options options = parseOptions(argc, argv);
  llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> input =
      readInput(options.input, options.limits);
  if (!input)
    fail(kTool, kExitRejected, llvm::toString(input.takeError()));
  // The parser takes the buffer; a crash report needs its own copy.
  const std::string text = (*input)->getBuffer().str();
  setCrashInput(options.input, text);
  if (!options.saveTemps.empty())
    if (std::error_code error =
            llvm::sys::fs::create_directories(options.saveTemps))
      fail(kTool, kExitRejected,
           "cannot create '" + options.saveTemps + "': " + error.message());

  mlir::DefaultTimingManager timing;
  timing.setEnabled(options.timing);
  CompileResult result;
  {
    mlir::TimingScope root = timing.getRootScope();
    CompileRequest request;
    request.from = options.from;
    request.to = options.emit;
    request.targets = options.targets;
    request.timing = &root;
    if (!options.saveTemps.empty())
      request.onPhase = [&](Phase phase, llvm::StringRef form) {
        saveTemp(options, phase, form);
      };
    result = run(options, request, std::move(*input));
  }
  if (result.status == CompileStatus::Rejected)
    return kExitRejected;
  if (result.status == CompileStatus::Defect) {
    writeReproducer("a phase made what the next one refuses");
    return kExitInternal;
  }
  writeResults(options, result);
  return kExitOk;
}
