//===- Compiler.cpp - A module from one phase to another ------------------===//

#include "compiler/Pipeline/Compiler.h"
#include "compiler/Pipeline/Backend.h"
#include "compiler/Pipeline/Pipeline.h"
#include "compiler/ToObject/LLVMModule.h"
#include "compiler/ToObject/Linker.h"
#include "compiler/ToObject/Passes.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace sextant;

namespace {
/// Carries one compilation through its phases.
class Compilation {
public:
  explicit Compilation(const CompileRequest &request) : request(request) {}

  /// A step of the timing report, until the returned scope ends.
  TimingScope step(llvm::StringRef name) {
    return request.timing ? request.timing->nest(name) : TimingScope();
  }

  /// Tells whoever listens; keeps the text where it is what was asked for.
  void passed(Phase phase, llvm::StringRef form) {
    if (request.onPhase)
      request.onPhase(phase, form);
    if (phase == request.to)
      result.output.assign(form.begin(), form.end());
  }
  void passed(Phase phase, ModuleOp module) {
    if (!request.onPhase && phase != request.to)
      return;
    std::string text;
    llvm::raw_string_ostream os(text);
    // Names that the source gave are kept in locations.
    module.print(os, OpPrintingFlags().printNameLocAsPrefix());
    os << '\n';
    passed(phase, text);
  }

  bool runForms(ModuleOp module);
  bool runBackend(ModuleOp module);
  llvm::Error passedCode(llvm::Module &code, const Target &target);
  llvm::Error finish(llvm::ArrayRef<Bytes> objects, const Target &target);

  CompileResult result;

private:
  const CompileRequest &request;
};
} // namespace

/// From the form given to the last one asked for, at most vector.
bool Compilation::runForms(ModuleOp module) {
  passed(request.from, module);
  for (const PhaseInfo &info : allPhases()) {
    if (info.phase <= request.from || info.phase > request.to ||
        info.phase > Phase::Vector)
      continue;
    TimingScope scope = step(("to " + info.word).str());
    PassManager manager(module->getContext(), ModuleOp::getOperationName());
    if (!buildArrow(manager, info.phase, request.targets)) {
      module.emitError() << "this build has no way to the " << info.word
                         << " form";
      result.status = CompileStatus::Rejected;
      return false;
    }
    manager.enableTiming(scope);
    if (failed(manager.run(module))) {
      result.status = CompileStatus::Rejected;
      return false;
    }
    passed(info.phase, module);
  }
  return true;
}

/// From the vector form, verified, to what was asked for.
bool Compilation::runBackend(ModuleOp module) {
  // Code that our own passes made and these refuse is our fault.
  const CompileStatus blame = request.from < Phase::Vector
                                  ? CompileStatus::Defect
                                  : CompileStatus::Rejected;
  PassManager verifier(module->getContext(), ModuleOp::getOperationName());
  verifier.addPass(createVerifyVectorFormPass());
  Backend backend(request, result.entries, module.getLoc());
  const bool wantsCode = request.onPhase || request.to <= Phase::Asm;
  if (failed(verifier.run(module)) || failed(backend.run(module, wantsCode))) {
    result.status = blame;
    return false;
  }
  auto rest = [&]() -> llvm::Error {
    if (wantsCode) {
      llvm::Expected<std::unique_ptr<llvm::Module>> code = backend.code();
      if (!code)
        return code.takeError();
      if (llvm::Error error = passedCode(**code, backend.target()))
        return error;
    }
    return finish(backend.objects(), backend.target());
  };
  if (llvm::Error error = rest()) {
    module.emitError(llvm::toString(std::move(error)));
    result.status = blame;
    return false;
  }
  return true;
}

/// LLVM IR and assembly of everything, where somebody wants to read them.
llvm::Error Compilation::passedCode(llvm::Module &code, const Target &target) {
  std::string text;
  llvm::raw_string_ostream os(text);
  code.print(os, nullptr);
  passed(Phase::LLVM, text);
  if (request.to != Phase::Asm)
    return llvm::Error::success();
  llvm::Expected<std::unique_ptr<llvm::TargetMachine>> machine =
      createTargetMachine(target);
  if (!machine)
    return machine.takeError();
  llvm::Expected<Bytes> assembly = emitAssembly(code, **machine);
  if (!assembly)
    return assembly.takeError();
  passed(Phase::Asm, llvm::StringRef(assembly->data(), assembly->size()));
  return llvm::Error::success();
}

/// From objects on; does nothing where text was asked for.
llvm::Error Compilation::finish(llvm::ArrayRef<Bytes> objects,
                                const Target &target) {
  if (request.to <= Phase::Asm)
    return llvm::Error::success();
  TimingScope scope = step("link");
  auto complete = completeObjects(objects, target);
  if (!complete)
    return complete.takeError();
  auto link = [&](Phase phase, auto linker) -> llvm::Error {
    llvm::Expected<Bytes> linked = linker(*complete);
    if (!linked)
      return linked.takeError();
    passed(phase, llvm::StringRef(linked->data(), linked->size()));
    return llvm::Error::success();
  };
  if (request.to == Phase::Obj && request.apart)
    for (llvm::StringRef object : *complete)
      result.objects.emplace_back(object.begin(), object.end());
  else if (request.to == Phase::Obj || request.onPhase)
    if (llvm::Error error = link(Phase::Obj, linkRelocatable))
      return error;
  if (request.to == Phase::Obj)
    return llvm::Error::success();
  return link(Phase::So, linkShared);
}

CompileResult sextant::compile(ModuleOp module, const CompileRequest &request) {
  Compilation compilation(request);
  CompileResult &result = compilation.result;
  if (!compilation.runForms(module))
    return std::move(result);
  if (request.to < Phase::Vector)
    return std::move(result);
  FailureOr<std::vector<EntryDescription>> entries = readEntries(module);
  if (failed(entries)) {
    result.status = CompileStatus::Rejected;
    return std::move(result);
  }
  result.entries = std::move(*entries);
  if (request.to == Phase::Vector)
    return std::move(result);

  compilation.runBackend(module);
  return std::move(result);
}

/// A target of the architecture that `module` names, the host's if it names
/// none.
static const Target &targetOf(const llvm::Module &module) {
  for (const Target &target : allTargets())
    if (llvm::Triple(target.triple).getArch() ==
        module.getTargetTriple().getArch())
      return target;
  return hostTarget();
}

CompileResult sextant::compileLLVM(llvm::MemoryBufferRef text,
                                   const CompileRequest &request,
                                   std::string &error) {
  Compilation compilation(request);
  llvm::LLVMContext context;
  auto generate = [&]() -> llvm::Error {
    llvm::Expected<std::unique_ptr<llvm::Module>> module =
        parseLLVM(text, context);
    if (!module)
      return module.takeError();
    const Target &target = targetOf(**module);
    llvm::Expected<std::unique_ptr<llvm::TargetMachine>> machine =
        createTargetMachine(target);
    if (!machine)
      return machine.takeError();
    if (request.onPhase || request.to <= Phase::Asm)
      if (llvm::Error error = compilation.passedCode(**module, target))
        return error;
    if (request.to <= Phase::Asm)
      return llvm::Error::success();
    llvm::Expected<Bytes> object = emitObject(**module, **machine);
    if (!object)
      return object.takeError();
    return compilation.finish(*object, target);
  };
  if (llvm::Error problem = generate()) {
    error += llvm::toString(std::move(problem));
    compilation.result.status = CompileStatus::Rejected;
  }
  return std::move(compilation.result);
}
