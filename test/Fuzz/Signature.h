//===- Signature.h - The arguments of a program in the making ---*- C++ -*-===//

#ifndef SEXTANT_TEST_FUZZ_SIGNATURE_H
#define SEXTANT_TEST_FUZZ_SIGNATURE_H

#include "Case.h"
#include "Choices.h"
#include "dialect/Attn/IR/AttnSample.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace sextant::fuzz {

/// The function's arguments, which come one by one as a program needs them.
/// Extents are numbers or those of attn::SampledTensor.
class Signature {
public:
  Signature(Choices &choices, mlir::func::FuncOp function);

  static constexpr int64_t kKeyHeads = -8;

  /// An argument; an extent that the call decides is now and then fixed.
  mlir::Value add(llvm::ArrayRef<int64_t> shape, mlir::Type element,
                  const Argument &what);
  /// The same for what an entry's sample asks for; `element` is of numbers,
  /// `rowHeads` and `rows` are the extents of the row that is encoded.
  mlir::Value add(const attn::SampledTensor &tensor, mlir::Type element,
                  int64_t rowHeads, int64_t rows);

  /// Positions of every call stay within `limit`.
  void limitPositions(int64_t limit) {
    positionLimit = std::min(positionLimit, limit);
  }
  /// Calls may put special values into `argument`: zeros, denormal numbers and
  /// NaN, and with `anyNumber` huge ones too.
  void mayBeSpecial(mlir::Value argument, bool anyNumber) {
    auto place = llvm::cast<mlir::BlockArgument>(argument).getArgNumber();
    specials.push_back({place, anyNumber});
  }

  /// The arguments and one to three calls.
  void finish(Case &result);

private:
  Extents drawExtents();
  CallOf drawCall(bool isFirst);

  Choices &choices;
  mlir::func::FuncOp function;
  /// What fixed extents are fixed at, and which ones are.
  Extents first;
  bool fixed[9] = {};
  struct Planned {
    llvm::SmallVector<int64_t, 5> shape, fixedAt;
    Argument what;
  };
  std::vector<Planned> planned;
  std::vector<std::pair<int64_t, bool>> specials;
  int64_t positionLimit = int64_t(1) << 24;
};

} // namespace sextant::fuzz

#endif // SEXTANT_TEST_FUZZ_SIGNATURE_H
