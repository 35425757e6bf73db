//===- Suite.h - What there is to measure -----------------------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOLS_SEXTANT_BENCH_SUITE_H
#define SEXTANT_COMPILER_TOOLS_SEXTANT_BENCH_SUITE_H

#include "compiler/tools/Execution/Samples.h"
#include "llvm/Support/JSON.h"
#include <map>

namespace sextant {

/// What the names of a suite stand for.
using Variables = std::map<std::string, std::string>;

/// One kernel on tensors of given shapes.
struct Subject {
  /// The text of the program, all variables replaced, and the form it is in.
  std::string text;
  Phase from = Phase::Attn;
  std::vector<Shape> shapes;
};

/// One thing to measure: a kernel alone, or a kernel beside another.
struct BenchCase {
  std::string name;
  /// The question that this case belongs to.
  std::string group;
  Variables variables;
  Subject subject;
  std::optional<Subject> baseline;
  CeilingKind ceiling = CeilingKind::Fma;
  int32_t threads = 1;
  /// Programs of others that are measured on the same tensors.
  std::vector<std::string> peers;
  /// Limits for --check: the time of the subject over that of the baseline, and
  /// the share of the ceiling.
  std::optional<double> mostRatio, leastShare;
};

/// Reads a suite and makes every case of it. Ends the process with
/// kExitRejected and a message if it is wrong.
std::vector<BenchCase> readSuite(llvm::StringRef path);

/// The word of a kind: "fma".
llvm::StringRef ceilingWord(CeilingKind kind);

/// "1x8x2048x64".
std::string shapeText(const Shape &shape);

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOLS_SEXTANT_BENCH_SUITE_H
