//===- ReduceAddresses.h - Addresses of the innermost loops -----*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOBJECT_REDUCEADDRESSES_H
#define SEXTANT_COMPILER_TOOBJECT_REDUCEADDRESSES_H

#include "llvm/IR/PassManager.h"

namespace llvm {
class TargetMachine;
} // namespace llvm

namespace sextant {

/// Strength reduction of the addresses that innermost loops of one block
/// compute. In such a loop with a counter i, an address is
///
///     base + fixed + i * slope + constant
///
/// with a base, a fixed offset and a slope that the loop does not change.
/// Afterwards everything but the constant is a pointer: one that the loop
/// advances, or, where the slope is a factor that the target can apply to i in
/// an address, one that stays. Addresses that lie whole steps apart, as an
/// unrolled loop has them, share the pointer.
///
/// LLVM's own pass weighs all combinations of all expressions of every loop.
/// It makes the same inner loops of ours and takes a fifth of a compilation.
class ReduceAddressesPass : public llvm::PassInfoMixin<ReduceAddressesPass> {
public:
  llvm::PreservedAnalyses run(llvm::Function &function,
                              llvm::FunctionAnalysisManager &analyses);
};

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOBJECT_REDUCEADDRESSES_H
