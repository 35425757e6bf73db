//===- TargetAttributes.cpp - Turn attn.isa into what LLVM reads ----------===//

#include "compiler/Target/TargetRegistry.h"
#include "compiler/ToObject/Passes.h"
#include "dialect/Attn/IR/Attn.h"

namespace sextant {
#define GEN_PASS_DEF_TARGETATTRIBUTESPASS
#include "compiler/ToObject/Passes.h.inc"
} // namespace sextant

using namespace mlir;
using namespace sextant;

namespace {
struct TargetAttributesPass
    : sextant::impl::TargetAttributesPassBase<TargetAttributesPass> {
  using TargetAttributesPassBase::TargetAttributesPassBase;

  void runOnOperation() override {
    MLIRContext *context = &getContext();
    for (auto function : getOperation().getOps<LLVM::LLVMFuncOp>()) {
      auto isa = function->getAttrOfType<StringAttr>("attn.isa");
      if (!isa)
        continue;
      const Target *target = lookupIsa(isa.getValue());
      if (!target) {
        function.emitError()
            << "unknown instruction set '" << isa.getValue() << "'";
        return signalPassFailure();
      }
      function.setTargetCpu(target->cpu);
      if (!target->features.empty())
        function.setTargetFeaturesAttr(
            LLVM::TargetFeaturesAttr::get(context, target->features));
      if (!tuning.empty() && tunedIsa == target->isa)
        function.setTuneCpu(tuning);
      function->removeAttr("attn.isa");
    }
    for (auto entry :
         llvm::make_early_inc_range(getOperation().getOps<attn::EntryOp>()))
      entry.erase();
  }
};
} // namespace
