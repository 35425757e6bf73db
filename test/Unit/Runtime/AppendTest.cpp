//===- AppendTest.cpp - Filling a cache -----------------------------------===//

#include "runtime/sextant_runtime.h"

#include <algorithm>
#include <functional>
#include <gtest/gtest.h>
#include <numeric>
#include <string>
#include <vector>

namespace {

/// A tensor of f32 with memory of its own, compact unless strides are given.
struct Tensor {
  explicit Tensor(std::vector<int64_t> extents, std::vector<int64_t> steps = {},
                  size_t elements = 0)
      : shape(std::move(extents)), strides(std::move(steps)) {
    if (!elements)
      elements = std::accumulate(shape.begin(), shape.end(), size_t(1),
                                 std::multiplies<>());
    data.assign(elements + 1, -1.0f);
    view.data = data.data();
    view.device = {kDLCPU, 0};
    view.ndim = static_cast<int32_t>(shape.size());
    view.dtype = {kDLFloat, 32, 1};
    view.shape = shape.data();
    view.strides = strides.empty() ? nullptr : strides.data();
    view.byte_offset = 0;
  }
  void count(float from) { std::iota(data.begin(), data.end(), from); }

  std::vector<int64_t> shape, strides;
  std::vector<float> data;
  DLTensor view;
};

struct Outcome {
  sextant_status status;
  std::string message;
};

Outcome append(const Tensor &rows, Tensor &cache,
               std::vector<int64_t> &lengths) {
  char message[256] = "";
  sextant_status status = sextant_append(
      &rows.view, &cache.view, lengths.data(),
      static_cast<int32_t>(lengths.size()), message, sizeof(message));
  return {status, message};
}

/// The call must fail with `expected` in its message and change nothing.
void expectRefused(const Tensor &rows, Tensor &cache,
                   std::vector<int64_t> lengths, const std::string &expected) {
  const std::vector<float> before = cache.data;
  const std::vector<int64_t> lengthsBefore = lengths;
  Outcome outcome = append(rows, cache, lengths);
  EXPECT_EQ(outcome.status, SEXTANT_INVALID_ARGUMENT);
  EXPECT_NE(outcome.message.find(expected), std::string::npos)
      << outcome.message;
  EXPECT_EQ(cache.data, before);
  EXPECT_EQ(lengths, lengthsBefore);
}

} // namespace

TEST(Append, FillsRowAfterRow) {
  Tensor cache({2, 2, 4, 3}), rows({2, 2, 1, 3});
  std::vector<int64_t> lengths = {0};
  for (int step = 0; step < 4; ++step) {
    rows.count(static_cast<float>(100 * step));
    ASSERT_EQ(append(rows, cache, lengths).status, SEXTANT_OK);
    EXPECT_EQ(lengths[0], step + 1);
  }
  for (int pair = 0; pair < 4; ++pair)
    for (int row = 0; row < 4; ++row)
      for (int c = 0; c < 3; ++c)
        EXPECT_EQ(cache.data[(pair * 4 + row) * 3 + c],
                  static_cast<float>(100 * row + pair * 3 + c));
}

TEST(Append, LengthsOfTheirOwn) {
  Tensor cache({2, 1, 4, 1}), rows({2, 1, 2, 1});
  rows.count(10);
  std::vector<int64_t> lengths = {2, 0};
  ASSERT_EQ(append(rows, cache, lengths).status, SEXTANT_OK);
  EXPECT_EQ(lengths, (std::vector<int64_t>{4, 2}));
  const std::vector<float> expected = {-1, -1, 10, 11, 12, 13, -1, -1};
  EXPECT_TRUE(std::equal(expected.begin(), expected.end(), cache.data.begin()));
}

TEST(Append, AnyStrides) {
  // batch x rows x heads x channels in memory, every second channel.
  Tensor cache({1, 2, 3, 2}, {24, 4, 8, 2}, 24);
  Tensor rows({1, 2, 1, 2}, {4, 1, 4, 2}, 4);
  rows.count(0);
  std::vector<int64_t> lengths = {1};
  ASSERT_EQ(append(rows, cache, lengths).status, SEXTANT_OK);
  EXPECT_EQ(cache.data[8 + 0], 0);
  EXPECT_EQ(cache.data[8 + 2], 2);
  EXPECT_EQ(cache.data[8 + 4], 1);
  EXPECT_EQ(cache.data[8 + 6], 3);
  EXPECT_EQ(std::count(cache.data.begin(), cache.data.end(), -1.0f), 21);
}

TEST(Append, NothingToAppend) {
  Tensor cache({1, 1, 2, 1}), rows({1, 1, 0, 1}, {}, 1);
  std::vector<int64_t> lengths = {2};
  EXPECT_EQ(append(rows, cache, lengths).status, SEXTANT_OK);
  EXPECT_EQ(lengths[0], 2);
}

TEST(Append, RefusesLengths) {
  Tensor cache({2, 1, 4, 1}), rows({2, 1, 2, 1});
  expectRefused(rows, cache, {-1}, "within [0, 4]");
  expectRefused(rows, cache, {5}, "the capacity of the cache, got 5");
  expectRefused(rows, cache, {3}, "expected room for 2 rows after 3");
  expectRefused(rows, cache, {0, 3}, "lengths[1]: expected room");
  expectRefused(rows, cache, {0, 0, 0}, "expected 1 or 2");
}

TEST(Append, RefusesTensors) {
  Tensor cache({1, 2, 4, 3});
  expectRefused(Tensor({2, 2, 1, 3}), cache, {0}, "expected 1 batch entries");
  expectRefused(Tensor({1, 1, 1, 3}), cache, {0}, "expected 2 heads");
  expectRefused(Tensor({1, 2, 1, 4}), cache, {0}, "expected 3 channels");
  expectRefused(Tensor({2, 1, 3}), cache, {0}, "expected 4 dimensions");
  Tensor half({1, 2, 1, 3});
  half.view.dtype.bits = 16;
  expectRefused(half, cache, {0},
                "cache's type (code 2, 32 bits), got code 2, 16 bits");
  Tensor bits({1, 2, 1, 3});
  bits.view.dtype.bits = 4;
  expectRefused(bits, cache, {0}, "whole bytes");
  Tensor nowhere({1, 2, 1, 3});
  nowhere.view.data = nullptr;
  expectRefused(nowhere, cache, {0}, "rows: expected data");
  Tensor device({1, 2, 1, 3});
  device.view.device.device_type = kDLCUDA;
  expectRefused(device, cache, {0}, "on the CPU");
  Tensor inside({1, 2, 1, 3});
  inside.view.data = cache.data.data() + 3;
  expectRefused(inside, cache, {0}, "apart from the cache");
  Tensor broadcast({1, 2, 4, 3}, {0, 0, 3, 1}, 12);
  expectRefused(Tensor({1, 2, 1, 3}), broadcast, {0}, "a stride of 0");
  Tensor dense({1, 2, 4, 3}, {0, 12, 2, 1}, 24);
  expectRefused(Tensor({1, 2, 1, 3}), dense, {0},
                "rows that do not overlap, got a stride of 2 where at least 3");
  Tensor backwards({1, 2, 1, 3}, {6, 3, -3, 1}, 6);
  expectRefused(backwards, cache, {0}, "negative stride");
  Tensor negative({1, 2, -1, 3}, {}, 6);
  expectRefused(negative, cache, {0}, "negative extent");
  char message[64];
  EXPECT_EQ(sextant_append(nullptr, &cache.view, nullptr, 1, message,
                           sizeof(message)),
            SEXTANT_INVALID_ARGUMENT);
  Tensor rows({1, 2, 1, 3});
  EXPECT_EQ(sextant_append(&rows.view, &cache.view, nullptr, 1, message,
                           sizeof(message)),
            SEXTANT_INVALID_ARGUMENT);
  EXPECT_NE(std::string(message).find("got null"), std::string::npos);
}
