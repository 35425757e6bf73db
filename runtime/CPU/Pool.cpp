// The thread pool. A call costs about a microsecond because no thread is asked
// to answer: tasks are claimed from one counter, and a call ends when all tasks
// have, whether or not a sleeping worker ever noticed it.
//
// One job at a time. The caller writes its fields and then stores the number of
// tasks to `unclaimed`; whoever decrements that from k > 0 owns task n - k and
// may then read the fields, which cannot change before this task is done. A
// late worker whose decrement finds nothing (0 or less) touches nothing else;
// if a new job starts in between, it simply takes part in it.
#include "runtime/sextant_runtime.h"

#include <atomic>
#include <cerrno>
#include <climits>
#include <linux/futex.h>
#include <memory>
#include <mutex>
#include <new>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

namespace {

using Word = std::atomic<uint32_t>;
static_assert(sizeof(Word) == sizeof(uint32_t), "a futex is 32 bits");

/// Sleeps while `word` is `value`; may return early.
void futexWait(Word &word, uint32_t value) {
  syscall(SYS_futex, reinterpret_cast<uint32_t *>(&word), FUTEX_WAIT_PRIVATE,
          value, nullptr, nullptr, 0);
}

void futexWake(Word &word, int count) {
  syscall(SYS_futex, reinterpret_cast<uint32_t *>(&word), FUTEX_WAKE_PRIVATE,
          count, nullptr, nullptr, 0);
}

void pauseCpu() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/// How often a thread looks before it sleeps: some ten microseconds, about what
/// going to sleep and being woken costs.
constexpr int spins = 400;

int32_t countCpus() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set))
    return 1;
  const int count = CPU_COUNT(&set);
  return count < 1 ? 1 : count;
}

} // namespace

struct sextant_pool {
  // The job. Written by the caller before `unclaimed`.
  std::atomic<int64_t> count{0};
  std::atomic<sextant_task> task{nullptr};
  std::atomic<void *> ctx{nullptr};

  // Each on its own cache line: all threads write the first two.
  alignas(64) std::atomic<int64_t> unclaimed{0};
  alignas(64) std::atomic<int64_t> done{0};
  /// Goes up with every job and at the end; workers sleep on it.
  alignas(64) Word epoch{0};
  Word sleepers{0};
  /// Goes up when a job's last task was not the caller's; the caller sleeps on
  /// it.
  alignas(64) Word finished{0};
  Word callerSleeps{0};
  std::atomic<bool> stopping{false};

  std::mutex callers;
  std::vector<pthread_t> workers;
  pid_t process = 0;

  void claimTasks(int32_t thread);
  void work(int32_t thread);
  void runJob(int64_t n, sextant_task task, void *ctx);
  bool start(int32_t threads);
  void stop();
};

namespace {

/// The pool whose task this thread is running.
thread_local const sextant_pool *runningPool = nullptr;

struct WorkerStart {
  sextant_pool *pool;
  int32_t thread;
};

void *workerMain(void *argument) {
  const std::unique_ptr<WorkerStart> start(
      static_cast<WorkerStart *>(argument));
  start->pool->work(start->thread);
  return nullptr;
}

} // namespace

void sextant_pool::claimTasks(int32_t thread) {
  const sextant_pool *outer = runningPool;
  runningPool = this;
  while (unclaimed.load(std::memory_order_relaxed) > 0) {
    const int64_t claim = unclaimed.fetch_sub(1, std::memory_order_acquire);
    if (claim <= 0)
      break;
    const int64_t n = count.load(std::memory_order_relaxed);
    task.load(std::memory_order_relaxed)(ctx.load(std::memory_order_relaxed),
                                         n - claim, thread);
    if (done.fetch_add(1, std::memory_order_seq_cst) + 1 != n || thread == 0)
      continue;
    finished.fetch_add(1, std::memory_order_seq_cst);
    if (callerSleeps.load(std::memory_order_seq_cst))
      futexWake(finished, 1);
  }
  runningPool = outer;
}

void sextant_pool::work(int32_t thread) {
  uint32_t seen = 0;
  for (;;) {
    for (int i = 0; i < spins && epoch.load(std::memory_order_acquire) == seen;
         ++i)
      pauseCpu();
    while (epoch.load(std::memory_order_acquire) == seen) {
      sleepers.fetch_add(1, std::memory_order_seq_cst);
      futexWait(epoch, seen);
      sleepers.fetch_sub(1, std::memory_order_relaxed);
    }
    seen = epoch.load(std::memory_order_acquire);
    if (stopping.load(std::memory_order_acquire))
      return;
    claimTasks(thread);
  }
}

void sextant_pool::runJob(int64_t n, sextant_task newTask, void *newCtx) {
  count.store(n, std::memory_order_relaxed);
  task.store(newTask, std::memory_order_relaxed);
  ctx.store(newCtx, std::memory_order_relaxed);
  done.store(0, std::memory_order_relaxed);
  unclaimed.store(n, std::memory_order_release);
  epoch.fetch_add(1, std::memory_order_seq_cst);
  // Either a worker on its way to sleep sees the new epoch, or it is counted
  // here.
  if (sleepers.load(std::memory_order_seq_cst))
    futexWake(epoch, n > INT_MAX ? INT_MAX : int(n - 1));

  claimTasks(/*thread=*/0);

  for (int i = 0; i < spins; ++i) {
    if (done.load(std::memory_order_acquire) == n)
      return;
    pauseCpu();
  }
  callerSleeps.store(1, std::memory_order_seq_cst);
  for (;;) {
    const uint32_t before = finished.load(std::memory_order_seq_cst);
    if (done.load(std::memory_order_seq_cst) == n)
      break;
    futexWait(finished, before);
  }
  callerSleeps.store(0, std::memory_order_relaxed);
}

bool sextant_pool::start(int32_t threads) {
  process = getpid();
  workers.reserve(size_t(threads));
  // The program's signals are the program's: workers take none.
  sigset_t all, old;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &old);
  bool started = true;
  for (int32_t i = 1; i < threads && started; ++i) {
    auto *argument = new (std::nothrow) WorkerStart{this, i};
    pthread_t worker;
    started =
        argument && !pthread_create(&worker, nullptr, workerMain, argument);
    if (!started) {
      delete argument;
      break;
    }
    pthread_setname_np(worker, "sextant-worker");
    workers.push_back(worker);
  }
  pthread_sigmask(SIG_SETMASK, &old, nullptr);
  return started;
}

void sextant_pool::stop() {
  stopping.store(true, std::memory_order_release);
  epoch.fetch_add(1, std::memory_order_seq_cst);
  futexWake(epoch, INT_MAX);
  for (pthread_t worker : workers)
    pthread_join(worker, nullptr);
  workers.clear();
}

sextant_pool *sextant_pool_create(int32_t threads) {
  if (threads < 0 || threads > SEXTANT_MAX_THREADS)
    return nullptr;
  if (threads == 0)
    threads = countCpus();
  try {
    auto pool = std::make_unique<sextant_pool>();
    if (pool->start(threads))
      return pool.release();
    pool->stop();
  } catch (...) {
  }
  return nullptr;
}

int32_t sextant_pool_threads(const sextant_pool *pool) {
  return pool ? int32_t(pool->workers.size()) + 1 : 1;
}

int sextant_pool_parallel_for(void *opaque, int64_t n, sextant_task task,
                              void *ctx) {
  auto *pool = static_cast<sextant_pool *>(opaque);
  if (!task || n < 0)
    return EINVAL;
  // Workers are not inherited by a forked child; a task that waited for its own
  // pool would wait for itself.
  const bool serial = !pool || n <= 1 || pool->workers.empty() ||
                      runningPool == pool || pool->process != getpid();
  if (serial) {
    for (int64_t i = 0; i < n; ++i)
      task(ctx, i, 0);
    return 0;
  }
  const std::lock_guard<std::mutex> turn(pool->callers);
  pool->runJob(n, task, ctx);
  return 0;
}

void sextant_pool_destroy(sextant_pool *pool) {
  if (!pool)
    return;
  // In a forked child there is nobody to join.
  if (pool->process == getpid())
    pool->stop();
  delete pool;
}
