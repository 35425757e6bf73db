//===- TiledToVector.cpp - Tiled kernels as functions on vectors ----------===//

#include "compiler/Target/TargetRegistry.h"
#include "compiler/TiledToVector/Entry.h"
#include "compiler/TiledToVector/GroupTables.h"
#include "compiler/TiledToVector/Kernel.h"
#include "compiler/TiledToVector/MaskFacts.h"
#include "compiler/TiledToVector/Passes.h"

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

static LogicalResult lowerFunction(ModuleOp module, func::FuncOp tiled,
                                   const TargetSet &set) {
  if (failed(verifyEntry(tiled)))
    return failure();
  tiled.walk([](ForTilesOp op) { warnOfEmptyRows(op); });
  tabulateGroups(tiled);
  SmallVector<Attribute> variants;
  for (const Target *target : set.targets) {
    Kernel kernel(module, tiled, *target);
    if (failed(kernel.emit()))
      return failure();
    variants.push_back(
        VariantAttr::get(module.getContext(), target->isa, kernel.phases()));
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
