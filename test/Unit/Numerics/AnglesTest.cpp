//===- AnglesTest.cpp - Cosines and sines of positions --------------------===//
//
// Positions up to 2^24 at the frequencies of rotary encodings, and plain angles
// up to 2^24 radians, against long double: within 2^-22 everywhere.
//
//===----------------------------------------------------------------------===//

#include "MathLibrary.h"

#include <cmath>
#include <gtest/gtest.h>
#include <random>

using namespace sextant::test;

static constexpr double kBound = 0x1p-22;

namespace {
struct Phases {
  std::vector<int32_t> position;
  std::vector<double> frequency;
};
} // namespace

static Phases phases() {
  Phases all;
  std::mt19937 random(7);
  std::uniform_int_distribution<int32_t> any(-(1 << 24), 1 << 24);
  auto add = [&](int32_t position, double frequency) {
    all.position.push_back(position);
    all.frequency.push_back(frequency);
  };
  // Base 10^4 and 5 * 10^5, 64 channels; the small and the largest positions
  // and any between.
  for (double base : {1.0e4, 5.0e5})
    for (int pair = 0; pair < 32; ++pair) {
      double frequency = std::pow(base, -pair / 32.0);
      for (int32_t position = -64; position < 2048; ++position)
        add(position, frequency);
      for (int32_t step = 0; step < 256; ++step) {
        add((1 << 24) - step, frequency);
        add(-(1 << 24) + step, frequency);
      }
      for (int i = 0; i < 4096; ++i)
        add(any(random), frequency);
    }
  // Angles beside multiples of a quarter turn.
  for (int quarter = -4000; quarter < 4000; ++quarter)
    for (double offset : {-1e-7, 0.0, 1e-7, 0.7853981, 0.7853982})
      add(1, quarter * 1.57079632679489661923 + offset);
  while (all.position.size() % 16)
    add(0, 1.0);
  return all;
}

/// Every phase function against the C library in long double; `f32Angles` as in
/// the specification.
static void expectPhases(bool f32Angles) {
  Phases x = phases();
  for (int harmonic : {1, 3})
    for (bool sine : {false, true}) {
      std::string name = std::string(f32Angles ? "f32_" : "") +
                         (sine ? "phase_sin" : "phase_cos") +
                         (harmonic == 3 ? "_3" : "");
      std::vector<long double> exact;
      for (size_t i = 0; i < x.position.size(); ++i) {
        long double angle =
            static_cast<long double>(x.position[i]) * x.frequency[i] * harmonic;
        if (f32Angles) {
          float rounded = float(x.position[i]) * float(x.frequency[i]);
          angle = static_cast<long double>(rounded) * harmonic;
        }
        exact.push_back(sine ? std::sin(angle) : std::cos(angle));
      }
      for (const MathLibrary &library : mathLibraries()) {
        std::vector<float> result =
            library.apply(name, x.position, x.frequency);
        double worst = 0;
        size_t where = 0;
        for (size_t i = 0; i < result.size(); ++i) {
          double error = std::fabs(double(result[i] - exact[i]));
          if (!(error <= worst)) {
            worst = error;
            where = i;
          }
        }
        std::printf("%-12s %-14s 2^%.2f\n", name.c_str(), library.name.c_str(),
                    std::log2(worst));
        // Three times the angle, three times the error of the product.
        EXPECT_LE(worst, kBound)
            << name << " on " << library.name << " at position "
            << x.position[where] << ", frequency " << x.frequency[where];
      }
    }
}

TEST(Angles, PhasesAreWithinTwoToTheMinus22) { expectPhases(false); }

TEST(Angles, RoundedPhasesAreWithinTwoToTheMinus22) { expectPhases(true); }

TEST(Angles, RadiansAreWithinTwoToTheMinus22) {
  std::vector<float> x;
  for (int i = -(1 << 19); i < 1 << 19; ++i) {
    x.push_back(i * 0x1.01p-16f);
    x.push_back(i * 31.99f);
  }
  for (bool sine : {false, true}) {
    for (const MathLibrary &library : mathLibraries()) {
      std::vector<float> result = library.apply(sine ? "sin" : "cos", x);
      double worst = 0, where = 0;
      for (size_t i = 0; i < x.size(); ++i) {
        double exact = sine ? std::sin(double(x[i])) : std::cos(double(x[i]));
        double error = std::fabs(result[i] - exact);
        if (!(error <= worst)) {
          worst = error;
          where = x[i];
        }
      }
      std::printf("%s %-14s 2^%.2f\n", sine ? "sin" : "cos",
                  library.name.c_str(), std::log2(worst));
      EXPECT_LE(worst, kBound) << library.name << " at " << where;
    }
  }
}
