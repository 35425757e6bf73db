//===- ElementsTest.cpp - 16-bit elements, all of them --------------------===//
//
// Against the conversions of the reference interpreter, which go through
// float64.
//
//===----------------------------------------------------------------------===//

#include "MathLibrary.h"

#include "dialect/Attn/Reference/Tensor.h"

#include <cmath>
#include <cstring>
#include <gtest/gtest.h>

using namespace sextant;
using namespace sextant::test;
using attn::HostTensor;
using attn::HostType;

namespace {
struct Case {
  HostType type;
  const char *from, *to;
};
const Case kCases[] = {{HostType::F16, "from_f16", "to_f16"},
                       {HostType::BF16, "from_bf16", "to_bf16"}};
} // namespace

static HostTensor viewOf(HostType type, uint16_t &bits) {
  HostTensor tensor;
  tensor.type = type;
  tensor.data = &bits;
  tensor.shape = {1};
  return tensor;
}
static double valueOf(HostType type, uint16_t bits) {
  return viewOf(type, bits).readReal(0);
}
static uint16_t roundedTo(HostType type, double value) {
  uint16_t bits = 0;
  viewOf(type, bits).write(0, value);
  return bits;
}

static std::vector<uint16_t> allBits() {
  std::vector<uint16_t> bits(1 << 16);
  for (size_t i = 0; i < bits.size(); ++i)
    bits[i] = i;
  return bits;
}

TEST(Elements, EveryOneIsWidenedExactly) {
  const std::vector<uint16_t> bits = allBits();
  for (const MathLibrary &library : mathLibraries())
    for (const Case &test : kCases) {
      std::vector<float> wide = library.widen(test.from, bits);
      int failures = 0;
      for (size_t i = 0; i < bits.size() && failures < 4; ++i) {
        double expected = valueOf(test.type, bits[i]);
        bool same = std::isnan(expected)
                        ? std::isnan(wide[i])
                        : wide[i] == expected &&
                              std::signbit(wide[i]) == std::signbit(expected);
        EXPECT_TRUE(same) << library.name << ", " << test.from << " of bits "
                          << bits[i] << ": " << wide[i];
        failures += !same;
      }
    }
}

static float fromBits(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

/// Every f32 whose upper half is one of 2^16 with lower halves at the edges,
/// every number of `type`, and what lies half-way to the next.
static std::vector<float> interestingNumbers(HostType type) {
  std::vector<float> numbers;
  for (uint32_t upper = 0; upper < 1 << 16; ++upper)
    for (uint32_t lower :
         {0x0000u, 0x0001u, 0x0fffu, 0x1000u, 0x1001u, 0x2000u, 0x3000u,
          0x7fffu, 0x8000u, 0x8001u, 0xf000u, 0xffffu})
      numbers.push_back(fromBits(upper << 16 | lower));
  for (uint32_t bits = 0; bits < 1 << 16; ++bits) {
    double value = valueOf(type, bits), next = valueOf(type, bits + 1);
    float middle = (value + next) / 2;
    numbers.push_back(value);
    for (float number : {middle, std::nextafter(middle, INFINITY),
                         std::nextafter(middle, -INFINITY)})
      numbers.push_back(number);
  }
  return numbers;
}

TEST(Elements, NumbersAreRoundedToNearestEven) {
  for (const Case &test : kCases) {
    const std::vector<float> numbers = interestingNumbers(test.type);
    for (const MathLibrary &library : mathLibraries()) {
      std::vector<uint16_t> narrow = library.narrow(test.to, numbers);
      int failures = 0;
      for (size_t i = 0; i < numbers.size() && failures < 4; ++i) {
        uint16_t expected = roundedTo(test.type, numbers[i]);
        bool same = narrow[i] == expected;
        if (std::isnan(numbers[i])) {
          // Any quiet NaN of the same sign.
          uint16_t quiet = test.type == HostType::F16 ? 0x7e00 : 0x7fc0;
          same = (narrow[i] & quiet) == quiet &&
                 std::signbit(numbers[i]) == (narrow[i] >> 15 != 0);
        }
        EXPECT_TRUE(same) << library.name << ", " << test.to << " of "
                          << numbers[i] << ": bits " << narrow[i]
                          << ", expected " << expected;
        failures += !same;
      }
    }
  }
}
