//===- Check.h - One random case, compiled and compared ---------*- C++ -*-===//

#ifndef SEXTANT_TEST_FUZZ_CHECK_H
#define SEXTANT_TEST_FUZZ_CHECK_H

#include "Case.h"
#include "Choices.h"
#include "test/EndToEnd/Kernel.h"

namespace sextant::fuzz {

struct CheckOptions {
  TargetSet targets;
  /// Compares after every stage, and reads every form back.
  bool stages = false;
  /// Changes kernels on their way: for tests of the fuzzer.
  test::Kernel::Edit edit;
};

/// What became of a case.
struct Outcome {
  enum Kind {
    Passed,
    /// The compiler says that it does not support the program.
    Refused,
    /// Results differ, or a form or a call is not what it should be.
    Wrong,
    /// The generator made what is no program.
    Illegal,
    Crashed,
    TimedOut
  };
  Kind kind = Passed;
  /// Which stage was the first to be wrong, and how.
  std::string stage, message;
  /// As far as the case came.
  Numbers numbers;
  std::vector<Choices::Span> spans;
  Case what;
  /// The call at fault.
  size_t call = 0;

  bool isFailure() const { return kind != Passed && kind != Refused; }
};

/// Makes the case of `choices` and checks it. `made` is called as soon as the
/// program is there: what follows may crash.
Outcome check(Choices &choices, const CheckOptions &options,
              llvm::function_ref<void(const Outcome &)> made);

} // namespace sextant::fuzz

#endif // SEXTANT_TEST_FUZZ_CHECK_H
