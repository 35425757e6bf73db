//===- LoadedKernel.cpp - A kernel that can be called ---------------------===//

#include "compiler/tools/Execution/LoadedKernel.h"
#include "compiler/tools/Driver/CommandLine.h"
#include "compiler/tools/Driver/CrashReport.h"
#include "compiler/tools/Driver/ExitCode.h"
#include "runtime/Artifact/Manifest.h"
#include "llvm/ADT/StringExtras.h"
#include <atomic>
#include <thread>

using namespace sextant;

/// What the tool exits with where the runtime says `status`.
static int exitCodeOf(sextant_status status) {
  switch (status) {
  case SEXTANT_INVALID_ARGUMENT:
  case SEXTANT_ARTIFACT_REJECTED:
    return kExitRejected;
  case SEXTANT_UNSUPPORTED:
  case SEXTANT_RESOURCE_EXHAUSTED:
  case SEXTANT_DEVICE_ERROR:
    return kExitResource;
  default:
    return kExitInternal;
  }
}

void LoadedKernel::require(sextant_status status) {
  if (status != SEXTANT_OK)
    fail(exitCodeOf(status),
         llvm::Twine(sextant_status_name(status)) + ": " + message);
}

static llvm::StringRef orTheOnlyOne(const sextant_manifest &manifest,
                                    const ExecutionOptions &options) {
  llvm::SmallVector<llvm::StringRef> names;
  for (int32_t i = 0; i < sextant_manifest_kernels(&manifest); ++i)
    names.push_back(sextant_manifest_kernel(&manifest, i)->name);
  if (options.entry.empty() && names.size() == 1)
    return names.front();
  if (options.entry.empty())
    fail(kExitUsage, "'" + options.file +
                         "' has several kernels; choose one with "
                         "--entry: " +
                         llvm::join(names, ", "));
  if (!llvm::is_contained(names, options.entry))
    fail(kExitUsage, unknownValue("entry", options.entry, names));
  return options.entry;
}

void LoadedKernel::find(const sextant_manifest &manifest,
                        const ExecutionOptions &options) {
  const std::string name = orTheOnlyOne(manifest, options).str();
  kernel = sextant_manifest_find(&manifest, name.c_str());
}

void LoadedKernel::startThreads(const ExecutionOptions &options) {
  message[0] = '\0';
  require(sextant_default_launch(&launch, message, sizeof(message)));
  launch.message = message;
  launch.message_bytes = sizeof(message);
  launch.threads = options.threads;
  if (options.isa != SEXTANT_ISA_AUTO)
    launch.isa = options.isa;
  if (options.threads == 1)
    return;
  pool = sextant_pool_create(options.threads);
  if (!pool)
    fail(kExitResource,
         "cannot start " + llvm::Twine(options.threads) + " threads");
  launch.parallel_for = sextant_pool_parallel_for;
  launch.pool = pool;
}

LoadedKernel::LoadedKernel(const ExecutionOptions &options) {
  message[0] = '\0';
  require(
      sextant_load(options.file.c_str(), &library, message, sizeof(message)));
  find(*sextant_lib_manifest(library), options);
  function = sextant_lib_function(library, kernel->name);
  workspaceFunction = sextant_lib_workspace(library, kernel->name);
  shapesFunction = sextant_lib_shapes(library, kernel->name);
  startThreads(options);
}

/// Unpacks an Expected of the JIT, whose errors are ours.
template <typename T> static T take(llvm::Expected<T> value) {
  if (value)
    return std::move(*value);
  writeReproducer(llvm::toString(value.takeError()));
  std::exit(kExitInternal);
}

CompileResult sextant::compileProgram(const ExecutionOptions &options,
                                      Program &program, Phase to) {
  mlir::OwningOpRef<mlir::ModuleOp> copy = program.module().clone();
  // Other functions of the file cost time and are not called.
  for (auto other :
       llvm::make_early_inc_range(copy->getOps<mlir::func::FuncOp>()))
    if (other.getName() != program.function().getName())
      other.erase();
  CompileRequest request;
  request.from = options.from;
  request.to = to;
  request.apart = true;
  request.targets = options.targets;
  CompileResult result = compile(*copy, request);
  if (result.status == CompileStatus::Rejected)
    std::exit(kExitRejected);
  if (result.status == CompileStatus::Defect) {
    writeReproducer("a phase made what the next one refuses");
    std::exit(kExitInternal);
  }
  return result;
}

LoadedKernel::LoadedKernel(const ExecutionOptions &options, Program &program) {
  startThreads(options);
  ExecutionOptions narrowed = options;
  narrowed.targets = targetsToCall(options.targets, launch.isa);
  const CompileResult compiled = compileProgram(narrowed, program, Phase::Obj);
  jit = take(JitLibrary::load(references(compiled.objects)));
  const void *blob = take(jit->manifest());
  const auto *header = static_cast<const sextant_manifest_header *>(blob);
  message[0] = '\0';
  require(sextant_manifest_parse(blob, sizeof(*header) + header->json_bytes,
                                 &ownManifest, message, sizeof(message)));
  find(*ownManifest, options);
  function = take(jit->function(kernel->name));
  workspaceFunction = take(jit->workspace(kernel->name));
  shapesFunction = take(jit->shapes(kernel->name));
}

int32_t LoadedKernel::isa() const {
  if (launch.isa != SEXTANT_ISA_AUTO)
    return launch.isa;
  for (int32_t i = 0; i < kernel->n_isas; ++i)
    for (const Target &target : allTargets())
      if (target.runtimeName == kernel->isas[i] &&
          sextant_cpu_supports(target.runtimeIsa))
        return target.runtimeIsa;
  return SEXTANT_ISA_GENERIC;
}

void LoadedKernel::onEachThread(llvm::function_ref<void(int32_t)> work) {
  if (!pool)
    return work(0);
  struct Meeting {
    llvm::function_ref<void(int32_t)> work;
    int32_t threads;
    std::atomic<int32_t> arrived;
  } meeting{work, launch.threads, {0}};
  // A task waits for the others, so that no thread takes two of them.
  sextant_pool_parallel_for(
      pool, launch.threads,
      [](void *context, int64_t, int32_t thread) {
        auto &meeting = *static_cast<Meeting *>(context);
        ++meeting.arrived;
        while (meeting.arrived < meeting.threads)
          std::this_thread::yield();
        meeting.work(thread);
      },
      &meeting);
}

LoadedKernel::~LoadedKernel() {
  sextant_pool_destroy(pool);
  if (ownManifest)
    sextant_manifest_close(ownManifest);
  sextant_close(library);
}

namespace {
/// Arrays as a kernel takes them.
class TensorList {
public:
  explicit TensorList(Arrays &arrays) {
    tensors.reserve(arrays.size());
    for (runtime::NpyArray &array : arrays)
      tensors.push_back(array.tensor());
    for (DLTensor &tensor : tensors)
      pointers.push_back(&tensor);
  }
  DLTensor *const *data() { return pointers.data(); }
  int32_t size() const { return pointers.size(); }

private:
  std::vector<DLTensor> tensors;
  std::vector<DLTensor *> pointers;
};
} // namespace

Arrays LoadedKernel::makeOutputs(Arrays &inputs) {
  Arrays outputs(kernel->n_out);
  for (int32_t i = 0; i < kernel->n_out; ++i) {
    outputs[i].type = kernel->out[i].type;
    outputs[i].shape.resize(kernel->out[i].rank);
  }
  {
    TensorList in(inputs), out(outputs);
    require(
        shapesFunction(in.data(), in.size(), out.data(), out.size(), &launch));
  }
  for (runtime::NpyArray &output : outputs)
    if (runtime::Failure failure =
            runtime::makeArray(output.type, output.shape, output))
      fail(exitCodeOf(failure.status), failure.message);
  return outputs;
}

void LoadedKernel::call(Arrays &inputs, Arrays &outputs) {
  TensorList in(inputs), out(outputs);
  size_t bytes = 0;
  require(workspaceFunction(in.data(), in.size(), out.data(), out.size(),
                            &launch, &bytes));
  if (bytes > launch.workspace_bytes) {
    const size_t rounded = (bytes + SEXTANT_WORKSPACE_ALIGNMENT - 1) /
                           SEXTANT_WORKSPACE_ALIGNMENT *
                           SEXTANT_WORKSPACE_ALIGNMENT;
    workspace.reset(std::aligned_alloc(SEXTANT_WORKSPACE_ALIGNMENT, rounded));
    if (!workspace)
      fail(kExitResource,
           "cannot allocate " + llvm::Twine(bytes) + " bytes of workspace");
    launch.workspace = workspace.get();
    launch.workspace_bytes = bytes;
  }
  require(function(in.data(), in.size(), out.data(), out.size(), &launch));
}
