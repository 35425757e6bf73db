//===- Programs.h - The text of the programs under test ---------*- C++ -*-===//

#ifndef SEXTANT_TEST_ENDTOEND_PROGRAMS_H
#define SEXTANT_TEST_ENDTOEND_PROGRAMS_H

#include <string>

namespace sextant::test {

/// What differs from one attention program to another. In `scores` and
/// `arguments` the words $Q, $K, $V, $P, $S and $R stand for the types of
/// query rows, key rows, value rows, positions, scores and (query, key) rows
/// of `channels`; $X is a row of half as many.
struct Spec {
  int channels = 64, valueChannels = 64;
  /// Element types of query and key rows, and of values and output.
  std::string rowType = "f32", valueType = "f32";
  /// Arguments after %q, %k, %v: ", %lengths: tensor<?xi32>". An integer for
  /// each query row has a name: ", %s: $P {attn.name = \"query_s\"}".
  std::string arguments = "";
  /// What follows the operands of attn.positions; without it %pq and %pk are
  /// among the arguments.
  std::string positions = "align(bottom_right)";
  /// Ops from %q, %k, %pq, %pk to the scores %s.
  std::string scores = "%s = attn.scores %q, %k scale(0.125) : $Q, $K\n";
  std::string visible = "";
  std::string captures = "";
};

/// A function of %q, %k, %v that returns the output and the log-sum-exp.
std::string programText(const Spec &spec);

/// Ops to the scores of rotary attention; `after` follows the encoding.
std::string rotaryScores(const std::string &encoding,
                         const std::string &after = "");

/// Ops to the scores of collinear attention: rotate the coefficients and tie
/// (slack), tie and rotate (strict). `layout` is half or interleaved; without
/// `tied` both halves of %k are coefficients of their own. `after` follows the
/// encoding.
std::string slackScores(const std::string &layout = "half", bool tied = true,
                        const std::string &after = "");
std::string strictScores(const std::string &layout = "half", bool tied = true);

} // namespace sextant::test

#endif // SEXTANT_TEST_ENDTOEND_PROGRAMS_H
