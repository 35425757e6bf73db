//===- RowEvaluator.h - One query row of a softmax chain --------*- C++ -*-===//
//
// Private to the reference. For one (batch, head, query) the evaluator computes
// each virtual tensor of a plan along the keys, one function per op, in program
// order. Memory is O(N) a tensor; keys are formed a block at a time.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_DIALECT_ATTN_REFERENCE_ROWEVALUATOR_H
#define SEXTANT_DIALECT_ATTN_REFERENCE_ROWEVALUATOR_H

#include "dialect/Attn/Reference/Interpreter.h"

#include <algorithm>
#include <map>

namespace sextant::attn {

/// A virtual tensor over the keys of one query row: scores, or weights.
struct PairRow {
  std::vector<double> value, slack;
  /// Blocks of keys that something reads.
  std::vector<uint8_t> needed;
  /// Of weights: which keys the row sees; empty means all.
  std::vector<uint8_t> visible;
  /// Of weights: the row's log-sum-exp and ds, the bound on its score error,
  /// which weights of a softmax have in place of a slack.
  double lse = 0, scoreError = 0;
  bool isSoftmax = false;
  /// Of ordered weights: what all keys leave.
  double remainder = 1, remainderSlack = 0;
  /// Of weights: a visible score is NaN or +inf.
  bool poisoned = false;
};

/// What a row of a weighted sum is, per channel.
struct SumRow {
  double *value, *magnitude, *bound;
};

/// The scores that a virtual op over scores reads; none of an op that makes
/// them.
llvm::SmallVector<mlir::Value, 2> scoresOf(mlir::Operation *op);

class RowEvaluator {
public:
  /// Keys of a block: the grain of forming keys and of skipping masked ones.
  static constexpr int64_t kBlock = 64;

  /// `plan`: the virtual ops that `values` need, in program order.
  RowEvaluator(const Interpreter &interpreter,
               llvm::ArrayRef<mlir::Operation *> plan,
               llvm::ArrayRef<mlir::Value> values);

  /// Computes row `at` of every value into row number `slot` of its output.
  void evaluate(RowIndex at, int64_t slot,
                llvm::MutableArrayRef<ReferenceOutput> outputs);

private:
  PairRow &row(mlir::Value value);
  /// The row of an operand: a virtual tensor of the plan, or a stored one.
  PairRow &operandRow(mlir::Value value);
  static int64_t blocksOf(int64_t keys) { return (keys + kBlock - 1) / kBlock; }
  /// Calls `visit(first, count)` for every block that something needs.
  template <typename Visit>
  void forBlocks(const PairRow &row, int64_t keys, Visit visit) {
    for (int64_t block = 0; block < blocksOf(keys); ++block)
      if (row.needed[block])
        visit(block * kBlock, std::min(kBlock, keys - block * kBlock));
  }

  void findVisible(mlir::Operation *op);
  void findNeeded();
  void evaluateOp(mlir::Operation *op);
  void scores(ScoresOp op);
  void rotaryScores(RotaryScoresOp op);
  void selectScores(SelectScoresOp op);
  void bias(BiasOp op);
  void scoreMap(ScoreMapOp op);
  void softcap(SoftcapOp op);
  void fused(FusedOp op);
  /// Scores to weights, of any op that makes weights of scores.
  void weigh(WeightsOpInterface op);
  void namedWeights(NormalizeOp op, const PairRow &scores, PairRow &weights);
  /// The results of a region (score, pair coordinates) for the blocks of keys
  /// of which some are visible.
  void runOnScores(const ScalarProgram &program, mlir::Value queryPos,
                   mlir::Value keyPos, const PairRow &scores,
                   llvm::ArrayRef<uint8_t> visible,
                   llvm::ArrayRef<PairRow *> results);
  void regionWeights(const ScalarProgram &program, mlir::Value queryPos,
                     mlir::Value keyPos, const PairRow &scores,
                     PairRow &weights);
  // RowShares.cpp: ordered weights.
  void regionShares(const ScalarProgram &program, mlir::Value queryPos,
                    mlir::Value keyPos, const PairRow &scores,
                    PairRow &weights);
  void namedShares(NormalizeOp op, const PairRow &scores,
                   const PairCoordinates &row, PairRow &weights);
  void finishOrdered(PairRow &weights);
  llvm::SmallVector<double> extraLogits(const ScalarProgram &program,
                                        mlir::Value queryPos);
  static void softmax(const PairRow &scores, llvm::ArrayRef<double> extra,
                      PairRow &weights);
  static void finishPointwise(bool overSum, PairRow &weights);
  void scaleWeights(ScaleWeightsOp op);
  void dropout(DropoutOp op);
  void gate(const ScalarProgram &program, mlir::Value queryPos,
            mlir::Value keyPos, PairRow &weights);
  static void copyWeights(const PairRow &from, PairRow &to);
  static void scaleWeight(PairRow &weights, int64_t key, double factor,
                          double slack);
  void weightedSum(const PairRow &weights, const RealTensor &values,
                   int64_t heads, const OpData &data, HostType type,
                   bool rounds, SumRow result);
  void mapOutput(const ScalarProgram &program, mlir::Value queryPos,
                 const ReferenceOutput &output, SumRow row);
  void store(mlir::Value value, int64_t slot, ReferenceOutput &output);

  /// The position of a row of this batch entry; 0 without positions.
  int64_t positionAt(mlir::Value positions, int64_t index) const;
  /// The key's index and position are the caller's.
  PairCoordinates coordinates(const CallExtents &extents,
                              mlir::Value queryPos) const;
  /// batch, head, queryIndex, keyIndex, queryPos, keyPos of a block.
  void pairArguments(mlir::Value queryPos, mlir::Value keyPos, int64_t first,
                     llvm::SmallVectorImpl<ScalarArgument> &arguments);

  const Interpreter &interpreter;
  llvm::ArrayRef<mlir::Operation *> plan;
  llvm::ArrayRef<mlir::Value> values;
  RowIndex at;
  Scratch scratch;
  llvm::DenseMap<mlir::Value, std::unique_ptr<PairRow>> rows;
  std::vector<PairRow> termRows; // dot products of a fused op
  PairRow fusedScores;           // what its score region makes of them
  PairRow keeps;                 // what each key leaves
  KeyBlock keyBlock;
  std::vector<int64_t> predicate;
  /// Of a named distance: cosine and sine of each pair.
  std::map<std::pair<mlir::Operation *, double>, std::vector<double>> turns;
};

} // namespace sextant::attn

#endif // SEXTANT_DIALECT_ATTN_REFERENCE_ROWEVALUATOR_H
