//===- Refusals.h - Programs that are known not to be supported -*- C++ -*-===//

#ifndef SEXTANT_TEST_FUZZ_REFUSALS_H
#define SEXTANT_TEST_FUZZ_REFUSALS_H

#include "llvm/ADT/StringRef.h"

#include <string>

namespace sextant::fuzz {

/// Whether the compiler's `message` is one of those that say what is not
/// supported. Any other message of a legal program is a failure.
bool isKnownRefusal(llvm::StringRef message);

/// `message` without numbers and names, for a table of refusals.
std::string kindOfMessage(llvm::StringRef message);

} // namespace sextant::fuzz

#endif // SEXTANT_TEST_FUZZ_REFUSALS_H
