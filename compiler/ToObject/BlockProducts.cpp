//===- BlockProducts.cpp - Products of matrices of bf16 as instructions ---===//
//
// AMX has eight tiles of 16 rows of 64 bytes. All have this shape all the time;
// `tdpbf16ps` multiplies 16 rows of 16 pairs with 16 pairs of 16 columns in 16
// cycles, in which the core can load two tiles: two by two sums, for which four
// tiles are loaded each step, keep the unit busy.
//
//===----------------------------------------------------------------------===//

#include "compiler/ToObject/BlockProducts.h"
#include "compiler/ToObject/PairProducts.h"
#include "dialect/Attn/IR/Attn.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

/// Tiles of sums, and of each factor.
static constexpr int64_t kSums = 4, kFactors = 2;
/// Steps that are written out, at most, where their number is known.
static constexpr int64_t kUnroll = 4;

static bool hasTiles(Operation *op) {
  const Target *target = targetOf(op);
  return target && target->hasBlockDot;
}

namespace {
/// Short words for the ops below.
struct Words {
  OpBuilder &builder;
  Location loc;

  Value index(int64_t value) {
    return arith::ConstantIndexOp::create(builder, loc, value);
  }
  Value add(Value a, Value b) {
    return arith::AddIOp::create(builder, loc, a, b);
  }
  Value mul(Value a, Value b) {
    return arith::MulIOp::create(builder, loc, a, b);
  }
  Value toInteger(Value index) {
    return arith::IndexCastOp::create(builder, loc, builder.getI64Type(),
                                      index);
  }
  Value toPointer(Value address) {
    return LLVM::IntToPtrOp::create(
        builder, loc, LLVM::LLVMPointerType::get(builder.getContext()),
        toInteger(address));
  }
  void call(StringRef name, ValueRange operands) {
    LLVM::CallIntrinsicOp::create(
        builder, loc, builder.getStringAttr("llvm.x86." + name), operands);
  }
};

/// A matrix in memory: the address of its first element and the distance of its
/// rows, in bytes (index).
struct Matrix {
  Matrix(Words &words, Value memref, ValueRange at) : words(words) {
    OpBuilder &builder = words.builder;
    Location loc = words.loc;
    auto type = cast<MemRefType>(memref.getType());
    bytes = type.getElementTypeBitWidth() / 8;
    auto metadata =
        memref::ExtractStridedMetadataOp::create(builder, loc, memref);
    Value place = metadata.getOffset();
    for (auto [index, stride] : llvm::zip_equal(at, metadata.getStrides()))
      place = words.add(place, words.mul(index, stride));
    Value base = memref::ExtractAlignedPointerAsIndexOp::create(
        builder, loc, metadata.getBaseBuffer());
    first = words.add(base, words.mul(place, words.index(bytes)));
    rowBytes = words.mul(metadata.getStrides()[type.getRank() - 2],
                         words.index(bytes));
  }
  /// Pointer and stride of the tile whose first element is (row, column).
  SmallVector<Value> tile(Value row, Value column) const {
    Value address =
        words.add(first, words.add(words.mul(row, rowBytes),
                                   words.mul(column, words.index(bytes))));
    return {words.toPointer(address), words.toInteger(rowBytes)};
  }

  Words &words;
  Value first, rowBytes;
  int64_t bytes;
};

struct StartBlocksPattern : OpRewritePattern<StartBlocksOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(StartBlocksOp op,
                                PatternRewriter &rewriter) const override {
    if (hasTiles(op)) {
      // Palette 1: from byte 16 the bytes of a row of each tile, 16 bits each,
      // from byte 48 the rows.
      std::array<int8_t, 64> shapes{};
      shapes[0] = 1;
      for (int64_t tile = 0; tile < kSums + 2 * kFactors; ++tile) {
        shapes[16 + 2 * tile] = 4 * kBlockTile;
        shapes[48 + tile] = kBlockTile;
      }
      Words words{rewriter, op.getLoc()};
      auto type = VectorType::get(64, rewriter.getI8Type());
      Value zero = words.index(0);
      Value all = arith::ConstantOp::create(
          rewriter, op.getLoc(),
          DenseElementsAttr::get(type, ArrayRef<int8_t>(shapes)));
      vector::StoreOp::create(rewriter, op.getLoc(), all, op.getMemory(), zero);
      Value address = memref::ExtractAlignedPointerAsIndexOp::create(
          rewriter, op.getLoc(), op.getMemory());
      words.call("ldtilecfg", words.toPointer(address));
    }
    rewriter.eraseOp(op);
    return success();
  }
};

struct EndBlocksPattern : OpRewritePattern<EndBlocksOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(EndBlocksOp op,
                                PatternRewriter &rewriter) const override {
    if (hasTiles(op))
      Words{rewriter, op.getLoc()}.call("tilerelease", {});
    rewriter.eraseOp(op);
    return success();
  }
};

/// The rows and columns of some tiles of sums.
struct TileGroup {
  int64_t row, rows, column, columns; // in tiles
};

class TileProduct {
public:
  TileProduct(BlockDotOp op, PatternRewriter &rewriter)
      : op(op), words{rewriter, op.getLoc()},
        left(words, op.getLeft(), op.getLeftAt()),
        right(words, op.getRight(), op.getRightAt()),
        sums(words, op.getSums(), op.getSumsAt()) {}

  void emit();

private:
  /// A tile as an immediate operand.
  Value number(int64_t tile) {
    return arith::ConstantOp::create(words.builder, words.loc,
                                     words.builder.getI8IntegerAttr(tile));
  }
  void move(StringRef name, int64_t tile, const Matrix &matrix, Value row,
            Value column) {
    SmallVector<Value> operands{number(tile)};
    llvm::append_range(operands, matrix.tile(row, column));
    words.call(name, operands);
  }
  void
  forEachSum(const TileGroup &group,
             function_ref<void(int64_t tile, Value row, Value column)> body) {
    for (int64_t i = 0; i < group.rows; ++i)
      for (int64_t j = 0; j < group.columns; ++j)
        body(i * group.columns + j, words.index((group.row + i) * kBlockTile),
             words.index((group.column + j) * kBlockTile));
  }
  void load(const TileGroup &group);
  void store(const TileGroup &group);
  void multiply(const TileGroup &group, Value pair, int64_t row);
  void emit(const TileGroup &group);

  BlockDotOp op;
  Words words;
  Matrix left, right, sums;
};

void TileProduct::load(const TileGroup &group) {
  forEachSum(group, [&](int64_t tile, Value row, Value column) {
    if (op.getAccumulate())
      move("tileloadd64", tile, sums, row, column);
    else
      words.call("tilezero", number(tile));
  });
}

void TileProduct::store(const TileGroup &group) {
  forEachSum(group, [&](int64_t tile, Value row, Value column) {
    move("tilestored64", tile, sums, row, column);
  });
}

/// Products of one row of tiles. The first of a group loads the other factor.
void TileProduct::multiply(const TileGroup &group, Value pair, int64_t row) {
  const int64_t firstRight = kSums + kFactors, own = kSums + row % kFactors;
  if (row == 0)
    for (int64_t j = 0; j < group.columns; ++j)
      move("tileloadd64", firstRight + j, right, pair,
           words.index((group.column + j) * kBlockTile));
  move("tileloadd64", own, left, words.index((group.row + row) * kBlockTile),
       words.mul(pair, words.index(2)));
  for (int64_t j = 0; j < group.columns; ++j)
    words.call("tdpbf16ps", {number(row * group.columns + j), number(own),
                             number(firstRight + j)});
}

void TileProduct::emit(const TileGroup &group) {
  load(group);
  std::optional<int64_t> pairs = getConstantIntValue(op.getPairs());
  auto step = [&](Value pair) {
    for (int64_t row = 0; row < group.rows; ++row)
      multiply(group, pair, row);
  };
  if (pairs && *pairs <= kUnroll * kBlockTile) {
    for (int64_t pair = 0; pair < *pairs; pair += kBlockTile)
      step(words.index(pair));
  } else {
    auto loop = scf::ForOp::create(words.builder, words.loc, words.index(0),
                                   op.getPairs(), words.index(kBlockTile));
    OpBuilder::InsertionGuard guard(words.builder);
    words.builder.setInsertionPointToStart(loop.getBody());
    step(loop.getInductionVar());
  }
  store(group);
}

void TileProduct::emit() {
  const int64_t allRows = op.getRows() / kBlockTile,
                allColumns = op.getColumns() / kBlockTile;
  for (int64_t column = 0; column < allColumns; column += kFactors) {
    const int64_t columns = std::min(kFactors, allColumns - column);
    const int64_t most = kSums / columns;
    for (int64_t row = 0; row < allRows; row += most)
      emit({row, std::min(most, allRows - row), column, columns});
  }
}

struct BlockDotPattern : OpRewritePattern<BlockDotOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(BlockDotOp op,
                                PatternRewriter &rewriter) const override {
    if (hasTiles(op) && op.getColumns() % kBlockTile == 0)
      TileProduct(op, rewriter).emit();
    else
      emitPairs(op, rewriter);
    rewriter.eraseOp(op);
    return success();
  }

private:
  static void emitPairs(BlockDotOp op, PatternRewriter &rewriter);
};
} // namespace

/// One vector of sums after the other.
void BlockDotPattern::emitPairs(BlockDotOp op, PatternRewriter &rewriter) {
  Location loc = op.getLoc();
  Words words{rewriter, loc};
  const Target *target = targetOf(op);
  // Without a target, as in a test of the form alone, one lane is any target's.
  const int64_t lanes =
      target && op.getColumns() % target->lanes == 0 ? target->lanes : 1;
  auto floats = VectorType::get(lanes, rewriter.getF32Type());
  auto pairs = VectorType::get(lanes, rewriter.getI32Type());
  auto place = [&](OperandRange at, Value row, Value column) {
    SmallVector<Value> result(at);
    auto end = result.end();
    end[-2] = words.add(end[-2], row);
    end[-1] = words.add(end[-1], column);
    return result;
  };
  auto loop = [&](int64_t end, int64_t step) {
    auto made = scf::ForOp::create(rewriter, loc, words.index(0),
                                   words.index(end), words.index(step));
    rewriter.setInsertionPointToStart(made.getBody());
    return made.getInductionVar();
  };
  Value row = loop(op.getRows(), 1);
  Value column = loop(op.getColumns(), lanes);
  Value sum;
  if (op.getAccumulate())
    sum = vector::LoadOp::create(rewriter, loc, floats, op.getSums(),
                                 place(op.getSumsAt(), row, column));
  else
    sum =
        arith::ConstantOp::create(rewriter, loc, rewriter.getZeroAttr(floats));
  auto steps = scf::ForOp::create(
      rewriter, loc, words.index(0), op.getPairs(), words.index(1), sum,
      [&](OpBuilder &builder, Location loc, Value pair, ValueRange state) {
        Value element = words.mul(pair, words.index(2));
        Value two = vector::LoadOp::create(
            builder, loc, VectorType::get(2, builder.getBF16Type()),
            op.getLeft(), place(op.getLeftAt(), row, element));
        Value word = vector::BitCastOp::create(
            builder, loc, VectorType::get(1, builder.getI32Type()), two);
        Value left = vector::BroadcastOp::create(
            builder, loc, pairs,
            vector::ExtractOp::create(builder, loc, word, 0));
        Value right =
            vector::LoadOp::create(builder, loc, pairs, op.getRight(),
                                   place(op.getRightAt(), pair, column));
        scf::YieldOp::create(
            builder, loc,
            PairDotOp::create(builder, loc, left, right, state.front())
                .getResult());
      });
  vector::StoreOp::create(rewriter, loc, steps.getResult(0), op.getSums(),
                          place(op.getSumsAt(), row, column));
}

void sextant::populateBlockProductPatterns(RewritePatternSet &patterns) {
  patterns.add<StartBlocksPattern, EndBlocksPattern, BlockDotPattern>(
      patterns.getContext());
}
