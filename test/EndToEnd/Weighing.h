//===- Weighing.h - Programs by what weighs their scores --------*- C++ -*-===//

#ifndef SEXTANT_TEST_ENDTOEND_WEIGHING_H
#define SEXTANT_TEST_ENDTOEND_WEIGHING_H

#include "Suite.h"

namespace sextant::test {

/// What is between the scores and the output. The words $Q, $K, $V, $P, $S and
/// $L stand for the types of query, key and value rows, positions, scores and
/// numbers of rows.
struct Weighing {
  /// Ops from %s to the weights %p, and a number of each row, %row, if
  /// `rowResult`.
  std::string ops;
  std::string arguments = "";
  bool rowResult = false;
  std::string scores = "%s = attn.scores %q, %k scale(0.5) : $Q, $K\n";
};

/// `text` with types in place of these words.
std::string replaced(std::string text);

/// A function of %q, %k, %v (16 channels, 24 of a value). Null after a failure,
/// which is reported.
Kernel *weighed(const Weighing &spec);

/// An op by the name of a normalizer; `rowResult` is "lse" or "remainder" if it
/// has that result.
std::string named(const std::string &normalizer, const std::string &with = "",
                  const std::string &visible = "visible(#attn.causal)",
                  const std::string &rowResult = "");

/// Few and many rows and keys, more of the ones or the others, and none.
extern const Dims kWeighingShapes[6];

/// Compares at these shapes.
void expectAtShapes(Kernel *kernel, const std::string &name,
                    double scale = 1.0);

/// Sets a channel of a row of the first head.
void put(Buffer &buffer, int64_t row, int64_t channel, double value);

} // namespace sextant::test

#endif // SEXTANT_TEST_ENDTOEND_WEIGHING_H
