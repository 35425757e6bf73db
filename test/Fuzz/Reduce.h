//===- Reduce.h - A simpler case that fails alike ---------------*- C++ -*-===//

#ifndef SEXTANT_TEST_FUZZ_REDUCE_H
#define SEXTANT_TEST_FUZZ_REDUCE_H

#include "Check.h"

namespace sextant::fuzz {

/// Delta reduction over what the generator chose: leaves parts out, then makes
/// numbers smaller, as long as the case fails in the same way. `tries` runs a
/// case; at most `most` of them are run.
Outcome reduce(const Outcome &failing, unsigned most,
               llvm::function_ref<Outcome(const Choices &)> tries);

} // namespace sextant::fuzz

#endif // SEXTANT_TEST_FUZZ_REDUCE_H
