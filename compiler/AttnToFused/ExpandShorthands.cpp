//===- ExpandShorthands.cpp - Shorthand ops become general ones -----------===//
//
// Knows the interface only: an expansion may itself use shorthands.
//
//===----------------------------------------------------------------------===//

#include "compiler/AttnToFused/ExpandShorthands.h"

#include "dialect/Attn/IR/Attn.h"

#include "mlir/IR/Dominance.h"
#include "mlir/IR/Iterators.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/CSE.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

void sextant::simplify(Operation *root) {
  IRRewriter rewriter(root->getContext());
  DominanceInfo dominance(root);
  eliminateCommonSubExpressions(rewriter, dominance, root);
  // Users before their operands, so that one walk erases whole chains.
  root->walk<WalkOrder::PostOrder, ReverseIterator>([&](Operation *op) {
    if (op != root && isOpTriviallyDead(op))
      op->erase();
  });
}

LogicalResult sextant::expandShorthands(Operation *root) {
  // Each round removes one level; a cycle of shorthands would never end.
  constexpr unsigned maxDepth = 64;
  for (unsigned depth = 0;; ++depth) {
    SmallVector<ExpandOpInterface> shorthands;
    root->walk([&](ExpandOpInterface op) { shorthands.push_back(op); });
    if (shorthands.empty())
      break;
    if (depth == maxDepth)
      return shorthands.front()->emitOpError("expands into itself");
    // Users first: they still see what the ops they read mean.
    for (ExpandOpInterface op : llvm::reverse(shorthands)) {
      OpBuilder builder(op);
      FailureOr<SmallVector<Value>> values = op.expand(builder);
      if (failed(values))
        return failure();
      for (auto [result, value] : llvm::zip_equal(op->getResults(), *values))
        if (result.getType() != value.getType())
          return op->emitOpError("expansion changes a result's type: expected ")
                 << result.getType() << ", got " << value.getType();
      op->replaceAllUsesWith(*values);
      op->erase();
    }
  }
  simplify(root);
  return success();
}
