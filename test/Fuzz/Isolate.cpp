//===- Isolate.cpp - Cases in processes of their own ----------------------===//

#include "Isolate.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace sextant::fuzz;

using Clock = std::chrono::steady_clock;

struct Workers::Child {
  pid_t process = -1;
  int reports = -1, errors = -1;
  Clock::time_point deadline;
  std::string bytes, complaints;
  Done done;
};

Workers::Workers(unsigned jobs, double secondsPerCase,
                 const CheckOptions &options)
    : jobs(jobs), limit(secondsPerCase), options(options) {}

Workers::~Workers() {
  for (Child &child : children) {
    ::kill(child.process, SIGKILL);
    ::waitpid(child.process, nullptr, 0);
  }
}

//===----------------------------------------------------------------------===//
// What a child writes: numbers and texts, one after the other
//===----------------------------------------------------------------------===//

static void put(std::string &bytes, uint64_t value) {
  bytes.append(reinterpret_cast<const char *>(&value), sizeof value);
}
static void put(std::string &bytes, llvm::StringRef text) {
  put(bytes, uint64_t(text.size()));
  bytes += text;
}

namespace {
struct Reader {
  llvm::StringRef bytes;
  uint64_t number() {
    uint64_t value = 0;
    if (bytes.size() < sizeof value) {
      bytes = "";
      return 0;
    }
    std::memcpy(&value, bytes.data(), sizeof value);
    bytes = bytes.drop_front(sizeof value);
    return value;
  }
  std::string text() {
    const uint64_t size = number();
    std::string value = bytes.take_front(size).str();
    bytes = bytes.drop_front(std::min<uint64_t>(size, bytes.size()));
    return value;
  }
};
} // namespace

/// The case as far as it is known: enough to repeat it.
static std::string written(const Outcome &outcome) {
  std::string bytes;
  put(bytes, outcome.kind);
  put(bytes, outcome.stage);
  put(bytes, outcome.message);
  put(bytes, outcome.call);
  put(bytes, outcome.numbers.size());
  for (uint32_t number : outcome.numbers)
    put(bytes, uint64_t(number));
  put(bytes, outcome.spans.size());
  for (const Choices::Span &span : outcome.spans) {
    put(bytes, span.begin);
    put(bytes, span.end);
  }
  std::string record;
  put(record, bytes);
  return record;
}

static Outcome read(llvm::StringRef bytes) {
  Reader reader{bytes};
  Outcome outcome;
  outcome.kind = static_cast<Outcome::Kind>(reader.number());
  outcome.stage = reader.text();
  outcome.message = reader.text();
  outcome.call = reader.number();
  for (uint64_t n = reader.number(); n > 0 && !reader.bytes.empty(); --n)
    outcome.numbers.push_back(static_cast<uint32_t>(reader.number()));
  for (uint64_t n = reader.number(); n > 0 && !reader.bytes.empty(); --n) {
    const size_t begin = reader.number();
    outcome.spans.push_back({begin, reader.number()});
  }
  return outcome;
}

static void writeAll(int descriptor, llvm::StringRef bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0)
      return;
    bytes = bytes.drop_front(count);
  }
}

//===----------------------------------------------------------------------===//
// Parent
//===----------------------------------------------------------------------===//

void Workers::start(const Choices &choices, Done done) {
  while (children.size() >= jobs)
    await();
  int reports[2], errors[2];
  if (::pipe(reports) || ::pipe(errors)) {
    std::perror("pipe");
    std::exit(1);
  }
  const pid_t process = ::fork();
  if (process < 0) {
    std::perror("fork");
    std::exit(1);
  }
  if (process == 0) {
    ::close(reports[0]);
    ::close(errors[0]);
    ::dup2(errors[1], STDERR_FILENO);
    const struct rlimit none = {0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    const rlim_t seconds = static_cast<rlim_t>(limit + 1);
    const struct rlimit time = {seconds, seconds + 5};
    ::setrlimit(RLIMIT_CPU, &time);
    Choices own = choices;
    auto made = [&](const Outcome &outcome) {
      writeAll(reports[1], written(outcome));
    };
    writeAll(reports[1], written(check(own, options, made)));
    ::_exit(0);
  }
  ::close(reports[1]);
  ::close(errors[1]);
  Child &child = children.emplace_back();
  child.process = process;
  child.reports = reports[0];
  child.errors = errors[0];
  child.done = std::move(done);
  // A busy machine is no finding, but a child that waits for something is.
  child.deadline =
      Clock::now() + std::chrono::microseconds(int64_t(limit * 1e7));
}

/// Appends what is there; false at the end.
static bool readSome(int descriptor, std::string &bytes) {
  char buffer[1 << 16];
  const ssize_t count = ::read(descriptor, buffer, sizeof buffer);
  if (count < 0)
    return errno == EINTR;
  bytes.append(buffer, count);
  return count > 0;
}

/// Waits until a child has something to say, or is late.
void Workers::await() {
  std::vector<pollfd> polled;
  auto soonest = Clock::time_point::max();
  for (const Child &child : children) {
    polled.push_back({child.reports, POLLIN, 0});
    polled.push_back({child.errors, POLLIN, 0});
    soonest = std::min(soonest, child.deadline);
  }
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      soonest - Clock::now());
  ::poll(polled.data(), polled.size(),
         static_cast<int>(std::max<int64_t>(left.count() + 1, 0)));
  for (size_t i = children.size(); i-- > 0;) {
    Child &child = children[i];
    if (polled[2 * i + 1].revents && !readSome(child.errors, child.complaints))
      child.errors = (::close(child.errors), -1);
    const bool isOver =
        polled[2 * i].revents && !readSome(child.reports, child.bytes);
    const bool isLate = Clock::now() >= child.deadline;
    if (!isOver && !isLate)
      continue;
    Child over = std::move(child);
    children.erase(children.begin() + i);
    close(over, !isOver);
  }
}

void Workers::close(Child &child, bool isLate) {
  if (isLate)
    ::kill(child.process, SIGKILL);
  int status = 0;
  while (::waitpid(child.process, &status, 0) < 0 && errno == EINTR)
    ;
  ::close(child.reports);
  if (child.errors >= 0) {
    while (!isLate && readSome(child.errors, child.complaints))
      ;
    ::close(child.errors);
  }
  // The first record says what is tried, the second how it went.
  Reader reader{child.bytes};
  const std::string first = reader.text(), second = reader.text();
  Outcome outcome = read(second.empty() ? first : second);
  isLate |= WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU;
  if (second.empty()) {
    outcome.kind = isLate ? Outcome::TimedOut : Outcome::Crashed;
    outcome.stage = isLate ? "time limit" : "crash";
    outcome.message =
        isLate ? "no result within " + std::to_string(int(limit)) + " s"
        : WIFSIGNALED(status)
            ? "signal " + std::to_string(WTERMSIG(status))
            : "exit code " + std::to_string(WEXITSTATUS(status));
    if (!child.complaints.empty())
      outcome.message +=
          ": " + child.complaints.substr(
                     0, std::min<size_t>(child.complaints.size(), 400));
  }
  child.done(std::move(outcome));
}

void Workers::finish() {
  while (!children.empty())
    await();
}

Outcome sextant::fuzz::checkIsolated(const Choices &choices, double seconds,
                                     const CheckOptions &options) {
  Outcome result;
  Workers worker(1, seconds, options);
  worker.start(choices, [&](Outcome outcome) { result = std::move(outcome); });
  worker.finish();
  return result;
}
