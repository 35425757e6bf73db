//===- FusedAnalysis.cpp - What is known about one attention --------------===//
//
// Runs the algebra on each channel family and words its answers.
//
//===----------------------------------------------------------------------===//

#include "compiler/AttnToFused/FusedAnalysis.h"
#include "compiler/AttnToFused/Algebra/Printer.h"
#include "compiler/AttnToFused/OutputMaps.h"
#include "compiler/AttnToFused/PairRegions.h"

#include "llvm/Support/Format.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;
using algebra::Refusal;

/// "channels 0, 32 (and 31 more groups like it)".
static std::string describeChannels(const ChannelFamily &family) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "channel" << (family.channels.size() > 1 ? "s " : " ");
  llvm::interleaveComma(family.channels, os);
  if (family.count > 1)
    os << " and " << family.count - 1 << " more group"
       << (family.count > 2 ? "s" : "") << " like it";
  return text;
}

/// The keys that the program needs without separation, one for each pair.
static std::string describeNaive(ScoresOp scores) {
  auto type = cast<RankedTensorType>(scores.getResult().getType());
  SmallVector<int64_t> shape(type.getShape());
  auto query = cast<RankedTensorType>(scores.getQuery().getType());
  shape.push_back(query.getShape().back());
  return describeSize(RankedTensorType::get(shape, query.getElementType()));
}

static LogicalResult report(llvm::Error error, const ChannelFamily &family,
                            const ScoreTranslation &translation,
                            ScoresOp scores, unsigned term) {
  llvm::handleAllErrors(std::move(error), [&](const Refusal &refusal) {
    // Only leaves carry values as payload, and leaves are never refused.
    auto *op = static_cast<Operation *>(const_cast<void *>(refusal.payload));
    InFlightDiagnostic diag =
        emitError(op ? op->getLoc() : scores.getLoc())
        << "term " << term << " does not separate into query and key features: "
        << refusal.message;
    std::string evidence = refusal.evidence();
    if (!evidence.empty())
      diag << "; " << evidence;
    for (auto [i, value] : llvm::enumerate(refusal.operandValues))
      if (Value source = translation.source(value))
        if (source.getDefiningOp())
          diag.attachNote(source.getLoc())
              << "operand " << i << " is defined here";
    diag.attachNote(scores.getLoc())
        << "in " << describeChannels(family)
        << " of these scores; without separation the keys take "
        << describeNaive(scores);
  });
  return failure();
}

/// The pairing of channels by a map, as seen from one of its groups.
static bool pairsChannels(const ChannelNode &node) {
  auto map = dyn_cast_or_null<RowMapOp>(node.map);
  return map && (map.getPairs() ||
                 map.getBody().front().getTerminator()->getNumOperands() == 2);
}

/// Pairs that agree make groups of two channels. A larger group means that two
/// maps pair the channels differently, which costs features.
static void warnDisagreeingPairs(const ChannelFamily &family, unsigned width,
                                 ScoresOp scores) {
  if (family.channels.size() <= 2)
    return;
  llvm::SmallSetVector<Operation *, 4> maps;
  for (const ChannelNode &node : family.nodes)
    if (pairsChannels(node))
      maps.insert(node.map);
  if (maps.size() < 2)
    return;
  InFlightDiagnostic diag =
      emitWarning(scores.getLoc())
      << "channel pairings disagree: " << family.channels.size()
      << " channels mix in each of " << family.count << " groups ("
      << describeChannels(family) << "), which takes " << width
      << " features a group";
  for (Operation *map : maps)
    diag.attachNote(map->getLoc())
        << "pairs "
        << cast<RankedTensorType>(map->getResult(0).getType()).getShape().back()
        << " channels here; pair the same channels in all maps, for instance "
           "by slicing before this one";
}

static bool isFeaturesOnly(const algebra::Placement &placement) {
  return placement.keyBias.isZero() && placement.positionTerms.isZero() &&
         placement.asWritten.empty();
}

static FailureOr<SeparatedFamily> separate(ChannelFamily family,
                                           const RowPositions &positions,
                                           const SoftmaxChain &chain,
                                           unsigned term) {
  SeparatedFamily result;
  SoftmaxOp softmax = chain.softmax();
  ScoresOp scores = chain.terms[term];
  Location loc = scores.getLoc();
  result.pair = buildPairProgram(family, positions, loc);
  result.translation = translateScore(result.pair, positions);
  result.family = std::move(family);
  ScoreTranslation &translation = result.translation;

  algebra::AnalysisOptions options;
  options.opaque = foldOpaque;
  auto analyze = [&] {
    return algebra::analyze(translation.program, translation.score, options);
  };
  llvm::Expected<algebra::ScoreAnalysis> analysis = analyze();
  if (!analysis)
    return report(analysis.takeError(), result.family, translation, scores,
                  term);
  const algebra::Placement &placement = analysis->placement;

  // What depends on the query alone cancels in softmax, unless its sum is
  // exported, extra logits join it or a map comes between.
  bool cancels = softmax && chain.maps.empty() && !softmax.getHasLse() &&
                 softmax.getExtra().empty();
  bool rowConstant = !placement.rowConstant.isZero();
  if (!isFeaturesOnly(placement) || (rowConstant && !cancels)) {
    if (!placement.positionTerms.isZero() || !placement.asWritten.empty())
      emitWarning(loc) << "terms of positions alone in the keys become "
                          "features, which lose precision at large positions; "
                          "add them with attn.score_map";
    options.placeTerms = false;
    analysis = analyze();
    if (!analysis)
      return report(analysis.takeError(), result.family, translation, scores,
                    term);
  } else if (rowConstant) {
    emitRemark(loc) << "softmax cancels the terms that depend on the query "
                       "row alone: "
                    << algebra::print(translation.program.atoms(),
                                      placement.rowConstant);
    result.droppedRowConstant = true;
  }
  result.analysis = std::move(*analysis);
  if (!result.analysis.coarseReason.empty())
    emitRemark(loc) << "features keep the sums as written: "
                    << result.analysis.coarseReason;
  warnDisagreeingPairs(result.family, result.width(), scores);
  return result;
}

FailureOr<FusedAnalysis> sextant::analyzeChain(const SoftmaxChain &chain) {
  std::vector<std::vector<ChannelFamily>> families;
  std::vector<ChannelFamily> all;
  for (ScoresOp scores : chain.terms) {
    FailureOr<std::vector<ChannelFamily>> found = findChannelFamilies(scores);
    if (failed(found))
      return failure();
    all.insert(all.end(), found->begin(), found->end());
    families.push_back(std::move(*found));
  }
  FusedAnalysis result;
  result.chain = chain;
  result.positions = choosePositions(chain, all);
  result.chain.outputMaps = findOutputMaps(chain, result.positions);
  bool valid = true;
  for (auto [term, own] : llvm::enumerate(families)) {
    SeparatedTerm &separated =
        result.terms.emplace_back(SeparatedTerm{chain.terms[term], {}});
    for (ChannelFamily &family : own) {
      FailureOr<SeparatedFamily> one =
          separate(std::move(family), result.positions, chain, term);
      if (failed(one))
        valid = false;
      else
        separated.families.push_back(std::move(*one));
    }
  }
  if (!valid)
    return failure();
  return result;
}
