//===- Case.h - A program and what it is called with ------------*- C++ -*-===//

#ifndef SEXTANT_TEST_FUZZ_CASE_H
#define SEXTANT_TEST_FUZZ_CASE_H

#include "test/EndToEnd/Buffer.h"

#include <string>
#include <vector>

namespace sextant::fuzz {

/// What the elements of an argument are.
enum class Fill {
  /// Numbers of a standard normal distribution.
  Normal,
  /// Numbers within [least, most].
  Uniform,
  /// Sums of such along the last dimension.
  RunningSums,
  /// i32 around 0 to the number of keys, i32 ids that mostly repeat.
  Lengths,
  Segments,
  /// i32 positions of tokens; an offset of them.
  Positions,
  Offset,
  /// i32 within [least, most]; i1.
  Integers,
};

/// Extents of a call.
struct Extents {
  int64_t batches = 1, heads = 1, keyHeads = 1, queries = 1, keys = 1;
};

struct Argument {
  attn::HostType type = attn::HostType::F32;
  Fill fill = Fill::Normal;
  double least = -2, most = 2;
};

/// One call: an array for each argument.
struct CallOf {
  Extents extents;
  std::vector<llvm::SmallVector<int64_t, 5>> shapes;
  std::vector<test::Layout> layouts;
  test::Layout outputs = test::Layout::Dense;
  int32_t threads = 1;
  uint64_t seed = 0;
  /// Factor of the numbers of `Fill::Normal`.
  double scale = 1;
  /// Largest magnitude of positions; how they go along the tokens.
  int64_t positionLimit = 0;
  enum Order { Counted, Shuffled, Reversed, Repeated, Far } order = Counted;
  /// What elements of argument `specialArgument` are replaced by.
  /// No infinity: its weight may be 0 in f32 and more than that in float64.
  enum Special { None, NaN, Huge, Denormal, Zero } special = None;
  int64_t specialArgument = 0;
};

struct Case {
  std::string program;
  std::vector<Argument> arguments;
  std::vector<CallOf> calls;
};

/// The tensors of a call.
std::vector<test::Buffer> makeInputs(const Case &what, const CallOf &call);

/// "1x2x3x8,1x1x5x8": what --random of sextant-run takes.
std::string shapeLine(const CallOf &call);

} // namespace sextant::fuzz

#endif // SEXTANT_TEST_FUZZ_CASE_H
