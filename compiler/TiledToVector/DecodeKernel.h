//===- DecodeKernel.h - attn.for_tiles for few queries ----------*- C++ -*-===//
//
// The channels are in the lanes: one key row after the other is read in the
// order of memory, multiplied with the features of a query and summed across
// lanes. A block of scores lies in a buffer, where score map, mask
// and exponentials see a vector of keys and one query; then the value rows are
// read, one after the other. What the rows of a task have in common, the block,
// comes from the cache for all but the first.
//
// A task owns some rows (query, head) that read the same keys and one split of
// the keys (DecodePlan.h). It leaves the sums, the maximum and the sum of the
// weights of its rows in the workspace; another phase merges the splits.
//
// The loops over keys must stay in address order: unrolled over rows, the
// scheduler mixes their loads and the hardware prefetchers lose track, which
// costs half of the bandwidth.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_TILEDTOVECTOR_DECODEKERNEL_H
#define SEXTANT_COMPILER_TILEDTOVECTOR_DECODEKERNEL_H

#include "compiler/TiledToVector/DecodePlan.h"
#include "compiler/TiledToVector/TileClass.h"
#include "compiler/TiledToVector/VectorMath.h"

namespace sextant {

/// Where things lie in a thread's scratch: byte offsets.
struct DecodeSizes {
  DecodeSizes(attn::ForTilesOp op, const Target &target);

  int64_t lanes, width, channels;
  int64_t keys;    // of a block
  int64_t rows;    // that are computed together, at most; divides kDecodeRows
  int64_t members; // channels of all query operands
  int64_t angles;  // cosines of all groups that turn
  int64_t featureStride, outputStride; // floats
  int64_t queryCopy, features, output, rowMax, rowSums, scores, seen, factors,
      angle, valueCopy, end;
  int64_t keyFeatures;                  // of a block, where contents are read
  llvm::SmallVector<int64_t> keyCopies; // of each operand that keys are read of
};

class DecodeKernel {
public:
  DecodeKernel(Frame &frame, attn::ForTilesOp op);
  void emit();
  /// Rows of the table of angles.
  static int64_t angleRows();

private:
  using Value = mlir::Value;
  using Values = Code::Values;

  /// Rows of one operand that belong to the keys of the block.
  struct RowSource {
    Value rows, unit; // of this head; unit: i1, null if channels are adjacent
    Value adjacent;   // rows, given that they are
    int64_t channels;
    Value copy;  // scratch, of the same element type
    Value block; // memref of rank 2 with adjacent channels
  };
  /// A block of keys: `count` from key `first`; `tested` (i1): not every row
  /// sees every key; null if no row needs a test.
  struct Block {
    Value first, count, tested;
  };

  /// `count` rows of a task that are computed together, the last of which need
  /// not exist: each key and value is loaded once for all. Row `first` + i has
  /// the scores in row `place` + i of the buffer.
  struct Rows {
    Value first, place;
    int64_t count;
  };

  // DecodeKernel.cpp
  void decodeTask();
  void makeScratch();
  RowSource rowSource(Value tensor, int64_t copy);
  void loadBlock(RowSource &source, const Block &block);
  /// Lines of a row of `source`: all, or those that pass `pass` of `passes`
  /// over the rows asks for.
  void bringNear(const RowSource &source, Value row, Value pass = {},
                 int64_t passes = 1);
  Value headOf(Value tensor);
  void emitKeyLoop();
  void startClassifier();
  Value classOf(Value leaf, Value count);
  void zeroRow(Value table, Value row, int64_t channels);
  void emitRows(Value first, Value count, const Block &block);
  /// `body` for `count` rows from `first`, sizes.rows at most, those together
  /// that are faster so.
  void forRows(Value first, Value count,
               llvm::function_ref<void(const Rows &)> body);
  void storePartial(Value row, Value partials);
  VectorMath math() { return {code.builder, code.loc, target}; }
  /// How many of `vectors` are taken at a time, if at most `most` can be: as
  /// few passes as that allows, of about the same length.
  static int64_t vectorsAtOnce(int64_t vectors, int64_t most);
  /// The halves of `vector` folded until `rest` lanes are left.
  Value foldHalves(Value vector, int64_t rest,
                   llvm::function_ref<Value(Value, Value)> fold);
  /// The sum or maximum over the lanes of `vector`, as a tree.
  Value foldLanes(Value vector, llvm::function_ref<Value(Value, Value)> fold);
  /// The sums over the lanes of each of `vectors`, at most as many as there are
  /// lanes and a power of two.
  Value sumLanesOfEach(Values vectors);
  Value sumLanes(Value vector) {
    return foldLanes(vector, [&](Value a, Value b) { return code.addF(a, b); });
  }
  Value headOfRow(Value row) {
    return code.add(firstHead, code.divide(row, queryCount));
  }
  Value queryOfRow(Value row) {
    return code.add(firstQuery, code.remainder(row, queryCount));
  }

  // DecodeFeatures.cpp: the features of a query.
  void emitFeatures(Value row);
  void emitFeatureGroup(attn::ChannelGroupAttr group, mlir::Block &region,
                        const RegionEmitter &perRow, Value row, Value number,
                        int64_t offset, bool vector);

  // DecodeScores.cpp: scores of one row and one block.
  void emitDotProducts(const Rows &rows, const Block &block, Value keys);
  /// The scores of some keys, one for each row and key. `query`: the vectors of
  /// the row's features, if it is one row and they stay in registers.
  Values dotProducts(Value keys, llvm::ArrayRef<Value> key,
                     llvm::ArrayRef<Value> query, const Rows &rows);
  RegionEmitter pairEmitter(mlir::Block &region, unsigned elements, Value row);
  void mapKeys(RegionEmitter &emitter, mlir::Block &region, unsigned elements,
               Value key);
  void forEachVector(const Block &block, llvm::function_ref<void(Value)> body);
  void emitScoreMap(Value row, Value place, const Block &block);
  void emitMask(Value row, Value place, const Block &block);
  /// Turns scores into weights, and leaves the factor of the sums so far.
  void emitWeights(Value row, Value place, const Block &block);

  // DecodeContents.cpp: scores from contents and turning weights.
  void prepareAngles();
  void loadAngles(const Block &block);
  /// The cosine and sine of an angle and a step.
  std::pair<Value, Value> turned(Value cos, Value sin, Value stepCos,
                                 Value stepSin);
  void turnAngles();
  void emitKeyFeatures(const Block &block);
  void fillFeatures(const KeyAtomGroup &group, const Block &block, Value first,
                    int64_t vectors, int64_t angleColumn);
  void emitContentProducts(Value row, Value place, const Block &block);
  void contentPass(const KeyAtomGroup &group, Value row, Value place,
                   const Block &block, Value firstGroup, int64_t vectors,
                   int64_t angleColumn, bool isFirst);
  /// An emitter of a content region; position, group and members are open.
  RegionEmitter contentEmitter(const KeyAtomGroup &group);
  Value loadMember(attn::MemberAttr member, Value key, Value group);
  void loadMembers(const KeyAtomGroup &group, Value key, Value first,
                   llvm::MutableArrayRef<RegionEmitter> emitters);
  Value weighted(const KeyAtomGroup &group, const FeatureWeights &weights,
                 Value row, Value number);

  // DecodeOutput.cpp: weights times values.
  void emitAccumulate(const Rows &rows, const Block &block);
  void accumulateVectors(const Rows &rows, const Block &block, Value channel,
                         int64_t vectors, Value pass, int64_t passes);
  void accumulateScalars(const Rows &rows, const Block &block, Value channel,
                         Value end);

  Frame &frame;
  Code &code;
  attn::ForTilesOp op;
  const Target &target;
  DecodeSizes sizes;
  std::optional<KeyAtoms> atoms;
  DecodePlan plan;
  mlir::Block *visible = nullptr, *score = nullptr;

  ExtentValues extents, contentExtents;
  ClassSources classSources;
  std::optional<TileClassifier> classifier;
  Value batch, firstHead, headCount, firstQuery, queryCount, rowCount, split;
  Value splitFirst, splitEnd; // keys
  RowPositions queryPos, keyPos, contentPos;
  llvm::SmallVector<RowSource> keySources;
  RowSource value;
  Value queryCopy, features, output, rowMax; // scratch
  Value rowSums; // [row][lane]: of the weights that lane took
  // Of the rows that are computed together: [row][key], and one a row.
  Value scores, seen, factors;
  Value
      keyFeatures; // [key][feature]: of contents, where several rows read them
  Value angle;     // [AngleRow of DecodeContents.cpp][angles]
};

} // namespace sextant

#endif // SEXTANT_COMPILER_TILEDTOVECTOR_DECODEKERNEL_H
