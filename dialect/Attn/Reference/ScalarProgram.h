//===- ScalarProgram.h - Scalar regions in float64, many lanes --*- C++ -*-===//
//
// A scalar region compiled once to a list of steps, each run over many lanes
// (the channels of a row, or a row's keys), so that interpreting costs little.
//
// A float is a pair: the value, as exact arithmetic gives it, and its slack
// (see Tensor.h). Each step adds the rounding of its own result and carries the
// slack of its operands through its derivative. An integer is an int64 that
// wraps at the width of its type; an i1 is 0 or 1.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_DIALECT_ATTN_REFERENCE_SCALARPROGRAM_H
#define SEXTANT_DIALECT_ATTN_REFERENCE_SCALARPROGRAM_H

#include "dialect/Attn/IR/Attn.h"
#include "dialect/Attn/Reference/Tensor.h"
#include "llvm/ADT/DenseMap.h"

#include <functional>
#include <optional>

namespace sextant::attn {

/// Extents of the call, in the order of ExtentKind.
using CallExtents = std::array<int64_t, 6>;

/// Cosine and sine of harmonic * position * frequency; with `f32Angles` the
/// frequency and its product with the position are rounded to f32.
std::pair<double, double> evaluateTurn(double position, double frequency,
                                       double harmonic, bool f32Angles);

/// A float array with its slack (null: exact).
struct Lanes {
  const double *value = nullptr, *slack = nullptr;
};

/// An argument of a region: floats or integers, one a lane, or one for all.
struct ScalarArgument {
  Lanes floats;
  const int64_t *integers = nullptr;
  int64_t uniform = 0; // read if neither array is given

  static ScalarArgument lanes(const double *value, const double *slack) {
    return {{value, slack}, nullptr, 0};
  }
  static ScalarArgument lanes(const int64_t *integers) {
    return {{}, integers, 0};
  }
  static ScalarArgument same(int64_t value) { return {{}, nullptr, value}; }
};

class ScalarProgram {
public:
  /// Lanes that one pass over the steps handles.
  static constexpr int64_t kChunk = 128;

  /// The registers of one thread.
  class State {
  public:
    explicit State(const ScalarProgram &program);

  private:
    friend class ScalarProgram;
    friend class ScalarCompiler;
    std::vector<double> floatStorage;
    std::vector<int64_t> integerStorage;
    std::vector<const double *> value, slack;
    std::vector<const int64_t *> integer;
    /// What a memo remembers, for rows of `memoTag`: see run().
    std::vector<double> memoFloats;
    std::vector<int64_t> memoIntegers;
    std::vector<uint8_t> memoFilled;
    int64_t memoTag = -1;
    double *valueOf(unsigned reg) { return &floatStorage[2 * kChunk * reg]; }
    double *slackOf(unsigned reg) { return valueOf(reg) + kChunk; }
    int64_t *integerOf(unsigned reg) { return &integerStorage[kChunk * reg]; }
  };

  /// Compiles a verified region. `uniform` says which arguments are the same in
  /// all lanes of a run; `tensors` gives what `attn.read` reads. An op without
  /// a meaning here is an error on `op`.
  static mlir::FailureOr<ScalarProgram>
  compile(mlir::Operation *op, mlir::Region &region,
          llvm::ArrayRef<bool> uniform,
          llvm::function_ref<const RealTensor *(mlir::Value)> tensors,
          const CallExtents &extents);

  unsigned numResults() const { return yields.size(); }

  /// Runs all lanes; float results go to `value[r]`, `slack[r]`, integer
  /// results to `integer[r]`, each with room for `lanes`.
  struct Results {
    llvm::SmallVector<double *, 2> value, slack;
    llvm::SmallVector<int64_t *, 1> integer;
  };
  /// A row that is run again and again with other floats but the same integer
  /// arguments, such as a key that meets many queries. What follows from the
  /// integers alone (angles, above all) is computed once while `tag` stays.
  struct Memo {
    int64_t tag, row, rows;
  };
  void run(State &state, int64_t lanes,
           llvm::ArrayRef<ScalarArgument> arguments, const Results &results,
           std::optional<Memo> memo = std::nullopt) const;

private:
  friend class ScalarCompiler;
  using Step = std::function<void(State &, int64_t lanes)>;
  struct Instruction {
    Step step;
    bool uniform;                           // one lane says all
    bool floatFree;                         // follows from integers alone
    llvm::SmallVector<unsigned, 2> results; // registers
  };
  unsigned registers = 0;
  std::vector<Instruction> constants, instructions;
  llvm::SmallVector<unsigned, 8> arguments; // registers
  llvm::SmallVector<bool, 8> isFloatArgument;
  llvm::SmallVector<std::pair<unsigned, bool>, 2> yields; // register, is float
  /// Registers of float-free values that others read; whether they cost enough
  /// to be remembered.
  llvm::SmallVector<unsigned, 8> remembered;
  bool hasCostlyPart = false;

  bool useMemo(State &state, const Memo &memo) const;
  void loadMemo(State &state, int64_t row) const;
  void storeMemo(State &state, int64_t row) const;
};

} // namespace sextant::attn

#endif // SEXTANT_DIALECT_ATTN_REFERENCE_SCALARPROGRAM_H
