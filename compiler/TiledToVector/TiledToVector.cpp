//===- TiledToVector.cpp - Tiled kernels as functions on vectors ----------===//

#include "compiler/Target/TargetRegistry.h"
#include "compiler/TiledToVector/Entry.h"
#include "compiler/TiledToVector/GroupTables.h"
#include "compiler/TiledToVector/Kernel.h"
#include "compiler/TiledToVector/MaskFacts.h"
#include "compiler/TiledToVector/Passes.h"
#include "compiler/TiledToVector/Products.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Diagnostics.h"

#include <set>

namespace sextant {
#define GEN_PASS_DEF_TILEDTOVECTOR
#include "compiler/TiledToVector/Passes.h.inc"
} // namespace sextant

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

/// The target of `set` whose functions `target` runs: where no product is of
/// bf16, the one that lacks the instructions for them.
static const Target &codeFor(func::FuncOp tiled, const Target &target,
                             const TargetSet &set) {
  const auto *without = llvm::find_if(set.targets, [&](const Target *other) {
    return other->name == target.withoutBf16;
  });
  if (without == set.targets.end())
    return target;
  WalkResult isUsed = tiled.walk([&](ForTilesOp op) {
    return TileProducts(op, target).any() ? WalkResult::interrupt()
                                          : WalkResult::advance();
  });
  return isUsed.wasInterrupted() ? target : **without;
}

static LogicalResult lowerFunction(ModuleOp module, func::FuncOp tiled,
                                   const TargetSet &set) {
  if (failed(verifyEntry(tiled)))
    return failure();
  tiled.walk([](ForTilesOp op) { warnOfEmptyRows(op); });
  tabulateGroups(tiled);
  SmallVector<Attribute> variants;
  llvm::SmallDenseMap<const Target *, int64_t> phases; // of the code so far
  for (const Target *target : set.targets) {
    const Target &code = codeFor(tiled, *target, set);
    auto [made, isNew] = phases.try_emplace(&code);
    if (isNew) {
      Kernel kernel(module, tiled, code);
      if (failed(kernel.emit()))
        return failure();
      made->second = kernel.phases();
    }
    variants.push_back(
        VariantAttr::get(module.getContext(), target->isa, made->second,
                         &code == target ? StringRef() : code.isa));
  }
  OpBuilder builder(tiled);
  if (failed(buildEntry(builder, tiled, variants)))
    return failure();
  tiled.erase();
  return success();
}

namespace {

struct TiledToVector : sextant::impl::TiledToVectorBase<TiledToVector> {
  using TiledToVectorBase::TiledToVectorBase;
  void runOnOperation() override {
    TargetSet set;
    std::string message;
    if (!parseTargetSet(target, set, message, baseline)) {
      getOperation().emitError() << message;
      return signalPassFailure();
    }
    // A mask is classed in several places and for several targets, but the
    // user wrote it once.
    std::set<std::pair<const void *, std::string>> said;
    ScopedDiagnosticHandler once(&getContext(), [&](Diagnostic &diagnostic) {
      const void *place = diagnostic.getLocation().getAsOpaquePointer();
      return success(diagnostic.getSeverity() == DiagnosticSeverity::Remark &&
                     !said.insert({place, diagnostic.str()}).second);
    });
    SmallVector<func::FuncOp> functions;
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (!function.isExternal() && !function->hasAttr("attn.isa"))
        functions.push_back(function);
    for (func::FuncOp function : functions)
      if (failed(lowerFunction(getOperation(), function, set)))
        return signalPassFailure();
  }
};

} // namespace
