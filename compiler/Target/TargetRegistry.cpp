//===- TargetRegistry.cpp - The targets there are -------------------------===//

#include "compiler/Target/TargetRegistry.h"
#include "compiler/Target/AArch64/AArch64Targets.h"
#include "compiler/Target/X86/X86Targets.h"
#include "runtime/sextant_runtime.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/Twine.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TargetParser/Host.h"
#include <memory>
#include <vector>

using namespace sextant;

llvm::ArrayRef<Target> sextant::allTargets() {
  static const std::vector<Target> targets = [] {
    std::vector<Target> all = x86Targets();
    llvm::append_range(all, aarch64Targets());
    return all;
  }();
  return targets;
}

static bool sameArchitecture(const Target &left, const Target &right) {
  return left.triple == right.triple;
}

const Target &sextant::baselineOf(const Target &target) {
  const Target *last = &target;
  for (const Target &other : allTargets())
    if (sameArchitecture(other, target))
      last = &other;
  return *last;
}

const Target *sextant::lookupIsa(llvm::StringRef isa) {
  const Target *found = llvm::find_if(
      allTargets(), [&](const Target &target) { return target.isa == isa; });
  return found == allTargets().end() ? nullptr : found;
}

/// What a CPU name stands for is asked of LLVM, so that no list is kept here.
bool sextant::runsHere(const Target &target) {
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
      if (runsHere(target))
        return target;
    return x86Targets().back();
  }();
  return best;
}

llvm::StringRef sextant::hostTuning() { return llvm::sys::getHostCPUName(); }

/// Adds the targets that `word` stands for to `chosen`, which may be empty.
static bool addTargets(llvm::StringRef word,
                       llvm::SmallPtrSetImpl<const Target *> &chosen) {
  if (word == "host")
    return chosen.insert(&hostTarget()), true;
  bool found = false;
  for (const Target &target : allTargets())
    if (word == "all" ? sameArchitecture(target, hostTarget())
                      : target.name == word || target.isa == word) {
      chosen.insert(&target);
      found = true;
    }
  return found;
}

bool sextant::parseTargetSet(llvm::StringRef value, TargetSet &set,
                             std::string &message, bool withBaseline) {
  set = {};
  llvm::SmallPtrSet<const Target *, 8> chosen;
  for (llvm::StringRef word : llvm::split(value, ','))
    if (!addTargets(word.trim(), chosen)) {
      message =
          ("unsupported target '" + word.trim() + "'; supported: host, all")
              .str();
      for (const Target &target : allTargets())
        message += (", " + target.name).str();
      return false;
    }
  const Target &any = **chosen.begin();
  for (const Target *target : chosen)
    if (!sameArchitecture(*target, any)) {
      message = ("targets '" + any.name + "' and '" + target->name +
                 "' are of two architectures; expected one: an artifact is one "
                 "file of machine code")
                    .str();
      return false;
    }
  if (withBaseline)
    chosen.insert(&baselineOf(any));
  for (const Target &target : allTargets())
    if (chosen.contains(&target))
      set.targets.push_back(&target);
  if (value == "host")
    set.tuning = hostTuning().str();
  return true;
}

TargetSet sextant::targetsToCall(const TargetSet &set, int32_t isa) {
  for (const Target *target : set.targets)
    if (isa == SEXTANT_ISA_AUTO ? runsHere(*target)
                                : target->runtimeIsa == isa) {
      TargetSet one;
      one.targets = {target};
      if (target == set.targets.front())
        one.tuning = set.tuning;
      return one;
    }
  return set;
}

void sextant::printTargets(llvm::raw_ostream &os) {
  auto line = [&](llvm::StringRef name) -> llvm::raw_ostream & {
    return os << llvm::left_justify(name, 16);
  };
  line("host") << "what this machine has: " << hostTarget().name
               << ", tuned for " << hostTuning() << "\n";
  line("all") << "every instruction set of this machine's architecture\n";
  for (const Target &target : allTargets())
    line(target.name) << target.description << "\n";
}
