//===- Kernel.h - A program, compiled and checked ---------------*- C++ -*-===//
//
// From text to machine code in this process: the pipeline to object bytes, the
// loader for those bytes, and calls with every protection a call can have.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_TEST_ENDTOEND_KERNEL_H
#define SEXTANT_TEST_ENDTOEND_KERNEL_H

#include "Buffer.h"
#include "compiler/Pipeline/Compiler.h"
#include "compiler/ToObject/Jit.h"
#include "dialect/Attn/IR/Attn.h"
#include "dialect/Attn/Reference/Bound.h"
#include "dialect/Attn/Reference/Probes.h"
#include "dialect/Attn/Reference/Reference.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"

#include <functional>
#include <optional>

namespace sextant::test {

/// Extents of a call.
struct Dims {
  int64_t B = 1, H = 1, G = 1, M = 1, N = 1;
};

using Buffers = std::vector<Buffer>;

/// A schedule: the tiles of the AVX2 target, but no template for few queries.
struct Tiles {
  int64_t queryVectors = 3, keyRows = 4, valueRows = 4, keyBlock = 96,
          keyLeaf = 24, decodeQueries = 0;
};
/// An edit of the tiled form that gives it to every attn.for_tiles.
std::function<bool(mlir::ModuleOp)>
scheduled(const Tiles &sizes, attn::Products products = attn::Products::Target);

/// How a kernel is called.
struct Call {
  int32_t isa = SEXTANT_ISA_AUTO;
  int32_t threads = 1;
  Layout outputs = Layout::Dense;
};

/// Every instruction set that this machine has.
TargetSet hostTargets();

/// The sextant_isa of every version that a kernel has here, best first.
std::vector<int32_t> allIsas();

/// What a comparison with the interpreter found.
struct Verdict {
  bool passes = true;
  double worstRatio = 0;
  /// Which gate failed, and where.
  std::string text;
};

class Kernel {
public:
  /// Compiles `text`, whose first function is the program. `edit` may change
  /// the form `edited` on its way; the interpreter keeps the program as
  /// written.
  using Edit = std::function<bool(mlir::ModuleOp)>;
  explicit Kernel(const std::string &text, const Edit &edit = {},
                  const TargetSet &targets = hostTargets(),
                  Phase edited = Phase::Vector);
  ~Kernel();

  bool isValid() const { return call_ != nullptr; }
  const std::string &diagnostics() const { return messages; }
  /// What became of the compilation; of no program it was rejected.
  CompileStatus status() const { return compiled; }
  mlir::func::FuncOp function();

  /// Inputs for these extents: random rows; integers are 0. `layouts` are by
  /// argument, Dense where there are fewer.
  Buffers inputs(Dims dims, attn::Probe probe = attn::Probe::Random,
                 uint64_t seed = 1, double scale = 1.0,
                 llvm::ArrayRef<Layout> layouts = {});
  void fill(Buffers &inputs, attn::Probe probe, uint64_t seed,
            double scale = 1.0);

  /// Calls the kernel. Outputs and workspace lie between guard zones, hold
  /// NaN before, and inputs must stay as they are; a violation, and any other
  /// failure, is in `error`.
  std::optional<Buffers> run(Buffers &inputs, const Call &call,
                             std::string &error);

  /// Evaluates the program, for `bounds` unless others are asked for.
  mlir::FailureOr<attn::ReferenceResult> reference(const Buffers &inputs) {
    return reference(inputs, bounds);
  }
  mlir::FailureOr<attn::ReferenceResult>
  reference(const Buffers &inputs, const attn::ReferenceOptions &options);
  /// Those of all kernels here: exact products, unless an instruction set of
  /// this machine has some of bf16.
  attn::ReferenceOptions bounds;

  /// Gates G0, G1, G5, G13 and (unless `mayBeTrivial`) G14 of one call.
  Verdict check(Buffers &inputs, const attn::ReferenceResult &expected,
                const Call &call = {}, bool mayBeTrivial = false);

private:
  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::unique_ptr<JitLibrary> library;
  sextant_fn call_ = nullptr;
  sextant_workspace_fn workspace = nullptr;
  sextant_shapes_fn shapes = nullptr;
  CompileStatus compiled = CompileStatus::Rejected;
  std::string messages;
};

/// True if all results have the same bits.
bool sameBits(const Buffers &a, const Buffers &b);

} // namespace sextant::test

#endif // SEXTANT_TEST_ENDTOEND_KERNEL_H
