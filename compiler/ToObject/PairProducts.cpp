//===- PairProducts.cpp - Products of bf16 as instructions ----------------===//
//
// bf16 is the upper half of an f32, so a shift or a mask widens a number of a
// pair, and products of two such numbers are exact in f32.
//
//===----------------------------------------------------------------------===//

#include "compiler/ToObject/PairProducts.h"
#include "compiler/Target/TargetRegistry.h"
#include "dialect/Attn/IR/Attn.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace sextant;

const Target *sextant::targetOf(Operation *op) {
  auto function = op->getParentOfType<func::FuncOp>();
  auto isa = function->getAttrOfType<StringAttr>("attn.isa");
  return isa ? lookupIsa(isa.getValue()) : nullptr;
}

/// Whether there is an instruction for this many lanes where `op` stands.
static bool hasInstruction(Operation *op, VectorType type) {
  const Target *target = targetOf(op);
  return target && target->hasBf16Dot && type.getNumElements() == target->lanes;
}

/// The intrinsic for a whole register: "llvm.x86.avx512bf16.NAME.512".
static Value callIntrinsic(OpBuilder &builder, Location loc, StringRef name,
                           VectorType floats, Type result,
                           ValueRange operands) {
  std::string symbol = ("llvm.x86.avx512bf16." + name + "." +
                        Twine(floats.getNumElements() * 32))
                           .str();
  return LLVM::CallIntrinsicOp::create(builder, loc, result,
                                       builder.getStringAttr(symbol), operands)
      .getResult(0);
}

/// As many bf16 as fit into a register of these f32.
static VectorType narrowed(VectorType floats) {
  return VectorType::get({2 * floats.getNumElements()},
                         BFloat16Type::get(floats.getContext()));
}

namespace {
/// The words that the sequences are made of, on vectors of i32.
struct Words {
  OpBuilder &builder;
  Location loc;
  VectorType type;

  Value constant(uint32_t value) const {
    return arith::ConstantOp::create(
        builder, loc,
        SplatElementsAttr::get(
            type, builder.getIntegerAttr(builder.getI32Type(),
                                         static_cast<int32_t>(value))));
  }
  template <typename Op> Value make(Value a, uint32_t b) const {
    return Op::create(builder, loc, a, constant(b));
  }
  Value floats(Value words) const {
    auto result = VectorType::get(type.getShape(), builder.getF32Type());
    return arith::BitcastOp::create(builder, loc, result, words);
  }
  /// The upper halves are what `number` is rounded to: to nearest even.
  Value rounded(Value number) const {
    Value bits = arith::BitcastOp::create(builder, loc, type, number);
    Value odd = make<arith::AndIOp>(make<arith::ShRUIOp>(bits, 16), 1);
    Value sum = make<arith::AddIOp>(
        arith::AddIOp::create(builder, loc, bits, odd), 0x7fff);
    Value isNaN = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::UNO,
                                        number, number);
    Value quiet = make<arith::OrIOp>(bits, 0x00400000);
    return arith::SelectOp::create(builder, loc, isNaN, quiet, sum);
  }
};

constexpr uint32_t kUpperHalf = 0xffff0000;

struct PairDotPattern : OpRewritePattern<attn::PairDotOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(attn::PairDotOp op,
                                PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto type = cast<VectorType>(op.getResult().getType());
    if (hasInstruction(op, type)) {
      SmallVector<Value> operands{op.getSum()};
      for (Value pairs : {op.getLeft(), op.getRight()})
        operands.push_back(
            vector::BitCastOp::create(rewriter, loc, narrowed(type), pairs));
      rewriter.replaceOp(
          op, callIntrinsic(rewriter, loc, "dpbf16ps", type, type, operands));
      return success();
    }
    Words words{rewriter, loc, cast<VectorType>(op.getLeft().getType())};
    auto first = [&](Value pairs) {
      return words.floats(words.make<arith::ShLIOp>(pairs, 16));
    };
    auto second = [&](Value pairs) {
      return words.floats(words.make<arith::AndIOp>(pairs, kUpperHalf));
    };
    Value sum = vector::FMAOp::create(rewriter, loc, first(op.getLeft()),
                                      first(op.getRight()), op.getSum());
    rewriter.replaceOpWithNewOp<vector::FMAOp>(op, second(op.getLeft()),
                                               second(op.getRight()), sum);
    return success();
  }
};

struct PackPairsPattern : OpRewritePattern<attn::PackPairsOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(attn::PackPairsOp op,
                                PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto floats = cast<VectorType>(op.getFirst().getType());
    auto type = cast<VectorType>(op.getResult().getType());
    if (hasInstruction(op, floats)) {
      // The instruction puts one vector behind the other.
      Value both =
          callIntrinsic(rewriter, loc, "cvtne2ps2bf16", floats,
                        narrowed(floats), {op.getSecond(), op.getFirst()});
      SmallVector<int64_t> mask;
      for (int64_t lane = 0; lane < floats.getNumElements(); ++lane)
        mask.append({lane, lane + floats.getNumElements()});
      Value pairs = vector::ShuffleOp::create(rewriter, loc, both, both, mask);
      rewriter.replaceOpWithNewOp<vector::BitCastOp>(op, type, pairs);
      return success();
    }
    Words words{rewriter, loc, type};
    Value first = words.make<arith::ShRUIOp>(words.rounded(op.getFirst()), 16);
    Value second =
        words.make<arith::AndIOp>(words.rounded(op.getSecond()), kUpperHalf);
    rewriter.replaceOpWithNewOp<arith::OrIOp>(op, first, second);
    return success();
  }
};
} // namespace

void sextant::populatePairProductPatterns(RewritePatternSet &patterns) {
  patterns.add<PairDotPattern, PackPairsPattern>(patterns.getContext());
}
