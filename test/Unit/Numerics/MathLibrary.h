//===- MathLibrary.h - VectorMath as functions to call ----------*- C++ -*-===//
//
// Every function of VectorMath, compiled as artifacts are for one instruction
// set and one width, and callable on arrays. The object is closed: a call of a
// C library fails to link.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_TEST_UNIT_NUMERICS_MATHLIBRARY_H
#define SEXTANT_TEST_UNIT_NUMERICS_MATHLIBRARY_H

#include "compiler/Target/TargetRegistry.h"
#include "compiler/ToObject/Jit.h"
#include <deque>
#include <string>
#include <vector>

namespace sextant::test {

class MathLibrary {
public:
  /// Ends the process with a message if the compiler fails.
  MathLibrary(const Target &target, int64_t lanes);

  /// Results of `function` at each of `x`, whose count is a multiple of 16.
  std::vector<float> apply(llvm::StringRef function,
                           const std::vector<float> &x) const;
  std::vector<double> apply(llvm::StringRef function,
                            const std::vector<double> &x) const;
  std::vector<float> apply(llvm::StringRef function,
                           const std::vector<float> &x,
                           const std::vector<float> &y) const;
  std::vector<double> apply(llvm::StringRef function,
                            const std::vector<double> &x,
                            const std::vector<double> &y) const;
  /// cos or sin of position * frequency.
  std::vector<float> apply(llvm::StringRef function,
                           const std::vector<int32_t> &position,
                           const std::vector<double> &frequency) const;
  /// f32 of the bits of 16-bit numbers, and back.
  std::vector<float> widen(llvm::StringRef function,
                           const std::vector<uint16_t> &x) const;
  std::vector<uint16_t> narrow(llvm::StringRef function,
                               const std::vector<float> &x) const;

  std::string name;
  bool fma;
  /// How far exp2_clamped may be from exact: the target has its own sequences
  /// for whole registers.
  double exp2ClampedUlp;

private:
  void *address(llvm::StringRef function) const;
  std::unique_ptr<JitLibrary> library;
};

/// One for each target this machine runs, as scalars and as vectors.
const std::deque<MathLibrary> &mathLibraries();

/// |actual - expected| in units of the last place of an f32 of that size.
double ulpError(float actual, double expected);

} // namespace sextant::test

#endif // SEXTANT_TEST_UNIT_NUMERICS_MATHLIBRARY_H
