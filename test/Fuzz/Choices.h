//===- Choices.h - The numbers that a random case is made of ----*- C++ -*-===//
//
// A generator asks for numbers below a bound and does nothing else that is
// random. What it was given is the case: shorter sequences of smaller numbers
// are simpler cases, so that one reducer serves whatever the generator learns.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_TEST_FUZZ_CHOICES_H
#define SEXTANT_TEST_FUZZ_CHOICES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <cstdint>
#include <vector>

namespace sextant::fuzz {

using Numbers = std::vector<uint32_t>;

class Choices {
public:
  /// Draws, alike on every machine.
  Choices(uint64_t seed, uint64_t number) : seed(seed), number(number) {}
  /// Repeats; past the end every choice is 0, one too large is the largest.
  explicit Choices(Numbers given) : given(std::move(given)), repeats(true) {}

  /// In [0, bound).
  uint32_t below(uint32_t bound);
  /// True once in `rarity` times; false is simpler.
  bool once(uint32_t rarity) { return below(rarity) == rarity - 1; }
  int64_t within(int64_t least, int64_t most) {
    return least + below(static_cast<uint32_t>(most - least + 1));
  }
  /// One of `values`; the first is the simplest.
  template <typename T> T of(std::initializer_list<T> values) {
    return values.begin()[below(static_cast<uint32_t>(values.size()))];
  }

  /// Everything chosen within `part` belongs together.
  void together(llvm::function_ref<void()> part);
  /// Chooses in `part` what was chosen from place `first` on.
  void again(size_t first, llvm::function_ref<void()> part);

  const Numbers &made() const { return numbers; }
  struct Span {
    size_t begin, end;
  };
  llvm::ArrayRef<Span> spans() const { return parts; }

private:
  uint64_t seed = 0, number = 0;
  Numbers given, numbers;
  bool repeats = false;
  /// The place in `numbers` that `again` copies from, while it does.
  bool copies = false;
  size_t copied = 0, copiedEnd = 0;
  std::vector<Span> parts;
};

} // namespace sextant::fuzz

#endif // SEXTANT_TEST_FUZZ_CHOICES_H
