// The artifact's own memcpy, memmove, memset and memcmp (compiled here under
// other names) against the C library's, over sizes, alignments and overlaps.
#include "gtest/gtest.h"

#include <cstring>
#include <vector>

extern "C" {
void *artifact_memcpy(void *to, const void *from, size_t bytes);
void *artifact_memmove(void *to, const void *from, size_t bytes);
void *artifact_memset(void *to, int value, size_t bytes);
int artifact_memcmp(const void *left, const void *right, size_t bytes);
}

namespace {

std::vector<char> makeBytes() {
  std::vector<char> bytes(96);
  for (size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = char(i * 37 + 11);
  return bytes;
}

TEST(ArtifactMemory, Copies) {
  const std::vector<char> from = makeBytes();
  for (size_t offset = 0; offset < 9; ++offset)
    for (size_t bytes = 0; bytes < 40; ++bytes) {
      std::vector<char> got(96, 'x'), want(96, 'x');
      EXPECT_EQ(artifact_memcpy(&got[offset], &from[3], bytes), &got[offset]);
      std::memcpy(&want[offset], &from[3], bytes);
      EXPECT_EQ(got, want);
    }
}

TEST(ArtifactMemory, MovesWithOverlap) {
  for (size_t to = 0; to < 24; ++to)
    for (size_t bytes = 0; bytes < 40; ++bytes) {
      std::vector<char> got = makeBytes(), want = makeBytes();
      EXPECT_EQ(artifact_memmove(&got[to], &got[12], bytes), &got[to]);
      std::memmove(&want[to], &want[12], bytes);
      EXPECT_EQ(got, want);
    }
}

TEST(ArtifactMemory, Sets) {
  for (int value : {0, 1, 255, -1, 300})
    for (size_t bytes = 0; bytes < 40; ++bytes) {
      std::vector<char> got(96, 'x'), want(96, 'x');
      EXPECT_EQ(artifact_memset(&got[5], value, bytes), &got[5]);
      std::memset(&want[5], value, bytes);
      EXPECT_EQ(got, want);
    }
}

TEST(ArtifactMemory, Compares) {
  EXPECT_EQ(artifact_memcmp("abc", "abc", 3), 0);
  EXPECT_LT(artifact_memcmp("abc", "abd", 3), 0);
  EXPECT_EQ(artifact_memcmp("abc", "abd", 2), 0);
  // Bytes are unsigned.
  EXPECT_GT(artifact_memcmp("\xff", "\x01", 1), 0);
}

} // namespace
