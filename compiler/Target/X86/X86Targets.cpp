//===- X86Targets.cpp - The levels of x86-64 ------------------------------===//

#include "compiler/Target/X86/X86Targets.h"
#include "runtime/Artifact/Kernel.h"

using namespace sextant;

llvm::ArrayRef<Target> sextant::x86Targets() {
  static constexpr llvm::StringLiteral triple("x86_64-pc-linux-gnu");
  // name, description,
  // isa, runtime name, runtime isa, CPU bits,
  // triple, cpu, features, target without bf16,
  // lanes, registers, fma, round, f16, bf16 dot, block dot, scale,
  // pick of four, bytes of query tiles,
  // {query vectors, key rows, value rows, key block, key leaf}, and that of
  // products of matrices
  // clang-format off
  static constexpr Target levels[] = {
      // Three by eight of 32 registers: fewer loads a product than two by eight,
      // as fast where the core is alone and 4 to 9 % faster where it is shared
      // (Emerald Rapids, two multiply-adds and two loads a cycle). Leaves as long
      // as a vector: the first queries of a tile leave out what they do not see.
      // Matrices: two by two tiles of sums, two of each factor, all eight.
      {"x86-64-v4-amx", "AVX-512 with products of matrices of bf16: 16 lanes",
       "x86-64-v4-amx", "x86-64-v4-amx", SEXTANT_ISA_X86_64_V4_AMX,
       SEXTANT_CPU_X86_64_V4 | SEXTANT_CPU_AVX512BF16 | SEXTANT_CPU_AMX_BF16,
       triple, "x86-64-v4", "+avx512bf16,+amx-tile,+amx-bf16", "x86-64-v4",
       16, 32, true, true, true, true, true, true, "", 768 << 10,
       {3, 8, 8, 96, 16}, {2, 8, 8, 128, 32}},

      {"x86-64-v4-bf16", "AVX-512 with products of bf16: 16 lanes",
       "x86-64-v4-bf16", "x86-64-v4-bf16", SEXTANT_ISA_X86_64_V4_BF16,
       SEXTANT_CPU_X86_64_V4 | SEXTANT_CPU_AVX512BF16,
       triple, "x86-64-v4", "+avx512bf16", "x86-64-v4",
       16, 32, true, true, true, true, false, true, "", 768 << 10,
       {3, 8, 8, 96, 16}, {}},

      {"x86-64-v4", "AVX-512: 16 lanes",
       "x86-64-v4", "x86-64-v4", SEXTANT_ISA_X86_64_V4,
       SEXTANT_CPU_X86_64_V4,
       triple, "x86-64-v4", "", "",
       16, 32, true, true, true, false, false, true, "", 768 << 10,
       {3, 8, 8, 96, 16}, {}},

      // 3 x 4 accumulators, three query vectors and a broadcast: all 16
      // registers. 2 x 6 has one load more a step and is 5 % slower; 2 x 8
      // spills and loses a quarter of the speed; 4 x 3 (32 queries, the
      // broadcasts kept) is 1 to 2 % slower from 2048 rows on.
      {"x86-64-v3", "AVX2 and FMA: 8 lanes",
       "x86-64-v3", "x86-64-v3", SEXTANT_ISA_X86_64_V3,
       SEXTANT_CPU_X86_64_V3,
       triple, "x86-64-v3", "", "",
       8, 16, true, true, true, false, false, false,
       "llvm.x86.avx.vpermilvar.ps.256", 320 << 10,
       {3, 4, 4, 96, 24}, {}},

      // 2 x 4 accumulators, two query vectors, a broadcast, a product each.
      {"generic", "any x86-64 machine: SSE2, 4 lanes",
       "x86-64", "generic", SEXTANT_ISA_GENERIC,
       0,
       triple, "x86-64", "", "",
       4, 16, false, false, false, false, false, false, "", 320 << 10,
       {2, 4, 4, 64, 32}, {}},
  };
  // clang-format on
  return levels;
}
