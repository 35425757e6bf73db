//===- RunBothForms.cpp - One function before and after -------------------===//

#include "RunBothForms.h"

#include "dialect/Attn/Reference/Probes.h"
#include "dialect/Attn/Reference/Reference.h"
#include "mlir/IR/Verifier.h"

#include <cmath>
#include <deque>
#include <gtest/gtest.h>
#include <limits>

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

void sextant::test::loadDialects(MLIRContext &context) {
  context.loadDialect<AttnDialect, func::FuncDialect, arith::ArithDialect,
                      math::MathDialect>();
}

/// Extents of an argument: queries are what the fused op says.
static SmallVector<int64_t, 5> extentsOf(BlockArgument argument,
                                         const llvm::DenseSet<Value> &query) {
  constexpr int64_t batches = 2, heads = 4, keyHeads = 2, queries = 5, keys = 7;
  auto type = cast<RankedTensorType>(argument.getType());
  SmallVector<int64_t, 5> shape(type.getShape());
  bool isQuery = query.contains(argument);
  SmallVector<int64_t> dynamic{heads};
  if (shape.size() == 2)
    dynamic = {batches, isQuery ? queries : keys};
  if (shape.size() == 4)
    dynamic = {batches, isQuery ? heads : keyHeads, isQuery ? queries : keys,
               1};
  for (auto [extent, chosen] : llvm::zip(shape, dynamic))
    if (ShapedType::isDynamic(extent))
      extent = chosen;
  return shape;
}

double sextant::test::largestDifference(func::FuncOp before, func::FuncOp after,
                                        uint64_t seed) {
  constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
  llvm::DenseSet<Value> query;
  unsigned count = 0;
  after.walk([&](FusedOp op) {
    query.insert(op.getQuery().begin(), op.getQuery().end());
    if (op.getQueryPos())
      query.insert(op.getQueryPos());
    ++count;
  });
  if (count == 0)
    return unknown;

  std::deque<std::vector<double>> memory;
  SmallVector<HostTensor> inputs;
  for (BlockArgument argument : after.getArguments()) {
    HostTensor input;
    input.type = *hostTypeOf(
        cast<RankedTensorType>(argument.getType()).getElementType());
    input.shape = extentsOf(argument, query);
    memory.emplace_back(input.numElements() + 1);
    input.data = memory.back().data();
    inputs.push_back(std::move(input));
  }
  fillInputs(before, inputs, Probe::Random, seed, 1.0);
  // Integers are positions: not the row numbers, and some negative.
  for (HostTensor &input : inputs)
    if (input.type == HostType::I32)
      for (int64_t i = 0; i < input.numElements(); ++i)
        input.write(i, (7 * i) % 23 - 4);

  FailureOr<ReferenceResult> expected = runReference(before, inputs);
  FailureOr<ReferenceResult> actual = runReference(after, inputs);
  if (failed(expected) || failed(actual) ||
      expected->outputs.size() != actual->outputs.size())
    return unknown;
  double worst = 0;
  for (auto [left, right] : llvm::zip(expected->outputs, actual->outputs)) {
    if (left.value.empty() || left.value.size() != right.value.size())
      return unknown;
    for (auto [a, b] : llvm::zip(left.value, right.value)) {
      if (!std::isfinite(a) || !std::isfinite(b))
        return unknown;
      worst = std::max(worst, std::fabs(a - b));
    }
  }
  return worst;
}

void sextant::test::expectSameResults(func::FuncOp function, StringRef what,
                                      double tolerance, uint64_t seed,
                                      FuseObserver observe) {
  OwningOpRef<func::FuncOp> fused(function.clone());
  ASSERT_TRUE(succeeded(fuseAttention(*fused, observe))) << what.str();
  ASSERT_TRUE(succeeded(verify(*fused))) << what.str();
  // A NaN is not below the tolerance.
  EXPECT_LE(largestDifference(function, *fused, seed), tolerance) << what.str();
}
