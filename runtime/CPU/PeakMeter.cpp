// Bursts of multiply-adds and of loads, timed by the thread's own clock.
#include "runtime/CPU/PeakMeter.h"

#include "runtime/sextant_runtime.h"

#include <algorithm>
#include <ctime>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace sextant::runtime {
namespace {

/// Latency 4 at two a cycle wants 8 chains; 12 leave slack and fit 16
/// registers.
constexpr int chains = 12;

/// One burst: every chain takes `steps` multiply-adds.
using Burst = void (*)(int64_t steps);

/// One pass over memory, in whole lines of 64 bytes.
using Pass = void (*)(const char *data, size_t lines);

struct Meter {
  int32_t isa;
  int lanes;
  Burst burst;
  Pass pass;
};

#if defined(__x86_64__)

// The factor and addend keep every value near 1: no denormals, no infinities.
// The empty assembly makes each value observable, so no step can be dropped.
#define SEXTANT_BURST(NAME, TARGET, TYPE, SET, STEP)                           \
  __attribute__((target(TARGET), noinline)) void NAME(int64_t steps) {         \
    const TYPE factor = SET(0.75f), addend = SET(0.25f);                       \
    TYPE chain[chains];                                                        \
    _Pragma("GCC unroll 12") for (int c = 0; c < chains; ++c) chain[c] =       \
        SET(1.0f + float(c));                                                  \
    for (int64_t s = 0; s < steps; ++s)                                        \
      _Pragma("GCC unroll 12") for (int c = 0; c < chains; ++c) {              \
        chain[c] = STEP(chain[c], factor, addend);                             \
        __asm__ volatile("" : "+x"(chain[c]));                                 \
      }                                                                        \
  }

__attribute__((target("sse2"))) inline __m128
multiplyThenAdd(__m128 value, __m128 factor, __m128 addend) {
  return _mm_add_ps(_mm_mul_ps(value, factor), addend);
}

SEXTANT_BURST(burst4, "sse2", __m128, _mm_set1_ps, multiplyThenAdd)
SEXTANT_BURST(burst8, "avx2,fma", __m256, _mm256_set1_ps, _mm256_fmadd_ps)
// "v" reaches all 32 registers where "x" reaches 16; 12 chains fit either.
SEXTANT_BURST(burst16, "avx512f", __m512, _mm512_set1_ps, _mm512_fmadd_ps)

#undef SEXTANT_BURST

// The instruction adds two products of bf16 to each f32 lane.
__attribute__((target("avx512f,avx512bf16"), noinline)) void
burstBf16(int64_t steps) {
  const __m512i ones = _mm512_set1_epi32(0x3f803f80);
  const __m512bh factor = (__m512bh)ones;
  __m512 chain[chains];
  _Pragma("GCC unroll 12") for (int c = 0; c < chains; ++c) chain[c] =
      _mm512_set1_ps(float(c));
  for (int64_t s = 0; s < steps; ++s)
    _Pragma("GCC unroll 12") for (int c = 0; c < chains; ++c) {
      chain[c] = _mm512_dpbf16_ps(chain[c], factor, factor);
      __asm__ volatile("" : "+v"(chain[c]));
    }
}

constexpr int64_t tileFlops = 2 * 16 * 16 * 32;

// A step is four products of tiles: all eight tiles, of zeros.
__attribute__((target("amx-tile,amx-bf16"), noinline)) void
burstTiles(int64_t steps) {
  // Palette 1: rows of 64 bytes, 16 rows.
  struct {
    uint8_t palette = 1, start = 0, reserved[14] = {};
    uint16_t rowBytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
    uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
  } shapes;
  _tile_loadconfig(&shapes);
  for (int64_t s = 0; s < steps; ++s) {
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
  }
  _tile_release();
}

// Each load goes to a register that nothing waits for.
#define SEXTANT_PASS(NAME, TARGET, TYPE, LOAD)                                 \
  __attribute__((target(TARGET), noinline)) void NAME(const char *data,        \
                                                      size_t lines) {          \
    constexpr size_t step = sizeof(TYPE) / sizeof(float);                      \
    const float *at = reinterpret_cast<const float *>(data);                   \
    for (size_t line = 0; line < lines; ++line, at += 16)                      \
      _Pragma("GCC unroll 4") for (size_t i = 0; i < 16; i += step) {          \
        TYPE value = LOAD(at + i);                                             \
        __asm__ volatile("" : : "x"(value));                                   \
      }                                                                        \
  }

SEXTANT_PASS(pass4, "sse2", __m128, _mm_loadu_ps)
SEXTANT_PASS(pass8, "avx2", __m256, _mm256_loadu_ps)
SEXTANT_PASS(pass16, "avx512f", __m512, _mm512_loadu_ps)

#undef SEXTANT_PASS

constexpr Meter meters[] = {{SEXTANT_ISA_X86_64_V4, 16, burst16, pass16},
                            {SEXTANT_ISA_X86_64_V3, 8, burst8, pass8},
                            {SEXTANT_ISA_GENERIC, 4, burst4, pass4}};

#else

void burstScalar(int64_t steps) {
  float chain[chains];
  for (int c = 0; c < chains; ++c)
    chain[c] = 1.0f + float(c);
  for (int64_t s = 0; s < steps; ++s)
    for (int c = 0; c < chains; ++c) {
      chain[c] = __builtin_fmaf(chain[c], 0.75f, 0.25f);
      __asm__ volatile("" : "+m"(chain[c]));
    }
}

void passScalar(const char *data, size_t lines) {
  const float *at = reinterpret_cast<const float *>(data);
  for (size_t i = 0; i < 16 * lines; ++i) {
    float value = at[i];
    __asm__ volatile("" : : "r"(value));
  }
}

constexpr Meter meters[] = {{SEXTANT_ISA_GENERIC, 1, burstScalar, passScalar}};

#endif

double threadSeconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return double(now.tv_sec) + 1e-9 * double(now.tv_nsec);
}

/// The rate of `work` units that each `run` does.
template <typename Run> Rate rateOf(double work, double milliseconds, Run run) {
  const double begin = threadSeconds();
  double least = 0, last = begin;
  int64_t runs = 0;
  do {
    run();
    ++runs;
    const double now = threadSeconds();
    if (now > last && (least == 0 || now - last < least))
      least = now - last;
    last = now;
  } while (last - begin < 1e-3 * milliseconds);
  if (least == 0)
    return {};
  return {1e-9 * work * runs / (last - begin), 1e-9 * work / least};
}

constexpr int64_t steps = 20000;

const Meter *findMeter(int32_t isa) {
  // On f32 it is the level below.
  if (isa == SEXTANT_ISA_X86_64_V4_BF16 || isa == SEXTANT_ISA_X86_64_V4_AMX)
    isa = SEXTANT_ISA_X86_64_V4;
  for (const Meter &meter : meters)
    if ((isa == SEXTANT_ISA_AUTO || isa == meter.isa) &&
        sextant_cpu_supports(meter.isa))
      return &meter;
  return nullptr;
}

} // namespace

Rate measureMultiplyAdds(int32_t isa, double milliseconds) {
  const Meter *meter = findMeter(isa);
  if (!meter)
    return {};
  return rateOf(2.0 * steps * chains * meter->lanes, milliseconds,
                [&] { meter->burst(steps); });
}

Rate measureBf16Dots(int32_t isa, double milliseconds) {
#if defined(__x86_64__)
  auto takes = [&](int32_t level) {
    return (isa == SEXTANT_ISA_AUTO || isa == level) &&
           sextant_cpu_supports(level);
  };
  if (takes(SEXTANT_ISA_X86_64_V4_AMX))
    return rateOf(4.0 * steps * tileFlops, milliseconds,
                  [] { burstTiles(steps); });
  if (takes(SEXTANT_ISA_X86_64_V4_BF16))
    return rateOf(4.0 * steps * chains * 16, milliseconds,
                  [] { burstBf16(steps); });
#endif
  return {};
}

Rate measureReads(const std::vector<Stretch> &stretches, int32_t isa,
                  double milliseconds) {
  const Meter *meter = findMeter(isa);
  size_t lines = 0;
  for (const Stretch &stretch : stretches)
    lines += stretch.bytes / 64;
  if (!meter || !lines)
    return {};
  return rateOf(64.0 * lines, milliseconds, [&] {
    for (const Stretch &stretch : stretches)
      meter->pass(static_cast<const char *>(stretch.data), stretch.bytes / 64);
  });
}

} // namespace sextant::runtime
