//===- Jit.cpp - Loading objects in memory --------------------------------===//

#include "compiler/ToObject/Jit.h"
#include "runtime/Artifact/Manifest.h"
#include "llvm/ExecutionEngine/Orc/Core.h"
#include "llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h"
#include "llvm/ExecutionEngine/Orc/SelfExecutorProcessControl.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace sextant;

/// No generator of symbols is attached, so an object that is not closed cannot
/// reach into this process: its lookup fails.
struct JitLibrary::Session {
  explicit Session(std::unique_ptr<llvm::orc::ExecutorProcessControl> control)
      : execution(std::move(control)), layer(execution),
        library(execution.createBareJITDylib("artifact")) {}
  ~Session() {
    if (llvm::Error error = execution.endSession())
      execution.reportError(std::move(error));
  }

  llvm::orc::ExecutionSession execution;
  llvm::orc::ObjectLinkingLayer layer;
  llvm::orc::JITDylib &library;
};

JitLibrary::JitLibrary(std::unique_ptr<Session> session)
    : session(std::move(session)) {}
JitLibrary::~JitLibrary() = default;

llvm::Expected<std::unique_ptr<JitLibrary>>
JitLibrary::load(llvm::ArrayRef<llvm::StringRef> objects) {
  auto control = llvm::orc::SelfExecutorProcessControl::Create();
  if (!control)
    return control.takeError();
  auto session = std::make_unique<Session>(std::move(*control));
  for (auto [index, object] : llvm::enumerate(objects))
    if (llvm::Error error = session->layer.add(
            session->library,
            llvm::MemoryBuffer::getMemBufferCopy(
                object, ("artifact " + llvm::Twine(index)).str())))
      return std::move(error);
  return std::unique_ptr<JitLibrary>(new JitLibrary(std::move(session)));
}

llvm::Expected<void *> JitLibrary::lookup(llvm::StringRef name) {
  llvm::Expected<llvm::orc::ExecutorSymbolDef> symbol =
      session->execution.lookup({&session->library}, name);
  if (!symbol)
    return symbol.takeError();
  return symbol->getAddress().toPtr<void *>();
}

llvm::Expected<sextant_fn> JitLibrary::function(llvm::StringRef kernel) {
  llvm::Expected<void *> address = lookup(kernel);
  if (!address)
    return address.takeError();
  return reinterpret_cast<sextant_fn>(*address);
}

llvm::Expected<sextant_workspace_fn>
JitLibrary::workspace(llvm::StringRef kernel) {
  llvm::Expected<void *> address = lookup((kernel + "_workspace").str());
  if (!address)
    return address.takeError();
  return reinterpret_cast<sextant_workspace_fn>(*address);
}

llvm::Expected<sextant_shapes_fn> JitLibrary::shapes(llvm::StringRef kernel) {
  llvm::Expected<void *> address = lookup((kernel + "_shapes").str());
  if (!address)
    return address.takeError();
  return reinterpret_cast<sextant_shapes_fn>(*address);
}

llvm::Expected<const void *> JitLibrary::manifest() {
  return lookup(SEXTANT_MANIFEST_SYMBOL);
}
