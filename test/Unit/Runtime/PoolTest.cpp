// The pool runs every task exactly once, whatever its callers do.
#include "runtime/sextant_runtime.h"

#include "gtest/gtest.h"

#include <atomic>
#include <memory>
#include <set>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

/// Owns a pool.
using Pool = std::unique_ptr<sextant_pool, decltype(&sextant_pool_destroy)>;

Pool makePool(int32_t threads) {
  return Pool(sextant_pool_create(threads), &sextant_pool_destroy);
}

/// Counts runs of every task and notes what could be wrong with them.
struct Tally {
  explicit Tally(int64_t tasks, int32_t threads)
      : runs(size_t(tasks)), busy(size_t(threads)) {}

  std::vector<std::atomic<int>> runs;
  std::vector<std::atomic<int>> busy;
  std::atomic<bool> threadShared{false};

  static void task(void *ctx, int64_t index, int32_t thread) {
    auto *tally = static_cast<Tally *>(ctx);
    if (tally->busy.at(size_t(thread)).fetch_add(1))
      tally->threadShared = true;
    tally->runs.at(size_t(index)).fetch_add(1);
    tally->busy[size_t(thread)].fetch_sub(1);
  }

  bool isOnceEach() const {
    for (const auto &count : runs)
      if (count != 1)
        return false;
    return !threadShared;
  }
};

TEST(Pool, RunsEveryTaskExactlyOnce) {
  for (int32_t threads : {1, 2, 3, 8}) {
    const Pool pool = makePool(threads);
    ASSERT_TRUE(pool);
    EXPECT_EQ(sextant_pool_threads(pool.get()), threads);
    for (int64_t tasks : {0, 1, 2, 3, 7, 64, 1000}) {
      Tally tally(tasks, threads);
      EXPECT_EQ(
          sextant_pool_parallel_for(pool.get(), tasks, &Tally::task, &tally),
          0);
      EXPECT_TRUE(tally.isOnceEach()) << threads << " threads, " << tasks;
    }
  }
}

// Short jobs back to back, so that workers are late for one and in time for the
// next; long pauses, so that they sleep in between.
TEST(Pool, SurvivesManyShortJobs) {
  const Pool pool = makePool(4);
  for (int round = 0; round < 20000; ++round) {
    Tally tally(2 + round % 5, 4);
    ASSERT_EQ(sextant_pool_parallel_for(pool.get(), 2 + round % 5, &Tally::task,
                                        &tally),
              0);
    ASSERT_TRUE(tally.isOnceEach()) << round;
    if (round % 2000 == 0)
      usleep(2000);
  }
}

TEST(Pool, UsesItsThreads) {
  const Pool pool = makePool(2);
  // Two tasks that each wait for the other end only if both run at once.
  std::atomic<int> arrived{0};
  sextant_pool_parallel_for(
      pool.get(), 2,
      [](void *ctx, int64_t, int32_t) {
        auto *count = static_cast<std::atomic<int> *>(ctx);
        count->fetch_add(1);
        while (*count < 2)
          std::this_thread::yield();
      },
      &arrived);
  EXPECT_EQ(arrived, 2);
}

TEST(Pool, NestedCallRunsSerially) {
  const Pool pool = makePool(3);
  struct Nested {
    sextant_pool *pool;
    std::atomic<int> inner{0};
    std::atomic<int> wrongThread{0};
  } nested{pool.get(), {}, {}};
  EXPECT_EQ(sextant_pool_parallel_for(
                pool.get(), 6,
                [](void *ctx, int64_t, int32_t) {
                  sextant_pool_parallel_for(
                      static_cast<Nested *>(ctx)->pool, 5,
                      [](void *ctx, int64_t, int32_t thread) {
                        auto *nested = static_cast<Nested *>(ctx);
                        nested->inner.fetch_add(1);
                        nested->wrongThread.fetch_add(thread != 0);
                      },
                      ctx);
                },
                &nested),
            0);
  EXPECT_EQ(nested.inner, 30);
  EXPECT_EQ(nested.wrongThread, 0);
}

// What the caller wrote before is seen by the tasks, and what they wrote by the
// caller afterwards, without an atomic: for the thread sanitizer.
TEST(Pool, MemoryIsHandedOverAndBack) {
  const Pool pool = makePool(3);
  struct Squares {
    std::vector<int64_t> in, out;
    static void task(void *ctx, int64_t index, int32_t) {
      auto *squares = static_cast<Squares *>(ctx);
      squares->out[size_t(index)] =
          squares->in[size_t(index)] * squares->in[size_t(index)];
    }
  } squares;
  for (int64_t round = 0; round < 50; ++round) {
    squares.in.assign(64, round);
    squares.out.assign(64, -1);
    ASSERT_EQ(
        sextant_pool_parallel_for(pool.get(), 64, &Squares::task, &squares), 0);
    EXPECT_EQ(squares.out, std::vector<int64_t>(64, round * round));
  }
}

TEST(Pool, CallersTakeTurns) {
  const Pool pool = makePool(3);
  std::vector<std::thread> callers;
  std::atomic<int> failures{0};
  for (int c = 0; c < 4; ++c)
    callers.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        Tally tally(9, 3);
        sextant_pool_parallel_for(pool.get(), 9, &Tally::task, &tally);
        failures += !tally.isOnceEach();
      }
    });
  for (std::thread &caller : callers)
    caller.join();
  EXPECT_EQ(failures, 0);
}

TEST(Pool, WorksInAForkedChild) {
  const Pool pool = makePool(2);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    alarm(20);
    Tally tally(5, 2);
    sextant_pool_parallel_for(pool.get(), 5, &Tally::task, &tally);
    _exit(tally.isOnceEach() ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST(Pool, RefusesBadArguments) {
  EXPECT_EQ(sextant_pool_create(-1), nullptr);
  EXPECT_EQ(sextant_pool_create(SEXTANT_MAX_THREADS + 1), nullptr);
  const Pool pool = makePool(2);
  EXPECT_NE(sextant_pool_parallel_for(pool.get(), 3, nullptr, nullptr), 0);
  Tally tally(1, 1);
  EXPECT_NE(sextant_pool_parallel_for(pool.get(), -1, &Tally::task, &tally), 0);
  EXPECT_EQ(tally.runs[0], 0);
  sextant_pool_destroy(nullptr);
}

TEST(Pool, ZeroThreadsMeansAllCpus) {
  const Pool pool = makePool(0);
  ASSERT_TRUE(pool);
  EXPECT_GE(sextant_pool_threads(pool.get()), 1);
  EXPECT_LE(sextant_pool_threads(pool.get()),
            int32_t(std::thread::hardware_concurrency()));
}

} // namespace
