// Versions, names, the default launch, the peak meter.
#include "runtime/CPU/PeakMeter.h"
#include "runtime/sextant_runtime.h"

#include "gtest/gtest.h"

#include <cstdlib>
#include <vector>

extern "C" {
int sextantHeaderIsC(void);
int sextantHeaderBesideDlpack(void);
}

namespace {

TEST(Runtime, HeaderWorksFromC) { EXPECT_EQ(sextantHeaderIsC(), 0); }

TEST(Runtime, HeaderWorksBesideDlpack) {
  EXPECT_EQ(sextantHeaderBesideDlpack(), 0);
}

TEST(Runtime, NamesOfStatusAndIsa) {
  EXPECT_STREQ(sextant_status_name(SEXTANT_ARTIFACT_REJECTED),
               "artifact rejected");
  EXPECT_STREQ(sextant_status_name(static_cast<sextant_status>(7)),
               "unknown status");
  EXPECT_STREQ(sextant_isa_name(SEXTANT_ISA_X86_64_V4), "x86-64-v4");
  EXPECT_STREQ(sextant_isa_name(SEXTANT_ISA_X86_64_V4_BF16), "x86-64-v4-bf16");
  EXPECT_STREQ(sextant_isa_name(SEXTANT_ISA_X86_64_V4_AMX), "x86-64-v4-amx");
  EXPECT_EQ(sextant_isa_name(99), nullptr);
  EXPECT_EQ(sextant_isa_name(-1), nullptr);
}

TEST(Runtime, EveryCpuRunsGeneric) {
  EXPECT_TRUE(sextant_cpu_supports(SEXTANT_ISA_GENERIC));
  EXPECT_FALSE(sextant_cpu_supports(99));
}

TEST(Runtime, DefaultLaunchReadsTheEnvironment) {
  sextant_launch launch;
  char message[256] = "";
  unsetenv("SEXTANT_ISA");
  EXPECT_EQ(sextant_default_launch(&launch, message, sizeof(message)),
            SEXTANT_OK);
  EXPECT_EQ(launch.isa, SEXTANT_ISA_AUTO);
  EXPECT_EQ(launch.threads, 1);
  setenv("SEXTANT_ISA", "generic", 1);
  EXPECT_EQ(sextant_default_launch(&launch, message, sizeof(message)),
            SEXTANT_OK);
  EXPECT_EQ(launch.isa, SEXTANT_ISA_GENERIC);
  setenv("SEXTANT_ISA", "x86-64-v9", 1);
  EXPECT_EQ(sextant_default_launch(&launch, message, sizeof(message)),
            SEXTANT_UNSUPPORTED);
  EXPECT_EQ(launch.isa, SEXTANT_ISA_AUTO);
  EXPECT_STREQ(message, "SEXTANT_ISA: expected one of auto, generic, x86-64-v3,"
                        " x86-64-v4, x86-64-v4-bf16, x86-64-v4-amx, got "
                        "'x86-64-v9'");
  unsetenv("SEXTANT_ISA");
  EXPECT_EQ(sextant_default_launch(nullptr, message, sizeof(message)),
            SEXTANT_INVALID_ARGUMENT);
}

// An instrumented loop says nothing about the machine.
#if __has_feature(address_sanitizer)
constexpr bool measures = false;
#else
constexpr bool measures = true;
#endif

// The fused peak of eight lanes is well above that of four lanes without a
// fused instruction, on every CPU that has both.
TEST(PeakMeter, WiderIsFaster) {
  using sextant::runtime::measureMultiplyAdds;
  const sextant::runtime::Rate baseline =
      measureMultiplyAdds(SEXTANT_ISA_GENERIC, 20);
  EXPECT_GT(baseline.sustained, 1.0);
  EXPECT_GE(baseline.best, baseline.sustained);
  EXPECT_EQ(measureMultiplyAdds(99, 20).sustained, 0.0);
  EXPECT_EQ(measureMultiplyAdds(99, 20).best, 0.0);
  if (!measures || !sextant_cpu_supports(SEXTANT_ISA_X86_64_V3))
    GTEST_SKIP();
  EXPECT_GT(measureMultiplyAdds(SEXTANT_ISA_X86_64_V3, 20).best,
            1.5 * baseline.best);
}

// There is a rate where there is something to read and a way to read it. How
// the rates compare is the machine's affair: it may be busy.
TEST(PeakMeter, ReadsWhatIsThere) {
  using sextant::runtime::measureReads;
  const std::vector<char> data(1 << 20, 1);
  const std::vector<sextant::runtime::Stretch> all = {
      {data.data(), data.size() / 2}, {data.data() + 77, 100}};
  for (int32_t isa : {SEXTANT_ISA_AUTO, SEXTANT_ISA_GENERIC})
    EXPECT_GT(measureReads(all, isa, 1).sustained, 0.0);
  EXPECT_EQ(measureReads({}, SEXTANT_ISA_GENERIC, 1).best, 0.0);
  EXPECT_EQ(measureReads(all, 99, 1).best, 0.0);
}

// Twice the multiply-adds on Zen 4, but half of them on Sapphire Rapids, which
// has 16 times as many in tiles.
TEST(PeakMeter, DotsOfBf16) {
  using sextant::runtime::measureBf16Dots;
  using sextant::runtime::measureMultiplyAdds;
  if (!measures || !sextant_cpu_supports(SEXTANT_ISA_X86_64_V4_BF16))
    GTEST_SKIP();
  const double adds = measureMultiplyAdds(SEXTANT_ISA_X86_64_V4, 20).best;
  EXPECT_GT(measureBf16Dots(SEXTANT_ISA_X86_64_V4_BF16, 20).best, 0.3 * adds);
  EXPECT_EQ(measureBf16Dots(SEXTANT_ISA_X86_64_V3, 20).best, 0.0);
  if (sextant_cpu_supports(SEXTANT_ISA_X86_64_V4_AMX)) {
    EXPECT_GT(measureBf16Dots(SEXTANT_ISA_X86_64_V4_AMX, 20).best, 4 * adds);
  }
}

} // namespace
