//===- TileClassTest.cpp - Tile classes against brute force ---------------===//
//
// The emitted classification is run by the folders of its own ops, for every
// tile of a small score matrix, and compared with the predicate itself at every
// pair. What a kernel would see, all pairs of full tiles and the tested pairs
// of partial ones, must be what the predicate says, pair for pair.
//
//===----------------------------------------------------------------------===//

#include "compiler/TiledToVector/TileClass.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "gtest/gtest.h"
#include <random>

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

namespace {

constexpr int64_t kHeads = 2, kQueries = 13, kKeys = 17;

/// A program of constants: block arguments in, the wanted value out.
class Folder {
public:
  void set(Value value, int64_t number) {
    Builder builder(value.getContext());
    known[value] = builder.getIntegerAttr(value.getType(), number);
  }
  int64_t run(Block &block, Value wanted) {
    for (Operation &op : block.without_terminator()) {
      SmallVector<Attribute> operands;
      for (Value operand : op.getOperands())
        operands.push_back(known.lookup(operand));
      SmallVector<OpFoldResult> results;
      if (auto constant = llvm::dyn_cast<arith::ConstantOp>(op)) {
        known[constant.getResult()] = constant.getValue();
        continue;
      }
      Operation *copy = op.clone();
      LogicalResult folded = copy->fold(operands, results);
      copy->destroy();
      EXPECT_TRUE(succeeded(folded) && !results.empty())
          << op.getName().getStringRef().str() << " does not fold";
      if (failed(folded) || results.empty())
        return -1;
      auto attr = llvm::dyn_cast<Attribute>(results[0]);
      known[op.getResult(0)] =
          attr ? attr : known.lookup(llvm::cast<Value>(results[0]));
    }
    return llvm::cast<IntegerAttr>(known.lookup(wanted))
        .getValue()
        .getSExtValue();
  }

private:
  llvm::DenseMap<Value, Attribute> known;
};

/// Random predicates: and, or, xor, not and select over comparisons of sums,
/// differences, products, quotients and remainders of the coordinates.
class MaskTree {
public:
  MaskTree(OpBuilder &builder, Block &block, uint32_t seed)
      : builder(builder), loc(builder.getUnknownLoc()), block(block),
        random(seed) {}

  Value predicate(int depth) {
    if (depth == 0 || pick(5) == 0)
      return comparison();
    Value a = predicate(depth - 1), b = predicate(depth - 1);
    switch (pick(5)) {
    case 0:
      return arith::AndIOp::create(builder, loc, a, b);
    case 1:
      return arith::OrIOp::create(builder, loc, a, b);
    case 2:
      return arith::XOrIOp::create(builder, loc, a, b);
    case 3:
      return arith::XOrIOp::create(
          builder, loc, a,
          arith::ConstantOp::create(builder, loc, builder.getBoolAttr(true)));
    default:
      return arith::SelectOp::create(builder, loc, comparison(), a, b);
    }
  }

private:
  int pick(int n) { return std::uniform_int_distribution<>(0, n - 1)(random); }
  Value constant(int32_t value) {
    return arith::ConstantOp::create(builder, loc,
                                     builder.getI32IntegerAttr(value));
  }
  Value number(int depth) {
    if (depth == 0 || pick(3) == 0)
      return pick(4) == 0 ? constant(pick(20) - 4)
                          : block.getArgument(1 + pick(5));
    Value a = number(depth - 1), b = number(depth - 1);
    switch (pick(9)) {
    case 0:
    case 1:
      return arith::AddIOp::create(builder, loc, a, b);
    case 2:
    case 3:
      return arith::SubIOp::create(builder, loc, a, b);
    case 4:
      return arith::MinSIOp::create(builder, loc, a, b);
    case 5:
      return arith::MaxSIOp::create(builder, loc, a, b);
    case 6:
      return arith::DivSIOp::create(builder, loc, a, constant(1 + pick(5)));
    case 7:
      return arith::RemSIOp::create(builder, loc, a, constant(1 + pick(5)));
    default:
      return arith::MulIOp::create(builder, loc, a, b);
    }
  }
  Value comparison() {
    static constexpr arith::CmpIPredicate kinds[] = {
        arith::CmpIPredicate::slt, arith::CmpIPredicate::sle,
        arith::CmpIPredicate::sgt, arith::CmpIPredicate::sge,
        arith::CmpIPredicate::eq,  arith::CmpIPredicate::ne};
    return arith::CmpIOp::create(builder, loc, kinds[pick(6)], number(2),
                                 number(2));
  }

  OpBuilder &builder;
  Location loc;
  Block &block;
  std::mt19937 random;
};

struct Fixture {
  explicit Fixture(uint32_t seed, int depth) {
    context.loadDialect<AttnDialect, arith::ArithDialect, math::MathDialect,
                        func::FuncDialect, memref::MemRefDialect,
                        scf::SCFDialect, vector::VectorDialect>();
    OpBuilder builder(&context);
    Location loc = builder.getUnknownLoc();
    module = ModuleOp::create(builder, loc);
    Type i32 = builder.getI32Type(), i64 = builder.getI64Type();
    SmallVector<Type> coordinates(6, i32), bounds(10, i64);

    builder.setInsertionPointToEnd(module->getBody());
    auto holder = func::FuncOp::create(
        builder, loc, "mask",
        builder.getFunctionType(coordinates, builder.getI1Type()));
    visible = holder.addEntryBlock();
    builder.setInsertionPointToStart(visible);
    Value seen = MaskTree(builder, *visible, seed).predicate(depth);
    YieldOp::create(builder, loc, seen);

    builder.setInsertionPointToEnd(module->getBody());
    auto classifier = func::FuncOp::create(
        builder, loc, "class", builder.getFunctionType(bounds, i32));
    code = classifier.addEntryBlock();
    builder.setInsertionPointToStart(code);
    auto at = [&](unsigned i) -> Value { return code->getArgument(i); };
    // Batch and head are points; so they are given once.
    TileClassifier tile(builder, *visible, ClassSources());
    for (unsigned place : {0, 1})
      tile.set(place, {at(place), at(place)});
    for (unsigned place : {2, 3, 4, 5})
      tile.set(place, {at(2 * place - 2), at(2 * place - 1)});
    result = tile.emit();
    func::ReturnOp::create(builder, loc, result);
  }

  bool sees(int64_t head, int64_t i, int64_t j) {
    Folder folder;
    int64_t values[] = {0, head, i, j, position(i), j};
    for (unsigned k = 0; k < 6; ++k)
      folder.set(visible->getArgument(k), values[k]);
    return folder.run(*visible, visible->getTerminator()->getOperand(0)) != 0;
  }
  TileClass classOf(int64_t head, int64_t i0, int64_t i1, int64_t j0,
                    int64_t j1) {
    Folder folder;
    int64_t values[] = {0,  head,         i0,           i1, j0,
                        j1, position(i0), position(i1), j0, j1};
    for (unsigned k = 0; k < 10; ++k)
      folder.set(code->getArgument(k), values[k]);
    return static_cast<TileClass>(folder.run(*code, result));
  }
  /// The last query meets the last key.
  static int64_t position(int64_t i) { return kKeys - kQueries + i; }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
  Block *visible, *code;
  Value result;
};

struct Counts {
  int64_t pairs = 0, decided = 0, tiles = 0;
};

/// Visible pairs as a kernel with tiles of `queries` x `keys` finds them.
Counts throughTiles(Fixture &fixture, int64_t queries, int64_t keys) {
  Counts counts;
  for (int64_t head = 0; head < kHeads; ++head)
    for (int64_t i0 = 0; i0 < kQueries; i0 += queries)
      for (int64_t j0 = 0; j0 < kKeys; j0 += keys) {
        int64_t i1 = std::min(i0 + queries, kQueries) - 1;
        int64_t j1 = std::min(j0 + keys, kKeys) - 1;
        TileClass kind = fixture.classOf(head, i0, i1, j0, j1);
        ++counts.tiles;
        counts.decided += kind != TileClass::Partial;
        int64_t seen = 0;
        for (int64_t i = i0; i <= i1; ++i)
          for (int64_t j = j0; j <= j1; ++j)
            seen += fixture.sees(head, i, j);
        int64_t area = (i1 - i0 + 1) * (j1 - j0 + 1);
        if (kind == TileClass::Empty)
          EXPECT_EQ(seen, 0) << "an empty tile at " << i0 << ", " << j0;
        if (kind == TileClass::Full)
          EXPECT_EQ(seen, area) << "a full tile at " << i0 << ", " << j0;
        counts.pairs += kind == TileClass::Full    ? area
                        : kind == TileClass::Empty ? 0
                                                   : seen;
      }
  return counts;
}

int64_t bruteForce(Fixture &fixture) {
  int64_t pairs = 0;
  for (int64_t head = 0; head < kHeads; ++head)
    for (int64_t i = 0; i < kQueries; ++i)
      for (int64_t j = 0; j < kKeys; ++j)
        pairs += fixture.sees(head, i, j);
  return pairs;
}

TEST(TileClass, CountsEqualBruteForceOnRandomMaskTrees) {
  Counts all;
  for (uint32_t seed = 1; seed <= 500; ++seed) {
    Fixture fixture(seed, /*depth=*/1 + seed % 3);
    // Unsupported ops only leave a remark.
    ScopedDiagnosticHandler quiet(&fixture.context,
                                  [](Diagnostic &) { return success(); });
    Counts counts = throughTiles(fixture, 1 + seed % 6, 1 + seed % 7);
    EXPECT_EQ(counts.pairs, bruteForce(fixture)) << "seed " << seed;
    all.decided += counts.decided;
    all.tiles += counts.tiles;
  }
  // The evaluation decides something: half of the tiles at least.
  EXPECT_GT(all.decided * 2, all.tiles);
}

TEST(TileClass, SinglePairsAreAlwaysDecided) {
  for (uint32_t seed = 1; seed <= 40; ++seed) {
    Fixture fixture(seed, /*depth=*/2);
    Counts counts = throughTiles(fixture, 1, 1);
    EXPECT_EQ(counts.decided, counts.tiles) << "seed " << seed;
  }
}

} // namespace
