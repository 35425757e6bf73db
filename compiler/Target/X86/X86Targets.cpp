//===- X86Targets.cpp - The x86-64 microarchitecture levels ---------------===//

#include "compiler/Target/X86/X86Targets.h"
#include "runtime/Artifact/Kernel.h"

using namespace sextant;

Target sextant::makeX86V3Target() {
  Target target;
  target.name = "x86-64-v3";
  target.description = "AVX2 and FMA: 8 lanes, with the baseline beside it";
  target.isa = "x86-64-v3";
  target.runtimeName = "x86-64-v3";
  target.runtimeIsa = SEXTANT_ISA_X86_64_V3;
  target.requiredBits = SEXTANT_CPU_X86_64_V3;
  target.triple = "x86_64-pc-linux-gnu";
  target.cpu = "x86-64-v3";
  target.features = "";
  target.lanes = 8;
  target.vectorRegisters = 16;
  target.hasFma = true;
  target.hasRound = true;
  // 3 x 4 accumulators, three query vectors and a broadcast: all 16 registers.
  // 2 x 6 has one load more a step and is 5 % slower; 2 x 8 spills and loses a
  // quarter of the speed.
  target.schedule = {/*queryVectors=*/3, /*keyRows=*/4, /*valueRows=*/4,
                     /*keyBlock=*/96, /*keyLeaf=*/24};
  return target;
}

Target sextant::makeX86V4Target() {
  Target target;
  target.name = "x86-64-v4";
  target.description = "AVX-512: 16 lanes, with the baseline beside it";
  target.isa = "x86-64-v4";
  target.runtimeName = "x86-64-v4";
  target.runtimeIsa = SEXTANT_ISA_X86_64_V4;
  target.requiredBits = SEXTANT_CPU_X86_64_V4;
  target.triple = "x86_64-pc-linux-gnu";
  target.cpu = "x86-64-v4";
  target.features = "";
  target.lanes = 16;
  target.vectorRegisters = 32;
  target.hasFma = true;
  target.hasRound = true;
  target.schedule = {/*queryVectors=*/2, /*keyRows=*/8, /*valueRows=*/8,
                     /*keyBlock=*/128, /*keyLeaf=*/32};
  return target;
}
