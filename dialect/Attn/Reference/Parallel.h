//===- Parallel.h - Runs independent rows on all cores ----------*- C++ -*-===//

#ifndef SEXTANT_DIALECT_ATTN_REFERENCE_PARALLEL_H
#define SEXTANT_DIALECT_ATTN_REFERENCE_PARALLEL_H

#include "llvm/ADT/STLExtras.h"

#include <atomic>
#include <thread>
#include <vector>

namespace sextant::attn {

/// Calls `makeWorker()` once a thread and `worker(i)` for every i < count.
/// Results do not depend on the number of threads as long as workers share
/// nothing but what they write to place i.
template <typename MakeWorker>
void parallelRows(int64_t count, MakeWorker makeWorker) {
  constexpr int64_t kBatch = 8; // rows a thread takes at a time
  std::atomic<int64_t> next(0);
  auto work = [&] {
    auto worker = makeWorker();
    for (int64_t first; (first = next.fetch_add(kBatch)) < count;)
      for (int64_t i = first; i < std::min(first + kBatch, count); ++i)
        worker(i);
  };
  int64_t threads =
      std::min<int64_t>(std::max(1u, std::thread::hardware_concurrency()),
                        (count + kBatch - 1) / kBatch);
  std::vector<std::thread> others;
  for (int64_t i = 1; i < threads; ++i)
    others.emplace_back(work);
  if (count > 0)
    work();
  for (std::thread &other : others)
    other.join();
}

} // namespace sextant::attn

#endif // SEXTANT_DIALECT_ATTN_REFERENCE_PARALLEL_H
