//===- Stages.h - Which stage is the first to be wrong ----------*- C++ -*-===//

#ifndef SEXTANT_TEST_FUZZ_STAGES_H
#define SEXTANT_TEST_FUZZ_STAGES_H

#include "Check.h"

namespace sextant::fuzz {

/// Reads every form of the program back (its verifier runs), prints it again,
/// and interprets the forms that can be. Sets what the first wrong stage is.
void checkStages(Outcome &outcome);

} // namespace sextant::fuzz

#endif // SEXTANT_TEST_FUZZ_STAGES_H
