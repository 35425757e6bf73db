//===- DualChunk.cpp - Positions within chunks ----------------------------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnScalar.h"

#include <cmath>

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/DualChunk.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/DualChunk.cpp.inc"

/// Keys of the query's chunk, of the one before, of all earlier ones.
enum Branch : int64_t { kIntra, kSuccessive, kInter, kNumBranches };

LogicalResult
DualChunkAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                      RotaryAttrInterface, int64_t chunk, int64_t local) {
  if (chunk < 1 || chunk > (int64_t(1) << 23)) // dual_chunk_c1
    return emitError() << "'chunk' must be within [1, 2^23], got " << chunk;
  if (local < 0 || local >= chunk) // dual_chunk_c2
    return emitError() << "'local' must be within [0, chunk = " << chunk
                       << "), got " << local;
  return success();
}

double DualChunkAttr::evaluateDistance(int64_t queryPos, int64_t keyPos) const {
  double length = double(getLength()), chunk = double(getChunk());
  double chunkOfQuery = std::floor(queryPos / length);
  double chunkOfKey = std::floor(keyPos / length);
  double query = queryPos - chunkOfQuery * length;
  double apart = chunkOfQuery - chunkOfKey;
  if (apart == 1)
    query = std::fmin(query + length, chunk);
  else if (apart > 1)
    query = std::fmin(2 * length - 1, chunk);
  return query - (keyPos - chunkOfKey * length);
}

int64_t DualChunkAttr::getNumBranches() const { return kNumBranches; }

static Value chunkOf(DualChunkAttr attr, OpBuilder &builder, Location loc,
                     Value position) {
  ScalarBuilder build(builder, loc, builder.getF32Type());
  return arith::FloorDivSIOp::create(builder, loc, position,
                                     build.integer(attr.getLength()));
}

Value DualChunkAttr::expandKeyPosition(OpBuilder &builder, Location loc,
                                       int64_t, Value position) const {
  // A remainder rounds towards zero. The choice, rather than a sum, keeps the
  // angle one angle.
  ScalarBuilder build(builder, loc, builder.getF32Type());
  Value length = build.integer(getLength());
  Value rest = arith::RemSIOp::create(builder, loc, position, length);
  Value raised = arith::AddIOp::create(builder, loc, rest, length);
  return build.select(build.less(rest, 0), raised, rest);
}

Value DualChunkAttr::expandQueryPosition(OpBuilder &builder, Location loc,
                                         int64_t branch, Value position) const {
  ScalarBuilder build(builder, loc, builder.getF32Type());
  if (branch == kInter)
    return build.integer(std::min(2 * getLength() - 1, getChunk()));
  Value place = expandKeyPosition(builder, loc, branch, position);
  if (branch == kIntra)
    return place;
  Value further =
      arith::AddIOp::create(builder, loc, place, build.integer(getLength()));
  return arith::MinSIOp::create(builder, loc, further,
                                build.integer(getChunk()));
}

Value DualChunkAttr::expandCondition(OpBuilder &builder, Location loc,
                                     int64_t branch, Value queryPos,
                                     Value keyPos) const {
  ScalarBuilder build(builder, loc, builder.getF32Type());
  Value apart = arith::SubIOp::create(builder, loc,
                                      chunkOf(*this, builder, loc, queryPos),
                                      chunkOf(*this, builder, loc, keyPos));
  return build.less(apart, branch == kIntra ? 1 : 2);
}

SEXTANT_ATTN_SAMPLE(DualChunkAttr) {
  if (draw.channels % 2)
    return "";
  const std::string rotation = draw.plainRotation();
  const int64_t local = draw.integer(0, 10);
  return llvm::formatv(
      "#attn.dual_chunk<rotation = {0}, chunk = {1}, local = {2}>", rotation,
      local + draw.integer(1, 60), local);
}

SEXTANT_ATTN_ENTRY(DualChunk, DualChunkAttr)
