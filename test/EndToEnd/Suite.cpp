//===- Suite.cpp - What the suites have in common -------------------------===//

#include "Suite.h"

#include "llvm/Support/raw_ostream.h"
#include <map>

using namespace sextant::test;

Kernel *sextant::test::compiled(const std::string &text) {
  static std::map<std::string, std::unique_ptr<Kernel>> kernels;
  std::unique_ptr<Kernel> &kernel = kernels[text];
  if (!kernel)
    kernel = std::make_unique<Kernel>(text);
  EXPECT_TRUE(kernel->isValid()) << kernel->diagnostics() << text;
  return kernel->isValid() ? kernel.get() : nullptr;
}

Kernel *sextant::test::compiled(const Spec &spec) {
  return compiled(programText(spec));
}

std::string sextant::test::spelled(Dims dims) {
  return "B " + std::to_string(dims.B) + ", H " + std::to_string(dims.H) +
         ", G " + std::to_string(dims.G) + ", M " + std::to_string(dims.M) +
         ", N " + std::to_string(dims.N);
}

/// A call whose results cannot tell much: of no keys, of no rows, of so few
/// that they may well be equal.
static bool isSmall(const Buffers &inputs,
                    const sextant::attn::ReferenceResult &result) {
  for (const Buffer &input : inputs)
    if (input.numElements() == 0)
      return true;
  for (const auto &output : result.outputs)
    if (output.value.size() < 32)
      return true;
  return false;
}

void sextant::test::expectClose(Kernel &kernel, Buffers &inputs,
                                const std::string &what, bool mayBeTrivial) {
  auto expected = kernel.reference(inputs);
  ASSERT_TRUE(mlir::succeeded(expected)) << what;
  for (int32_t isa : allIsas()) {
    Call call;
    call.isa = isa;
    Verdict verdict = kernel.check(inputs, *expected, call,
                                   mayBeTrivial || isSmall(inputs, *expected));
    EXPECT_TRUE(verdict.passes) << what << ": " << verdict.text;
    ::testing::Test::RecordProperty("ratio " + what,
                                    std::to_string(verdict.worstRatio));
  }
}

void sextant::test::expectSplitClose(Kernel &kernel, Buffers &inputs,
                                     const std::string &what) {
  auto expected = kernel.reference(inputs);
  ASSERT_TRUE(mlir::succeeded(expected)) << what;
  for (int32_t isa : allIsas())
    for (int32_t threads : {1, 3}) {
      Call call;
      call.isa = isa;
      call.threads = threads;
      Verdict verdict =
          kernel.check(inputs, *expected, call, /*mayBeTrivial=*/true);
      EXPECT_TRUE(verdict.passes) << what << ", isa " << isa << ", threads "
                                  << threads << ": " << verdict.text;
    }
}

void sextant::test::expectCloseAt(Kernel &kernel, Dims dims,
                                  const std::string &what, uint64_t seed,
                                  double scale) {
  Buffers inputs = kernel.inputs(dims, attn::Probe::Random, seed, scale);
  expectClose(kernel, inputs,
              what + ", " + spelled(dims) + ", seed " + std::to_string(seed));
}

Buffers sextant::test::results(Kernel &kernel, Buffers &inputs,
                               const Call &call) {
  std::string error;
  auto outputs = kernel.run(inputs, call, error);
  EXPECT_TRUE(outputs.has_value()) << error;
  return outputs ? std::move(*outputs) : Buffers();
}
