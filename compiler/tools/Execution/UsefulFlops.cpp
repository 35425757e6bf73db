//===- UsefulFlops.cpp - How much work a call needs -----------------------===//

#include "compiler/tools/Execution/UsefulFlops.h"
#include "compiler/Pipeline/Pipeline.h"
#include "compiler/tools/Execution/HostTensors.h"
#include "dialect/Attn/Reference/VisiblePairs.h"

using namespace sextant;

static constexpr int64_t kRowsPerHead = 64;

/// A multiply-add counts as two.
static double flopsOf(const attn::FusedWork &work) {
  attn::FusedOp op = work.op;
  int64_t width = attn::extentOf(op.getValue(), 3);
  for (size_t term = 0; term < op.getTerms().size(); ++term)
    width += op.getTermWidth(term);
  return 2.0 * work.visiblePairs * width;
}

std::optional<double> sextant::usefulFlops(const ExecutionOptions &options,
                                           Program &program, Arrays &inputs) {
  mlir::OwningOpRef<mlir::ModuleOp> fused = program.module().clone();
  mlir::PassManager manager(fused->getContext(),
                            mlir::ModuleOp::getOperationName());
  if (options.from < Phase::Fused && !buildArrow(manager, Phase::Fused, {}))
    return std::nullopt;
  // What it has to say was said when the kernel was compiled.
  mlir::ScopedDiagnosticHandler quiet(
      fused->getContext(), [](mlir::Diagnostic &) { return mlir::success(); });
  if (mlir::failed(manager.run(*fused)))
    return std::nullopt;
  auto function =
      fused->lookupSymbol<mlir::func::FuncOp>(program.function().getName());
  llvm::SmallVector<attn::HostTensor> tensors;
  for (runtime::NpyArray &input : inputs)
    tensors.push_back(hostTensor(input));
  mlir::FailureOr<llvm::SmallVector<attn::FusedWork>> work =
      attn::countVisiblePairs(function, tensors, kRowsPerHead);
  if (mlir::failed(work) || work->empty())
    return std::nullopt;
  double flops = 0;
  for (const attn::FusedWork &part : *work)
    flops += flopsOf(part);
  return flops;
}
