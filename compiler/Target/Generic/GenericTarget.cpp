//===- GenericTarget.cpp - The baseline every x86-64 machine has ----------===//

#include "compiler/Target/Generic/GenericTarget.h"
#include "runtime/sextant_runtime.h"

using namespace sextant;

Target sextant::makeGenericTarget() {
  Target target;
  target.name = "generic";
  target.description = "any x86-64 machine: SSE2, 4 lanes";
  target.isa = "x86-64";
  target.runtimeName = "generic";
  target.runtimeIsa = SEXTANT_ISA_GENERIC;
  target.requiredBits = 0;
  target.triple = "x86_64-pc-linux-gnu";
  target.cpu = "x86-64";
  target.features = "";
  target.lanes = 4;
  target.vectorRegisters = 16;
  target.hasFma = false;
  target.hasRound = false;
  // 2 x 4 accumulators, two query vectors, a broadcast, a product each.
  target.schedule = {/*queryVectors=*/2, /*keyRows=*/4, /*valueRows=*/4,
                     /*keyBlock=*/64, /*keyLeaf=*/32};
  return target;
}
