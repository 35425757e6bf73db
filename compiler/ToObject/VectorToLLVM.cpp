//===- VectorToLLVM.cpp - The passes from vectors to the LLVM dialect -----===//
//
// MLIR has one pass for each dialect; every one of them visits the whole module
// and takes longer to look than to rewrite. Here the same patterns run in two
// visits: one that rewrites ops into simpler ones of their dialects, one that
// converts them all.
//
//===----------------------------------------------------------------------===//

#include "compiler/ToObject/BlockProducts.h"
#include "compiler/ToObject/PairProducts.h"
#include "compiler/ToObject/Passes.h"
#include "mlir/Conversion/AffineToStandard/AffineToStandard.h"
#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVM.h"
#include "mlir/Conversion/IndexToLLVM/IndexToLLVM.h"
#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MemRefToLLVM/MemRefToLLVM.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Conversion/UBToLLVM/UBToLLVM.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVM.h"
#include "mlir/Conversion/VectorToSCF/VectorToSCF.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Index/IR/IndexDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/Transforms/Transforms.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/Transforms/LoweringPatterns.h"
#include "mlir/Dialect/Vector/Transforms/VectorRewritePatterns.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/DialectConversion.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "mlir/Transforms/Passes.h"

namespace sextant {
#define GEN_PASS_DEF_SIMPLIFYVECTORFORMPASS
#define GEN_PASS_DEF_FUNCTIONSTOLLVMPASS
#include "compiler/ToObject/Passes.h.inc"
} // namespace sextant

using namespace mlir;
using namespace sextant;

namespace {
struct SimplifyVectorFormPass
    : sextant::impl::SimplifyVectorFormPassBase<SimplifyVectorFormPass> {
  using SimplifyVectorFormPassBase::SimplifyVectorFormPassBase;

  LogicalResult initialize(MLIRContext *context) override {
    RewritePatternSet set(context);
    // A loop that runs once, an if that is decided: LLVM sees them too late.
    scf::ForOp::getCanonicalizationPatterns(set, context);
    scf::IfOp::getCanonicalizationPatterns(set, context);
    arith::populateCeilFloorDivExpandOpsPatterns(set);
    memref::populateExpandStridedMetadataPatterns(set);

    // A transfer of more than one dimension would otherwise become a loop over
    // a stack slot, allocated anew in every iteration of the loop around it.
    VectorTransferToSCFOptions transfers;
    transfers.enableFullUnroll();
    populateVectorToSCFConversionPatterns(set, transfers);
    vector::populateVectorTransferLoweringPatterns(set, /*maxTransferRank=*/1);

    populateBlockProductPatterns(set);
    populatePairProductPatterns(set);
    vector::populateVectorBitCastLoweringPatterns(set);
    vector::populateVectorBroadcastLoweringPatterns(set);
    vector::populateVectorContractLoweringPatterns(
        set, vector::VectorContractLowering::Dot);
    vector::populateVectorGatherLoweringPatterns(set);
    vector::populateVectorInsertExtractStridedSliceTransforms(set);
    vector::populateVectorInterleaveLoweringPatterns(set);
    vector::populateVectorMaskMaterializationPatterns(
        set, /*force32BitVectorIndices=*/false);
    vector::populateVectorMaskOpLoweringPatterns(set);
    vector::populateVectorRankReducingFMAPattern(set);
    vector::populateVectorShapeCastLoweringPatterns(set);
    vector::populateVectorStepLoweringPatterns(set);
    vector::populateVectorTransposeLoweringPatterns(
        set, vector::VectorTransposeLowering::EltWise);
    patterns = FrozenRewritePatternSet(std::move(set));
    return success();
  }

  void runOnOperation() override {
    GreedyRewriteConfig config;
    // Blocks are merged by LLVM.
    config.setRegionSimplificationLevel(GreedySimplifyRegionLevel::Disabled);
    if (failed(applyPatternsGreedily(getOperation(), patterns, config)))
      signalPassFailure();
  }

  FrozenRewritePatternSet patterns;
};

/// A loop that is guarded and then tests at its end, which is where LLVM's
/// rotation would take the loop with a test at its head that MLIR makes.
struct ForLowering : OpRewritePattern<scf::ForOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(scf::ForOp loop,
                                PatternRewriter &rewriter) const override {
    Location loc = loop.getLoc();
    Value bound = loop.getUpperBound();
    auto runsFrom = [&](Value counter) -> Value {
      return rewriter.createOrFold<arith::CmpIOp>(
          loc,
          loop.getUnsignedCmp() ? arith::CmpIPredicate::ult
                                : arith::CmpIPredicate::slt,
          counter, bound);
    };
    Block *before = rewriter.getInsertionBlock();
    Block *rest = rewriter.splitBlock(before, rewriter.getInsertionPoint());
    SmallVector<Location> locations(loop.getNumResults(), loc);
    Block *exit = rewriter.createBlock(rest, loop.getResultTypes(), locations);
    cf::BranchOp::create(rewriter, loc, rest);

    Block *body = loop.getBody();
    Operation *yield = loop.getRegion().back().getTerminator();
    rewriter.inlineRegionBefore(loop.getRegion(), exit);

    rewriter.setInsertionPointToEnd(before);
    SmallVector<Value> first = {loop.getLowerBound()};
    llvm::append_range(first, loop.getInitArgs());
    cf::CondBranchOp::create(rewriter, loc, runsFrom(first.front()), body,
                             first, exit, loop.getInitArgs());

    rewriter.setInsertionPoint(yield);
    SmallVector<Value> next = {arith::AddIOp::create(
        rewriter, loc, body->getArgument(0), loop.getStep())};
    llvm::append_range(next, yield->getOperands());
    cf::CondBranchOp::create(rewriter, loc, runsFrom(next.front()), body, next,
                             exit, yield->getOperands());
    rewriter.eraseOp(yield);
    rewriter.replaceOp(loop, exit->getArguments());
    return success();
  }
};

struct FunctionsToLLVMPass
    : sextant::impl::FunctionsToLLVMPassBase<FunctionsToLLVMPass> {
  using FunctionsToLLVMPassBase::FunctionsToLLVMPassBase;

  void runOnOperation() override {
    MLIRContext *context = &getContext();
    LLVMTypeConverter converter(context);
    RewritePatternSet patterns(context);
    populateAffineToStdConversionPatterns(patterns);
    populateSCFToControlFlowConversionPatterns(patterns);
    patterns.add<ForLowering>(context, /*benefit=*/2);
    vector::populateVectorTransferLoweringPatterns(patterns);
    populateVectorToLLVMConversionPatterns(converter, patterns);
    populateMathToLLVMConversionPatterns(converter, patterns);
    populateFinalizeMemRefToLLVMConversionPatterns(converter, patterns);
    arith::populateArithToLLVMConversionPatterns(converter, patterns);
    populateFuncToLLVMConversionPatterns(converter, patterns);
    cf::populateControlFlowToLLVMConversionPatterns(converter, patterns);
    index::populateIndexToLLVMConversionPatterns(converter, patterns);
    ub::populateUBToLLVMConversionPatterns(converter, patterns);

    LLVMConversionTarget target(*context);
    target.addIllegalDialect<affine::AffineDialect, arith::ArithDialect,
                             cf::ControlFlowDialect, func::FuncDialect,
                             index::IndexDialect, math::MathDialect,
                             memref::MemRefDialect, scf::SCFDialect,
                             ub::UBDialect, vector::VectorDialect>();
    if (failed(applyPartialConversion(getOperation(), target,
                                      std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace

void sextant::buildFunctionsToLLVM(OpPassManager &manager) {
  // On the whole module: passes nested in functions would become tasks of the
  // pool, and a thread of a share that waits for its own takes up another share
  // before it goes on.
  manager.addPass(createSimplifyVectorFormPass());
  manager.addPass(createCSEPass());
  manager.addPass(createFunctionsToLLVMPass());
}

void sextant::registerVectorToLLVMPipeline() {
  PassPipelineRegistration<>("attn-vector-to-llvm",
                             "Take the vector form to the LLVM dialect",
                             [](OpPassManager &manager) {
                               manager.addPass(createVerifyVectorFormPass());
                               buildFunctionsToLLVM(manager);
                               manager.addPass(createTargetAttributesPass());
                             });
}
