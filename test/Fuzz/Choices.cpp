//===- Choices.cpp - The numbers that a random case is made of ------------===//

#include "Choices.h"
#include "dialect/Attn/Reference/Probes.h"

#include <algorithm>

using namespace sextant::fuzz;

uint32_t Choices::below(uint32_t bound) {
  if (bound <= 1)
    return 0;
  // A copy is not a choice of its own.
  if (copies)
    return copied < copiedEnd ? std::min(numbers[copied++], bound - 1) : 0;
  uint32_t value = 0;
  const size_t place = numbers.size();
  if (!repeats)
    value = sextant::attn::randomBits(seed, number, place) % bound;
  else if (place < given.size())
    value = std::min(given[place], bound - 1);
  numbers.push_back(value);
  return value;
}

void Choices::together(llvm::function_ref<void()> part) {
  const size_t begin = numbers.size();
  part();
  if (!copies && numbers.size() > begin)
    parts.push_back({begin, numbers.size()});
}

void Choices::again(size_t first, llvm::function_ref<void()> part) {
  if (copies) {
    part();
    return;
  }
  copies = true;
  copied = first;
  copiedEnd = numbers.size();
  part();
  copies = false;
}
