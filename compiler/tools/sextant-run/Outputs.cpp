//===- Outputs.cpp - Where results go -------------------------------------===//

#include "compiler/tools/sextant-run/Outputs.h"
#include "compiler/tools/Driver/CommandLine.h"
#include "compiler/tools/Driver/ExitCode.h"
#include "compiler/tools/Driver/OutputFile.h"

using namespace sextant;

void sextant::writeOutputs(const RunOptions &options, Arrays &outputs) {
  if (options.outputs.size() > outputs.size())
    fail(kRunTool, kExitUsage,
         "expected at most " + llvm::Twine(outputs.size()) +
             " times -o, one for each result, got " +
             llvm::Twine(options.outputs.size()));
  for (auto [path, output] : llvm::zip(options.outputs, outputs)) {
    const DLTensor tensor = output.tensor();
    auto write = [&](int descriptor) -> llvm::Error {
      if (runtime::Failure failure = runtime::writeNpy(descriptor, tensor))
        return llvm::createStringError(failure.message);
      return llvm::Error::success();
    };
    if (llvm::Error error = writeOutput(path, write))
      fail(kRunTool, kExitRejected, llvm::toString(std::move(error)));
  }
}
