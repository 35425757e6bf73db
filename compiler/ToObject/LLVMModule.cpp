//===- LLVMModule.cpp - The LLVM module of an artifact --------------------===//

#include "compiler/ToObject/LLVMModule.h"
#include "compiler/ToObject/KernelTable.h"
#include "compiler/ToObject/Manifest.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/Verifier.h"
#include "llvm/IRReader/IRReader.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"

using namespace sextant;

void sextant::registerLLVMTranslations(mlir::DialectRegistry &registry) {
  mlir::registerBuiltinDialectTranslation(registry);
  mlir::registerLLVMDialectTranslation(registry);
}

/// Settles what holds for all functions of an artifact.
static void setFunctionAttributes(llvm::Module &module) {
  for (llvm::Function &function : module) {
    if (function.isDeclaration()) {
      // The artifact library is in the same object: no detour over a table.
      if (!function.isIntrinsic())
        function.setVisibility(llvm::GlobalValue::HiddenVisibility);
      continue;
    }
    function.setDoesNotThrow();
    // A loop that copies is faster as it stands than a call of our memcpy.
    function.addFnAttr("no-builtins");
  }
}

/// Spilled vectors lie on their own alignment: the ABIs promise 16 bytes, and
/// LLVM cannot ask for more once registers are assigned. A vector that happens
/// to lie across two pages costs some 70 cycles to store, 5 % of a kernel on
/// Emerald Rapids in one process of twelve.
static void alignStack(llvm::Module &module, const Target &target) {
  constexpr uint64_t kPromised = 16;
  const llvm::Align wanted(target.lanes * sizeof(float));
  if (wanted.value() <= kPromised)
    return;
  for (llvm::Function &function : module)
    if (!function.isDeclaration())
      function.addFnAttr(
          llvm::Attribute::getWithStackAlignment(module.getContext(), wanted));
}

/// Attributes and checks that every module of an artifact ends with.
static llvm::Expected<std::unique_ptr<llvm::Module>>
finish(std::unique_ptr<llvm::Module> module) {
  setFunctionAttributes(*module);
  module->setPICLevel(llvm::PICLevel::BigPIC);
  std::string problem;
  llvm::raw_string_ostream os(problem);
  if (llvm::verifyModule(*module, &os))
    return llvm::createStringError("generated LLVM IR is not valid: " +
                                   problem);
  return module;
}

llvm::Expected<std::unique_ptr<llvm::Module>>
sextant::translateToLLVM(mlir::ModuleOp module,
                         llvm::ArrayRef<EntryDescription> entries,
                         const Target &target, llvm::LLVMContext &context) {
  std::unique_ptr<llvm::Module> translated =
      mlir::translateModuleToLLVMIR(module, context, "sextant");
  if (!translated)
    return llvm::createStringError("translation to LLVM IR failed");
  for (llvm::Function &function : *translated)
    if (!function.isDeclaration())
      function.setLinkage(llvm::GlobalValue::InternalLinkage);
  for (llvm::GlobalVariable &variable : translated->globals())
    if (!variable.isDeclaration())
      variable.setLinkage(llvm::GlobalValue::InternalLinkage);
  for (const EntryDescription &entry : entries)
    for (const VariantDescription &variant : entry.variants)
      if (variant.target == &target)
        if (llvm::Error error = adaptFunctions(*translated, entry, variant))
          return std::move(error);
  alignStack(*translated, target);
  return finish(std::move(translated));
}

llvm::Expected<std::unique_ptr<llvm::Module>>
sextant::makeTables(llvm::ArrayRef<EntryDescription> entries,
                    llvm::LLVMContext &context) {
  auto module = std::make_unique<llvm::Module>("sextant", context);
  for (const EntryDescription &entry : entries)
    if (llvm::Error error = addKernel(*module, entry))
      return std::move(error);
  addManifest(*module, entries);
  return finish(std::move(module));
}

llvm::Expected<std::unique_ptr<llvm::Module>>
sextant::parseLLVM(llvm::MemoryBufferRef text, llvm::LLVMContext &context) {
  llvm::SMDiagnostic diagnostic;
  std::unique_ptr<llvm::Module> module =
      llvm::parseIR(text, diagnostic, context);
  if (module)
    return module;
  std::string message;
  llvm::raw_string_ostream os(message);
  diagnostic.print(nullptr, os, /*ShowColors=*/false);
  return llvm::createStringError(llvm::StringRef(message).trim());
}
