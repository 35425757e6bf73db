//===- sextant-run.cpp - Run, check and time a kernel ---------------------===//

#include "compiler/tools/Driver/CrashReport.h"
#include "compiler/tools/Driver/ExitCode.h"
#include "compiler/tools/sextant-run/Bench.h"
#include "compiler/tools/sextant-run/Check.h"
#include "compiler/tools/sextant-run/Outputs.h"
#include "compiler/tools/Execution/Inputs.h"
#include "compiler/tools/Execution/UsefulFlops.h"

using namespace sextant;

static int runLibrary(const RunOptions &options) {
  LoadedKernel kernel(options);
  Arrays inputs = makeInputs(options, inputSpecs(kernel.info()));
  Arrays outputs = kernel.makeOutputs(inputs);
  kernel.call(inputs, outputs);
  writeOutputs(options, outputs);
  if (options.bench)
    bench(kernel, inputs, std::nullopt);
  return kExitOk;
}

static int runProgram(const RunOptions &options) {
  Program program(options);
  Arrays inputs = makeInputs(options, inputSpecs(program.function()));
  if (options.reference) {
    Arrays outputs = runReferenceAlone(program, inputs);
    writeOutputs(options, outputs);
    return kExitOk;
  }
  LoadedKernel kernel(options, program);
  Arrays outputs = kernel.makeOutputs(inputs);
  kernel.call(inputs, outputs);
  writeOutputs(options, outputs);
  const bool passes =
      !options.check || checkOutputs(options, program, inputs, outputs);
  if (options.bench)
    bench(kernel, inputs, usefulFlops(options, program, inputs));
  return passes ? kExitOk : kExitNumeric;
}

int main(int argc, char **argv) {
  installCrashReport(kRunTool, llvm::ArrayRef(argv, argc));
  const RunOptions options = parseRunOptions(argc, argv);
  return options.isLibrary ? runLibrary(options) : runProgram(options);
}
