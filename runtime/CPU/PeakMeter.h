// Measures what one core can do at most, to set a kernel's speed beside it.
#ifndef SEXTANT_RUNTIME_CPU_PEAKMETER_H
#define SEXTANT_RUNTIME_CPU_PEAKMETER_H

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sextant::runtime {

/// In 1e9 a second of the thread's own CPU time.
struct Rate {
  /// Over the whole measurement: what the core gives, its host's other work
  /// and moving clocks included.
  double sustained = 0;
  /// Of the fastest part: what the core can do where nothing comes between.
  double best = 0;
};

/// The f32 multiply-add rate of the core this thread runs on, in Gflop/s (two
/// flops an element): independent chains in registers, nothing else, in bursts
/// of tens of microseconds for about `milliseconds`. `isa` is a sextant_isa;
/// SEXTANT_ISA_AUTO takes the widest this CPU has. The baseline has no fused
/// instruction; there a multiplication and an addition stand for it. 0 where
/// the CPU lacks `isa`.
Rate measureMultiplyAdds(int32_t isa, double milliseconds);

/// The same for products of bf16 added to f32: tiles of AMX, or dot products of
/// pairs with the widest vectors (four flops an f32 lane), as `isa` has them; 0
/// where it, or the CPU, has neither.
Rate measureBf16Dots(int32_t isa, double milliseconds);

/// A piece of memory.
struct Stretch {
  const void *data;
  size_t bytes;
};

/// How fast this core reads `stretches`, in GB/s: one after the other in
/// address order, every whole line of 64 bytes once a pass, with the loads of
/// `isa` (as above), for about `milliseconds` and at least one pass. 0 where
/// the CPU lacks `isa` or there is nothing to read.
Rate measureReads(const std::vector<Stretch> &stretches, int32_t isa,
                  double milliseconds);

} // namespace sextant::runtime

#endif // SEXTANT_RUNTIME_CPU_PEAKMETER_H
