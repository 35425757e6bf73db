// Segments packed one behind the other, from cumulative lengths.
#include "runtime/Core/Failure.h"

#include <cstdint>
#include <limits>

using namespace sextant::runtime;

namespace {

Failure check(const int32_t *offsets, int64_t count, int64_t tokens,
              const int32_t *ids) {
  if (!offsets)
    return Failure::invalid("offsets: expected numbers, got null");
  if (count < 1)
    return Failure::invalid("n_offsets: expected at least 1, got " +
                            std::to_string(count));
  if (count - 1 > std::numeric_limits<int32_t>::max())
    return Failure::invalid(
        "n_offsets: expected fewer than 2^31 segments, got " +
        std::to_string(count - 1));
  if (tokens < 0)
    return Failure::invalid("n_tokens: expected no negative number, got " +
                            std::to_string(tokens));
  if (!ids && tokens)
    return Failure::invalid("ids: expected room for " + std::to_string(tokens) +
                            " numbers, got null");
  if (offsets[0] != 0)
    return Failure::invalid("offsets[0]: expected 0, where the first segment "
                            "starts, got " +
                            std::to_string(offsets[0]));
  for (int64_t i = 1; i < count; ++i) {
    auto which = [&] { return "offsets[" + std::to_string(i) + "]: "; };
    if (offsets[i] < offsets[i - 1])
      return Failure::invalid(
          which() + "expected at least " + std::to_string(offsets[i - 1]) +
          ", the offset before it, got " + std::to_string(offsets[i]));
    if (offsets[i] > tokens)
      return Failure::invalid(
          which() + "expected at most " + std::to_string(tokens) +
          ", the number of tokens, got " + std::to_string(offsets[i]));
  }
  if (offsets[count - 1] != tokens)
    return Failure::invalid("offsets[" + std::to_string(count - 1) +
                            "]: expected " + std::to_string(tokens) +
                            ", the number of tokens, got " +
                            std::to_string(offsets[count - 1]));
  return Failure::none();
}

} // namespace

sextant_status sextant_segment_ids(const int32_t *offsets, int64_t n_offsets,
                                   int64_t n_tokens, int32_t *ids,
                                   int32_t *positions, char *message,
                                   size_t message_bytes) {
  return report(message, message_bytes, [&]() -> Failure {
    if (Failure failure = check(offsets, n_offsets, n_tokens, ids))
      return failure;
    for (int64_t segment = 0; segment + 1 < n_offsets; ++segment)
      for (int32_t token = offsets[segment]; token < offsets[segment + 1];
           ++token) {
        ids[token] = static_cast<int32_t>(segment);
        if (positions)
          positions[token] = token - offsets[segment];
      }
    return Failure::none();
  });
}
