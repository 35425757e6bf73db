//===- Target.h - What differs from one machine to another ------*- C++ -*-===//
//
// A target is data: what one instruction set has, and the schedule that is fast
// on it. Passes read a target and obey its schedule; they never ask which one
// it is. A new target is one folder here, one line in TargetRegistry.cpp.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_TARGET_TARGET_H
#define SEXTANT_COMPILER_TARGET_TARGET_H

#include "llvm/ADT/StringRef.h"
#include <cstdint>

namespace sextant {

/// The tile sizes of a kernel with the queries in the lanes; #attn.schedule
/// carries the same numbers through the IR. Accumulators live in registers:
/// keyRows * queryVectors of them while scores are computed, valueRows *
/// queryVectors while values are accumulated.
struct Schedule {
  /// Query vectors a tile holds; a query tile is queryVectors * lanes rows.
  int64_t queryVectors;
  /// Key rows of the register tile of the scores.
  int64_t keyRows;
  /// Value channels of the register tile of the output.
  int64_t valueRows;
  /// Key rows scored between two rescalings of the output.
  int64_t keyBlock;
  /// Key rows of the smallest range that is classed; divides keyBlock.
  int64_t keyLeaf;
};

/// One instruction set and how to use it.
struct Target {
  /// What --target takes.
  llvm::StringRef name;
  /// One line for --target=list.
  llvm::StringRef description;
  /// The attribute `attn.isa` of a function and part of its symbol.
  llvm::StringRef isa;
  /// What manifests and SEXTANT_ISA call it.
  llvm::StringRef runtimeName;
  /// The sextant_isa of runtime/sextant_runtime.h.
  int32_t runtimeIsa;
  /// The SEXTANT_CPU_ bits of runtime/Artifact/Kernel.h a CPU must have.
  uint32_t requiredBits;

  /// What LLVM calls it: triple, target-cpu, target-features.
  llvm::StringRef triple;
  llvm::StringRef cpu;
  llvm::StringRef features;

  /// The target that differs only in having no instructions for products of
  /// bf16: without such products a kernel's code is the same. Empty where this
  /// one has none.
  llvm::StringRef withoutBf16;

  /// f32 lanes of one vector register, and how many registers there are.
  int64_t lanes;
  int64_t vectorRegisters;
  /// Whether a fused multiply-add is one instruction. Where it is not,
  /// `vector.fma` is a product and a sum, and `math.fma` is not allowed.
  bool hasFma;
  /// Whether rounding a vector to integral values is one instruction.
  bool hasRound;
  /// Whether f16 to f32 and back is one instruction.
  bool hasHalf;
  /// Whether there is an instruction that adds products of pairs of bf16 to f32
  /// lanes (vdpbf16ps).
  bool hasBf16Dot;
  /// Whether there are instructions that multiply matrices of bf16 (AMX).
  bool hasBlockDot;
  /// Whether registers have the part of a number behind its floor in one
  /// instruction, and the product with two to the power of a floor in another
  /// (AVX-512).
  bool hasScale;
  /// The intrinsic of LLVM that picks, for each f32 lane of a register, one of
  /// the four of its 128 bits by the two low bits of an i32; empty without one.
  llvm::StringRef pickOfFour;

  /// Bytes that the query tiles of a task may take together: they are gone
  /// through once a block of keys, out of the second-level cache.
  int64_t tileBytes;
  Schedule schedule;
  /// The schedule where products are of matrices, on a target that has them.
  Schedule blockSchedule;
};

} // namespace sextant

#endif // SEXTANT_COMPILER_TARGET_TARGET_H
