//===- Strip.cpp - attn.tabulate as a loop over distances -----------------===//

#include "compiler/TiledToVector/Kernel.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::attn;

Value sextant::tabulateTasks(Frame &frame, TabulateOp op) {
  return frame.extentOf(op.getResult(), 0);
}

LogicalResult sextant::emitTabulate(Frame &frame, TabulateOp op) {
  Code &code = frame.code;
  int64_t lanes = frame.kernel.target.lanes;
  Value queries = frame.extentOf(op.getQuery(), 2);
  Value keys = frame.extentOf(op.getKey(), 2);
  Value origin = code.sub(op.getAlign() == Align::BottomRight ? queries : keys,
                          int64_t(1));
  Value result = frame.memrefOf(op.getResult());
  Block &body = op.getBody().front();
  RegionEmitter emitter =
      frame.emitterFor({&body}, frame.callExtents(op.getQuery(), op.getKey()));
  emitter.map(body.getArgument(0), code.toInteger(32, frame.task));
  emitter.emitAvailable(code.builder, body);
  // Whole vectors only: what is left over is padding.
  Value end = code.sub(frame.extentOf(op.getResult(), 1), lanes - 1);
  code.loop(code.index(0), end, lanes, [&](Value place) {
    RegionEmitter perVector = emitter;
    perVector.mapIota(code.builder, code.loc, body.getArgument(1),
                      code.toInteger(32, code.sub(place, origin)));
    Value value = perVector.emit(code.builder, body).front();
    value = perVector.broadcast(code.builder, code.loc, value);
    code.storeVector(value, result, {frame.task, place});
  });
  return success();
}
