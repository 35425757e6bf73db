// Measures what one core can do at most, to set a kernel's speed beside it.
#ifndef SEXTANT_RUNTIME_CPU_PEAKMETER_H
#define SEXTANT_RUNTIME_CPU_PEAKMETER_H

#include <cstdint>

namespace sextant::runtime {

/// The f32 multiply-add rate of the core this thread runs on, in Gflop/s (two
/// flops an element): independent chains in registers, nothing else. `isa` is a
/// sextant_isa; SEXTANT_ISA_AUTO takes the widest this CPU has. The baseline
/// has no fused instruction; there a multiplication and an addition stand for
/// it. Thread CPU time over about `milliseconds`; 0 where the CPU lacks `isa`.
double measurePeakGflops(int32_t isa, double milliseconds);

} // namespace sextant::runtime

#endif // SEXTANT_RUNTIME_CPU_PEAKMETER_H
