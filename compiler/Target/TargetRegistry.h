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

/// All targets, architecture by architecture, best first; each one needs no
/// more of a CPU than those of its architecture before it.
llvm::ArrayRef<Target> allTargets();

/// The last target of the architecture, which every machine of it runs.
const Target &baselineOf(const Target &target);

/// Whether this machine runs code for `target`.
bool runsHere(const Target &target);

/// The target whose functions carry `attn.isa = isa`; null if there is none.
const Target *lookupIsa(llvm::StringRef isa);

/// The best target this machine runs.
const Target &hostTarget();

/// LLVM's name of this machine's CPU: code for hostTarget() may be tuned for
/// it, and still runs wherever that target does.
llvm::StringRef hostTuning();

/// The instruction sets one artifact carries, best first, of one architecture.
struct TargetSet {
  llvm::SmallVector<const Target *, 4> targets;
  /// target-cpu to tune the best one for; empty for none in particular.
  std::string tuning;
};

/// Makes `set` from a value of --target: names of targets with commas between
/// them, `host` for the best one here, `all` for every one of this machine's
/// architecture. With `withBaseline` the baseline is added, so that every
/// machine of the architecture runs the artifact. False and a message
/// ("unsupported target ...; supported: ...") if there is no such target.
bool parseTargetSet(llvm::StringRef value, TargetSet &set, std::string &message,
                    bool withBaseline = true);

/// The targets of `set` that are worth compiling for calls in this process,
/// whose launch names `isa`: the one they will take, or all of them where there
/// is none, so that the call says what is missing.
TargetSet targetsToCall(const TargetSet &set, int32_t isa);

/// Prints one line a value that parseTargetSet takes.
void printTargets(llvm::raw_ostream &os);

} // namespace sextant

#endif // SEXTANT_COMPILER_TARGET_TARGETREGISTRY_H
