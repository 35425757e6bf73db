//===- Suite.h - What the suites have in common -----------------*- C++ -*-===//

#ifndef SEXTANT_TEST_ENDTOEND_SUITE_H
#define SEXTANT_TEST_ENDTOEND_SUITE_H

#include "Kernel.h"
#include "Programs.h"

#include <gtest/gtest.h>
#include <string>

namespace sextant::test {

/// The program compiled, once a process. Null after a failure, which is
/// reported.
Kernel *compiled(const Spec &spec);
Kernel *compiled(const std::string &text);

/// Compares with the interpreter on every instruction set; one line that
/// repeats the case if it fails. Inputs are as they are.
void expectClose(Kernel &kernel, Buffers &inputs, const std::string &what,
                 bool mayBeTrivial = false);

/// The same with one thread and with several, which split the keys where
/// queries are few. Results may be trivial.
void expectSplitClose(Kernel &kernel, Buffers &inputs, const std::string &what);

/// As expectClose on random inputs of these extents.
void expectCloseAt(Kernel &kernel, Dims dims, const std::string &what,
                   uint64_t seed = 1, double scale = 1.0);

/// Results of a call that must succeed; empty after a failure.
Buffers results(Kernel &kernel, Buffers &inputs, const Call &call = {});

std::string spelled(Dims dims);

} // namespace sextant::test

#endif // SEXTANT_TEST_ENDTOEND_SUITE_H
