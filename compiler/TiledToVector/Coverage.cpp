//===- Coverage.cpp - What a kernel does for given extents ----------------===//

#include "compiler/TiledToVector/Coverage.h"

#include "compiler/TiledToVector/Entry.h"
#include "compiler/TiledToVector/Extents.h"
#include "compiler/TiledToVector/Kernel.h"
#include "compiler/TiledToVector/ScalarRun.h"
#include "compiler/TiledToVector/TileClass.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Format.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

/// Questions after which a count, of tiles or of pairs, is given up: a second.
static constexpr int64_t kMostQuestions = int64_t(1) << 22;

//===----------------------------------------------------------------------===//
// Counting
//===----------------------------------------------------------------------===//

namespace {

/// Rows, or tiles, [first, end).
struct Span {
  int64_t first, end;
  int64_t size() const { return end - first; }
};

/// Sums over the tiles of several (batch entry, head).
struct TileCounts {
  double empty = 0, full = 0, partial = 0, unknown = 0;
  /// Pairs that are seen, and pairs of which this is not known.
  double seen = 0, open = 0;
};

class TileCounter {
public:
  TileCounter(ScalarRun &classify, Span queries, Span keys, int64_t queryRows,
              int64_t keyRows)
      : classify(classify), queries(queries), keys(keys), queryRows(queryRows),
        keyRows(keyRows) {}

  /// Adds the tiles of one (batch entry, head) `weight` times. False if there
  /// was too much to ask.
  bool add(int64_t ofBatch, int64_t ofHead, double times) {
    batch = ofBatch;
    head = ofHead;
    weight = times;
    visit({0, int64_t(llvm::divideCeil(queries.size(), queryRows))},
          {0, int64_t(llvm::divideCeil(keys.size(), keyRows))});
    return questions <= kMostQuestions;
  }

  TileCounts counts;

private:
  std::optional<TileClass> classOf(Span q, Span k) {
    std::optional<int64_t> kind = classify.run(
        {/*threads=*/1, batch, head, q.first, q.end, k.first, k.end});
    return kind ? std::optional(static_cast<TileClass>(*kind)) : std::nullopt;
  }
  void visit(Span queryTiles, Span keyTiles);
  void visitPairs(Span q, Span k);

  ScalarRun &classify;
  Span queries, keys;
  int64_t queryRows, keyRows;
  int64_t batch = 0, head = 0;
  double weight = 1;
  int64_t questions = 0, pairQuestions = 0;
};

} // namespace

/// Visits the halves of the longer of two ranges.
static void visitHalves(Span a, Span b,
                        llvm::function_ref<void(Span, Span)> visit) {
  const bool isFirst = a.size() >= b.size();
  const Span longer = isFirst ? a : b;
  const int64_t middle = longer.first + longer.size() / 2;
  for (Span half : {Span{longer.first, middle}, Span{middle, longer.end}})
    isFirst ? visit(half, b) : visit(a, half);
}

void TileCounter::visit(Span queryTiles, Span keyTiles) {
  if (++questions > kMostQuestions)
    return;
  auto rowsOf = [](Span tiles, int64_t size, Span all) -> Span {
    return {tiles.first * size, std::min(tiles.end * size, all.end)};
  };
  const Span q = rowsOf(queryTiles, queryRows, queries);
  const Span k = rowsOf(keyTiles, keyRows, keys);
  const double tiles = weight * queryTiles.size() * keyTiles.size();
  const double pairs = weight * q.size() * k.size();
  const std::optional<TileClass> kind = classOf(q, k);
  // What holds for a range holds for every part of it.
  if (kind == TileClass::Empty) {
    counts.empty += tiles;
  } else if (kind == TileClass::Full) {
    counts.full += tiles;
    counts.seen += pairs;
  } else if (queryTiles.size() > 1 || keyTiles.size() > 1) {
    visitHalves(queryTiles, keyTiles, [&](Span a, Span b) { visit(a, b); });
  } else if (kind) {
    counts.partial += tiles;
    visitPairs(q, k);
  } else {
    counts.unknown += tiles;
    counts.open += pairs;
  }
}

void TileCounter::visitPairs(Span q, Span k) {
  const double pairs = weight * q.size() * k.size();
  if (++pairQuestions > kMostQuestions) {
    counts.open += pairs;
    return;
  }
  const std::optional<TileClass> kind = classOf(q, k);
  if (kind == TileClass::Full)
    counts.seen += pairs;
  else if (kind == TileClass::Partial && (q.size() > 1 || k.size() > 1))
    visitHalves(q, k, [&](Span a, Span b) { visitPairs(a, b); });
  else if (kind != TileClass::Empty)
    counts.open += pairs;
}

//===----------------------------------------------------------------------===//
// The report
//===----------------------------------------------------------------------===//

/// "12582912 bytes (12.0 MiB)".
static void printBytes(llvm::raw_ostream &os, double bytes) {
  static constexpr const char *units[] = {"KiB", "MiB", "GiB", "TiB", "PiB"};
  os << llvm::format("%.0f bytes", bytes);
  int unit = -1;
  for (; bytes >= 1024 && unit < 4; ++unit)
    bytes /= 1024;
  if (unit >= 0)
    os << llvm::format(" (%.1f %s)", bytes, units[unit]);
}

static double percent(double part, double all) {
  return all ? 100 * part / all : 0;
}

static void printShare(llvm::raw_ostream &os, llvm::StringRef name,
                       double count, double all) {
  os << "    " << llvm::left_justify(name, 16)
     << llvm::format("%14.0f  %5.1f %%\n", count, percent(count, all));
}

/// True if `argument` decides anything but what is read from tensors.
static bool decides(Value argument) {
  return llvm::any_of(argument.getUsers(),
                      [](Operation *user) { return !isa<ReadOp>(user); });
}

namespace {

/// The report of one kernel.
class ExtentsReport {
public:
  ExtentsReport(func::FuncOp tiled, const Target &target,
                const NamedExtents &given)
      : tiled(tiled), target(target), given(given), extents(tiled),
        kernel(tiled->getParentOfType<ModuleOp>(), tiled, target) {}

  /// Finds a number for every extent; adds the names of those that have one to
  /// `known`.
  LogicalResult resolve(llvm::StringSet<> &known);
  LogicalResult print(llvm::raw_ostream &os);

private:
  void resolve(Value tensor, int64_t axis, std::optional<int64_t> otherwise);
  int64_t extentOf(Value tensor, int64_t axis);
  double bytesOf(ValueRange tensors);
  FailureOr<ScalarRun> prepare(FailureOr<func::FuncOp> function);
  LogicalResult printTiles(ForTilesOp op, unsigned term, llvm::raw_ostream &os);
  LogicalResult printBytesOf(llvm::raw_ostream &os);

  func::FuncOp tiled;
  const Target &target;
  const NamedExtents &given;
  Extents extents;
  Kernel kernel;
  /// By symbol, in order; none where no number is known.
  llvm::MapVector<StringRef, std::optional<int64_t>> values;
};

} // namespace

void ExtentsReport::resolve(Value tensor, int64_t axis,
                            std::optional<int64_t> otherwise) {
  auto symbol = llvm::dyn_cast<StringAttr>(extents.describe(tensor, axis));
  if (!symbol || values.count(symbol.getValue()))
    return;
  auto it = given.find(symbol.getValue());
  values[symbol.getValue()] =
      it == given.end() ? otherwise : std::optional(it->second);
}

LogicalResult ExtentsReport::resolve(llvm::StringSet<> &known) {
  // Query heads first: the others follow them.
  auto heads = [&](Value tensor) -> std::optional<int64_t> {
    Attribute extent = extents.describe(tensor, 1);
    if (auto symbol = llvm::dyn_cast<StringAttr>(extent))
      return values.lookup(symbol.getValue());
    return llvm::cast<IntegerAttr>(extent).getInt();
  };
  for (auto tiles : tiled.getOps<ForTilesOp>()) {
    Value query = tiles.getQuery().front();
    for (int64_t axis : {0, 1, 2})
      resolve(query, axis, std::nullopt);
    for (Value key : tiles.getKeys()) {
      resolve(key, 1, heads(query));
      resolve(key, 2, std::nullopt);
    }
    resolve(tiles.getValue(), 1, heads(tiles.getKey()));
  }
  for (Value argument : tiled.getArguments())
    for (int64_t axis = 0;
         axis < llvm::cast<RankedTensorType>(argument.getType()).getRank();
         ++axis)
      resolve(argument, axis, std::nullopt);

  SmallVector<StringRef> names, missing;
  for (auto &[name, value] : values) {
    names.push_back(name);
    known.insert(name);
    if (!value)
      missing.push_back(name);
  }
  if (!missing.empty())
    return emitError(tiled.getLoc())
           << "expected extents " << llvm::join(names, ", ") << "; "
           << llvm::join(missing, ", ")
           << (missing.size() == 1 ? " is" : " are") << " missing";
  for (auto tiles : tiled.getOps<ForTilesOp>()) {
    SmallVector<Value> grouped(tiles.getKeys());
    grouped.push_back(tiles.getValue());
    for (Value rows : grouped) {
      const int64_t all = extentOf(tiles.getQuery().front(), 1);
      const int64_t own = extentOf(rows, 1);
      if (own ? all % own : all)
        return emitError(tiled.getLoc())
               << "expected query heads that are a multiple of key heads, got "
               << all << " and " << own;
    }
  }
  return success();
}

int64_t ExtentsReport::extentOf(Value tensor, int64_t axis) {
  Attribute extent = extents.describe(tensor, axis);
  if (auto symbol = llvm::dyn_cast<StringAttr>(extent))
    return *values.lookup(symbol.getValue());
  return llvm::cast<IntegerAttr>(extent).getInt();
}

double ExtentsReport::bytesOf(ValueRange tensors) {
  double sum = 0;
  for (Value tensor : tensors) {
    auto type = llvm::cast<RankedTensorType>(tensor.getType());
    double bytes = llvm::divideCeil(type.getElementTypeBitWidth(), 8);
    for (int64_t axis = 0; axis < type.getRank(); ++axis)
      bytes *= extentOf(tensor, axis);
    sum += bytes;
  }
  return sum;
}

/// The function as something to run; it leaves the module.
FailureOr<ScalarRun> ExtentsReport::prepare(FailureOr<func::FuncOp> function) {
  if (failed(function))
    return failure();
  ScalarRun run(*function, [&](unsigned argument, int64_t axis) -> int64_t {
    if (argument < tiled.getNumArguments())
      return extentOf(tiled.getArgument(argument), axis);
    argument -= tiled.getNumArguments();
    if (argument < kernel.outputs.size())
      return extentOf(kernel.outputs[argument], axis);
    return 0; // the workspace
  });
  function->erase();
  return run;
}

LogicalResult ExtentsReport::printTiles(ForTilesOp op, unsigned term,
                                        llvm::raw_ostream &os) {
  Value query = op.getQuery().front();
  const int64_t batches = extentOf(query, 0), heads = extentOf(query, 1);
  const int64_t queries = extentOf(query, 2), keys = extentOf(op.getKey(), 2);
  auto [queryRows, keyRows] = classedTile(op, target);
  const double pairs = double(batches) * heads * queries * keys;
  TileCounts counts;
  bool counted = true;
  if (op.getForKeys(term).getVisible().empty()) {
    counts.full = double(batches) * heads *
                  llvm::divideCeil(queries, queryRows) *
                  llvm::divideCeil(keys, keyRows);
    counts.seen = pairs;
  } else {
    FailureOr<ScalarRun> classify = prepare(kernel.buildTileClass(op, term));
    if (failed(classify))
      return failure();
    // Where every head is masked alike, one speaks for all.
    Block &visible = op.getForKeys(term).getVisible().front();
    const int64_t ownBatches = decides(visible.getArgument(0)) ? batches : 1;
    const int64_t ownHeads = decides(visible.getArgument(1)) ? heads : 1;
    const double weight = double(batches / ownBatches) * (heads / ownHeads);
    TileCounter counter(*classify, {0, queries}, {0, keys}, queryRows, keyRows);
    for (int64_t b = 0; b < ownBatches && counted; ++b)
      for (int64_t h = 0; h < ownHeads && counted; ++h)
        counted = counter.add(b, h, weight);
    counts = counter.counts;
  }

  if (op.getNumTerms() > 1)
    os << "  term " << term << ":\n";
  os << "  tiles of " << queryRows << " queries x " << keyRows << " keys:";
  if (!counted) {
    os << " not counted, for it would take more than " << kMostQuestions
       << " questions\n";
    counts = TileCounts();
    counts.open = pairs;
  } else {
    const double tiles =
        counts.empty + counts.full + counts.partial + counts.unknown;
    os << llvm::format(" %.0f\n", tiles);
    printShare(os, "empty", counts.empty, tiles);
    printShare(os, "full", counts.full, tiles);
    printShare(os, "partial", counts.partial, tiles);
    if (counts.unknown)
      printShare(os, "depends on data", counts.unknown, tiles);
  }
  // What a kernel would do if nothing that is open were seen, and if all were.
  const int64_t width = op.getTileFeatures(term).getType().getWidth();
  const int64_t channels = op.getForKeys(term).getType().getChannels();
  const double most = counts.seen + counts.open;
  const char *bound = counts.open ? "at most " : "";
  os << "  visible pairs: " << bound
     << llvm::format("%.0f (%.1f %% of all)\n", most, percent(most, pairs));
  os << "  useful FLOPs: " << bound
     << llvm::format("%.0f", 2 * most * (width + channels))
     << " = 2 x pairs x (" << width << " features + " << channels
     << " channels)\n";
  return success();
}

LogicalResult ExtentsReport::printBytesOf(llvm::raw_ostream &os) {
  os << "  inputs: ";
  printBytes(os, bytesOf(tiled.getArguments()));
  os << "; outputs: ";
  printBytes(os, bytesOf(kernel.outputs));
  FailureOr<ScalarRun> workspace = prepare(kernel.buildWorkspace());
  if (failed(workspace))
    return failure();
  const std::optional<int64_t> one = workspace->run({1}),
                               two = workspace->run({2});
  os << "\n  workspace: ";
  if (!one || !two || *one < 0) {
    os << "2^62 bytes or more\n";
    return success();
  }
  printBytes(os, *one);
  os << " with 1 thread, ";
  printBytes(os, *two - *one);
  os << " more with each other\n";
  return success();
}

LogicalResult ExtentsReport::print(llvm::raw_ostream &os) {
  os << "@" << tiled.getName() << " on " << target.name;
  for (auto &[name, value] : values)
    os << ", " << name << " = " << *value;
  os << "\n";
  for (auto tiles : tiled.getOps<ForTilesOp>())
    for (unsigned term = 0; term < tiles.getNumTerms(); ++term)
      if (failed(printTiles(tiles, term, os)))
        return failure();
  return printBytesOf(os);
}

LogicalResult sextant::explainExtents(ModuleOp module, const Target &target,
                                      const NamedExtents &given,
                                      llvm::raw_ostream &os) {
  module.getContext()
      ->loadDialect<memref::MemRefDialect, scf::SCFDialect,
                    vector::VectorDialect>();
  OwningOpRef<ModuleOp> copy = module.clone();
  llvm::StringSet<> known;
  SmallVector<std::unique_ptr<ExtentsReport>> reports;
  SmallVector<func::FuncOp> functions;
  for (auto function : copy->getOps<func::FuncOp>())
    if (!function.isExternal())
      functions.push_back(function);
  for (func::FuncOp function : functions) {
    if (failed(verifyEntry(function)))
      return failure();
    reports.push_back(std::make_unique<ExtentsReport>(function, target, given));
    if (failed(reports.back()->resolve(known)))
      return failure();
  }
  for (auto &[name, value] : given)
    if (!known.contains(name)) {
      SmallVector<StringRef> names(known.keys());
      llvm::sort(names);
      return emitError(functions.front().getLoc())
             << "unknown extent '" << name
             << "'; known: " << llvm::join(names, ", ");
    }
  for (auto &report : reports)
    if (failed(report->print(os)))
      return failure();
  return success();
}
