//===- Reduce.cpp - A simpler case that fails alike -----------------------===//

#include "Reduce.h"

#include "Refusals.h"

#include <algorithm>
#include <set>

using namespace sextant::fuzz;

/// Shorter is simpler, then smaller numbers.
static bool isSimpler(const Numbers &a, const Numbers &b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

namespace {
class Reducer {
public:
  Reducer(const Outcome &failing, unsigned most,
          llvm::function_ref<Outcome(const Choices &)> tries)
      : best(failing), most(most), tries(tries) {}

  Outcome run();

private:
  bool attempt(Numbers numbers);
  bool leaveOut(size_t begin, size_t end);
  bool clear(size_t begin, size_t end);
  bool dropParts();
  bool dropBlocks();
  bool lower();

  Outcome best;
  unsigned most, run_ = 0;
  llvm::function_ref<Outcome(const Choices &)> tries;
  std::set<Numbers> known;
};
} // namespace

bool Reducer::attempt(Numbers numbers) {
  // What lies past the end is 0 anyway.
  while (!numbers.empty() && numbers.back() == 0)
    numbers.pop_back();
  if (run_ >= most || !known.insert(numbers).second)
    return false;
  ++run_;
  Outcome outcome = tries(Choices(numbers));
  if (outcome.kind != best.kind)
    return false;
  // Another wrong result may be another defect, but is one all the same.
  if (outcome.stage != best.stage ||
      (outcome.kind == Outcome::Wrong && outcome.stage == "compiler" &&
       kindOfMessage(outcome.message) != kindOfMessage(best.message)))
    return false;
  if (!isSimpler(outcome.numbers, best.numbers))
    return false;
  best = std::move(outcome);
  return true;
}

bool Reducer::leaveOut(size_t begin, size_t end) {
  Numbers numbers = best.numbers;
  if (end > numbers.size())
    return false;
  numbers.erase(numbers.begin() + begin, numbers.begin() + end);
  return attempt(std::move(numbers));
}

bool Reducer::clear(size_t begin, size_t end) {
  Numbers numbers = best.numbers;
  if (end > numbers.size())
    return false;
  std::fill(numbers.begin() + begin, numbers.begin() + end, 0);
  return attempt(std::move(numbers));
}

/// Parts that belong together, the largest first.
bool Reducer::dropParts() {
  bool any = false;
  for (size_t i = 0; i < best.spans.size(); ++i) {
    auto parts = best.spans;
    std::sort(parts.begin(), parts.end(), [](const auto &a, const auto &b) {
      return a.end - a.begin > b.end - b.begin;
    });
    if (clear(parts[i].begin, parts[i].end) ||
        leaveOut(parts[i].begin, parts[i].end)) {
      any = true;
      i = size_t(-1);
    }
  }
  return any;
}

bool Reducer::dropBlocks() {
  bool any = false;
  for (size_t size : {8, 4, 2, 1})
    for (size_t end = best.numbers.size(); end >= size; --end) {
      end = std::min(end, best.numbers.size());
      if (end < size)
        break;
      any |= leaveOut(end - size, end);
    }
  return any;
}

bool Reducer::lower() {
  bool any = false;
  for (size_t i = 0; i < best.numbers.size(); ++i)
    for (uint32_t value : {0u, best.numbers[i] / 2, best.numbers[i] - 1}) {
      if (i >= best.numbers.size() || value >= best.numbers[i])
        continue;
      Numbers numbers = best.numbers;
      numbers[i] = value;
      any |= attempt(std::move(numbers));
    }
  return any;
}

Outcome Reducer::run() {
  bool goesOn = true;
  while (goesOn && run_ < most) {
    goesOn = dropParts();
    goesOn |= dropBlocks();
    goesOn |= lower();
  }
  return best;
}

Outcome
sextant::fuzz::reduce(const Outcome &failing, unsigned most,
                      llvm::function_ref<Outcome(const Choices &)> tries) {
  return Reducer(failing, most, tries).run();
}
