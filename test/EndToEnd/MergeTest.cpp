//===- MergeTest.cpp - Attention over the union of sets of keys -----------===//

#include "Suite.h"

#include <cmath>
#include <limits>

using namespace sextant;
using namespace sextant::test;

static constexpr double kInfinity = std::numeric_limits<double>::infinity();
static constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

static void expectMerged(Kernel &kernel, Buffers &inputs,
                         const std::string &what) {
  auto expected = kernel.reference(inputs);
  ASSERT_TRUE(mlir::succeeded(expected)) << what;
  for (int32_t isa : allIsas()) {
    Call call;
    call.isa = isa;
    Verdict verdict =
        kernel.check(inputs, *expected, call, /*mayBeTrivial=*/true);
    EXPECT_TRUE(verdict.passes)
        << what << ", isa " << isa << ": " << verdict.text;
  }
}

static std::string mergeProgram(const std::string &body) {
  const std::string o = "tensor<?x?x?x12xf32>", l = "tensor<?x?x?xf32>";
  std::string arguments, text;
  for (int part = 0; part < 3; ++part)
    arguments += "%o" + std::to_string(part) + ": " + o + ", ";
  for (int part = 0; part < 3; ++part)
    arguments +=
        std::string(part ? ", " : "") + "%l" + std::to_string(part) + ": " + l;
  return "func.func @merge(" + arguments + ") -> (" + o + ", " + l + ") {\n" +
         body + "return %o, %l : " + o + ", " + l + "\n}\n";
}

static std::string merged(const std::string &to,
                          const std::vector<std::string> &parts) {
  std::string outputs, lses, outputTypes, lseTypes;
  for (const std::string &part : parts) {
    const char *comma = outputs.empty() ? "" : ", ";
    outputs += comma + ("%o" + part);
    lses += comma + ("%l" + part);
    outputTypes += std::string("tensor<?x?x?x12xf32>, ");
    lseTypes += std::string(comma) + "tensor<?x?x?xf32>";
  }
  return "%o" + to + ", %l" + to + " = attn.merge (" + outputs + ") lse(" +
         lses + ") : (" + outputTypes + lseTypes +
         ") -> (tensor<?x?x?x12xf32>, tensor<?x?x?xf32>)\n";
}

static Buffers mergeInputs(Kernel &kernel) {
  Buffers inputs;
  for (int part = 0; part < 3; ++part)
    inputs.emplace_back(attn::HostType::F32,
                        llvm::ArrayRef<int64_t>{2, 3, 5, 12});
  for (int part = 0; part < 3; ++part)
    inputs.emplace_back(attn::HostType::F32, llvm::ArrayRef<int64_t>{2, 3, 5});
  kernel.fill(inputs, attn::Probe::Random, 4, 3.0);
  return inputs;
}

TEST(Merge, IsAssociative) {
  const std::string programs[] = {
      mergeProgram(merged("", {"0", "1", "2"})),
      mergeProgram(merged("x", {"0", "1"}) + merged("", {"x", "2"})),
      mergeProgram(merged("x", {"1", "2"}) + merged("", {"0", "x"})),
      mergeProgram(merged("x", {"2", "0"}) + merged("", {"1", "x"})),
  };
  Buffers first;
  for (const std::string &program : programs) {
    Kernel *kernel = compiled(program);
    if (!kernel)
      return;
    Buffers inputs = mergeInputs(*kernel);
    // Rows 0 to 4: of very different size, a part without a key, two, three
    // (and then NaN in an output that does not count), an lse of NaN.
    for (int64_t row : {0, 5, 29})
      inputs[3].set(row, 80);
    for (int64_t row : {1, 2, 3})
      inputs[3].set(row, -kInfinity);
    for (int64_t row : {2, 3})
      inputs[4].set(row, -kInfinity);
    inputs[5].set(3, -kInfinity);
    inputs[0].set(1 * 12 + 4, kNaN);
    inputs[0].set(3 * 12 + 4, kInfinity);
    inputs[5].set(4, kNaN);
    expectMerged(*kernel, inputs, program);
    Buffers outputs = results(*kernel, inputs);
    ASSERT_EQ(outputs.size(), 2u);
    for (int64_t c = 0; c < 12; ++c) {
      EXPECT_EQ(outputs[0].at(3 * 12 + c), 0);
      EXPECT_TRUE(std::isnan(outputs[0].at(4 * 12 + c)));
    }
    EXPECT_EQ(outputs[1].at(3), -kInfinity);
    if (first.empty()) {
      first = std::move(outputs);
      continue;
    }
    for (size_t i = 0; i < outputs.size(); ++i)
      for (int64_t e = 0; e < outputs[i].numElements(); ++e)
        if (std::isfinite(first[i].at(e))) {
          EXPECT_NEAR(outputs[i].at(e), first[i].at(e),
                      1e-6 * (1 + std::fabs(first[i].at(e))));
        }
  }
}

TEST(Merge, OfTwoRangesIsTheWhole) {
  // Keys before 40 and the others, each by a mask, in one function.
  const std::string rows = "tensor<?x?x?x16xf32>", p = "tensor<?x?xi32>",
                    s = "tensor<?x?x?x?xf32>", l = "tensor<?x?x?xf32>";
  auto part = [&](const std::string &name, const std::string &mask) {
    return "%s" + name + " = attn.scores %q, %k scale(0.25) : " + rows + ", " +
           rows + "\n%p" + name + ", %l" + name + " = attn.softmax %s" + name +
           " at (%pq, %pk) visible(" + mask + ") lse : " + s + ", " + p + ", " +
           p + "\n%o" + name + " = attn.weighted_sum %p" + name +
           ", %v : " + s + ", " + rows + "\n";
  };
  std::string text =
      "func.func @attention(%q: " + rows + ", %k: " + rows + ", %v: " + rows +
      ") -> (" + rows + ", " + l +
      ") {\n%pq, %pk = attn.positions %q, %k "
      "align(bottom_right) : " +
      rows + ", " + rows + "\n" + part("0", "#attn.prefix<length = 40>") +
      part("1", "#attn.not<#attn.prefix<length = 40>>") +
      "%o, %l = attn.merge (%o0, %o1) lse(%l0, %l1) : (" + rows + ", " + rows +
      ", " + l + ", " + l + ") -> (" + rows + ", " + l +
      ")\nreturn %o, %l : " + rows + ", " + l + "\n}\n";
  Spec spec;
  spec.channels = spec.valueChannels = 16;
  spec.scores = "%s = attn.scores %q, %k scale(0.25) : $Q, $K\n";
  Kernel *parts = compiled(text), *whole = compiled(spec);
  if (!parts || !whole)
    return;
  for (int64_t m : {1, 30})
    for (int64_t n : {0, 20, 40, 100}) {
      Buffers inputs = parts->inputs({2, 4, 2, m, n});
      expectMerged(*parts, inputs, "merged ranges");
      Buffers a = results(*parts, inputs), b = results(*whole, inputs);
      ASSERT_EQ(a.size(), b.size());
      for (size_t i = 0; i < a.size(); ++i)
        for (int64_t e = 0; e < a[i].numElements(); ++e)
          if (n)
            EXPECT_NEAR(a[i].at(e), b[i].at(e), 1e-5);
          else
            EXPECT_EQ(a[i].at(e), b[i].at(e));
    }
}

TEST(Merge, OfPartsInOtherElementTypes) {
  // Parts in f32 and bf16 to f16; more channels than lanes, and a rest.
  const std::string rows = "tensor<?x?x?x21x", l = "tensor<?x?x?xf32>";
  Kernel *kernel = compiled(
      "func.func @merge(%o0: " + rows + "f32>, %o1: " + rows +
      "bf16>, %l0: " + l + ", %l1: " + l + ") -> (" + rows + "f16>, " + l +
      ") {\n%o, %l = attn.merge (%o0, %o1) lse(%l0, %l1) : (" + rows +
      "f32>, " + rows + "bf16>, " + l + ", " + l + ") -> (" + rows + "f16>, " +
      l + ")\nreturn %o, %l : " + rows + "f16>, " + l + "\n}\n");
  if (!kernel)
    return;
  for (int64_t m : {0, 1, 130}) {
    Buffers inputs;
    inputs.emplace_back(attn::HostType::F32,
                        llvm::ArrayRef<int64_t>{1, 2, m, 21});
    inputs.emplace_back(attn::HostType::BF16,
                        llvm::ArrayRef<int64_t>{1, 2, m, 21});
    for (int part = 0; part < 2; ++part)
      inputs.emplace_back(attn::HostType::F32,
                          llvm::ArrayRef<int64_t>{1, 2, m});
    kernel->fill(inputs, attn::Probe::Random, 9, 2.0);
    expectMerged(*kernel, inputs, "element types, " + std::to_string(m));
  }
}
