//===- Sampler.h - Random rows for numeric evidence -------------*- C++ -*-===//
//
// Reproducible random query and key rows of a score program.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_SAMPLER_H
#define SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_SAMPLER_H

#include "compiler/AttnToFused/Algebra/Numeric.h"

#include <functional>

namespace sextant::algebra {

/// Computes an Opaque node on numbers, by its op; NaN if it cannot.
using OpaqueEvaluator =
    std::function<double(const ProgramNode &, llvm::ArrayRef<double>)>;

/// Rows drawn from a hash of (seed, row, value), so that any pair of rows can
/// be visited in any order. Channels and parameters are standard normal,
/// positions integers below 400, angles in [0.01, 1], decays in [0.99, 1].
class Sampler : public RowValues {
public:
  Sampler(const ScoreProgram &program, const OpaqueEvaluator &evaluator,
          uint64_t seed)
      : program(program), evaluator(evaluator), seed(seed) {}

  void selectRows(unsigned query, unsigned key) {
    queryRow = query;
    keyRow = key;
  }
  /// Replaces the random positions of both rows.
  void setPositions(int query, int key) { fixed = {query, key}; }

  double leaf(Value value) const override;
  double position(Side side, Symbol axis) const override;
  double rate(Symbol symbol) const override;
  double opaque(const ProgramNode &node,
                llvm::ArrayRef<double> operands) const override;

private:
  double uniform(uint64_t stream, uint64_t row, uint64_t index) const;

  const ScoreProgram &program;
  const OpaqueEvaluator &evaluator;
  uint64_t seed;
  unsigned queryRow = 0, keyRow = 0;
  std::optional<std::pair<int, int>> fixed;
};

} // namespace sextant::algebra

#endif // SEXTANT_COMPILER_ATTNTOFUSED_ALGEBRA_SAMPLER_H
