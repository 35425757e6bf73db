//===- PrefetchTile.cpp - What a tile kernel asks for ahead of its use ----===//
//
// Tensors come from memory or from a far cache, and the hardware sees short
// streams that begin anew with each head and each block. So while the
// multiply-adds of a register tile run, a few lines are asked for that are read
// or written later. A line that does not exist, or is not the one meant, costs
// a little bandwidth.
//
//===----------------------------------------------------------------------===//

#include "compiler/TiledToVector/TileKernel.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

/// Sub-tiles that share the lines of the next block: as many as the queries of
/// a short sequence make. Those of a long one ask again, which is cheaper than
/// to ask whether they must.
static constexpr int64_t kSharers = 4;

/// Brings a part of the block that follows near, while a register tile of the
/// scores from row `row` of this block is computed: the rows that lie a block
/// further, of which each sub-tile takes its share of lines.
/// Behind the last block of a head lies the next head, as a rule.
void TileKernel::prefetchNextBlock(Value subTile, Value row) {
  int64_t rows = sizes.schedule.keyRows;
  auto bring = [&](Value memref, int64_t channels) {
    int64_t width = Code::elementsOfLine(memref);
    int64_t lines = llvm::divideCeil(channels, width);
    int64_t share = llvm::divideCeil(rows * lines, kSharers);
    Value first = code.add(code.add(blockFirst, row), sizes.schedule.keyBlock);
    Value begin =
        code.mul(code.remainder(subTile, code.index(kSharers)), share);
    for (int64_t i = 0; i < share; ++i) {
      Value line = code.add(begin, i);
      code.prefetch(memref,
                    {code.add(first, code.divide(line, lines)),
                     code.mul(code.remainder(line, code.index(lines)), width)});
    }
  };
  bring(keyRows, term->width);
  bring(valueRows, sizes.channels);
}

/// A register tile reads a part of one line of every value row. Together the
/// tiles that share a line bring the next line of the rows into the first-level
/// cache: each takes its share of the rows [row, row + count).
void TileKernel::prefetchValues(Value row, int64_t count, Value channel,
                                int64_t channelsOfTile) {
  int64_t width = Code::elementsOfLine(valueBlock);
  if (sizes.channels <= width)
    return;
  int64_t sharers = std::max<int64_t>(1, width / channelsOfTile);
  Value line = code.mul(code.divide(channel, width), width);
  Value own = code.divide(code.sub(channel, line), channelsOfTile);
  for (int64_t i = 0; i < count; i += sharers)
    code.prefetch(valueBlock,
                  {code.add(code.add(row, own), i), code.add(line, width)},
                  /*level=*/1);
}

/// What the next products of matrices read, other sub-tiles have pushed out of
/// the first-level cache: the keys behind those of a register tile of the
/// weights, from row `row` of the run, and its share of the sums of the
/// sub-tile. Not where they are a large part of that cache.
void TileKernel::prefetchFactors(Value subTile, const KeyRun &run, Value row) {
  static constexpr int64_t kSmallPart = 8 << 10;
  if (sizes.outputRows * sizes.queries * 4 > kSmallPart)
    return;
  int64_t rows = sizes.schedule.keyRows, line = Code::elementsOfLine(keyBlock);
  Value next = code.add(code.add(run.row, row), kBlockRows);
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t feature = 0; feature < sizes.keyWidth(term->width);
         feature += line)
      code.prefetch(keyBlock, {code.add(next, r), code.index(feature)},
                    /*level=*/1);
  int64_t share =
      llvm::divideCeil(sizes.outputRows * rows, sizes.schedule.keyBlock);
  Value channel = code.mul(code.divide(row, rows), share);
  for (int64_t i = 0; i < share; ++i)
    for (int64_t part = 0; part < shape.vectors; ++part)
      code.prefetch(
          output,
          {subTile, code.add(channel, i), code.index(part * sizes.lanes)},
          /*level=*/1);
}

/// Whether a run can be the last that a sub-tile has: keys end there, or what
/// is seen of them.
Value TileKernel::mayBeLast(const KeyRun &run) {
  Value ends =
      code.compare(Code::Predicate::sge, code.add(run.first, run.count), keys);
  return code.either(ends, isTested(run));
}

/// Finds the rows that prefetchRows asks for, once a head: heads are divided.
void TileKernel::prepareRowsAhead() {
  rowsAhead.clear();
  auto bring = [&](Value tensor, Value ofHead) {
    rowsAhead.emplace_back(code.rowsOf(frame.memrefOf(tensor), batch, ofHead),
                           extentOf(tensor, 3));
  };
  bring(op.getResult(), head);
  for (Value query : op.getQuery())
    bring(query, headOf(query, code.add(head, 1)));
}

/// Register tile `tile` of `tiles` asks for its share of the rows that the
/// sub-tile writes in the end, and of those that it reads for the next head.
void TileKernel::prefetchRows(Value subTile, Value tile, int64_t tiles) {
  int64_t rows = shape.vectors * sizes.lanes;
  int64_t share = llvm::divideCeil(rows, tiles);
  Value first = code.add(firstQuery(subTile), code.mul(tile, share));
  for (auto [rows, channels] : rowsAhead)
    for (int64_t i = 0; i < share; ++i)
      code.prefetchRow(rows, code.add(first, i), channels);
}
