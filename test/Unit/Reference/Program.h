//===- Program.h - A module and its inputs, for one test --------*- C++ -*-===//

#ifndef SEXTANT_TEST_UNIT_REFERENCE_PROGRAM_H
#define SEXTANT_TEST_UNIT_REFERENCE_PROGRAM_H

#include "dialect/Attn/Reference/Bound.h"
#include "dialect/Attn/Reference/Probes.h"
#include "dialect/Attn/Reference/Reference.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"

#include <deque>

namespace sextant::attn::test {

/// Parses a module, holds the inputs and runs its first function. Diagnostics
/// are collected, so that a test can look at them.
class Program {
public:
  explicit Program(llvm::StringRef text);

  Program &f32(llvm::ArrayRef<int64_t> shape, std::vector<float> values);
  Program &i32(llvm::ArrayRef<int64_t> shape, std::vector<int32_t> values);
  Program &i1(llvm::ArrayRef<int64_t> shape, std::vector<uint8_t> values);
  /// An uninitialised (zero) f32 input, for fill().
  Program &zeros(llvm::ArrayRef<int64_t> shape, HostType type = HostType::F32);
  Program &fill(Probe probe, uint64_t seed, double scale = 1.0);
  void clearInputs() { inputs.clear(); }

  mlir::func::FuncOp function();
  mlir::FailureOr<ReferenceResult> run(const ReferenceOptions &options = {});
  /// The values of result `index`; empty after a failure.
  std::vector<double> values(unsigned index = 0);

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::vector<HostTensor> inputs;
  std::string diagnostics;

private:
  void *allocate(const void *from, size_t bytes);
  std::deque<std::vector<char>> memory;
};

/// True if the two agree to 1e-12 relative to max(1, |expected|); NaN meets NaN
/// and infinities themselves.
bool isClose(double actual, double expected, double tolerance = 1e-12);
/// The first place where they do not agree, -1 if they do.
int64_t firstDifference(llvm::ArrayRef<double> actual,
                        llvm::ArrayRef<double> expected,
                        double tolerance = 1e-12);

} // namespace sextant::attn::test

#endif // SEXTANT_TEST_UNIT_REFERENCE_PROGRAM_H
