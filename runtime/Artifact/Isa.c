/* Reads CPUID and XCR0 directly: an artifact imports nothing, so it cannot ask
   a library. */
#include "runtime/Artifact/Isa.h"

#include "runtime/Artifact/Kernel.h"

#if defined(__x86_64__)

typedef struct {
  uint32_t eax, ebx, ecx, edx;
} cpuid_leaf;

static cpuid_leaf cpuid(uint32_t leaf, uint32_t subleaf) {
  cpuid_leaf result;
  __asm__ volatile("cpuid"
                   : "=a"(result.eax), "=b"(result.ebx), "=c"(result.ecx),
                     "=d"(result.edx)
                   : "a"(leaf), "c"(subleaf));
  return result;
}

static uint32_t savedRegisters(void) {
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

/* Returns `flag` where all of `wanted` is set in `word`. */
static uint32_t when(uint32_t word, uint32_t wanted, uint32_t flag) {
  return (word & wanted) == wanted ? flag : 0;
}

#define BIT(n) (1u << (n))

static uint32_t detect(void) {
  uint32_t bits = 0;
  const uint32_t maxLeaf = cpuid(0, 0).eax;
  const cpuid_leaf leaf1 = cpuid(1, 0);
  const cpuid_leaf extended = cpuid(0x80000001u, 0);

  /* SSE3, SSSE3, CX16, SSE4.1, SSE4.2, POPCNT and LAHF are x86-64-v2. */
  if (extended.ecx & BIT(0))
    bits |=
        when(leaf1.ecx, BIT(0) | BIT(9) | BIT(13) | BIT(19) | BIT(20) | BIT(23),
             SEXTANT_CPU_SSE4_2);
  bits |= when(leaf1.ecx, BIT(22), SEXTANT_CPU_MOVBE);
  bits |= when(extended.ecx, BIT(5), SEXTANT_CPU_LZCNT);

  /* Wide registers need OSXSAVE and XCR0: 0x6 are xmm and ymm, 0xe0 the mask
     registers and both parts of zmm. */
  if (!(leaf1.ecx & BIT(27)))
    return bits;
  const uint32_t saved = savedRegisters();
  if ((saved & 0x6) != 0x6)
    return bits;
  bits |= when(leaf1.ecx, BIT(28), SEXTANT_CPU_AVX);
  bits |= when(leaf1.ecx, BIT(12), SEXTANT_CPU_FMA);
  bits |= when(leaf1.ecx, BIT(29), SEXTANT_CPU_F16C);

  if (maxLeaf < 7)
    return bits;
  const cpuid_leaf leaf7 = cpuid(7, 0);
  bits |= when(leaf7.ebx, BIT(3), SEXTANT_CPU_BMI1);
  bits |= when(leaf7.ebx, BIT(5), SEXTANT_CPU_AVX2);
  bits |= when(leaf7.ebx, BIT(8), SEXTANT_CPU_BMI2);
  if ((saved & 0xe0) != 0xe0)
    return bits;
  bits |= when(leaf7.ebx, BIT(16), SEXTANT_CPU_AVX512F);
  bits |= when(leaf7.ebx, BIT(17), SEXTANT_CPU_AVX512DQ);
  bits |= when(leaf7.ebx, BIT(28), SEXTANT_CPU_AVX512CD);
  bits |= when(leaf7.ebx, BIT(30), SEXTANT_CPU_AVX512BW);
  bits |= when(leaf7.ebx, BIT(31), SEXTANT_CPU_AVX512VL);
  bits |= when(leaf7.ecx, BIT(11), SEXTANT_CPU_AVX512VNNI);
  bits |= when(leaf7.edx, BIT(23), SEXTANT_CPU_AVX512FP16);
  /* AMX-BF16 and AMX-TILE; 0x60000 are the tiles and their shapes. */
  if ((saved & 0x60000) == 0x60000)
    bits |= when(leaf7.edx, BIT(22) | BIT(24), SEXTANT_CPU_AMX_BF16);
  if (leaf7.eax >= 1)
    bits |= when(cpuid(7, 1).eax, BIT(5), SEXTANT_CPU_AVX512BF16);
  return bits;
}

/* Linux hands out the 8 KiB of tiles to a process that asks, since they make
   the frame of every signal larger: where a thread has put too small a stack
   for signals aside, it says no. */
static int mayUseTiles(void) {
#if defined(__linux__)
  const long archPrctl = 158, requestPermission = 0x1023, tileData = 18;
  long result;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "0"(archPrctl), "D"(requestPermission), "S"(tileData)
                   : "rcx", "r11", "memory");
  return result == 0;
#else
  return 0;
#endif
}

#else

static uint32_t detect(void) { return 0; }
static int mayUseTiles(void) { return 0; }

#endif

/* The only writable word of an artifact. Under a hypervisor every CPUID is a
   trap: 36 us a call were measured for the five above, as long as a small
   kernel. The word goes once from 0 to the answer, and once more where AMX is
   asked for, which is the same whoever writes it, so relaxed order is enough
   and calls stay independent. */
static uint32_t known;

uint32_t sextant_artifact_missing_bits(uint32_t required) {
  const uint32_t isKnown = 1u << 31, isAsked = 1u << 30;
  uint32_t bits = __atomic_load_n(&known, __ATOMIC_RELAXED);
  if (!bits) {
    bits = detect() | isKnown;
    __atomic_store_n(&known, bits, __ATOMIC_RELAXED);
  }
  if ((required & bits & SEXTANT_CPU_AMX_BF16) && !(bits & isAsked)) {
    if (!mayUseTiles())
      bits &= ~(uint32_t)SEXTANT_CPU_AMX_BF16;
    bits |= isAsked;
    __atomic_store_n(&known, bits, __ATOMIC_RELAXED);
  }
  return required & ~bits;
}
