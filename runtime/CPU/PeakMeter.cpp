// Bursts of multiply-adds, timed by the thread's own clock.
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

struct Meter {
  int32_t isa;
  int lanes;
  Burst burst;
};

constexpr Meter meters[] = {{SEXTANT_ISA_X86_64_V4, 16, burst16},
                            {SEXTANT_ISA_X86_64_V3, 8, burst8},
                            {SEXTANT_ISA_GENERIC, 4, burst4}};

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

struct Meter {
  int32_t isa;
  int lanes;
  Burst burst;
};

constexpr Meter meters[] = {{SEXTANT_ISA_GENERIC, 1, burstScalar}};

#endif

double threadSeconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return double(now.tv_sec) + 1e-9 * double(now.tv_nsec);
}

/// The best of several bursts: an interrupt only ever makes one slower.
double measure(const Meter &meter, double seconds) {
  constexpr int64_t steps = 20000;
  const double flops = 2.0 * steps * chains * meter.lanes;
  const double begin = threadSeconds();
  double best = 0, last = begin;
  do {
    meter.burst(steps);
    const double now = threadSeconds();
    if (now > last)
      best = std::max(best, flops / (now - last) * 1e-9);
    last = now;
  } while (last - begin < seconds);
  return best;
}

} // namespace

double measurePeakGflops(int32_t isa, double milliseconds) {
  for (const Meter &meter : meters)
    if ((isa == SEXTANT_ISA_AUTO || isa == meter.isa) &&
        sextant_cpu_supports(meter.isa))
      return measure(meter, 1e-3 * milliseconds);
  return 0;
}

} // namespace sextant::runtime
