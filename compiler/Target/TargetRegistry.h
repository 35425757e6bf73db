//===- TargetRegistry.h - The targets there are -----------------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TARGET_TARGETREGISTRY_H
#define SEXTANT_COMPILER_TARGET_TARGETREGISTRY_H

#include "compiler/Target/Target.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include <string>

namespace llvm {
class raw_ostream;
}

namespace sextant {

/// All targets, best first; each one needs no more of a CPU than those before.
llvm::ArrayRef<Target> allTargets();

/// The target whose functions carry `attn.isa = isa`; null if there is none.
const Target *lookupIsa(llvm::StringRef isa);

/// The best target this machine runs.
const Target &hostTarget();

/// LLVM's name of this machine's CPU: code for hostTarget() may be tuned for
/// it, and still runs wherever that target does.
llvm::StringRef hostTuning();

/// The instruction sets one artifact carries, best first. The baseline is
/// always among them, so that every machine of the architecture runs it.
struct TargetSet {
  llvm::SmallVector<const Target *, 2> targets;
  /// target-cpu to tune the best one for; empty for none in particular.
  std::string tuning;
};

/// Makes `set` from a value of --target. False and a message ("unsupported
/// target ...; supported: ...") if there is no such target.
bool parseTargetSet(llvm::StringRef value, TargetSet &set,
                    std::string &message);

/// Prints one line a value that parseTargetSet takes.
void printTargets(llvm::raw_ostream &os);

} // namespace sextant

#endif // SEXTANT_COMPILER_TARGET_TARGETREGISTRY_H
