//===- SampledRank.cpp - Numeric evidence about a score -------------------===//
//
// Elimination on sampled scores, and the search for shift witnesses.
//
//===----------------------------------------------------------------------===//

#include "compiler/AttnToFused/Algebra/SampledRank.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

using namespace sextant::algebra;

/// Scores of random rows, each row scaled to a largest entry of 1.
static std::optional<std::vector<std::vector<double>>>
sampleScores(const ScoreProgram &program, Value score,
             const OpaqueEvaluator &evaluator, unsigned size, uint64_t seed) {
  Sampler sampler(program, evaluator, seed);
  NumericEvaluator numeric(program, sampler);
  std::vector<std::vector<double>> scores(size, std::vector<double>(size));
  for (unsigned query = 0; query < size; ++query) {
    double largest = 0;
    for (unsigned key = 0; key < size; ++key) {
      sampler.selectRows(query, key);
      double value = numeric.score(score).value;
      if (!std::isfinite(value))
        return std::nullopt;
      scores[query][key] = value;
      largest = std::max(largest, std::fabs(value));
    }
    if (largest > 0)
      for (double &value : scores[query])
        value /= largest;
  }
  return scores;
}

std::optional<unsigned>
sextant::algebra::sampledRank(const ScoreProgram &program, Value score,
                              const OpaqueEvaluator &evaluator, unsigned size,
                              uint64_t seed) {
  if (!size)
    return std::nullopt;
  auto sampled = sampleScores(program, score, evaluator, size, seed);
  if (!sampled)
    return std::nullopt;
  std::vector<std::vector<double>> &matrix = *sampled;
  constexpr double threshold = 1e-10;
  for (unsigned rank = 0; rank < size; ++rank) {
    unsigned pivotRow = rank, pivotColumn = rank;
    for (unsigned i = rank; i < size; ++i)
      for (unsigned j = rank; j < size; ++j)
        if (std::fabs(matrix[i][j]) >
            std::fabs(matrix[pivotRow][pivotColumn])) {
          pivotRow = i;
          pivotColumn = j;
        }
    if (std::fabs(matrix[pivotRow][pivotColumn]) < threshold)
      return rank;
    std::swap(matrix[rank], matrix[pivotRow]);
    for (std::vector<double> &row : matrix)
      std::swap(row[rank], row[pivotColumn]);
    for (unsigned i = rank + 1; i < size; ++i) {
      double factor = matrix[i][rank] / matrix[rank][rank];
      for (unsigned j = rank; j < size; ++j)
        matrix[i][j] -= factor * matrix[rank][j];
    }
  }
  return size;
}

std::string sextant::algebra::findShiftWitness(const ScoreProgram &program,
                                               Value score,
                                               const OpaqueEvaluator &evaluator,
                                               unsigned draws, uint64_t seed) {
  for (unsigned draw = 0; draw < draws; ++draw) {
    Sampler sampler(program, evaluator, seed + draw);
    sampler.selectRows(draw, draw);
    NumericEvaluator numeric(program, sampler);
    constexpr int positions = 8;
    int query =
        static_cast<int>(sampler.position(Side::Query, Symbol())) % positions;
    int key =
        static_cast<int>(sampler.position(Side::Key, Symbol())) % positions;
    int shift = 1 + static_cast<int>(draw) % (positions - 1);
    sampler.setPositions(query, key);
    double before = numeric.score(score).value;
    sampler.setPositions(query + shift, key + shift);
    double after = numeric.score(score).value;
    constexpr double tolerance = 1e-6;
    if (!(std::fabs(before - after) >
          tolerance * (std::fabs(before) + std::fabs(after))))
      continue;
    std::string text;
    llvm::raw_string_ostream os(text);
    os << "score(" << query << ',' << key
       << ") = " << llvm::format("%.4g", before) << " but score("
       << query + shift << ',' << key + shift
       << ") = " << llvm::format("%.4g", after);
    return text;
  }
  return "";
}
