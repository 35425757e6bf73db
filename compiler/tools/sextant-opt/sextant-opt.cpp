//===- sextant-opt.cpp - Run passes on a file, for tests ------------------===//

#include "compiler/Pipeline/Dialects.h"
#include "compiler/tools/Driver/CommandLine.h"
#include "compiler/tools/Driver/CrashReport.h"
#include "compiler/tools/Driver/ExitCode.h"
#include "compiler/tools/Driver/InputGuard.h"
#include "compiler/tools/Driver/OutputFile.h"
#include "mlir/IR/AsmState.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Support/Timing.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

using namespace sextant;
namespace cl = llvm::cl;

static constexpr llvm::StringLiteral kTool("sextant-opt");
static constexpr llvm::StringLiteral kOverview(
    "Sextant's pass driver: runs passes in the order given and prints what "
    "they\n"
    "made. A pass or pipeline is an option of its name.\n\n"
    "exit codes: 0 done, 1 input rejected, 2 wrong usage, 3 internal error");

namespace {
struct Options {
  cl::opt<std::string> input{cl::Positional, cl::desc("FILE.mlir"),
                             cl::init("-")};
  cl::opt<std::string> output{"o",
                              cl::desc("Where to write (default standard "
                                       "output)"),
                              cl::value_desc("FILE"), cl::init("-")};
  cl::opt<bool> allowBytecode{
      "allow-bytecode",
      cl::desc("Read MLIR bytecode; only from whom you trust")};
  cl::opt<uint64_t> maxInputSize{
      "max-input-size", cl::desc("Largest input in bytes (default 64 MiB)"),
      cl::value_desc("BYTES"), cl::init(InputLimits().maxBytes)};
};
} // namespace

/// A wrong pipeline is wrong usage, and known before any input is read. The
/// reason was printed.
static void checkPipeline(const mlir::MlirOptMainConfig &config,
                          const mlir::DialectRegistry &registry) {
  mlir::MLIRContext context(registry);
  mlir::PassManager manager(&context, mlir::ModuleOp::getOperationName(),
                            mlir::PassManager::Nesting::Implicit);
  if (mlir::failed(config.setupPassPipeline(manager)))
    std::exit(kExitUsage);
}

int main(int argc, char **argv) {
  installCrashReport(kTool, llvm::ArrayRef(argv, argc));
  static Options options;
  mlir::DialectRegistry registry;
  registerDialects(registry);
  registerPasses();
  mlir::MlirOptMainConfig::registerCLOptions(registry);
  mlir::registerAsmPrinterCLOptions();
  mlir::registerMLIRContextCLOptions();
  mlir::registerPassManagerCLOptions();
  mlir::registerDefaultTimingManagerCLOptions();
  // MLIR and the passes put their options where nothing is said.
  parseCommandLine(argc, argv, kTool, kOverview, cl::getGeneralCategory());
  const mlir::MlirOptMainConfig config =
      mlir::MlirOptMainConfig::createFromCLOptions();
  if (config.shouldListPasses()) {
    mlir::printRegisteredPasses();
    return kExitOk;
  }
  if (config.shouldShowDialects()) {
    llvm::interleave(registry.getDialectNames(), llvm::outs(), "\n");
    llvm::outs() << "\n";
    return kExitOk;
  }
  checkPipeline(config, registry);
  if (llvm::Error error = checkDistinct(options.input, options.output))
    fail(kTool, kExitRejected, llvm::toString(std::move(error)));

  InputLimits limits;
  limits.allowBytecode = options.allowBytecode;
  limits.maxBytes = options.maxInputSize;
  llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> input =
      readInput(options.input, limits);
  if (!input)
    fail(kTool, kExitRejected, llvm::toString(input.takeError()));
  const std::string text = (*input)->getBuffer().str();
  setCrashInput(options.input, text);

  std::string printed;
  llvm::raw_string_ostream os(printed);
  bool done = false;
  runOnBigStack([&] {
    done = mlir::succeeded(
        mlir::MlirOptMain(os, std::move(*input), registry, config));
  });
  // Of a file with several parts, standard output shows those that passed.
  if (done || options.output == "-")
    if (llvm::Error error = writeOutput(options.output, printed))
      fail(kTool, kExitRejected, llvm::toString(std::move(error)));
  return done ? kExitOk : kExitRejected;
}
