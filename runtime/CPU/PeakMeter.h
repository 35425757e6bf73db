// Measures what one core can do at most, to set a kernel's speed beside it.
#ifndef SEXTANT_RUNTIME_CPU_PEAKMETER_H
#define SEXTANT_RUNTIME_CPU_PEAKMETER_H

#include <cstddef>
#include <cstdint>

namespace sextant::runtime {

/// The f32 multiply-add rate of the core this thread runs on, in Gflop/s (two
/// flops an element): independent chains in registers, nothing else. `isa` is a
/// sextant_isa; SEXTANT_ISA_AUTO takes the widest this CPU has. The baseline
/// has no fused instruction; there a multiplication and an addition stand for
/// it. Thread CPU time over about `milliseconds`; 0 where the CPU lacks `isa`.
double measurePeakGflops(int32_t isa, double milliseconds);

/// The same for dot products of pairs of bf16 added to f32 (four flops an f32
/// lane), with the widest vectors; 0 where this CPU has no such instruction.
double measurePeakBf16Gflops(double milliseconds);

/// How fast this core reads the `bytes` bytes at `data`, in GB/s: in address
/// order, every byte once a pass, with the loads of `isa` (as above). Thread
/// CPU time, the best of the passes in about `milliseconds`, of which there is
/// at least one; 0 where the CPU lacks `isa` or there is nothing to read.
double measureReadGigabytes(const void *data, size_t bytes, int32_t isa,
                            double milliseconds);

} // namespace sextant::runtime

#endif // SEXTANT_RUNTIME_CPU_PEAKMETER_H
