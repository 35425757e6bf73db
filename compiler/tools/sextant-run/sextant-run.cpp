//===- sextant-run.cpp - Run, check and time a kernel ---------------------===//

#include "compiler/tools/Driver/CrashReport.h"
#include "compiler/tools/Driver/ExitCode.h"
#include "compiler/tools/sextant-run/Bench.h"
#include "compiler/tools/sextant-run/Check.h"
#include "compiler/tools/sextant-run/Outputs.h"
#include "compiler/tools/sextant-run/Show.h"
#include "compiler/tools/Execution/Inputs.h"
#include "compiler/tools/Execution/UsefulFlops.h"

using namespace sextant;

static int runReference(const RunOptions &options, Program &program) {
  Arrays inputs = makeInputs(options, inputSpecs(program.function()));
  Arrays outputs = runReferenceAlone(program, inputs);
  writeOutputs(options, outputs);
  return kExitOk;
}

static int runPicture(const RunOptions &options, Program &program) {
  Arrays inputs = makeInputs(options, inputSpecs(program.function()));
  showPicture(options, program, inputs);
  return kExitOk;
}

/// Runs what was loaded or compiled; `program` is null if nobody has it.
static int runKernel(const RunOptions &options, LoadedKernel &kernel,
                     Program *program) {
  Arrays inputs = makeInputs(options, inputSpecs(kernel.info()));
  if (program && options.isLibrary)
    requireFit(*program, inputs);
  Arrays outputs = kernel.makeOutputs(inputs);
  kernel.call(inputs, outputs);
  writeOutputs(options, outputs);
  const bool passes =
      !options.check || checkOutputs(options, *program, inputs, outputs);
  if (options.bench)
    bench(kernel, inputs,
          program ? usefulFlops(options, *program, inputs) : std::nullopt);
  return passes ? kExitOk : kExitNumeric;
}

static int run(const RunOptions &options) {
  ExecutionOptions source = options;
  source.file = options.program;
  std::optional<Program> program;
  if (!options.program.empty())
    program.emplace(source);
  if (options.show != Picture::None)
    return runPicture(options, *program);
  if (options.reference)
    return runReference(options, *program);
  if (options.isLibrary) {
    LoadedKernel kernel(options);
    return runKernel(options, kernel, program ? &*program : nullptr);
  }
  LoadedKernel kernel(options, *program);
  return runKernel(options, kernel, &*program);
}

int main(int argc, char **argv) {
  installCrashReport(kRunTool, llvm::ArrayRef(argv, argc));
  const RunOptions options = parseRunOptions(argc, argv);
  return run(options);
}
