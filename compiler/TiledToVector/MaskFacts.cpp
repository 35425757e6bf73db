//===- MaskFacts.cpp - What a mask does to every call ---------------------===//

#include "compiler/TiledToVector/MaskFacts.h"
#include "compiler/TiledToVector/PairForms.h"
#include "compiler/TiledToVector/ScalarRun.h"

#include "mlir/IR/IRMapping.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

/// Rows of the largest sample: a few tiles.
static constexpr int64_t kSampleRows = 48;
/// Heads asked where their number is not fixed, and at most.
static constexpr int64_t kSampleHeads = 2, kMostHeads = 8;
/// Positions lie within 2^24 of 0.
static constexpr int64_t kMostDistance = int64_t(1) << 25;

namespace {
/// A (query, key) pair of a call with `queries` x `keys` rows.
struct MaskWitness {
  int64_t queries = 0, keys = 0, head = 0, query = 0, key = 0;
};

/// Rows of one small call.
struct SampledRows {
  int64_t queries = 0, keys = 0;
  /// Of all heads: rows that see no key, rows where tensors decide.
  int64_t rows = 0, empty = 0, open = 0;
  /// The first row that sees none.
  MaskWitness first;
};

struct MaskFacts {
  /// No call has a visible key whose position is after its query's.
  bool isCausal = false;
  /// A visible key after its query, where one was found.
  std::optional<MaskWitness> future;
  /// Every query sees the key at its own position, in every call.
  bool seesItself = false;
  SmallVector<SampledRows, 3> samples;
  /// Samples say nothing: tensors give the positions.
  bool positionsAreData = false;
};
} // namespace

/// What the op's positions are: without any, rows as they are counted back from
/// the last query and the last key.
static PairPositions positionsOf(ForTilesOp op) {
  if (!op.getQueryPos())
    return PairPositions::BottomRight;
  auto made = op.getQueryPos().getDefiningOp<PositionsOp>();
  if (!made || made.getQueryPos() != op.getQueryPos() ||
      made.getKeyPos() != op.getKeyPos() || made.getLengths() ||
      made.getOffset())
    return PairPositions::Unknown;
  return made.getAlign() == Align::BottomRight ? PairPositions::BottomRight
                                               : PairPositions::TopLeft;
}

namespace {
/// The predicate of one call, asked pair by pair.
class PairQuestion {
public:
  PairQuestion(Block &visible, PairPositions positions, int64_t heads,
               int64_t queries, int64_t keys)
      : run(build(visible, heads, queries, keys), {}) {
    if (positions == PairPositions::BottomRight)
      offset = keys - queries;
  }

  /// None if a tensor decides.
  std::optional<bool> sees(int64_t head, int64_t query, int64_t key) {
    std::optional<int64_t> seen =
        run.run({0, head, query, key, query + offset, key});
    return seen ? std::optional(*seen != 0) : std::nullopt;
  }

private:
  func::FuncOp build(Block &visible, int64_t heads, int64_t queries,
                     int64_t keys);

  OwningOpRef<ModuleOp> holder;
  ScalarRun run;
  int64_t offset = 0;
};
} // namespace

namespace {
/// What the queries of a kernel see: the pairs of all of its terms, which have
/// a part each where the scores are a choice.
class VisiblePairs {
public:
  explicit VisiblePairs(ForTilesOp op);
  /// (batch, head, queryIndex, keyIndex, queryPos, keyPos) -> i1; null if every
  /// query sees every key.
  Block *region() const { return block; }

private:
  OwningOpRef<ModuleOp> holder; // of the union
  Block *block = nullptr;
};
} // namespace

VisiblePairs::VisiblePairs(ForTilesOp op) {
  for (unsigned term = 0; term < op.getNumTerms(); ++term)
    if (op.getForKeys(term).getVisible().empty())
      return;
  if (op.getNumTerms() == 1) {
    block = &op.getForKeys(0).getVisible().front();
    return;
  }
  Location loc = op.getLoc();
  OpBuilder builder(loc.getContext());
  holder = ModuleOp::create(builder, loc);
  builder.setInsertionPointToEnd(holder->getBody());
  SmallVector<Type> coordinates(kPairCoordinates, builder.getI32Type());
  block = func::FuncOp::create(
              builder, loc, "visible",
              builder.getFunctionType(coordinates, builder.getI1Type()))
              .addEntryBlock();
  builder.setInsertionPointToStart(block);
  Value all;
  for (unsigned term = 0; term < op.getNumTerms(); ++term) {
    Block &own = op.getForKeys(term).getVisible().front();
    IRMapping map;
    map.map(own.getArguments(), block->getArguments());
    for (Operation &inner : own.without_terminator())
      builder.clone(inner, map);
    Value seen = map.lookupOrDefault(own.getTerminator()->getOperand(0));
    all = all ? arith::OrIOp::create(builder, loc, all, seen) : seen;
  }
  YieldOp::create(builder, loc, all);
}

func::FuncOp PairQuestion::build(Block &visible, int64_t heads, int64_t queries,
                                 int64_t keys) {
  Location loc = visible.getParentOp()->getLoc();
  OpBuilder builder(loc.getContext());
  holder = ModuleOp::create(builder, loc);
  builder.setInsertionPointToEnd(holder->getBody());
  SmallVector<Type> coordinates(kPairCoordinates, builder.getI32Type());
  auto function = func::FuncOp::create(
      builder, loc, "visible",
      builder.getFunctionType(coordinates, builder.getI1Type()));
  Block *body = function.addEntryBlock();
  builder.setInsertionPointToStart(body);
  IRMapping map;
  map.map(visible.getArguments(), body->getArguments());
  // Constants may stand outside the region.
  auto mapConstant = [&](Value value) {
    auto constant = value.getDefiningOp<arith::ConstantOp>();
    if (constant && !map.contains(value))
      map.map(value, builder.clone(*constant)->getResult(0));
  };
  for (Operation &op : visible.without_terminator()) {
    auto extent = llvm::dyn_cast<ExtentOp>(op);
    if (!extent) {
      for (Value operand : op.getOperands())
        mapConstant(operand);
      builder.clone(op, map); // what is read from a tensor stays unknown
      continue;
    }
    const ExtentKind kind = extent.getKind();
    int64_t value = kind == ExtentKind::Queries ? queries
                    : kind == ExtentKind::Keys  ? keys
                                                : heads;
    if (kind == ExtentKind::Batch)
      value = 1;
    map.map(extent.getResult(),
            arith::ConstantOp::create(builder, loc,
                                      builder.getI32IntegerAttr(value))
                .getResult());
  }
  Value seen = visible.getTerminator()->getOperand(0);
  mapConstant(seen);
  func::ReturnOp::create(builder, loc, map.lookup(seen));
  return function;
}

static SampledRows sampleRows(Block &visible, PairPositions positions,
                              int64_t heads, int64_t queries, int64_t keys,
                              MaskFacts &facts) {
  PairQuestion question(visible, positions, heads, queries, keys);
  SampledRows sample;
  sample.queries = queries;
  sample.keys = keys;
  const int64_t offset =
      positions == PairPositions::BottomRight ? keys - queries : 0;
  for (int64_t head = 0; head < heads; ++head)
    for (int64_t query = 0; query < queries; ++query) {
      bool sees = false, isOpen = false;
      for (int64_t key = 0; key < keys; ++key) {
        std::optional<bool> seen = question.sees(head, query, key);
        isOpen |= !seen;
        if (!seen.value_or(false))
          continue;
        sees = true;
        if (key > query + offset && !facts.future)
          facts.future = {queries, keys, head, query, key};
      }
      ++sample.rows;
      sample.open += isOpen && !sees;
      if (!sees && !isOpen && sample.empty++ == 0)
        sample.first = {queries, keys, head, query, 0};
    }
  return sample;
}

/// Every query sees the key at its own position.
static bool seesItself(Block &visible, PairPositions positions) {
  return !decideForDistances(visible, positions, 0, 0).canBeFalse;
}

static MaskFacts findMaskFacts(ForTilesOp op, Block &visible) {
  MaskFacts facts;
  const PairPositions positions = positionsOf(op);
  facts.isCausal =
      !decideForDistances(visible, positions, 1, kMostDistance).canBeTrue;
  facts.seesItself = seesItself(visible, positions);
  facts.positionsAreData = positions == PairPositions::Unknown &&
                           !(visible.getArgument(4).use_empty() &&
                             visible.getArgument(5).use_empty());
  if (facts.positionsAreData)
    return facts;
  auto extent = [](Value rows, unsigned axis, int64_t otherwise) {
    const int64_t fixed = attn::extentOf(rows, axis);
    return ShapedType::isDynamic(fixed) ? otherwise : fixed;
  };
  Value query = op.getQuery().front();
  const int64_t heads = std::min(extent(query, 1, kSampleHeads), kMostHeads);
  const int64_t queries = extent(query, 2, 0), keys = extent(op.getKey(), 2, 0);
  const std::pair<int64_t, int64_t> calls[] = {{1, 1},
                                               {kSampleRows, kSampleRows},
                                               {1, kSampleRows},
                                               {kSampleRows, kSampleRows / 3}};
  for (auto [m, n] : calls) {
    // A fixed extent is what it is, up to a size that can be asked.
    const int64_t ownM = queries ? std::min(queries, 2 * kSampleRows) : m;
    const int64_t ownN = keys ? std::min(keys, 2 * kSampleRows) : n;
    if (llvm::any_of(facts.samples, [&](const SampledRows &sample) {
          return sample.queries == ownM && sample.keys == ownN;
        }))
      continue;
    facts.samples.push_back(
        sampleRows(visible, positions, heads, ownM, ownN, facts));
  }
  return facts;
}

//===----------------------------------------------------------------------===//
// The report
//===----------------------------------------------------------------------===//

static void printFacts(const MaskFacts &facts, bool hasPositions,
                       llvm::raw_ostream &os) {
  os << "  causal"
     << (hasPositions ? "" : " by rows, the last query at the last key")
     << ": ";
  if (facts.isCausal)
    os << "yes, proved for every call";
  else if (facts.future)
    os << "no: at M = " << facts.future->queries
       << ", N = " << facts.future->keys << " query " << facts.future->query
       << " of head " << facts.future->head << " sees key "
       << facts.future->key;
  else
    os << "not known";
  os << "\n  rows that see no key: ";
  if (facts.seesItself) {
    os << "none where the query's own position is stored, proved for every "
          "call";
  } else if (facts.positionsAreData) {
    os << "not known, for tensors give the positions";
  } else {
    os << "as far as they were asked";
  }
  os << "\n";
  for (const SampledRows &sample : facts.samples) {
    os << "    M = " << sample.queries << ", N = " << sample.keys << ": "
       << sample.empty << " of " << sample.rows;
    if (sample.empty)
      os << ", the first query " << sample.first.query << " of head "
         << sample.first.head;
    if (sample.open)
      os << "; " << sample.open << " depend" << (sample.open == 1 ? "s" : "")
         << " on data";
    os << "\n";
  }
}

void sextant::explainMasks(ModuleOp module, llvm::raw_ostream &os) {
  module.walk([&](ForTilesOp op) {
    os << "@" << op->getParentOfType<func::FuncOp>().getName();
    const VisiblePairs pairs(op);
    if (!pairs.region()) {
      os << ", no mask: every query sees every key\n";
      return;
    }
    os << ", its mask\n";
    printFacts(findMaskFacts(op, *pairs.region()), bool(op.getQueryPos()), os);
  });
}

void sextant::warnOfEmptyRows(ForTilesOp op) {
  const VisiblePairs pairs(op);
  Block *visible = pairs.region();
  // The common case, without asking pair by pair.
  if (!visible || seesItself(*visible, positionsOf(op)))
    return;
  const MaskFacts facts = findMaskFacts(op, *visible);
  // Where queries and keys are the same tokens, of one number and of many.
  const SampledRows *largest = nullptr;
  for (const SampledRows &sample : facts.samples) {
    if (sample.queries != sample.keys)
      continue;
    if (!sample.empty)
      return;
    largest = &sample;
  }
  if (!largest)
    return;
  emitWarning(op.getLoc())
      << "the mask leaves rows without a key, whose output is 0: at M = N = "
      << largest->queries << ", " << largest->empty << " of " << largest->rows
      << " rows, the first query " << largest->first.query << " of head "
      << largest->first.head;
}
