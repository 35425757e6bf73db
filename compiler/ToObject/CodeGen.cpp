//===- CodeGen.cpp - From an LLVM module to object code -------------------===//

#include "compiler/ToObject/CodeGen.h"
#include "compiler/Target/TargetRegistry.h"
#include "compiler/ToObject/ReduceAddresses.h"
#include "runtime/Artifact/Embedded.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/TargetSelect.h"
#include <mutex>

using namespace sextant;

static void initializeBackends() {
  // Once: the lists it fills are read by all threads.
  static const bool done = [] {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
    LLVMInitializeX86AsmParser();
    LLVMInitializeAArch64TargetInfo();
    LLVMInitializeAArch64Target();
    LLVMInitializeAArch64TargetMC();
    LLVMInitializeAArch64AsmPrinter();
    LLVMInitializeAArch64AsmParser();
    return true;
  }();
  (void)done;
}

llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
sextant::createTargetMachine(const Target &target) {
  initializeBackends();
  const Target &baseline = baselineOf(target);
  const llvm::Triple triple(baseline.triple);
  std::string message;
  const llvm::Target *backend =
      llvm::TargetRegistry::lookupTarget(triple, message);
  if (!backend)
    return llvm::createStringError(message);
  llvm::TargetOptions options;
  options.FunctionSections = true;
  options.DataSections = true;
  // The default level makes the same inner loops, and takes longer.
  return std::unique_ptr<llvm::TargetMachine>(backend->createTargetMachine(
      triple, baseline.cpu, baseline.features, options, llvm::Reloc::PIC_,
      llvm::CodeModel::Small, llvm::CodeGenOptLevel::Less));
}

namespace {
/// Collects errors of the backend, which would otherwise end the process.
class ErrorCollector : public llvm::DiagnosticHandler {
public:
  explicit ErrorCollector(std::string &message) : message(message) {}
  bool handleDiagnostics(const llvm::DiagnosticInfo &info) override {
    if (info.getSeverity() != llvm::DS_Error)
      return true;
    llvm::raw_string_ostream os(message);
    llvm::DiagnosticPrinterRawOStream printer(os);
    info.print(printer);
    return true;
  }

private:
  std::string &message;
};

/// Installs an ErrorCollector for the life of this object.
class ErrorScope {
public:
  explicit ErrorScope(llvm::LLVMContext &context)
      : context(context), previous(context.getDiagnosticHandler()) {
    context.setDiagnosticHandler(std::make_unique<ErrorCollector>(message));
  }
  ~ErrorScope() { context.setDiagnosticHandler(std::move(previous)); }
  llvm::Error take() {
    if (message.empty())
      return llvm::Error::success();
    return llvm::createStringError("code generation failed: " + message);
  }

private:
  llvm::LLVMContext &context;
  std::unique_ptr<llvm::DiagnosticHandler> previous;
  std::string message;
};
} // namespace

static void prepare(llvm::Module &module, llvm::TargetMachine &machine) {
  module.setDataLayout(machine.createDataLayout());
  module.setTargetTriple(machine.getTargetTriple());
}

/// What kernels need and no more: our own lowering has unrolled and vectorised.
/// Against LLVM's O2 it takes a fifth of the time.
static constexpr llvm::StringLiteral
    kPasses("function(sroa,early-cse<memssa>,simplifycfg,instcombine<no-verify-"
            "fixpoint>,"
            "loop-mssa(loop-rotate,licm),simplifycfg),"
            "globaldce");

llvm::Error sextant::optimizeModule(llvm::Module &module,
                                    llvm::TargetMachine &machine) {
  prepare(module, machine);
  ErrorScope errors(module.getContext());
  llvm::PassBuilder builder(&machine);

  // An artifact has no C library: calls that look like one stay what they are.
  llvm::TargetLibraryInfoImpl library(machine.getTargetTriple());
  library.disableAllFunctions();
  llvm::FunctionAnalysisManager functions;
  functions.registerPass([&] { return llvm::TargetLibraryAnalysis(library); });

  llvm::LoopAnalysisManager loops;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  llvm::ModulePassManager passes;
  if (llvm::Error error = builder.parsePassPipeline(passes, kPasses))
    return error;
  passes.addPass(
      llvm::createModuleToFunctionPassAdaptor(ReduceAddressesPass()));
  passes.run(module, modules);
  return errors.take();
}

/// A third of code generation would go into two passes that shape addresses
/// again, which ReduceAddresses has done. They can be left out by options of
/// the process only, which lld resets whenever it links.
static void leaveOutPasses() {
  static std::mutex mutex;
  std::lock_guard<std::mutex> lock(mutex);
  auto &options = llvm::cl::getRegisteredOptions();
  for (llvm::StringRef name : {"disable-lsr", "disable-cgp"}) {
    llvm::cl::Option *option = options.lookup(name);
    if (option && !option->getNumOccurrences())
      option->addOccurrence(/*pos=*/0, name, "true");
  }
}

static llvm::Expected<Bytes> emit(llvm::Module &module,
                                  llvm::TargetMachine &machine,
                                  llvm::CodeGenFileType type) {
  prepare(module, machine);
  ErrorScope errors(module.getContext());
  leaveOutPasses();
  Bytes bytes;
  llvm::raw_svector_ostream os(bytes);
  llvm::legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, os, nullptr, type,
                                  /*DisableVerify=*/true))
    return llvm::createStringError("the target emits no such file");
  passes.run(module);
  if (llvm::Error error = errors.take())
    return std::move(error);
  return bytes;
}

llvm::Expected<Bytes> sextant::emitAssembly(llvm::Module &module,
                                            llvm::TargetMachine &machine) {
  return emit(module, machine, llvm::CodeGenFileType::AssemblyFile);
}

llvm::Expected<Bytes> sextant::emitObject(llvm::Module &module,
                                          llvm::TargetMachine &machine) {
  return emit(module, machine, llvm::CodeGenFileType::ObjectFile);
}

/// The library of runtime/Artifact for the architecture of `target`.
static llvm::StringRef artifactLibrary(const Target &target) {
  const bool isAArch64 = llvm::Triple(target.triple).isAArch64();
  return isAArch64 ? llvm::StringRef(reinterpret_cast<const char *>(
                                         sextantArtifact_aarch64),
                                     sextantArtifact_aarch64Size)
                   : llvm::StringRef(
                         reinterpret_cast<const char *>(sextantArtifact_x86_64),
                         sextantArtifact_x86_64Size);
}

namespace {
/// The global symbols of objects that are linked to each other.
struct GlobalSymbols {
  llvm::StringSet<> defined;
  llvm::SetVector<llvm::StringRef> undefined;

  llvm::Error add(llvm::StringRef object);
};
} // namespace

llvm::Error GlobalSymbols::add(llvm::StringRef object) {
  llvm::Expected<std::unique_ptr<llvm::object::ObjectFile>> file =
      llvm::object::ObjectFile::createELFObjectFile(
          llvm::MemoryBufferRef(object, "object"));
  if (!file)
    return file.takeError();
  for (const llvm::object::ELFSymbolRef symbol : (*file)->symbols()) {
    llvm::Expected<uint32_t> flags = symbol.getFlags();
    if (!flags)
      return flags.takeError();
    llvm::Expected<llvm::StringRef> name = symbol.getName();
    if (!name)
      return name.takeError();
    if (*flags & llvm::object::SymbolRef::SF_Undefined) {
      if (!name->empty())
        undefined.insert(*name);
    } else if (*flags & llvm::object::SymbolRef::SF_Global) {
      defined.insert(*name);
    }
  }
  return llvm::Error::success();
}

llvm::SmallVector<llvm::StringRef>
sextant::references(llvm::ArrayRef<Bytes> objects) {
  return llvm::map_to_vector(objects, [](const Bytes &object) {
    return llvm::StringRef(object.data(), object.size());
  });
}

llvm::Expected<llvm::SmallVector<llvm::StringRef>>
sextant::completeObjects(llvm::ArrayRef<Bytes> objects, const Target &target) {
  llvm::SmallVector<llvm::StringRef> complete = references(objects);
  complete.push_back(artifactLibrary(target));
  GlobalSymbols symbols;
  for (llvm::StringRef object : complete)
    if (llvm::Error error = symbols.add(object))
      return std::move(error);
  for (llvm::StringRef name : symbols.undefined)
    if (!symbols.defined.contains(name))
      return llvm::createStringError(
          "generated code refers to '" + name +
          "', which an artifact lacks: no library is linked to it");
  return complete;
}
