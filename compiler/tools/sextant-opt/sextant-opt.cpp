//===- sextant-opt.cpp - Run passes on a file, for tests ------------------===//

#include "compiler/Pipeline/Dialects.h"
#include "compiler/tools/Driver/CommandLine.h"
#include "compiler/tools/Driver/ExitCode.h"
#include "compiler/tools/Driver/InputGuard.h"
#include "mlir/Support/FileUtilities.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/ToolOutputFile.h"

using namespace sextant;

static constexpr llvm::StringLiteral kTool("sextant-opt");

static llvm::cl::opt<bool> allowBytecode(
    "allow-bytecode",
    llvm::cl::desc("Read MLIR bytecode; only from whom you trust"));
static llvm::cl::opt<uint64_t>
    maxInputSize("max-input-size",
                 llvm::cl::desc("Largest input in bytes (default 64 MiB)"),
                 llvm::cl::init(InputLimits().maxBytes));

int main(int argc, char **argv) {
  llvm::cl::SetVersionPrinter(
      [](llvm::raw_ostream &os) { os << "sextant-opt " SEXTANT_VERSION "\n"; });
  mlir::DialectRegistry registry;
  registerDialects(registry);
  registerPasses();
  auto [inputPath, outputPath] = mlir::registerAndParseCLIOptions(
      argc, argv, "Sextant's pass driver\n", registry);
  const mlir::MlirOptMainConfig config =
      mlir::MlirOptMainConfig::createFromCLOptions();

  InputLimits limits;
  limits.allowBytecode = allowBytecode;
  limits.maxBytes = maxInputSize;
  llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> input =
      readInput(inputPath, limits);
  if (!input)
    fail(kTool, kExitRejected, llvm::toString(input.takeError()));
  std::string error;
  std::unique_ptr<llvm::ToolOutputFile> output =
      mlir::openOutputFile(outputPath, &error);
  if (!output)
    fail(kTool, kExitRejected, error);
  bool done = false;
  runOnBigStack([&] {
    done = mlir::succeeded(
        mlir::MlirOptMain(output->os(), std::move(*input), registry, config));
  });
  if (!done)
    return kExitRejected;
  output->keep();
  return kExitOk;
}
