//===- Interpreter.h - One run of a function --------------------*- C++ -*-===//
//
// Private to the reference. The interpreter walks the function once: a row op
// becomes a real tensor, a virtual op only gets its regions compiled, and a
// chain's result (weighted sum, lse) is computed row by row when a later op or
// the return asks for it.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_DIALECT_ATTN_REFERENCE_INTERPRETER_H
#define SEXTANT_DIALECT_ATTN_REFERENCE_INTERPRETER_H

#include "dialect/Attn/Reference/Reference.h"
#include "dialect/Attn/Reference/ScalarProgram.h"
#include "dialect/Attn/Reference/Shapes.h"

#include <memory>

namespace sextant::attn {

/// What is known of an op before its rows are evaluated.
struct OpData {
  CallExtents extents;
  std::optional<ScalarProgram> body;    // of a map of rows, pairs, scores, ...
  std::optional<ScalarProgram> visible; // of weights or a fused op
  /// Weights of their own scores, factors of weights, extra logits.
  std::optional<ScalarProgram> weight, gate, extra;
  /// What a key takes and leaves, of ordered weights.
  std::optional<ScalarProgram> share;
  /// What is made of the elements of the sum.
  std::optional<ScalarProgram> output;
  RealTensor cos, sin; // of a rotation, B x L x pairs
  /// Of a fused op, one a term.
  std::vector<RealTensor> queryFeatures, keyFeatures;
  /// Of a weighted sum or a fused op: false if a value is NaN or infinite.
  bool finiteValues = true;
  /// The largest finite |value|.
  double largestValue = 0;
};

class Interpreter {
public:
  Interpreter(mlir::func::FuncOp func, const Shapes &shapes,
              const ReferenceOptions &options)
      : func(func), shapes(shapes), options(options) {}

  mlir::FailureOr<ReferenceResult> run(llvm::ArrayRef<HostTensor> inputs);

  const Shape &shapeOf(mlir::Value value) const { return shapes.of(value); }
  /// The materialised tensor of `value`, null if it is not (yet) one.
  const RealTensor *find(mlir::Value value) const {
    auto it = tensors.find(value);
    return it == tensors.end() ? nullptr : it->second.get();
  }
  const RealTensor &get(mlir::Value value) const { return *find(value); }
  const OpData &data(mlir::Operation *op) const {
    return *opData.find(op)->second;
  }

  /// Whether bounds count the rounding points that the program allows, and
  /// whether the factors of these rows' scores are among them.
  bool roundsProducts() const { return !options.exactProducts; }
  bool roundsFactors(mlir::Value query, mlir::Value key) const {
    return roundsProducts() && isBF16(query) && isBF16(key);
  }

private:
  mlir::LogicalResult bind(mlir::Value argument, const HostTensor &input);
  mlir::LogicalResult visit(mlir::Operation *op);
  mlir::LogicalResult prepare(mlir::Operation *op, OpData &data);
  mlir::LogicalResult prepareFused(FusedOp op, OpData &data);
  /// Makes a tensor of `value`: a chain's result or a virtual one, all rows.
  mlir::LogicalResult materialise(mlir::Value value);
  mlir::FailureOr<ScalarProgram> compile(mlir::Operation *op,
                                         mlir::Region &region,
                                         llvm::ArrayRef<bool> uniform,
                                         const CallExtents &extents);
  /// A pair region: elements, then batch, head, queryIndex, keyIndex, ...
  mlir::FailureOr<ScalarProgram> compilePair(mlir::Operation *op,
                                             mlir::Region &region,
                                             unsigned elements,
                                             const CallExtents &extents);
  /// The same into `program`, which stays empty for an empty region.
  mlir::LogicalResult compileOptional(mlir::Operation *op, mlir::Region &region,
                                      unsigned elements,
                                      const CallExtents &extents,
                                      std::optional<ScalarProgram> &program);
  /// A region of a query row: batch, head, queryIndex, queryPos.
  mlir::LogicalResult compileExtra(mlir::Operation *op, mlir::Region &region,
                                   OpData &data);
  /// Evaluates `values` (chain results, virtual tensors) of equal row space.
  mlir::LogicalResult evaluateRows(llvm::ArrayRef<mlir::Value> values,
                                   bool allRows,
                                   std::vector<ReferenceOutput> &outputs);
  std::vector<RowIndex> chooseRows(llvm::ArrayRef<int64_t> shape) const;
  ReferenceOutput describe(mlir::Value value) const;
  bool isReturned(mlir::Value value) const;
  /// What is returned for a value that is a tensor already.
  ReferenceOutput storedOutput(mlir::Value value) const;
  /// What is returned is rounded, and later ops may read it so.
  void finishStored(mlir::Value value);

  mlir::func::FuncOp func;
  const Shapes &shapes;
  const ReferenceOptions &options;
  llvm::DenseMap<mlir::Value, std::unique_ptr<RealTensor>> tensors;
  llvm::DenseMap<mlir::Operation *, std::unique_ptr<OpData>> opData;
  /// Chain results that a later op read and that are returned as well.
  llvm::DenseMap<mlir::Value, std::unique_ptr<ReferenceOutput>> finished;
};

/// The registers of one thread, by program.
class Scratch {
public:
  ScalarProgram::State &state(const ScalarProgram &program) {
    std::unique_ptr<ScalarProgram::State> &state = states[&program];
    if (!state)
      state = std::make_unique<ScalarProgram::State>(program);
    return *state;
  }
  /// 0, 1, 2, ... of at least `count` elements.
  const int64_t *iota(int64_t count);
  /// The slack of `count` exact values.
  const double *zeros(int64_t count);
  /// A buffer of at least `count` elements; each place is another buffer.
  double *buffer(unsigned place, int64_t count);

private:
  llvm::DenseMap<const ScalarProgram *, std::unique_ptr<ScalarProgram::State>>
      states;
  std::vector<int64_t> numbers;
  std::vector<double> noSlack;
  std::vector<std::vector<double>> buffers;
};

/// Where a row lies: `index` is the row's place in its tensor.
struct RowPlace {
  int64_t batch, head, index;
};

//===----------------------------------------------------------------------===//
// RowOps.cpp: ops on one row of channels
//===----------------------------------------------------------------------===//

/// An element of a captured tensor; indices clamp, an empty tensor reads as 0.
/// `slack`, if given, becomes that of the element.
double readCapture(const Interpreter &interpreter, mlir::ValueRange captures,
                   int64_t place, llvm::ArrayRef<int64_t> indices,
                   double *slack = nullptr);

/// The channels of pair `pair` among `pairs` pairs.
std::pair<int64_t, int64_t> members(PairLayout layout, int64_t pair,
                                    int64_t pairs);
inline double slackAt(const Lanes &lanes, int64_t channel) {
  return lanes.slack ? lanes.slack[channel] : 0.0;
}

/// True for ops that map rows to rows: rotate, row_map, slice, concat, ...
bool isRowOp(mlir::Operation *op);
/// The inputs of a row op that are rows, in order.
llvm::SmallVector<mlir::Value> rowInputs(mlir::Operation *op);
/// Applies a row op to one row: the same function serves rows of tensors and
/// keys that depend on the query.
void applyRowOp(const Interpreter &interpreter, mlir::Operation *op,
                Scratch &scratch, RowPlace at, llvm::ArrayRef<Lanes> inputs,
                double *value, double *slack);
/// All rows of a rank-4 row op.
RealTensor evaluateRowOp(const Interpreter &interpreter, mlir::Operation *op);

/// One number of each row.
/// Results over parts of the keys (Merge.cpp).
void evaluateMerge(const Interpreter &interpreter, MergeOp op,
                   RealTensor &result, RealTensor &lse);

RealTensor evaluateRowReduce(const Interpreter &interpreter, RowReduceOp op);

void evaluatePositions(const Interpreter &interpreter, PositionsOp op,
                       RealTensor &queryPos, RealTensor &keyPos);
RealTensor mapPositions(const Interpreter &interpreter, PositionMapOp op);
void evaluatePhase(const Interpreter &interpreter, PhaseOp op, RealTensor &cos,
                   RealTensor &sin);
/// The angles of a rotation with a rotary attribute.
void tabulateRotation(const Interpreter &interpreter, RotateOp op,
                      RealTensor &cos, RealTensor &sin);

//===----------------------------------------------------------------------===//
// PairKeys.cpp: keys that depend on the query
//===----------------------------------------------------------------------===//

/// Keys `first` .. `first + count` of one query row: count x channels.
struct KeyBlock {
  std::vector<double> value, slack;
};
/// Forms the keys of query row `at`, one by one, from the definition.
void evaluateKeys(const Interpreter &interpreter, mlir::Value keys,
                  Scratch &scratch, RowIndex at, int64_t first, int64_t count,
                  KeyBlock &block);

} // namespace sextant::attn

#endif // SEXTANT_DIALECT_ATTN_REFERENCE_INTERPRETER_H
