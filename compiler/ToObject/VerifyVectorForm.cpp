//===- VerifyVectorForm.cpp - Check what the vector form promises ---------===//

#include "compiler/Target/TargetRegistry.h"
#include "compiler/ToObject/EntryDescription.h"
#include "compiler/ToObject/Passes.h"
#include "dialect/Attn/IR/Attn.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/TypeUtilities.h"

namespace sextant {
#define GEN_PASS_DEF_VERIFYVECTORFORMPASS
#include "compiler/ToObject/Passes.h.inc"
} // namespace sextant

using namespace mlir;
using namespace sextant;

/// What `target` lacks to run `op` without a library; empty if nothing.
static StringRef missingFor(Operation *op, const Target &target) {
  // vector.fma may be a product and a sum; math.fma is fused or a call.
  if (isa<math::FmaOp>(op))
    return target.hasFma ? "" : "a fused multiply-add";
  if (isa<math::FloorOp, math::CeilOp, math::RoundEvenOp, math::TruncOp>(op))
    return target.hasRound ? "" : "a rounding instruction";
  // What has no instruction becomes a call of the compiler's library.
  if (isa<arith::ExtFOp, arith::TruncFOp>(op)) {
    Type from = getElementTypeOrSelf(op->getOperand(0).getType());
    Type to = getElementTypeOrSelf(op->getResult(0).getType());
    if (from.isBF16() || to.isBF16())
      return "a conversion of bf16";
    if (from.isF16() || to.isF16())
      return target.hasHalf ? "" : "a conversion of f16";
  }
  if (isa<math::AbsFOp, math::SqrtOp, math::CopySignOp>(op))
    return "";
  if (isa<math::MathDialect>(op->getDialect()) || isa<arith::RemFOp>(op))
    return "an instruction for it";
  return "";
}

namespace {
struct VerifyVectorFormPass
    : sextant::impl::VerifyVectorFormPassBase<VerifyVectorFormPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (failed(verifyEntries(module)) || failed(verifyOps(module)))
      signalPassFailure();
    markAllAnalysesPreserved();
  }

private:
  LogicalResult verifyEntries(ModuleOp module);
  LogicalResult verifyFunction(ModuleOp module, attn::EntryOp op,
                               const Target &target, StringRef name,
                               unsigned integers, bool returns);
  LogicalResult verifyOps(ModuleOp module);
};
} // namespace

/// The memref of the contract: every extent and stride left to the call.
static MemRefType dynamicMemRef(attn::ArgumentAttr argument) {
  const int64_t rank = argument.getShape().size();
  SmallVector<int64_t> dynamic(rank, ShapedType::kDynamic);
  auto layout = StridedLayoutAttr::get(argument.getContext(),
                                       ShapedType::kDynamic, dynamic);
  return MemRefType::get(dynamic, argument.getType(), layout);
}

LogicalResult
VerifyVectorFormPass::verifyFunction(ModuleOp module, attn::EntryOp op,
                                     const Target &target, StringRef name,
                                     unsigned integers, bool returns) {
  auto function = module.lookupSymbol<func::FuncOp>(name);
  if (!function || function.isExternal())
    return op.emitOpError()
           << "expected a function '" << name << "' with a body, found none";
  MLIRContext *context = op.getContext();
  Type i64 = IntegerType::get(context, 64);
  SmallVector<Type> inputs;
  for (ArrayAttr arguments : {op.getInputs(), op.getOutputs()})
    for (auto argument : arguments.getAsRange<attn::ArgumentAttr>())
      inputs.push_back(dynamicMemRef(argument));
  inputs.push_back(
      MemRefType::get({ShapedType::kDynamic}, IntegerType::get(context, 8)));
  inputs.append(integers, i64);
  auto expected = FunctionType::get(context, inputs,
                                    returns ? TypeRange(i64) : TypeRange());
  if (function.getFunctionType() != expected) {
    InFlightDiagnostic error = function.emitOpError()
                               << "expected type " << expected << ", got "
                               << function.getFunctionType();
    error.attachNote(op.getLoc()) << "it belongs to this kernel";
    return error;
  }
  auto isa = function->getAttrOfType<StringAttr>("attn.isa");
  if (!isa || isa.getValue() != target.isa)
    return function.emitOpError() << "expected attn.isa = \"" << target.isa
                                  << "\", got " << Attribute(isa);
  return success();
}

LogicalResult VerifyVectorFormPass::verifyEntries(ModuleOp module) {
  FailureOr<std::vector<EntryDescription>> entries = readEntries(module);
  if (failed(entries))
    return failure();
  for (const EntryDescription &entry : *entries) {
    auto op = module.lookupSymbol<attn::EntryOp>(entry.name);
    for (const VariantDescription &variant : entry.variants) {
      const Target &target = *variant.code;
      for (int64_t phase = 0; phase < variant.phases; ++phase)
        if (failed(verifyFunction(module, op, target,
                                  entry.tasksName(target, phase), 1, true)) ||
            failed(verifyFunction(module, op, target,
                                  entry.runName(target, phase), 3, false)))
          return failure();
      if (failed(verifyFunction(module, op, target, entry.workspaceName(target),
                                1, true)))
        return failure();
    }
  }
  return success();
}

LogicalResult VerifyVectorFormPass::verifyOps(ModuleOp module) {
  for (auto function : module.getOps<func::FuncOp>()) {
    auto isa = function->getAttrOfType<StringAttr>("attn.isa");
    const Target *target = isa ? lookupIsa(isa.getValue()) : nullptr;
    if (!target)
      return function.emitOpError()
             << "expected attn.isa to name an instruction set, got "
             << Attribute(isa);
    WalkResult result = function.walk([&](Operation *op) {
      StringRef missing = missingFor(op, *target);
      if (!missing.empty()) {
        op->emitOpError() << "needs " << missing << ", which '" << target->isa
                          << "' lacks";
        return WalkResult::interrupt();
      }
      if (auto call = dyn_cast<func::CallOp>(op)) {
        auto callee = module.lookupSymbol<func::FuncOp>(call.getCallee());
        if (callee && callee->getAttr("attn.isa") != isa) {
          op->emitOpError() << "expected a function for '" << target->isa
                            << "', got one for " << callee->getAttr("attn.isa");
          return WalkResult::interrupt();
        }
      }
      // In a loop the stack would grow with every iteration.
      if (llvm::isa<memref::AllocaOp>(op) &&
          op->getBlock() != &function.getBody().front()) {
        op->emitOpError() << "expected the stack to be used in the first block "
                             "of a function, found it in a region";
        return WalkResult::interrupt();
      }
      if (llvm::isa<memref::AllocOp, memref::ReallocOp>(op)) {
        op->emitOpError() << "needs a heap, which an artifact lacks: use the "
                             "workspace";
        return WalkResult::interrupt();
      }
      return WalkResult::advance();
    });
    if (result.wasInterrupted())
      return failure();
  }
  return success();
}
