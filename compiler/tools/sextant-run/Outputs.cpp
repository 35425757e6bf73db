//===- Outputs.cpp - Where results go -------------------------------------===//

#include "compiler/tools/sextant-run/Outputs.h"
#include "compiler/tools/Driver/CommandLine.h"
#include "compiler/tools/Driver/ExitCode.h"

using namespace sextant;

void sextant::writeOutputs(const RunOptions &options, Arrays &outputs) {
  if (options.outputs.size() > outputs.size())
    fail(kRunTool, kExitUsage,
         "expected at most " + llvm::Twine(outputs.size()) +
             " times -o, one for each result, got " +
             llvm::Twine(options.outputs.size()));
  for (auto [path, output] : llvm::zip(options.outputs, outputs))
    if (runtime::Failure failure =
            runtime::writeNpy(path.c_str(), output.tensor()))
      fail(kRunTool, kExitRejected, failure.message);
}
