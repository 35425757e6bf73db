//===- TileKernel.h - attn.for_tiles as vector code -------------*- C++ -*-===//
//
// The queries are in the lanes: a vector holds one number for each of `lanes`
// queries, the scores of a query tile lie transposed, S^T[key][query], and so
// does the output, O^T[channel][query]. Softmax is then elementwise; nothing is
// reduced across lanes, and a mask sees a vector of queries and one key.
//
// The scores of a pair come from one of the terms (one, as a rule); the terms
// follow each other, and what is left of each, O, reference and rowSum, is the
// state that the next goes on from.
//
// A task owns some query tiles of queryVectors * lanes rows each (the last ones
// of a head may be `lanes` rows shorter), which share every block of keys while
// it is in the cache, and does some heads one after the other. In scratch lie
//
//   A[subTile][value][query]      what all heads share (SharedValues.h)
//   Q[channel][query]             the query rows of one sub-tile, transposed
//   E[subTile][feature][query]    features of a term, scaled by log2 e where no
//                                 term has a score map
//   O[subTile][channel][query]    sums of weighted values
//   S[key][query]                 scores, then weights, of one block
//   reference, rowSum [subTile][query]   of a row's weights, and their sum
//   summed[subTile]               whether O holds sums; nothing is there before
//
// Weights of a softmax are kept relative to the reference; weights that are
// functions of their own scores have none, and a sum only if it is asked for.
// Ordered weights keep products there (OrderedTile.cpp).
//
// so that loops over tiles and keys carry no vectors; the register tiles of
// ScoreTile.cpp and OutputTile.cpp do.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_TILEDTOVECTOR_TILEKERNEL_H
#define SEXTANT_COMPILER_TILEDTOVECTOR_TILEKERNEL_H

#include "compiler/TiledToVector/Kernel.h"
#include "compiler/TiledToVector/OutputMap.h"
#include "compiler/TiledToVector/Products.h"
#include "compiler/TiledToVector/SharedValues.h"
#include "compiler/TiledToVector/TileClass.h"
#include "compiler/TiledToVector/VectorMath.h"

namespace sextant {

/// The register tiles of a sub-tile: `vectors` vectors of queries times rows of
/// keys for the scores, and times channels for the output.
struct RegisterTiles {
  int64_t vectors, keyRows, valueRows;
};

/// The sizes of a tile kernel: all known when it is compiled.
struct TileSizes {
  TileSizes(attn::ForTilesOp op, const Target &target);

  int64_t lanes;
  Schedule schedule;
  /// Of a sub-tile, and of one that is a vector of queries short: the last ones
  /// of a head, so that its vectors are dealt out whole. The same where a
  /// sub-tile is one vector anyway.
  RegisterTiles whole, narrow;
  TileProducts products;
  int64_t subTiles; // query tiles a task, at most
  int64_t queries;  // rows of a query tile
  int64_t width;    // features of a row, the most of any term
  int64_t channels; // channels of a value row
  int64_t scoreRows;
  int64_t shared;  // rows of the table of shared values
  int64_t members; // channels of all query operands
  /// Rows of the table of features and of that of sums, and channels of copied
  /// keys: whole tiles where products are of matrices.
  int64_t featureRows(int64_t width) const;
  int64_t keyWidth(int64_t width) const;
  int64_t outputRows;
  // Byte offsets in the thread's scratch, and their end.
  int64_t sharedTable, queryCopy, features, output, scores, reference, rowSum,
      summed, keyCopy, valueCopy, weightPairs, blockSums, blockMemory, end;
  int64_t valueStride; // floats between the rows of a value block
  int64_t keyStride;   // bf16 between the channels of a transposed value block
};

/// How the queries and heads are dealt to tasks (all index).
struct TaskSplit {
  TaskSplit(Frame &frame, attn::ForTilesOp op, const TileSizes &sizes);

  mlir::Value subTiles;    // query tiles of a task
  mlir::Value tiles;       // tasks that the queries of a head make
  mlir::Value headsOfTask; // heads that one task does
  mlir::Value headChunks;  // tasks that the heads of a tile make
  mlir::Value tasks;
};

/// One term: where its scores come from, and for which pairs.
struct TileTerm {
  attn::TileFeaturesOp query;
  mlir::Value key;
  int64_t width; // features of a row
  /// Null where the region is empty.
  mlir::Block *visible = nullptr, *score = nullptr, *weight = nullptr,
              *gate = nullptr;
  llvm::SmallVector<SharedValue> shared;
  mlir::Value features, featurePairs, keyCopy; // scratch, which the terms share
};

class TileKernel {
public:
  TileKernel(Frame &frame, attn::ForTilesOp op);
  mlir::LogicalResult emit();
  /// Only the class of some pairs for a term, from six bounds.
  mlir::Value emitClass(unsigned term, mlir::ValueRange bounds);

private:
  using Value = mlir::Value;
  using Values = Code::Values;

  /// A range of keys of one sub-tile: `count` keys from key `first`, which is
  /// row `row` of the block; the leading `untested` (a multiple of the rows of
  /// register tiles) are seen by every query.
  struct KeyRun {
    Value first, row, count, untested;
  };
  /// Whether some keys of a run are tested, query by query.
  Value isTested(const KeyRun &run) {
    return code.less(run.untested, run.count);
  }

  // TileKernel.cpp
  void readExtents();
  void decodeTask();
  /// What masks read; the batch entry is known.
  void readPositions();
  /// From here on `term` is meant.
  void select(TileTerm &own);
  /// The head is known too.
  void startClassifier();
  void emitHead();
  void emitTerm();
  void makeScratch();
  /// The tables of what a row keeps from run to run, from `firstLane` of their
  /// rows on if there is one.
  void makeRows();
  Value rowsOf(mlir::Type element, int64_t offset,
               llvm::ArrayRef<int64_t> shape);
  VectorMath math() { return {code.builder, code.loc, target}; }
  /// First query row (index) of a sub-tile.
  Value firstQuery(Value subTile);
  /// The head of a tensor that a head of the queries reads.
  Value headOf(Value tensor, Value head);
  Value headOf(Value tensor) { return headOf(tensor, head); }
  /// Whether a sub-tile is a vector short.
  Value isNarrow(Value subTile);
  /// The first lane of a vector of a whole sub-tile. The one that a narrow one
  /// lacks is its last again.
  Value laneOf(Value subTile, int64_t part);
  /// Runs `body` for each vector of queries of a sub-tile, given its first
  /// lane.
  void forEachPart(Value subTile, llvm::function_ref<void(Value)> body);
  /// What `body` returns, built for the register tiles of whole sub-tiles and
  /// again for those of narrow ones; `shape` says for which.
  Values forEachShape(Value subTile, mlir::TypeRange types,
                      llvm::function_ref<Values()> body);
  bool shapeIsNarrow() const {
    return shape.vectors < sizes.schedule.queryVectors;
  }

  // QueryTile.cpp: what is computed once a query tile.
  void emitSharedValues(Value subTile);
  void emitInitState(Value subTile);
  void emitQueryTile(Value subTile);
  void copyQueries(Value subTile);
  /// An emitter of a feature region, with all mapped but head, group, members.
  RegionEmitter featureEmitter(mlir::Block &block, Value start);
  /// The positions of the vector of queries that starts at `first`; rows past
  /// the last query repeat it.
  Value queryPositions(Value first);
  /// Maps the query coordinates of a pair region; one emitter a vector.
  llvm::SmallVector<RegionEmitter> pairEmitters(mlir::Block &region,
                                                Value subTile);
  void mapKey(RegionEmitter &emitter, mlir::Block &region, Value key);

  // KeyRanges.cpp: which keys a tile visits.
  void emitKeyLoop();
  /// A classifier of the keys that the queries [firstQuery, endQuery) see.
  TileClassifier classifierOf(Value firstQuery, Value endQuery, int64_t most);
  Value classOf(TileClassifier classifier, Value firstKey, Value endKey,
                int64_t most);
  Value nextVisibleLeaf(Value leaf);
  void emitBlock(Value subTile, Value leaf);
  /// What a sub-tile sees of a block, if `some`: the keys [from, to), of which
  /// the first `untested` are seen by all its queries, and none from
  /// `endOfFirst` on by its first vector (if that was asked for).
  struct LeafSpan {
    Value some, from, to, untested, endOfFirst;
  };
  LeafSpan classLeaves(Value subTile, Value firstKey);
  /// Whether the last keys of a block may leave out the first vector of
  /// queries.
  bool mayTrim() const;
  void emitRuns(Value subTile, const LeafSpan &span);
  void emitRun(Value subTile, Value from, Value to, Value untested);

  // KeyBlock.cpp: the rows of one block of keys, for all sub-tiles.
  void prepareBlocks();
  Value valuesLieWell();
  void loadBlock(Value firstKey);
  void loadValues();
  void loadKeys();
  /// The rows of the block where they lie.
  Value rowsInPlace(Value rows);
  /// The row behind those of the block that register tiles read.
  Value blockEnd();
  void copyRows(Value source, Value unit, Value first, Value count,
                int64_t channels, Value target);

  // PrefetchTile.cpp: what is asked for ahead of its use.
  void prefetchNextBlock(Value subTile, Value row);
  void prefetchValues(Value row, int64_t count, Value channel,
                      int64_t channelsOfTile);
  void prefetchFactors(Value subTile, const KeyRun &run, Value row);
  Value mayBeLast(const KeyRun &run);
  void prepareRowsAhead();
  void prefetchRows(Value subTile, Value tile, int64_t tiles);

  // ScoreTile.cpp: scores and softmax of one run of keys.
  /// Leaves the weights in S, as powers of two of scores less `reference`.
  void emitScores(Value subTile, const KeyRun &run);
  Values scoreRun(Value subTile, const KeyRun &run, llvm::ArrayRef<Value> start,
                  llvm::ArrayRef<Value> before);
  /// The row of the block and the key of each row of a register tile.
  struct TileRows {
    Value first; // of the run
    Values blockRow, key;
  };
  /// Runs `body` for each register tile of a run, given its first row.
  Values
  forEachRegisterTile(Value subTile, const KeyRun &run, Values state,
                      llvm::function_ref<Values(Value, mlir::ValueRange)> body);
  TileRows tileRows(const KeyRun &run, Value row);
  /// Dot products of a register tile: a vector for each row and part. Sums
  /// start at `start`, one a part, or at zero.
  Values contractTile(Value subTile, const TileRows &at,
                      llvm::ArrayRef<Value> start);
  /// `sums` after a step for each of `count` features, at least one.
  Values contractSteps(
      int64_t count, Values sums,
      llvm::function_ref<Values(Value feature, mlir::ValueRange sums)> step);
  /// The scores of a register tile after the score map.
  void mapScores(llvm::MutableArrayRef<Value> sums, const TileRows &at,
                 llvm::ArrayRef<RegionEmitter> emitters);
  /// Which queries of a part see the key in row `row` of the run. `emitter` is
  /// that of the visible region for the part, null without one.
  Value seenBy(const RegionEmitter *emitter, const KeyRun &run, Value row,
               Value key);
  Values scoreRegisterTile(Value subTile, const KeyRun &run, Value row,
                           llvm::ArrayRef<Value> start, mlir::ValueRange before,
                           llvm::ArrayRef<RegionEmitter> score,
                           llvm::ArrayRef<RegionEmitter> visible);
  Values hideUnseen(const KeyRun &run, const TileRows &at,
                    mlir::ValueRange sums,
                    llvm::ArrayRef<RegionEmitter> visible);
  void storeScores(Value place, mlir::ValueRange sums);
  Values largestScores(Value subTile, const KeyRun &run,
                       llvm::ArrayRef<Value> start);
  /// How far, in powers of two, scores may exceed their reference.
  static constexpr double kHeadroom = 8;
  Value raiseReferences(Value subTile, const KeyRun &run,
                        llvm::ArrayRef<Value> largest);
  Value lessReference(Value score, Value from);
  void emitWeights(Value subTile, const KeyRun &run);
  void exponentiate(llvm::MutableArrayRef<Value> differences);

  // PointwiseTile.cpp: weights that follow from their own scores, and factors
  // of weights.
  /// Leaves the weights in S.
  void emitPointwiseWeights(Value subTile, const KeyRun &run);
  void emitPlainScores(Value subTile, const KeyRun &run);
  Values weighRows(const KeyRun &run, Value row, int64_t part,
                   mlir::ValueRange before, bool tested,
                   const RegionEmitter &weightEmitter,
                   const RegionEmitter *visibleEmitter);
  void emitGate(Value subTile, const KeyRun &run);

  // OrderedTile.cpp: weights that are shares of what later keys leave.
  /// Leaves the weights within the run in S, and what the run keeps in
  /// `reference`.
  void emitOrderedWeights(Value subTile, const KeyRun &run);
  Value shareRows(const KeyRun &run, Value row, int64_t part, Value left,
                  bool tested, const RegionEmitter &shareEmitter,
                  const RegionEmitter *visibleEmitter);

  // PairTile.cpp: products of bf16, two at a time.
  void packFeatures(Value subTile);
  Values contractPairs(Value subTile, const TileRows &at,
                       llvm::ArrayRef<Value> start);
  void packValues();
  void packWeights(Value subTile, const KeyRun &run);
  Values accumulatePairs(const KeyRun &run, Value channel, int64_t rows,
                         Values sums);

  // BlockTile.cpp: the same by whole matrices.
  void padFeatures(Value subTile);
  void scoreBlock(Value subTile, const KeyRun &run, Value row, Value place);
  Values scoresOfBlock(Value place);
  Values scoresInPlace(Value subTile, const KeyRun &run, Value row, Value place,
                       llvm::ArrayRef<RegionEmitter> visible);
  void emitWeightBlocks(Value subTile, const KeyRun &run);
  Values weighRun(Value subTile, const KeyRun &run);
  Values weighRegisterTile(Value subTile, const KeyRun &run, Value row,
                           Value place, mlir::ValueRange before,
                           llvm::ArrayRef<Value> from,
                           llvm::ArrayRef<RegionEmitter> visible);
  Value weightAt(Value row, int64_t part);
  void packValueBlocks();
  void padWeights(Value subTile, const KeyRun &run);
  void accumulateBlocks(Value subTile, const KeyRun &run, Value channel,
                        int64_t rows);

  // OutputTile.cpp: weights times values, and the last step.
  void emitAccumulate(Value subTile, const KeyRun &run);
  void outputRegisterTile(Value subTile, const KeyRun &run, Value channel,
                          int64_t rows);
  void maskedOutputRow(Value subTile, const KeyRun &run, Value channel);
  /// The sums of `rows` channels before a run, as the run leaves them.
  Values sumsBefore(Value subTile, Value channel, int64_t rows);
  /// The value channel of row `row` of the block.
  Value valueAt(Value row, Value channel);
  void emitFinalize(Value subTile);
  /// What the sums of a row are multiplied by, and its log-sum-exp (null where
  /// none is asked for).
  struct RowScale {
    Value isEmpty, factor, lse;
  };
  RowScale rowScale(Value subTile, Value lane0);
  Values extraLogits(Value start);
  /// The output region for a vector of queries that starts at row `start`.
  RegionEmitter outputRows(Value start);
  /// Maps and stores the first `channels` channels of a vector of whole rows,
  /// which lie transposed in the sums.
  void storeMapped(Value subTile, Value lane0, Value start, int64_t channels,
                   Value result);

  Frame &frame;
  Code &code;
  attn::ForTilesOp op;
  const Target &target;
  TileSizes sizes;
  llvm::SmallVector<TileTerm> terms;
  attn::RowStateAttrInterface normalizer;
  /// Null where the region is empty.
  mlir::Block *extra = nullptr;
  OutputMap outputMap;
  /// References are logarithms to base two: no region reads the scores.
  bool countsInPowers = false;
  /// S holds scores less the reference, where sums of products start; else what
  /// makes exponentials of them subtracts it.
  bool scoresAreRelative = false;
  /// S holds products that no log2 e is in.
  bool scoresAreProducts = false;
  /// And S holds two blocks of keys, whose weights go into their pairs at once.
  bool weighsByBlocks = false;
  /// Of the code that is being built.
  RegisterTiles shape;
  /// Whether the run at hand leaves out the first vector of its sub-tile, and
  /// where what it does not leave out starts (index). Null outside of runs.
  Value isTrimmed, firstLane;
  /// Whether its references are the largest scores, as those of a first block
  /// are that is one run. Null if not.
  Value isExact;

  // Of the term at hand.
  TileTerm *term = nullptr;
  mlir::Block *visible = nullptr, *score = nullptr, *weight = nullptr,
              *gate = nullptr;

  ExtentValues extents;
  Value batch, head, firstRow, subTileCount; // index
  Value wholeCount;                          // sub-tiles that are not narrow
  Value firstHead, endHead;                  // of the task
  Value batches, heads, queries, keys;       // extents, index
  // The key and value rows of this head, and whether their channels follow each
  // other in memory (null if that is known).
  Value keyRows, valueRows, keyIsUnit, valueIsUnit;
  // The rows of the block: memrefs of rank 2, and how many there are.
  Value keyBlock, valueBlock, blockFirst, blockCount, keyCopy, valueCopy;
  // The same rows of values as pairs, and as the numbers of these.
  Value valuePairs, valueElements;
  // And transposed, [channel][key], as bf16 and as pairs.
  Value valueBlocks, valueBlockPairs;
  /// Rows of one head, and their channels.
  llvm::SmallVector<std::pair<Value, int64_t>> rowsAhead;
  RowPositions queryPos, keyPos;
  Value sharedTable, queryCopy, features, output, scores; // scratch
  Value featurePairs, weightPairs, blockSums;
  Value reference, rowSum, summed;
  Value hasSums; // of the sub-tile, before the run
  ClassSources classSources;
  /// What depends on the batch entry and the head alone is emitted; by region.
  llvm::DenseMap<mlir::Block *, RegionEmitter> perHead;
  std::optional<TileClassifier> classifierPerHead;
};

} // namespace sextant

#endif // SEXTANT_COMPILER_TILEDTOVECTOR_TILEKERNEL_H
