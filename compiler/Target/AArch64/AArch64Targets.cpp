//===- AArch64Targets.cpp - NEON ------------------------------------------===//

#include "compiler/Target/AArch64/AArch64Targets.h"
#include "runtime/Artifact/Kernel.h"

using namespace sextant;

llvm::ArrayRef<Target> sextant::aarch64Targets() {
  // The fields in the order of Target.h. NEON is part of the architecture, so
  // this is a baseline: manifests call it generic. 4 x 6 accumulators, four
  // query vectors and a broadcast: 29 of 32 registers.
  // clang-format off
  static constexpr Target targets[] = {
      {"aarch64", "any AArch64 machine: NEON, 4 lanes",
       "aarch64", "generic", SEXTANT_ISA_GENERIC,
       0,
       "aarch64-unknown-linux-gnu", "generic", "", "",
       4, 32, true, true, true, false, false, false, "", 320 << 10,
       {4, 6, 6, 96, 24}, {}},
  };
  // clang-format on
  return targets;
}
