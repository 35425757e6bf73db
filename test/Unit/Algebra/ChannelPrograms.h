//===- ChannelPrograms.h - Attention ops on channel lists -------*- C++ -*-===//
//
// Writes score programs of a channel group the way attention variants read.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_TEST_UNIT_ALGEBRA_CHANNELPROGRAMS_H
#define SEXTANT_TEST_UNIT_ALGEBRA_CHANNELPROGRAMS_H

#include "compiler/AttnToFused/Algebra/Analysis.h"

#include "llvm/ADT/StringExtras.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace sextant::algebra {

using Channels = llvm::SmallVector<Value>;

/// A score program under construction, with channel-wise attention ops.
class ChannelProgram {
public:
  ScoreProgram program;

  Channels input(Side side, llvm::StringRef name, unsigned count) {
    Channels result;
    for (unsigned i = 0; i < count; ++i) {
      std::string suffix = count == 1 ? "" : std::string("_") + char('a' + i);
      result.push_back(program.input(side, {name.str() + suffix}));
    }
    return result;
  }
  Channels query(llvm::StringRef name, unsigned count) {
    return input(Side::Query, name, count);
  }
  Channels key(llvm::StringRef name, unsigned count) {
    return input(Side::Key, name, count);
  }

  /// Rotates consecutive pairs by (cosine, sine).
  Channels turnPairs(const Channels &x, std::pair<Value, Value> turn) {
    auto [c, s] = turn;
    Channels result;
    for (size_t i = 0; i < x.size(); i += 2) {
      result.push_back(
          program.sub(program.mul(x[i], c), program.mul(x[i + 1], s)));
      result.push_back(
          program.add(program.mul(x[i], s), program.mul(x[i + 1], c)));
    }
    return result;
  }
  Channels rotate(const Channels &x, Side side, llvm::StringRef angle = "") {
    return turnPairs(x, program.turn(side, program.angle(nullptr, angle)));
  }
  /// A magnitude at the angle of its position.
  Channels polar(Value magnitude, std::pair<Value, Value> turn) {
    return {program.mul(magnitude, turn.first),
            program.mul(magnitude, turn.second)};
  }
  Channels decay(const Channels &x, Side side, int power) {
    Value z = program.decay(side, program.decayBase(nullptr, "z"), power);
    return each(x, [&](Value v) { return program.mul(v, z); });
  }
  Channels meanHalves(const Channels &x) {
    Channels result;
    Value half = program.constant(0.5);
    for (size_t i = 0; i < x.size() / 2; ++i)
      result.push_back(
          program.mul(half, program.add(x[i], x[i + x.size() / 2])));
    return result;
  }
  Channels duplicate(Channels x) {
    Channels copy = x;
    x.append(copy.begin(), copy.end());
    return x;
  }
  Channels map(llvm::StringRef name, const Channels &x) {
    return each(x, [&](Value v) {
      return program.opaque({name.str(), nullptr, 0}, v);
    });
  }
  /// relu of the mean of the halves of `name`.
  Channels coefficients(llvm::StringRef name = "u", unsigned count = 2) {
    return map("relu", meanHalves(key(name, count)));
  }
  Channels collinear(const Channels &x, const Channels &y) {
    Channels result;
    for (size_t i = 0; i < x.size(); ++i)
      result.push_back(program.mul(x[i], y[i]));
    return result;
  }
  Value scores(const Channels &x, const Channels &y) {
    Value total = program.mul(x[0], y[0]);
    for (size_t i = 1; i < x.size(); ++i)
      total = program.add(total, program.mul(x[i], y[i]));
    return total;
  }
  Value power(Value x, unsigned exponent) {
    Value result = x;
    for (unsigned i = 1; i < exponent; ++i)
      result = program.mul(result, x, {"power"});
    return result;
  }
  template <typename Fn> Channels each(const Channels &x, Fn fn) {
    Channels result;
    for (Value v : x)
      result.push_back(fn(v));
    return result;
  }
};

/// The opaque ops the tests use, on numbers.
inline double evaluateOpaque(const ProgramNode &node,
                             llvm::ArrayRef<double> x) {
  llvm::StringRef name = node.what.name;
  if (name == "relu")
    return std::max(x[0], 0.0);
  if (name == "softplus")
    return std::log1p(std::exp(-std::fabs(x[0]))) + std::max(x[0], 0.0);
  if (name == "max")
    return std::max(x[0], x[1]);
  if (name == "abs")
    return std::fabs(x[0]);
  if (name == "phi")
    return std::tanh(std::accumulate(x.begin(), x.end(), 0.0) * 0.3 +
                     0.1 * x[0]);
  if (name == "net")
    return std::sin(1.3 * x[0] + x.back() * x[0] + 0.2 * x.back()) +
           0.37 * node.what.result * x[0];
  return std::numeric_limits<double>::quiet_NaN();
}

} // namespace sextant::algebra

#endif // SEXTANT_TEST_UNIT_ALGEBRA_CHANNELPROGRAMS_H
