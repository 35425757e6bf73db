//===- Worker.cpp - One case, measured in this process --------------------===//

#include "compiler/tools/sextant-bench/Worker.h"
#include "compiler/tools/Driver/CommandLine.h"
#include "compiler/tools/Driver/ExitCode.h"
#include "compiler/tools/Driver/OutputFile.h"
#include "compiler/tools/Execution/Inputs.h"
#include "compiler/tools/Execution/UsefulFlops.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/xxhash.h"
#include <cstring>

using namespace sextant;

namespace {
/// A subject that can be called.
class Built {
public:
  Built(const BenchOptions &options, const BenchCase &what,
        const Subject &subject);

  TimedKernel &timed() { return *kernelTimed; }
  void describe(ProcessResult &result);

private:
  void write(llvm::StringRef path, llvm::StringRef content) {
    if (llvm::Error error = writeOutput(path, content))
      fail(kExitResource, llvm::toString(std::move(error)));
  }

  ExecutionOptions execution;
  std::string library;
  std::unique_ptr<Program> program;
  std::unique_ptr<LoadedKernel> kernel;
  std::vector<Arrays> sets;
  std::unique_ptr<TimedKernel> kernelTimed;
};
} // namespace

static Arrays copyOf(Arrays &arrays) {
  Arrays copies(arrays.size());
  for (auto [array, copy] : llvm::zip_equal(arrays, copies)) {
    if (runtime::Failure failure =
            runtime::makeArray(array.type, array.shape, copy))
      fail(kExitResource, failure.message);
    std::memcpy(copy.data.get(), array.data.get(), array.bytes());
  }
  return copies;
}

Built::Built(const BenchOptions &options, const BenchCase &what,
             const Subject &subject) {
  const std::string key =
      subject.text + phaseWord(subject.from).str() + options.target;
  llvm::SmallString<128> path(options.scratch);
  llvm::sys::path::append(path, llvm::utohexstr(llvm::xxh3_64bits(key)));
  library = (path + ".so").str();
  execution.file = (path + ".mlir").str();
  execution.from = subject.from;
  execution.isRandom = true;
  execution.shapes = subject.shapes;
  execution.seed = options.seed;
  execution.threads = what.threads;
  execution.isa = options.isa;
  std::string message;
  if (!parseTargetSet(options.target, execution.targets, message))
    fail(kExitUsage, message);

  if (!llvm::sys::fs::exists(execution.file))
    write(execution.file, subject.text);
  program = std::make_unique<Program>(execution);
  if (!llvm::sys::fs::exists(library)) {
    const Bytes bytes = compileProgram(execution, *program, Phase::So).output;
    write(library, {bytes.data(), bytes.size()});
  }
  ExecutionOptions loaded = execution;
  loaded.file = library;
  kernel = std::make_unique<LoadedKernel>(loaded);
  sets.push_back(makeInputs(execution, inputSpecs(kernel->info())));
  if (!options.prepare.empty())
    return;
  // Calls take two sets in turn.
  sets.push_back(copyOf(sets.front()));
  kernelTimed = std::make_unique<TimedKernel>(
      *kernel, llvm::ArrayRef<Arrays *>{&sets[0], &sets[1]});
}

void Built::describe(ProcessResult &result) {
  result.library = llvm::sys::path::filename(library).str();
  result.entry = kernel->info().name;
  result.isa = sextant_isa_name(kernel->isa());
  for (int32_t i = 0; i < kernel->info().n_in; ++i)
    result.argumentTypes.push_back(kernel->info().in[i].dtype);
  result.flops = usefulFlops(execution, *program, sets.front()).value_or(0);
  for (const runtime::NpyArray &array : sets.front())
    result.bytes += array.bytes();
}

ProcessResult sextant::runWorker(const BenchOptions &options,
                                 const BenchCase &what) {
  ProcessResult result;
  Built subject(options, what, what.subject);
  subject.describe(result);
  if (!options.prepare.empty())
    return result;
  SamplePlan plan;
  plan.leastCalls = options.repeat;
  plan.enoughSeconds = options.seconds;
  if (!what.baseline) {
    result.samples = sampleCalls(subject.timed(), what.ceiling, plan);
    return result;
  }
  Built baseline(options, what, *what.baseline);
  double total = 0;
  while (plan.wantsMore(result.pairs.size(), total)) {
    const double first = subject.timed().call();
    const double second = baseline.timed().call();
    result.pairs.push_back({first, second});
    total += first + second;
  }
  return result;
}
