//===- MutantsTest.cpp - A wrong fused form is noticed ----------*- C++ -*-===//
//
// Every single change to the features of a fused op changes the results by far
// more than the tolerance of EquivalenceTest: the gate bites.
//
//===----------------------------------------------------------------------===//

#include "RunBothForms.h"

#include "mlir/IR/Matchers.h"
#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

/// Replaces `op` by another op on the same operands.
template <typename OpT> static void replaceBy(Operation *op) {
  OpBuilder builder(op);
  Value other =
      OpT::create(builder, op->getLoc(), op->getOperand(0), op->getOperand(1));
  op->getResult(0).replaceAllUsesWith(other);
}

/// Changes feature op number `which`; returns false past the last one. Ops
/// that are no arithmetic are left alone, which `changed` tells.
static bool mutate(FusedOp fused, unsigned which, bool &changed) {
  SmallVector<Operation *> ops;
  for (Region &region : fused.getFeatures())
    for (Operation &op : region.front())
      ops.push_back(&op);
  if (which >= ops.size())
    return false;
  Operation *op = ops[which];
  changed = true;
  if (isa<arith::AddFOp>(op)) {
    replaceBy<arith::SubFOp>(op);
  } else if (isa<arith::SubFOp>(op) || isa<arith::MulFOp>(op)) {
    replaceBy<arith::AddFOp>(op);
  } else if (auto turn = dyn_cast<CosSinOp>(op)) {
    turn.setHarmonic(turn.getHarmonic() + 1);
  } else if (auto yield = dyn_cast<YieldOp>(op)) {
    // Exchanging both sides' features alike would change nothing.
    changed = yield->getNumOperands() == 2;
    if (changed)
      yield->setOperands({yield->getOperand(1), yield->getOperand(0)});
  } else {
    changed = false;
  }
  return true;
}

static void expectAllNoticed(StringRef path, unsigned expected) {
  MLIRContext context;
  test::loadDialects(context);
  std::string full = (SEXTANT_SOURCE_DIR "/" + path).str();
  auto module = parseSourceFile<ModuleOp>(full, &context);
  ASSERT_TRUE(module) << full;
  auto function = *module->getOps<func::FuncOp>().begin();
  unsigned mutants = 0;
  for (unsigned which = 0;; ++which) {
    OwningOpRef<func::FuncOp> fused(function.clone());
    ASSERT_TRUE(succeeded(fuseAttention(*fused)));
    FusedOp op = *fused->getOps<FusedOp>().begin();
    bool changed = false;
    if (!mutate(op, which, changed))
      break;
    if (!changed)
      continue;
    ++mutants;
    double difference = test::largestDifference(function, *fused, 17);
    EXPECT_GT(difference, 1e-6) << path.str() << ": feature op " << which;
  }
  EXPECT_GE(mutants, expected);
}

TEST(Mutants, SlackFeatures) {
  expectAllNoticed("examples/coca_slack/kernel.mlir", 20);
}
TEST(Mutants, StrictFeatures) {
  expectAllNoticed("examples/coca_strict/kernel.mlir", 12);
}
TEST(Mutants, RotaryFeatures) {
  expectAllNoticed("examples/rope/kernel.mlir", 14);
}

/// A member that reads the neighbouring channel.
TEST(Mutants, Members) {
  MLIRContext context;
  test::loadDialects(context);
  auto module = parseSourceFile<ModuleOp>(
      SEXTANT_SOURCE_DIR "/examples/rope/kernel.mlir", &context);
  ASSERT_TRUE(module);
  auto function = *module->getOps<func::FuncOp>().begin();
  for (bool query : {true, false}) {
    OwningOpRef<func::FuncOp> fused(function.clone());
    ASSERT_TRUE(succeeded(fuseAttention(*fused)));
    FusedOp op = *fused->getOps<FusedOp>().begin();
    auto term = cast<ArrayAttr>(op.getTerms()[0]);
    auto group = cast<ChannelGroupAttr>(term[0]);
    auto moved = [&](ArrayRef<MemberAttr> members) {
      SmallVector<MemberAttr> result(members);
      std::swap(result[0], result[1]);
      return result;
    };
    auto changed =
        ChannelGroupAttr::get(&context, group.getCount(), group.getWidth(),
                              query ? moved(group.getQuery())
                                    : SmallVector<MemberAttr>(group.getQuery()),
                              query ? SmallVector<MemberAttr>(group.getKey())
                                    : moved(group.getKey()));
    op.setTermsAttr(
        ArrayAttr::get(&context, {ArrayAttr::get(&context, {changed})}));
    EXPECT_GT(test::largestDifference(function, *fused, 17), 1e-6);
  }
}
