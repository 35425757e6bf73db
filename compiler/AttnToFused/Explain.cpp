//===- Explain.cpp - The factored form for people -------------------------===//
//
// Prints an analysis; decides nothing.
//
//===----------------------------------------------------------------------===//

#include "compiler/AttnToFused/Explain.h"
#include "compiler/AttnToFused/Algebra/Printer.h"
#include "dialect/Attn/IR/TensorNames.h"

#include "mlir/IR/Diagnostics.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

/// "32 + g", "2*g + 1", "5".
static std::string channelText(const PairMember &member, int64_t count) {
  std::string text;
  llvm::raw_string_ostream os(text);
  if (count == 1 || member.stride == 0) {
    os << member.offset;
    return text;
  }
  if (member.stride != 1)
    os << member.stride << "*";
  os << "g";
  if (member.offset)
    os << " + " << member.offset;
  return text;
}

static std::string tensorText(Value tensor) {
  std::string text;
  llvm::raw_string_ostream os(text);
  if (auto argument = dyn_cast<BlockArgument>(tensor)) {
    const StringRef name = attn::sourceName(argument);
    if (name.empty())
      os << "argument " << argument.getArgNumber();
    else
      os << "%" << name;
  } else
    os << "the result of " << tensor.getDefiningOp()->getName();
  return text;
}

static void explainMembers(const SeparatedFamily &family, bool query,
                           llvm::raw_ostream &os) {
  ArrayRef<PairMember> members = query ? family.pair.query : family.pair.key;
  for (auto [i, member] : llvm::enumerate(members)) {
    BlockArgument argument = family.pair.block->getArgument(
        query ? i : family.pair.query.size() + i);
    for (unsigned node = 0; node < family.translation.sources.size(); ++node)
      if (family.translation.sources[node] == argument)
        os << "    "
           << family.translation.program[algebra::Value{node}].what.name
           << ": channel " << channelText(member, family.family.count) << " of "
           << tensorText(member.tensor) << "\n";
  }
}

/// Text of one feature a line, aligned under the first.
static void explainFeatures(StringRef name, const algebra::AtomTable &table,
                            ArrayRef<algebra::Polynomial> features,
                            llvm::raw_ostream &os) {
  for (auto [i, feature] : llvm::enumerate(features))
    os << "    " << name << i << " = " << algebra::print(table, feature)
       << "\n";
}

static void explainCache(const SeparatedFamily &family,
                         const algebra::AtomTable &table,
                         llvm::raw_ostream &os) {
  const algebra::ScoreAnalysis &analysis = family.analysis;
  os << "    key cache: ";
  if (!analysis.cache) {
    os << "the " << family.width()
       << " features; they read positions, so they cannot be moved\n";
    return;
  }
  os << analysis.cache->stored << " number"
     << (analysis.cache->stored == 1 ? "" : "s") << " a group and key";
  SmallVector<std::string> contents;
  for (const algebra::Polynomial &content : analysis.cache->content)
    if (!content.isConstant())
      contents.push_back(algebra::print(table, content));
  if (!contents.empty())
    os << ": " << llvm::join(contents, ", ");
  os << "\n";
  if (analysis.orbit)
    os << "    keys move by: " << algebra::describe(table, *analysis.orbit)
       << "\n";
}

static void explainFamily(unsigned number, const SeparatedFamily &family,
                          llvm::raw_ostream &os) {
  const algebra::AtomTable &table = family.translation.program.atoms();
  const algebra::ScoreAnalysis &analysis = family.analysis;
  os << "  group " << number << ": " << family.family.count << " x "
     << family.family.channels.size() << " channel"
     << (family.family.channels.size() == 1 ? "" : "s") << " of the score, "
     << "width " << family.width();
  if (family.family.count > 1)
    os << ", g < " << family.family.count;
  os << "\n";
  explainMembers(family, /*query=*/true, os);
  explainMembers(family, /*query=*/false, os);
  explainFeatures("E", table, analysis.separation.queryFeatures, os);
  explainFeatures("F", table, analysis.separation.keyFeatures, os);
  if (!analysis.coarseReason.empty())
    os << "    sums kept as written: " << analysis.coarseReason << "\n";
  if (family.droppedRowConstant)
    os << "    left out, for softmax cancels it: "
       << algebra::print(table, analysis.placement.rowConstant) << "\n";
  explainCache(family, table, os);
  os << "    translation invariant: "
     << algebra::describe(table, analysis.invariance) << "\n";
  if (family.translation.roundsAngles())
    os << "    angles are products rounded to f32: what depends on distances, "
          "and "
          "how keys move, holds up to that rounding\n";
}

namespace {
/// Which coordinates a value depends on.
struct Dependence {
  bool score = false, batch = false, head = false, query = false, key = false,
       distance = false;
  /// Reads a position other than as key position - query position.
  bool absolute = false;

  void merge(const Dependence &other) {
    score |= other.score;
    batch |= other.batch;
    head |= other.head;
    query |= other.query;
    key |= other.key;
    distance |= other.distance;
    absolute |= other.absolute;
  }
  std::string describe() const {
    SmallVector<StringRef> parts;
    if (batch)
      parts.push_back("batch entry");
    if (head)
      parts.push_back("head");
    if (distance)
      parts.push_back("distance");
    if (query)
      parts.push_back("query");
    if (key)
      parts.push_back("key");
    return parts.empty() ? "call" : llvm::join(parts, " and ");
  }
  /// One row and the distance: which element of a row it is depends on the
  /// pair.
  bool isGather() const { return !score && distance && query != key; }
  bool isPair() const {
    return score || (query && key) || (distance && (query || key));
  }
};
} // namespace

/// A subtraction or comparison of the positions of a pair.
static bool readsDistance(Operation &op, Value queryPos, Value keyPos) {
  if (!isa<arith::SubIOp, arith::CmpIOp>(op))
    return false;
  Value left = op.getOperand(0), right = op.getOperand(1);
  return (left == keyPos && right == queryPos) ||
         (left == queryPos && right == keyPos);
}

/// Counts the ops of a pair region by how often their value changes.
static void explainRegion(StringRef name, Region &region,
                          llvm::raw_ostream &os) {
  if (region.empty())
    return;
  Block &block = region.front();
  llvm::DenseMap<Value, Dependence> depends;
  auto coordinates = block.getArguments().take_back(kPairCoordinates);
  Value queryPos = coordinates[4], keyPos = coordinates[5];
  for (BlockArgument score : block.getArguments().drop_back(kPairCoordinates))
    depends[score].score = true;
  depends[coordinates[0]].batch = true;
  depends[coordinates[1]].head = true;
  depends[coordinates[2]].query = depends[queryPos].query = true;
  depends[coordinates[3]].key = depends[keyPos].key = true;
  depends[queryPos].absolute = depends[keyPos].absolute = true;

  // In this order in the report.
  std::map<std::string, unsigned> counts;
  SmallVector<std::pair<Value, bool>> gathered; // and whether by the query
  unsigned pairOps = 0;
  bool absolute = false;
  for (Operation &op : block.without_terminator()) {
    if (op.hasTrait<OpTrait::ConstantLike>())
      continue;
    Dependence all;
    if (readsDistance(op, queryPos, keyPos))
      all.distance = true;
    else
      for (Value operand : op.getOperands())
        all.merge(depends.lookup(operand));
    absolute |= all.absolute;
    for (Value result : op.getResults())
      depends[result] = all;
    if (auto read = dyn_cast<ReadOp>(op); read && all.isGather())
      gathered.push_back({read.getTensor(), all.query});
    if (all.isPair())
      ++pairOps;
    else
      ++counts[all.describe()];
  }
  os << "  " << name << ": " << pairOps << " op" << (pairOps == 1 ? "" : "s")
     << " a pair";
  for (auto &[what, count] : counts)
    os << "; " << count << " a " << what;
  for (auto [tensor, byQuery] : gathered) {
    os << "\n    gathers by " << (byQuery ? "query" : "key")
       << " and distance: " << tensorText(tensor);
    if (auto project = tensor.getDefiningOp<ProjectOp>())
      os << ", " << tensorText(project.getInput()) << " by "
         << extentOf(project.getTable(), 1) << " rows of "
         << tensorText(project.getTable());
  }
  os << "\n    reads positions "
     << (absolute ? "by themselves: not translation invariant"
                  : "as distances only: translation invariant")
     << "\n";
}

/// A term: the features of one attn.scores.
static void explainTerm(const SeparatedTerm &term, StringRef name,
                        int64_t width, unsigned &group, llvm::raw_ostream &os) {
  ScoresOp scores = term.scores;
  SmallVector<int64_t> shape(
      cast<RankedTensorType>(scores.getResult().getType()).getShape());
  auto query = cast<RankedTensorType>(scores.getQuery().getType());
  os << "  " << name << " = E(query) . F(key), " << width << " features a row";
  double scale = scores.getScale().convertToDouble();
  if (scale != 1)
    os << "; the scale " << scale << " is part of E";
  os << "\n";
  if (cast<RankedTensorType>(scores.getKey().getType()).getRank() == 5) {
    shape.push_back(query.getShape().back());
    os << "  never stored: keys of "
       << describeSize(RankedTensorType::get(shape, query.getElementType()))
       << "\n";
  }
  for (const SeparatedFamily &family : term.families)
    explainFamily(group++, family, os);
}

/// What the types of the rows allow a kernel to round.
static void explainRoundingPoints(FusedOp fused, llvm::raw_ostream &os) {
  const bool features = fused.getBf16Features();
  const bool weights = fused.getBf16Weights();
  if (!features && !weights)
    return;
  os << "  rounding points: " << (features ? "E and F" : "")
     << (features && weights ? ", and " : "") << (weights ? "weights" : "")
     << ", to bf16 where the target multiplies bf16\n";
}

static void explainOutput(FusedOp fused, llvm::raw_ostream &os) {
  if (fused.getOutput().empty())
    return;
  auto ops = fused.getOutput().front().without_terminator();
  int64_t count = llvm::count_if(
      ops, [](Operation &op) { return !op.hasTrait<OpTrait::ConstantLike>(); });
  os << "  output region: " << count << " op" << (count == 1 ? "" : "s")
     << " an element, where it is stored: the output is not read again\n";
}

void sextant::explain(const FusedAnalysis &analysis, FusedOp fused,
                      llvm::raw_ostream &os) {
  unsigned group = 0;
  for (auto [i, term] : llvm::enumerate(analysis.terms)) {
    std::string name =
        analysis.terms.size() == 1 ? "score" : "term " + std::to_string(i);
    explainTerm(term, name, fused.getTermWidth(i), group, os);
  }
  os << "  hoisted: E to once a query and head, F to once a key and key head\n";
  explainRoundingPoints(fused, os);
  explainBounds(analysis, fused, os);
  explainRegion("score region", fused.getScore(), os);
  explainRegion("visible region", fused.getVisible(), os);
  explainWeights(fused, os);
  explainOutput(fused, os);
}

LogicalResult sextant::explainModule(ModuleOp module, llvm::raw_ostream &os) {
  OwningOpRef<ModuleOp> copy = module.clone();
  // The pass will say these again.
  ScopedDiagnosticHandler quiet(
      module.getContext(), [](Diagnostic &diag) -> LogicalResult {
        return success(diag.getSeverity() != DiagnosticSeverity::Error);
      });
  WalkResult result = copy->walk([&](func::FuncOp function) {
    unsigned number = 0;
    auto observe = [&](const FusedAnalysis &analysis, FusedOp fused) {
      os << "@" << function.getName();
      if (number++)
        os << ", attention " << number;
      os << "\n";
      explain(analysis, fused, os);
    };
    return failed(fuseAttention(function, observe)) ? WalkResult::interrupt()
                                                    : WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}
