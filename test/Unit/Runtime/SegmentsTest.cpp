//===- SegmentsTest.cpp - Cumulative lengths as segment ids ---------------===//

#include "runtime/sextant_runtime.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace {
using Numbers = std::vector<int32_t>;

void expectRefused(const Numbers &offsets, int64_t tokens,
                   const std::string &expected) {
  Numbers ids(8, -7), positions(8, -7);
  char message[256] = "";
  EXPECT_EQ(sextant_segment_ids(offsets.data(), offsets.size(), tokens,
                                ids.data(), positions.data(), message,
                                sizeof(message)),
            SEXTANT_INVALID_ARGUMENT);
  EXPECT_EQ(message, expected);
  EXPECT_EQ(ids, Numbers(8, -7));
  EXPECT_EQ(positions, Numbers(8, -7));
}
} // namespace

TEST(Segments, CountTheTokensOfEach) {
  const Numbers offsets = {0, 2, 2, 5};
  Numbers ids(5), positions(5);
  char message[256] = "";
  ASSERT_EQ(sextant_segment_ids(offsets.data(), 4, 5, ids.data(),
                                positions.data(), message, sizeof(message)),
            SEXTANT_OK)
      << message;
  EXPECT_EQ(ids, Numbers({0, 0, 2, 2, 2}));
  EXPECT_EQ(positions, Numbers({0, 1, 0, 1, 2}));
  ids.assign(5, -1);
  ASSERT_EQ(sextant_segment_ids(offsets.data(), 4, 5, ids.data(), nullptr,
                                message, sizeof(message)),
            SEXTANT_OK);
  EXPECT_EQ(ids, Numbers({0, 0, 2, 2, 2}));
}

TEST(Segments, MayBeNone) {
  const int32_t zero = 0;
  EXPECT_EQ(sextant_segment_ids(&zero, 1, 0, nullptr, nullptr, nullptr, 0),
            SEXTANT_OK);
}

TEST(Segments, RefuseWhatIsNotCumulative) {
  expectRefused({1, 5}, 5,
                "offsets[0]: expected 0, where the first segment starts, got "
                "1");
  expectRefused({0, 4, 3, 5}, 5,
                "offsets[2]: expected at least 4, the offset before it, got 3");
  expectRefused({0, 6}, 5,
                "offsets[1]: expected at most 5, the number of tokens, got 6");
  expectRefused({0, 4}, 5,
                "offsets[1]: expected 5, the number of tokens, got 4");
  expectRefused({0, -1}, 5,
                "offsets[1]: expected at least 0, the offset before it, got "
                "-1");
  expectRefused({}, 5, "offsets: expected numbers, got null");
  expectRefused({0, 5}, -1, "n_tokens: expected no negative number, got -1");
  char message[256] = "";
  const Numbers offsets = {0, 5};
  EXPECT_EQ(sextant_segment_ids(offsets.data(), 2, 5, nullptr, nullptr, message,
                                sizeof(message)),
            SEXTANT_INVALID_ARGUMENT);
  EXPECT_STREQ(message, "ids: expected room for 5 numbers, got null");
  EXPECT_EQ(sextant_segment_ids(offsets.data(), 0, 5, nullptr, nullptr, message,
                                sizeof(message)),
            SEXTANT_INVALID_ARGUMENT);
  EXPECT_STREQ(message, "n_offsets: expected at least 1, got 0");
}
