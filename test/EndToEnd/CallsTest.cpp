//===- CallsTest.cpp - What must not change a result ----------------------===//
//
// Strides, threads, repetition, neighbours in the batch and what lies in
// padding: identical bits, on every instruction set.
//
//===----------------------------------------------------------------------===//

#include "Suite.h"

#include <cmath>

using namespace sextant;
using namespace sextant::test;

/// Rotary attention has features to compute; collinear attention a prologue.
static std::vector<std::pair<std::string, Kernel *>> kernels() {
  Spec rope;
  rope.channels = 40;
  rope.valueChannels = 16;
  rope.visible = "visible(#attn.causal)";
  rope.scores = rotaryScores("#attn.rope<base = 1.0e4>");
  Spec slack = rope;
  slack.scores = slackScores();
  Spec plain;
  plain.channels = 59;
  plain.valueChannels = 8;
  std::vector<std::pair<std::string, Kernel *>> all;
  for (auto &[name, spec] : {std::pair<std::string, Spec &>{"rope", rope},
                             {"slack", slack},
                             {"plain", plain}})
    if (Kernel *kernel = compiled(spec))
      all.emplace_back(name, kernel);
  return all;
}

static constexpr Dims kDims = {2, 4, 2, 70, 131};

TEST(Calls, LayoutsDoNotMatter) {
  for (auto [name, kernel] : kernels())
    for (int32_t isa : allIsas()) {
      Call call;
      call.isa = isa;
      Buffers dense = kernel->inputs(kDims);
      Buffers expected = results(*kernel, dense, call);
      for (Layout layout : {Layout::Offset, Layout::Transposed, Layout::Padded,
                            Layout::Spread}) {
        // Each argument alone, then all of them.
        for (size_t which = 0; which <= dense.size(); ++which) {
          Buffers inputs;
          for (size_t i = 0; i < dense.size(); ++i)
            inputs.push_back(dense[i].copy(
                which == i || which == dense.size() ? layout : Layout::Dense));
          EXPECT_TRUE(sameBits(results(*kernel, inputs, call), expected))
              << name << ", isa " << isa << ", layout "
              << static_cast<int>(layout) << " of input " << which;
        }
        Call strided = call;
        strided.outputs = layout;
        EXPECT_TRUE(sameBits(results(*kernel, dense, strided), expected))
            << name << ", isa " << isa << ", layout "
            << static_cast<int>(layout) << " of the outputs";
      }
    }
}

TEST(Calls, BroadcastInputs) {
  for (auto [name, kernel] : kernels())
    for (Layout layout : {Layout::BatchBroadcast, Layout::HeadBroadcast}) {
      Buffers inputs = kernel->inputs(kDims, attn::Probe::Random, 3, 1.0,
                                      {Layout::Dense, layout, layout});
      expectClose(*kernel, inputs, name + ", zero strides");
      Buffers dense;
      for (Buffer &buffer : inputs)
        dense.push_back(buffer.copy(Layout::Dense));
      EXPECT_TRUE(sameBits(results(*kernel, inputs), results(*kernel, dense)))
          << name;
    }
}

TEST(Calls, ThreadsAndRepetitionDoNotMatter) {
  for (auto [name, kernel] : kernels())
    for (int32_t isa : allIsas()) {
      Buffers inputs = kernel->inputs(kDims);
      Call call;
      call.isa = isa;
      Buffers expected = results(*kernel, inputs, call);
      EXPECT_TRUE(sameBits(results(*kernel, inputs, call), expected)) << name;
      for (int32_t threads : {2, 5}) {
        call.threads = threads;
        EXPECT_TRUE(sameBits(results(*kernel, inputs, call), expected))
            << name << ", isa " << isa << ", threads " << threads;
      }
    }
}

TEST(Calls, BatchEntriesDoNotMeet) {
  for (auto [name, kernel] : kernels()) {
    Buffers both = kernel->inputs(kDims);
    Buffers together = results(*kernel, both);
    for (int64_t entry : {0, 1}) {
      Dims one = kDims;
      one.B = 1;
      Buffers alone = kernel->inputs(one);
      for (size_t i = 0; i < alone.size(); ++i)
        for (int64_t at = 0; at < alone[i].numElements(); ++at)
          alone[i].set(at, both[i].at(entry * alone[i].numElements() + at));
      Buffers separate = results(*kernel, alone);
      for (size_t i = 0; i < separate.size(); ++i) {
        std::vector<char> mine = separate[i].bits(), all = together[i].bits();
        EXPECT_TRUE(std::equal(mine.begin(), mine.end(),
                               all.begin() + entry * mine.size()))
            << name << ", output " << i << ", entry " << entry;
      }
    }
  }
}

TEST(Calls, PaddingDoesNotMatter) {
  Spec spec;
  spec.channels = 16;
  spec.valueChannels = 16;
  spec.arguments = ", %lengths: tensor<?xi32>";
  spec.scores = rotaryScores("#attn.rope<base = 1.0e4>");
  spec.visible = "visible(#attn.lengths<capture = 0>)";
  spec.captures = "captures(%lengths : tensor<?xi32>)";
  Kernel *kernel = compiled(spec);
  if (!kernel)
    return;
  constexpr int64_t keys = 131, lengths[] = {0, 50, 96};
  Buffers inputs = kernel->inputs({3, 2, 1, 20, keys});
  inputs[3].integers(lengths);
  expectClose(*kernel, inputs, "padding");
  for (int32_t isa : allIsas()) {
    Call call;
    call.isa = isa;
    Buffers expected = results(*kernel, inputs, call);
    for (double junk : {double(NAN), 1e38, double(INFINITY)}) {
      Buffers padded;
      for (Buffer &buffer : inputs)
        padded.push_back(buffer.copy(Layout::Dense));
      for (size_t argument : {1, 2})
        for (int64_t i = 0; i < padded[argument].numElements(); ++i)
          if (i / 16 % keys >= lengths[i / 16 / keys])
            padded[argument].set(i, junk);
      EXPECT_TRUE(sameBits(results(*kernel, padded, call), expected))
          << "padding of " << junk << ", isa " << isa;
    }
  }
}

TEST(Calls, ManyKeysAndQueries) {
  for (auto [name, kernel] : kernels())
    for (Dims dims : {Dims{1, 1, 1, 1, 1025}, Dims{1, 2, 1, 203, 1023},
                      Dims{1, 1, 1, 1000, 203}})
      expectCloseAt(*kernel, dims, name, 21);
}
