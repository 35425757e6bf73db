//===- VerifyTiledForm.cpp - What the tiled form may hold -----------------===//

#include "compiler/FusedToTiled/Passes.h"

namespace sextant {
#define GEN_PASS_DEF_VERIFYTILEDFORM
#include "compiler/FusedToTiled/Passes.h.inc"
} // namespace sextant

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

namespace {

struct VerifyTiledForm : sextant::impl::VerifyTiledFormBase<VerifyTiledForm> {
  void runOnOperation() override {
    for (Operation &op : getOperation().getFunctionBody().getOps())
      if (!isa<RowFeaturesOp, RowReduceOp, ProjectOp, MergeOp, TabulateOp,
               TabulateRowsOp, TabulateBandOp, SummarizeOp, ForTilesOp,
               PositionsOp, arith::ConstantOp, func::ReturnOp>(op)) {
        op.emitOpError("is not part of the tiled form; the arrow before it "
                       "should have lowered it");
        return signalPassFailure();
      }
  }
};

} // namespace
