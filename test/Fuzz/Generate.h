//===- Generate.h - Random legal programs -----------------------*- C++ -*-===//

#ifndef SEXTANT_TEST_FUZZ_GENERATE_H
#define SEXTANT_TEST_FUZZ_GENERATE_H

#include "Case.h"
#include "Choices.h"

#include <optional>

namespace mlir {
class MLIRContext;
}

namespace sextant::fuzz {

/// Makes a program that the verifiers accept, and calls of it. None, with
/// `error` set, if they do not: a defect of the generator, of an entry's sample
/// or of a verifier.
std::optional<Case> generate(Choices &choices, mlir::MLIRContext &context,
                             std::string &error);

/// Entries of the dialect that a program can name but that have no sample.
std::vector<std::string> entriesWithoutSample(mlir::MLIRContext &context);

} // namespace sextant::fuzz

#endif // SEXTANT_TEST_FUZZ_GENERATE_H
