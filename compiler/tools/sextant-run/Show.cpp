//===- Show.cpp - What a program's mask and scores look like --------------===//
//
// The interpreter runs a copy of the program that returns its scores or
// weights. A mask shows as the weights above 0 of equal scores; a bias as the
// scores of queries that are 0; decay as the score of one key row at every
// distance.
//
//===----------------------------------------------------------------------===//

#include "compiler/tools/sextant-run/Show.h"
#include "compiler/Pipeline/Compiler.h"
#include "compiler/TiledToVector/Kernel.h"
#include "compiler/tools/Driver/CommandLine.h"
#include "compiler/tools/Driver/ExitCode.h"
#include "compiler/tools/Driver/OutputFile.h"
#include "compiler/tools/Execution/HostTensors.h"
#include "compiler/tools/sextant-run/Picture.h"
#include "dialect/Attn/Reference/Probes.h"
#include "dialect/Attn/Reference/Reference.h"

#include <cmath>

using namespace sextant;

/// Rows and columns of the largest picture, and rows that decay is drawn from.
static constexpr int64_t kMostCells = 512, kSamples = 64;

namespace {

/// A copy of the program whose function returns one tensor of a softmax.
class ShownProgram {
public:
  ShownProgram(const RunOptions &options, Program &program);
  /// Returns the weights of plain scores, or the scores as the maps leave them.
  void returnWeights();
  void returnScores();
  mlir::func::FuncOp function() { return func; }

private:
  void returnOnly(mlir::Value value);

  mlir::OwningOpRef<mlir::ModuleOp> module;
  mlir::func::FuncOp func;
  attn::SoftmaxOp softmax;
};

/// What a run returned for one head, or for all: rows of N numbers.
struct Rows {
  int64_t queries = 0, keys = 0;
  std::vector<double> values;
};

} // namespace

ShownProgram::ShownProgram(const RunOptions &options, Program &program)
    : module(program.module().clone()) {
  func = module->lookupSymbol<mlir::func::FuncOp>(program.function().getName());
  func.walk([&](attn::SoftmaxOp op) {
    if (!softmax)
      softmax = op;
  });
  if (!softmax)
    fail(kRunTool, kExitRejected,
         "--show: expected a function with an attn.softmax, got '" +
             func.getName() + "'");
}

void ShownProgram::returnOnly(mlir::Value value) {
  mlir::Operation *terminator = func.getBody().front().getTerminator();
  terminator->setOperands(value);
  func.setType(mlir::FunctionType::get(
      func.getContext(), func.getArgumentTypes(), value.getType()));
  func.removeResAttrsAttr();
}

void ShownProgram::returnWeights() {
  // What maps add would move weights towards 0.
  mlir::Value scores = softmax.getScores();
  while (mlir::isa_and_nonnull<attn::BiasOp, attn::ScoreMapOp, attn::SoftcapOp>(
      scores.getDefiningOp()))
    scores = scores.getDefiningOp()->getOperand(0);
  softmax.getScoresMutable().set(scores);
  returnOnly(softmax.getWeights());
}

void ShownProgram::returnScores() { returnOnly(softmax.getScores()); }

//===----------------------------------------------------------------------===//
// Running it
//===----------------------------------------------------------------------===//

static llvm::SmallVector<attn::HostTensor> hostTensors(Arrays &arrays) {
  llvm::SmallVector<attn::HostTensor> tensors;
  for (runtime::NpyArray &array : arrays)
    tensors.push_back(hostTensor(array));
  return tensors;
}

static attn::HostType typeOf(const attn::HostTensor &tensor) {
  return tensor.type;
}

/// B, H, M, N of what the function returns.
static llvm::SmallVector<int64_t, 5>
returnedShape(ShownProgram &shown, llvm::ArrayRef<attn::HostTensor> inputs) {
  auto shapes = attn::inferResultShapes(shown.function(), inputs);
  if (mlir::failed(shapes))
    std::exit(kExitRejected);
  return shapes->front();
}

static Rows runRows(ShownProgram &shown,
                    llvm::ArrayRef<attn::HostTensor> inputs,
                    const attn::ReferenceOptions &options) {
  auto result = attn::runReference(shown.function(), inputs, options);
  if (mlir::failed(result))
    std::exit(kExitRejected);
  const attn::ReferenceOutput &output = result->outputs.front();
  return {output.shape[2], output.shape[3], output.value};
}

/// All query rows of one head.
static Rows runHead(const RunOptions &options, ShownProgram &shown,
                    llvm::ArrayRef<attn::HostTensor> inputs) {
  const auto shape = returnedShape(shown, inputs);
  if (options.head >= shape[1])
    fail(kRunTool, kExitUsage,
         "--head: expected a head below " + llvm::Twine(shape[1]) + ", got " +
             llvm::Twine(options.head));
  if (!shape[0] || !shape[2] || !shape[3])
    fail(kRunTool, kExitRejected, "--show: there are no rows to show");
  if (shape[2] > kMostCells || shape[3] > kMostCells)
    fail(kRunTool, kExitRejected,
         "--show: expected at most " + llvm::Twine(kMostCells) +
             " queries and keys, got " + llvm::Twine(shape[2]) + " and " +
             llvm::Twine(shape[3]));
  attn::ReferenceOptions run;
  run.select = attn::ReferenceOptions::Rows::List;
  for (int64_t query = 0; query < shape[2]; ++query)
    run.rows.push_back({0, options.head, query});
  return runRows(shown, inputs, run);
}

/// Fills the rows of queries with 0.
static void clearQueries(ShownProgram &shown,
                         llvm::MutableArrayRef<attn::HostTensor> inputs) {
  for (auto [roles, input] :
       llvm::zip_equal(attn::argumentRoles(shown.function()), inputs))
    if (roles.query && attn::isFloat(typeOf(input)))
      for (int64_t i = 0, end = input.numElements(); i < end; ++i)
        input.write(i, 0);
}

/// Every row of a head, of queries and keys alike, is one row of normal
/// numbers: the same token at every place.
static void repeatRow(ShownProgram &shown,
                      llvm::MutableArrayRef<attn::HostTensor> inputs,
                      uint64_t seed) {
  for (auto [roles, input] :
       llvm::zip_equal(attn::argumentRoles(shown.function()), inputs)) {
    if (!(roles.query || roles.key) || input.shape.size() != 4 ||
        !attn::isFloat(typeOf(input)))
      continue;
    const int64_t channels = input.shape[3];
    for (int64_t i = 0, end = input.numElements(); i < end; ++i)
      input.write(i, attn::randomNormal(seed, 0, i % channels));
  }
}

//===----------------------------------------------------------------------===//
// The pictures
//===----------------------------------------------------------------------===//

static std::string titleOf(const RunOptions &options, ShownProgram &shown,
                           llvm::StringRef what) {
  std::string title = what.str() + " of @" + shown.function().getName().str();
  if (options.show != Picture::Decay)
    title += ", head " + std::to_string(options.head);
  return title;
}

/// What the program returns for one head where queries are 0.
static HeatMap headMap(const RunOptions &options, ShownProgram &shown,
                       llvm::StringRef what,
                       llvm::ArrayRef<attn::HostTensor> inputs) {
  llvm::SmallVector<attn::HostTensor> own(inputs);
  clearQueries(shown, own);
  const Rows rows = runHead(options, shown, own);
  HeatMap map;
  map.text = {titleOf(options, shown, what), "key", "query"};
  map.rows = rows.queries;
  map.columns = rows.keys;
  map.values = rows.values;
  return map;
}

static HeatMap maskMap(const RunOptions &options, Program &program,
                       llvm::ArrayRef<attn::HostTensor> inputs) {
  ShownProgram shown(options, program);
  shown.returnWeights();
  HeatMap map = headMap(options, shown, "mask", inputs);
  map.names = {"not seen", "seen"};
  for (double &value : map.values)
    value = value > 0;
  return map;
}

/// The mask by tiles as large as those of the kernel.
static HeatMap tileMap(const RunOptions &options, Program &program,
                       llvm::ArrayRef<attn::HostTensor> inputs) {
  const HeatMap mask = maskMap(options, program, inputs);
  mlir::OwningOpRef<mlir::ModuleOp> tiled = program.module().clone();
  CompileRequest request;
  request.to = Phase::Tiled;
  request.targets = options.targets;
  if (compile(*tiled, request).status != CompileStatus::Done)
    std::exit(kExitRejected);
  auto function =
      tiled->lookupSymbol<mlir::func::FuncOp>(program.function().getName());
  auto ops = function.getOps<attn::ForTilesOp>();
  auto [queries, keys] =
      classedTile(*ops.begin(), *options.targets.targets.front());
  HeatMap map;
  map.text = mask.text;
  map.text.title = "tiles of " + std::to_string(queries) + " x " +
                   std::to_string(keys) + ", " + mask.text.title;
  map.names = {"empty", "full", "partial"};
  map.rowsOfCell = queries;
  map.columnsOfCell = keys;
  map.rows = (mask.rows + queries - 1) / queries;
  map.columns = (mask.columns + keys - 1) / keys;
  for (int64_t row = 0; row < map.rows; ++row)
    for (int64_t column = 0; column < map.columns; ++column) {
      int64_t seen = 0, pairs = 0;
      for (int64_t i = row * queries;
           i < std::min(mask.rows, (row + 1) * queries); ++i)
        for (int64_t j = column * keys;
             j < std::min(mask.columns, (column + 1) * keys); ++j, ++pairs)
          seen += mask.values[i * mask.columns + j] != 0;
      map.values.push_back(seen == 0 ? 0 : seen == pairs ? 1 : 2);
    }
  return map;
}

static HeatMap biasMap(const RunOptions &options, Program &program,
                       llvm::ArrayRef<attn::HostTensor> inputs) {
  ShownProgram shown(options, program);
  shown.returnScores();
  return headMap(options, shown, "bias", inputs);
}

/// The score of the last query by how far back the key stands.
static Chart decayChart(const RunOptions &options, Program &program,
                        llvm::ArrayRef<attn::HostTensor> inputs) {
  ShownProgram shown(options, program);
  shown.returnScores();
  llvm::SmallVector<attn::HostTensor> own(inputs);
  const auto shape = returnedShape(shown, own);
  if (!shape[0] || !shape[1] || !shape[2] || !shape[3])
    fail(kRunTool, kExitRejected, "--show: there are no rows to show");
  attn::ReferenceOptions run;
  run.select = attn::ReferenceOptions::Rows::List;
  for (int64_t head = 0; head < shape[1]; ++head)
    run.rows.push_back({0, head, shape[2] - 1});
  const int64_t keys = shape[3];
  std::vector<double> sum(keys), least(keys, INFINITY), most(keys, -INFINITY);
  for (int64_t sample = 0; sample < kSamples; ++sample) {
    repeatRow(shown, own, options.seed + sample);
    const Rows rows = runRows(shown, own, run);
    for (int64_t head = 0; head < shape[1]; ++head)
      for (int64_t j = 0; j < keys; ++j) {
        const double score = rows.values[head * keys + j];
        const int64_t distance = keys - 1 - j;
        sum[distance] += score / double(kSamples * shape[1]);
        least[distance] = std::min(least[distance], score);
        most[distance] = std::max(most[distance], score);
      }
  }
  Chart chart;
  chart.text = {titleOf(options, shown, "score by distance"),
                "distance from the last query back to the key",
                "score of one token met again"};
  chart.lines = {{"mean", sum}, {"largest", most}, {"least", least}};
  return chart;
}

template <typename PictureT>
static void write(const RunOptions &options, const PictureT &picture) {
  const std::string path =
      options.outputs.empty() ? "-" : options.outputs.front();
  std::string text;
  llvm::raw_string_ostream os(text);
  if (llvm::StringRef(path).ends_with(".json"))
    writeJson(picture, os);
  else
    writeSvg(picture, os);
  if (llvm::Error error = writeOutput(path, text))
    fail(kRunTool, kExitRejected, llvm::toString(std::move(error)));
}

void sextant::showPicture(const RunOptions &options, Program &program,
                          Arrays &inputs) {
  llvm::SmallVector<attn::HostTensor> tensors = hostTensors(inputs);
  switch (options.show) {
  case Picture::Mask:
    return write(options, maskMap(options, program, tensors));
  case Picture::Tiles:
    return write(options, tileMap(options, program, tensors));
  case Picture::Bias:
    return write(options, biasMap(options, program, tensors));
  case Picture::Decay:
    return write(options, decayChart(options, program, tensors));
  case Picture::None:
    return;
  }
}
