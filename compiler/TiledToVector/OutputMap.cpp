//===- OutputMap.cpp - What is stored of an output element ----------------===//

#include "compiler/TiledToVector/OutputMap.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

OutputMap::OutputMap(ForTilesOp op) {
  Region &region = op.getFinalize().getOutput();
  if (!region.empty())
    block = &region.front();
}

RegionEmitter OutputMap::forHead(Frame &frame, const ExtentValues &extents,
                                 Value batch, Value head) const {
  RegionEmitter emitter = frame.emitterFor({block}, extents);
  emitter.preferAdjacentReads();
  emitter.map(argument(Batch), frame.code.toInteger(32, batch));
  emitter.map(argument(Head), frame.code.toInteger(32, head));
  emitter.emitAvailable(frame.code.builder, *block);
  return emitter;
}

RegionEmitter OutputMap::forRow(Frame &frame, const RegionEmitter &head,
                                Value query, Value position) const {
  RegionEmitter emitter = head;
  emitter.map(argument(Query), frame.code.toInteger(32, query));
  if (position)
    emitter.map(argument(Position), position);
  emitter.emitAvailable(frame.code.builder, *block);
  return emitter;
}

RegionEmitter OutputMap::forRows(Frame &frame, const RegionEmitter &head,
                                 Value firstQuery, Value position,
                                 Value firstPosition) const {
  Code &code = frame.code;
  RegionEmitter emitter = head;
  emitter.mapIota(code.builder, code.loc, argument(Query),
                  code.toInteger(32, firstQuery));
  if (position)
    emitter.map(argument(Position), position);
  else if (firstPosition)
    emitter.mapIota(code.builder, code.loc, argument(Position), firstPosition);
  emitter.emitAvailable(code.builder, *block);
  return emitter;
}

Value OutputMap::emit(Frame &frame, RegionEmitter emitter) const {
  Code &code = frame.code;
  return emitter.broadcast(code.builder, code.loc,
                           emitter.emit(code.builder, *block).front());
}

Value OutputMap::channels(Frame &frame, const RegionEmitter &row,
                          Value elements, Value channel) const {
  RegionEmitter emitter = row;
  emitter.map(argument(Element), elements);
  emitter.mapIota(frame.code.builder, frame.code.loc, argument(Channel),
                  frame.code.toInteger(32, channel));
  return emit(frame, std::move(emitter));
}

Value OutputMap::channelOf(Frame &frame, const RegionEmitter &rows,
                           Value elements, Value channel) const {
  RegionEmitter emitter = rows;
  emitter.map(argument(Element), elements);
  emitter.map(argument(Channel), frame.code.toInteger(32, channel));
  return emit(frame, std::move(emitter));
}
