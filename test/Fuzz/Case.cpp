//===- Case.cpp - The tensors of a call -----------------------------------===//

#include "Case.h"

#include "dialect/Attn/Reference/Probes.h"

#include <cmath>
#include <limits>

using namespace sextant;
using namespace sextant::fuzz;
using test::Buffer;

namespace {
/// Fills one argument.
class Filler {
public:
  Filler(const Argument &what, const CallOf &call, size_t place, Buffer &buffer)
      : what(what), call(call), place(place), buffer(buffer) {}

  void fill();
  void putSpecials();

private:
  uint64_t bits(int64_t index) {
    return attn::randomBits(call.seed, place, index);
  }
  int64_t draw(int64_t index, int64_t least, int64_t most) {
    return least + int64_t(bits(index) % uint64_t(most - least + 1));
  }
  double uniform(int64_t index) {
    return what.least + (what.most - what.least) *
                            attn::randomUniform(call.seed, place, index);
  }
  int64_t position(int64_t token, int64_t tokens, int64_t index);
  int64_t integerAt(int64_t index);

  const Argument &what;
  const CallOf &call;
  size_t place;
  Buffer &buffer;
};
} // namespace

int64_t Filler::position(int64_t token, int64_t tokens, int64_t index) {
  const int64_t limit = call.positionLimit;
  switch (call.order) {
  case CallOf::Counted:
    return token;
  case CallOf::Shuffled:
    return draw(index, -std::min<int64_t>(limit, 5),
                std::min<int64_t>(limit, tokens + 5));
  case CallOf::Reversed:
    return tokens - token;
  case CallOf::Repeated:
    return token / 5;
  case CallOf::Far:
    return (token % 2 ? -1 : 1) *
           (limit - draw(index, 0, std::min<int64_t>(limit, 40)));
  }
  return 0;
}

int64_t Filler::integerAt(int64_t index) {
  const auto &shape = buffer.host().shape;
  const int64_t last = shape.empty() ? 1 : shape.back();
  switch (what.fill) {
  case Fill::Positions: {
    // A position for each axis where there are several.
    const int64_t axes = shape.size() == 3 ? last : 1;
    const int64_t tokens = shape.size() >= 2 ? shape[1] : 1;
    return position(index / axes % tokens, tokens, index);
  }
  case Fill::Offset:
    return draw(index, 0, std::min<int64_t>(call.positionLimit / 2, 1000));
  case Fill::Lengths:
    return draw(index, -1, call.extents.keys + 3);
  case Fill::Segments:
    // Runs of some length, now and then an id of its own.
    return bits(index) % 16 ? index % last / 7 : draw(index, -3, 20);
  default:
    return draw(index, int64_t(what.least), int64_t(what.most));
  }
}

void Filler::fill() {
  const int64_t elements = buffer.numElements();
  if (!attn::isFloat(what.type)) {
    std::vector<int64_t> values;
    for (int64_t i = 0; i < elements; ++i)
      values.push_back(what.type == attn::HostType::I1 ? bits(i) & 1
                                                       : integerAt(i));
    buffer.integers(values);
    return;
  }
  double sum = 0;
  const int64_t last =
      buffer.host().shape.empty() ? 1 : buffer.host().shape.back();
  for (int64_t i = 0; i < elements; ++i) {
    if (what.fill == Fill::Normal) {
      buffer.set(i, call.scale * attn::randomNormal(call.seed, place, i));
    } else if (what.fill == Fill::RunningSums) {
      sum = (i % last ? sum : 0) + uniform(i);
      buffer.set(i, sum);
    } else {
      buffer.set(i, uniform(i));
    }
  }
}

void Filler::putSpecials() {
  const int64_t elements = buffer.numElements();
  double value = 0;
  bool isEverywhere = false;
  switch (call.special) {
  case CallOf::None:
    return;
  case CallOf::Zero:
    isEverywhere = true;
    break;
  case CallOf::NaN:
    value = std::numeric_limits<double>::quiet_NaN();
    break;
  case CallOf::Huge:
    value = what.type == attn::HostType::F16 ? 30000 : 1e30;
    break;
  case CallOf::Denormal:
    value = what.type == attn::HostType::F16 ? 1e-7 : 1e-40;
    isEverywhere = true;
    break;
  }
  for (int64_t i = 0; i < elements; ++i)
    if (isEverywhere || bits(elements + i) % 97 == 0)
      buffer.set(i, bits(i) & 1 ? value : -value);
}

std::vector<Buffer> sextant::fuzz::makeInputs(const Case &what,
                                              const CallOf &call) {
  std::vector<Buffer> buffers;
  for (size_t place = 0; place < what.arguments.size(); ++place) {
    const Argument &argument = what.arguments[place];
    Buffer &buffer = buffers.emplace_back(argument.type, call.shapes[place],
                                          call.layouts[place]);
    Filler filler(argument, call, place, buffer);
    filler.fill();
    if (int64_t(place) == call.specialArgument)
      filler.putSpecials();
  }
  return buffers;
}

std::string sextant::fuzz::shapeLine(const CallOf &call) {
  std::string line;
  for (size_t place = 0; place < call.shapes.size(); ++place) {
    line += place ? "," : "";
    for (size_t dim = 0; dim < call.shapes[place].size(); ++dim)
      line += (dim ? "x" : "") + std::to_string(call.shapes[place][dim]);
  }
  return line;
}
