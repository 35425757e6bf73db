//===- TargetRegistry.cpp - The targets there are -------------------------===//

#include "compiler/Target/TargetRegistry.h"
#include "compiler/Target/Generic/GenericTarget.h"
#include "compiler/Target/X86/X86Targets.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/Twine.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TargetParser/Host.h"
#include <memory>

using namespace sextant;

llvm::ArrayRef<Target> sextant::allTargets() {
  static const Target targets[] = {makeX86V4Target(), makeX86V3Target(),
                                   makeGenericTarget()};
  return targets;
}

const Target *sextant::lookupIsa(llvm::StringRef isa) {
  const Target *found = llvm::find_if(
      allTargets(), [&](const Target &target) { return target.isa == isa; });
  return found == allTargets().end() ? nullptr : found;
}

/// True if this machine has every feature LLVM may use for `target`. What the
/// CPU name stands for is asked of LLVM, so that no list is kept here.
static bool hostRuns(const Target &target) {
  if (llvm::Triple(target.triple).getArch() !=
      llvm::Triple(llvm::sys::getProcessTriple()).getArch())
    return false;
  llvm::InitializeNativeTarget();
  std::string error;
  const llvm::Triple triple(target.triple);
  const llvm::Target *backend =
      llvm::TargetRegistry::lookupTarget(triple, error);
  if (!backend)
    return false;
  std::unique_ptr<llvm::MCSubtargetInfo> info(
      backend->createMCSubtargetInfo(triple, target.cpu, target.features));
  const llvm::StringMap<bool> host = llvm::sys::getHostCPUFeatures();
  for (const llvm::SubtargetFeatureKV &feature :
       info->getEnabledProcessorFeatures()) {
    // Tuning flags are features to LLVM too; the host's list has none of them.
    auto known = host.find(feature.Key);
    if (known != host.end() && !known->second)
      return false;
  }
  return true;
}

const Target &sextant::hostTarget() {
  static const Target &best = []() -> const Target & {
    for (const Target &target : allTargets())
      if (hostRuns(target))
        return target;
    return allTargets().back();
  }();
  return best;
}

llvm::StringRef sextant::hostTuning() { return llvm::sys::getHostCPUName(); }

bool sextant::parseTargetSet(llvm::StringRef value, TargetSet &set,
                             std::string &message) {
  const Target *best = nullptr;
  set.tuning.clear();
  if (value == "host") {
    best = &hostTarget();
    set.tuning = hostTuning().str();
  } else {
    for (const Target &target : allTargets())
      if (target.name == value || target.isa == value)
        best = &target;
  }
  if (!best) {
    message = ("unsupported target '" + value + "'; supported: host").str();
    for (const Target &target : allTargets())
      message += (", " + target.name).str();
    return false;
  }
  set.targets = {best};
  if (best != &allTargets().back())
    set.targets.push_back(&allTargets().back());
  return true;
}

void sextant::printTargets(llvm::raw_ostream &os) {
  os << llvm::left_justify("host", 12)
     << "what this machine has: " << hostTarget().name << ", tuned for "
     << hostTuning() << "\n";
  for (const Target &target : allTargets())
    os << llvm::left_justify(target.name, 12) << target.description << "\n";
}
