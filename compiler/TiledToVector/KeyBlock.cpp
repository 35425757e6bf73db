//===- KeyBlock.cpp - The rows of one block of keys -----------------------===//
//
// The register tiles read key rows where they lie; only rows whose channels do
// not follow each other in memory, or are 16-bit numbers, are copied. Copies
// are f32: elements are widened once a block, not once a use (but see
// PairTile.cpp). Value rows are read down a column of a few channels, many
// times: they are copied as well where such a column would fall into one set of
// the cache.
//
//===----------------------------------------------------------------------===//

#include "compiler/TiledToVector/TileKernel.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

void TileKernel::prepareBlocks() {
  auto prepare = [&](Value tensor, Value &rows, Value &isUnit) {
    rows = code.rowsOf(frame.memrefOf(tensor), batch, headOf(tensor));
    isUnit = Value();
    if (!Code::hasUnitStride(rows))
      isUnit = code.isUnitStride(rows);
  };
  prepare(term->key, keyRows, keyIsUnit);
  prepare(op.getValue(), valueRows, valueIsUnit);
}

/// Copies rows [first, first + count) of `source` to `target`. `unit`: whether
/// channels follow each other, null if they do.
void TileKernel::copyRows(Value source, Value unit, Value first, Value count,
                          int64_t channels, Value target) {
  auto copy = [&](Value from, int64_t vectors) {
    code.loop(code.index(0), count, 1, [&](Value row) {
      Value sourceRow = code.add(first, row);
      if (vectors)
        code.loop(code.index(0), code.index(vectors), sizes.lanes,
                  [&](Value channel) {
                    code.storeVector(code.loadVector(sizes.lanes, from,
                                                     {sourceRow, channel}),
                                     target, {row, channel});
                  });
      if (vectors != channels)
        code.loop(code.index(vectors), code.index(channels), 1,
                  [&](Value channel) {
                    code.store(code.load(from, {sourceRow, channel}), target,
                               {row, channel});
                  });
    });
  };
  int64_t whole = channels - channels % sizes.lanes;
  if (!unit)
    return copy(source, whole);
  code.when(
      unit, [&] { copy(code.withUnitStride(source), whole); },
      [&] { copy(source, 0); });
}

/// Whether the values of the block can be read where they lie: no register tile
/// reads past them, and rows are not a multiple of 4 KiB apart, where a column
/// of them would fall into one set of the first-level cache. (Two sets are as
/// fast as a copy, more are faster.)
Value TileKernel::valuesLieWell() {
  static constexpr int64_t kSetPeriod = 4096;
  Value rowBytes = code.mul(code.rowStride(valueRows), 4);
  Value spread = code.less(code.lowestBit(rowBytes), code.index(kSetPeriod));
  Value whole = code.isZero(
      code.remainder(blockCount, code.index(sizes.schedule.keyRows)));
  Value well = code.both(spread, whole);
  return valueIsUnit ? code.both(well, valueIsUnit) : well;
}

void TileKernel::loadBlock(Value firstKey) {
  blockFirst = firstKey;
  blockCount = code.minimum(code.sub(keys, firstKey),
                            code.index(sizes.schedule.keyBlock));
  if (sizes.products.blocksOfWeights)
    packValueBlocks();
  else if (sizes.products.pairsOfWeights)
    packValues();
  else
    loadValues();
  loadKeys();
}

/// The type of rows of `element`, wherever they lie.
static MemRefType rowsType(Type element) {
  auto layout = StridedLayoutAttr::get(
      element.getContext(), ShapedType::kDynamic, {ShapedType::kDynamic, 1});
  return MemRefType::get({ShapedType::kDynamic, ShapedType::kDynamic}, element,
                         layout);
}

Value TileKernel::rowsInPlace(Value rows) {
  return code.cast(
      code.subRows(code.withUnitStride(rows), blockFirst, blockCount),
      rowsType(Code::elementType(rows)));
}

Value TileKernel::blockEnd() {
  return code.minimum(
      code.index(sizes.schedule.keyBlock),
      code.mul(code.divideUp(blockCount, sizes.schedule.keyRows),
               sizes.schedule.keyRows));
}

void TileKernel::loadValues() {
  auto copy = [&] {
    copyRows(valueRows, valueIsUnit, blockFirst, blockCount, sizes.channels,
             valueCopy);
    // What register tiles read past the last key has weight 0; it must be
    // finite.
    code.loop(blockCount, blockEnd(), 1, [&](Value row) {
      code.loop(code.index(0), code.index(sizes.channels), 1,
                [&](Value channel) {
                  code.store(code.f32(0), valueCopy, {row, channel});
                });
    });
  };
  Type element = Code::elementType(valueRows);
  if (Elements::isNarrow(element)) {
    copy();
    valueBlock = valueCopy;
    return;
  }
  valueBlock = code.choose(
                       valuesLieWell(), rowsType(element),
                       [&]() -> Values { return {rowsInPlace(valueRows)}; },
                       [&]() -> Values {
                         copy();
                         return {code.cast(valueCopy, rowsType(element))};
                       })
                   .front();
}

/// Leaves the key rows of the block in `keyBlock`: those in memory where a
/// register tile can read them there.
void TileKernel::loadKeys() {
  Type element = Code::elementType(keyCopy);
  const int64_t width = sizes.keyWidth(term->width);
  auto copy = [&] {
    copyRows(keyRows, keyIsUnit, blockFirst, blockCount, term->width, keyCopy);
    // Features without a partner are multiplied with zeros.
    if (width != term->width)
      code.loop(code.index(0), blockCount, 1, [&](Value row) {
        code.loop(code.index(term->width), code.index(width), 1,
                  [&](Value channel) {
                    code.store(code.f32(0), keyCopy, {row, channel});
                  });
      });
  };
  if (Code::elementType(keyRows) != element || width != term->width) {
    copy();
    keyBlock = keyCopy;
    return;
  }
  Value inPlace = keyIsUnit;
  if (sizes.products.blocksOfFeatures) {
    // Tiles read rows behind the last key, whose scores nobody sees.
    Value whole =
        code.isZero(code.remainder(blockCount, code.index(kBlockRows)));
    inPlace = inPlace ? code.both(inPlace, whole) : whole;
  }
  if (!inPlace) {
    keyBlock = code.subRows(keyRows, blockFirst, blockCount);
    return;
  }
  keyBlock = code.choose(
                     inPlace, rowsType(element),
                     [&]() -> Values { return {rowsInPlace(keyRows)}; },
                     [&]() -> Values {
                       copy();
                       return {code.cast(keyCopy, rowsType(element))};
                     })
                 .front();
}
