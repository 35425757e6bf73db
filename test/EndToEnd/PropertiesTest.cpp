//===- PropertiesTest.cpp - What the mathematics promises -----------------===//

#include "Suite.h"

#include <cmath>

using namespace sextant;
using namespace sextant::test;

static Spec offsetSpec(std::string scores) {
  Spec spec;
  spec.channels = 32;
  spec.valueChannels = 16;
  spec.arguments = ", %offset: tensor<?xi32>";
  spec.positions = "align(bottom_right) offset(%offset : tensor<?xi32>)";
  spec.visible = "visible(#attn.causal)";
  spec.scores = std::move(scores);
  return spec;
}

/// The largest difference of the outputs at offset 0 and at `offset`; each
/// call is within the gates of the interpreter.
static double shifted(const Spec &spec, int64_t offset) {
  Kernel *kernel = compiled(spec);
  if (!kernel)
    return NAN;
  Buffers inputs = kernel->inputs({2, 2, 1, 40, 97});
  Buffers here = results(*kernel, inputs);
  inputs[3].integers({offset, offset});
  expectClose(*kernel, inputs, "offset " + std::to_string(offset));
  Buffers there = results(*kernel, inputs);
  double largest = 0;
  for (size_t i = 0; i < here.size(); ++i)
    for (int64_t at = 0; at < here[i].numElements(); ++at)
      largest = std::max(largest, std::fabs(here[i].at(at) - there[i].at(at)));
  return largest;
}

TEST(Properties, RotaryScoresDependOnDistances) {
  for (int64_t offset : {1, 1000, 1 << 20})
    EXPECT_LT(
        shifted(offsetSpec(rotaryScores("#attn.rope<base = 1.0e4>")), offset),
        2e-5)
        << offset;
}

TEST(Properties, StrictCollinearScoresDependOnDistances) {
  for (int64_t offset : {1, 1000, 1 << 20})
    EXPECT_LT(shifted(offsetSpec(strictScores()), offset), 2e-5) << offset;
}

TEST(Properties, SlackCollinearScoresDependOnPositions) {
  for (int64_t offset : {1, 1000, 1 << 20})
    EXPECT_GT(shifted(offsetSpec(slackScores()), offset), 1e-2) << offset;
}

/// Where both members of each query pair are equal, slack is strict: both
/// programs meet the interpreter's values for either.
TEST(Properties, SlackIsStrictOnEqualPairs) {
  Spec slack, strict;
  slack.channels = strict.channels = 32;
  slack.valueChannels = strict.valueChannels = 16;
  slack.visible = strict.visible = "visible(#attn.causal)";
  slack.scores = slackScores();
  strict.scores = strictScores();
  Kernel *first = compiled(slack), *second = compiled(strict);
  if (!first || !second)
    return;
  Buffers inputs = first->inputs({2, 4, 2, 33, 97});
  Buffers apart = results(*first, inputs), other = results(*second, inputs);
  auto difference = [](const Buffers &a, const Buffers &b) {
    double largest = 0;
    for (int64_t i = 0; i < a[0].numElements(); ++i)
      largest = std::max(largest, std::fabs(a[0].at(i) - b[0].at(i)));
    return largest;
  };
  EXPECT_GT(difference(apart, other), 1e-2);
  Buffer &query = inputs[0];
  for (int64_t i = 0; i < query.numElements(); ++i)
    if (i % 32 >= 16)
      query.set(i, query.at(i - 16));
  EXPECT_LT(difference(results(*first, inputs), results(*second, inputs)),
            2e-5);
}

TEST(Properties, OrderOfKeysDoesNotMatterWithoutPositions) {
  Spec spec;
  spec.channels = 16;
  spec.valueChannels = 16;
  Kernel *kernel = compiled(spec);
  if (!kernel)
    return;
  Buffers inputs = kernel->inputs({1, 1, 1, 33, 129});
  Buffers before = results(*kernel, inputs);
  Buffers turned = kernel->inputs({1, 1, 1, 33, 129});
  for (size_t argument : {1, 2})
    for (int64_t i = 0; i < 129 * 16; ++i)
      turned[argument].set((128 - i / 16) * 16 + i % 16,
                           inputs[argument].at(i));
  Buffers after = results(*kernel, turned);
  for (size_t i = 0; i < before.size(); ++i)
    for (int64_t at = 0; at < before[i].numElements(); ++at)
      EXPECT_NEAR(before[i].at(at), after[i].at(at), 2e-5);
}
