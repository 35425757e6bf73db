//===- EquivalenceTest.cpp - Every test program, before and after ---------===//
//
// The functions of the lit tests and of the examples compute the same in both
// forms, by the reference interpreter, in float64.
//
//===----------------------------------------------------------------------===//

#include "RunBothForms.h"

#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

using namespace mlir;
using namespace sextant;

static void expectFile(StringRef path, double tolerance) {
  MLIRContext context;
  test::loadDialects(context);
  std::string full = (SEXTANT_SOURCE_DIR "/" + path).str();
  auto module = parseSourceFile<ModuleOp>(full, &context);
  ASSERT_TRUE(module) << full;
  unsigned functions = 0;
  for (auto function : module->getOps<func::FuncOp>()) {
    test::expectSameResults(function, (path + ":" + function.getName()).str(),
                            tolerance, /*seed=*/17);
    ++functions;
  }
  EXPECT_GT(functions, 0u) << full;
}

// Scales are powers of two and frequencies f64, so only float64 rounding is
// left.
static constexpr double exact = 1e-11;
// Constants of region forms are f32 where the named definition is exact.
static constexpr double rounded = 1e-5;

TEST(Equivalence, Coca) { expectFile("test/AttnToFused/coca.mlir", exact); }
TEST(Equivalence, Families) {
  expectFile("test/AttnToFused/families.mlir", exact);
}
TEST(Equivalence, Widths) { expectFile("test/AttnToFused/widths.mlir", exact); }
TEST(Equivalence, Rows) { expectFile("test/AttnToFused/rows.mlir", exact); }
TEST(Equivalence, Weights) {
  expectFile("test/AttnToFused/weights.mlir", rounded);
}
TEST(Equivalence, CocaSlackExample) {
  expectFile("examples/coca_slack/kernel.mlir", exact);
}
TEST(Equivalence, RopeExample) {
  expectFile("examples/rope/kernel.mlir", exact);
}
TEST(Equivalence, AlibiExample) {
  expectFile("examples/alibi/kernel.mlir", rounded);
}
TEST(Equivalence, KerpleExample) {
  expectFile("examples/my_own_encoding/kerple.mlir", rounded);
}
TEST(Equivalence, XPosExample) {
  expectFile("examples/my_own_encoding/xpos.mlir", exact);
}
