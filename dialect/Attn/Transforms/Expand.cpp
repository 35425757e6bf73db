//===- Expand.cpp - Shorthands and named masks written out ----------------===//

#include "dialect/Attn/IR/Attn.h"
#include "dialect/Attn/Transforms/Passes.h"

namespace sextant::attn {
#define GEN_PASS_DEF_ATTNEXPAND
#include "dialect/Attn/Transforms/Passes.h.inc"
} // namespace sextant::attn

using namespace mlir;
using namespace sextant::attn;

/// softmax visible(mask) --> softmax visible (...) { the mask's expansion }
template <typename OpT> static void expandMask(OpT op) {
  if (!op.getMaskAttr())
    return;
  OpBuilder builder(op.getContext());
  SmallVector<Type> types(kPairCoordinates, builder.getI32Type());
  SmallVector<Location> locations(kPairCoordinates, op.getLoc());
  Block *block = builder.createBlock(&op.getVisible(), {}, types, locations);
  auto args = block->getArguments();
  PairValues at{args[0], args[1], args[2], args[3], args[4], args[5]};
  Value visible =
      op.getMaskAttr().expand(builder, op.getLoc(), at, op.getCaptures());
  YieldOp::create(builder, op.getLoc(), visible);
  op.removeMaskAttr();
  op.getCapturesMutable().clear();
}

namespace {
struct Expand : sextant::attn::impl::AttnExpandBase<Expand> {
  void runOnOperation() override {
    // An expansion may hold shorthands again; each round removes all it finds.
    SmallVector<ExpandOpInterface> shorthands;
    do {
      shorthands.clear();
      getOperation()->walk(
          [&](ExpandOpInterface op) { shorthands.push_back(op); });
      for (ExpandOpInterface op : shorthands) {
        OpBuilder builder(op);
        FailureOr<SmallVector<Value>> values = op.expand(builder);
        if (failed(values))
          return signalPassFailure();
        op->replaceAllUsesWith(*values);
        op->erase();
      }
    } while (!shorthands.empty());
    getOperation()->walk([](SoftmaxOp op) { expandMask(op); });
    getOperation()->walk([](WeightsOp op) { expandMask(op); });
    getOperation()->walk([](OrderedWeightsOp op) { expandMask(op); });
  }
};
} // namespace
