//===- Isolate.h - Cases in processes of their own --------------*- C++ -*-===//
//
// A crash, an assertion and an endless loop are findings: each case runs in a
// child that reports through a pipe and has a time limit.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_TEST_FUZZ_ISOLATE_H
#define SEXTANT_TEST_FUZZ_ISOLATE_H

#include "Check.h"

#include <functional>

namespace sextant::fuzz {

/// Runs cases, some at a time.
class Workers {
public:
  /// A case has so many seconds of CPU time, and ten times as long to end.
  Workers(unsigned jobs, double secondsPerCase, const CheckOptions &options);
  ~Workers();

  using Done = std::function<void(Outcome)>;
  /// Checks the case of `choices` in a child; waits for a free place before.
  void start(const Choices &choices, Done done);
  /// Waits until every child has reported.
  void finish();

private:
  struct Child;
  void await();
  void close(Child &child, bool isLate);

  unsigned jobs;
  double limit;
  CheckOptions options;
  std::vector<Child> children;
};

/// One case, alone.
Outcome checkIsolated(const Choices &choices, double seconds,
                      const CheckOptions &options);

} // namespace sextant::fuzz

#endif // SEXTANT_TEST_FUZZ_ISOLATE_H
