//===- Sampler.cpp - Random rows for numeric evidence ---------------------===//
//
// Hashed random numbers for the leaves of a score program.
//
//===----------------------------------------------------------------------===//

#include "compiler/AttnToFused/Algebra/Sampler.h"

#include <cmath>
#include <limits>

using namespace sextant::algebra;

/// A bijective scrambler of 64 bits (splitmix64's finalizer).
static uint64_t scramble(uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

namespace {
enum Stream : uint64_t { Radius, Phase, Place, Rate };
} // namespace

/// In (0, 1).
double Sampler::uniform(uint64_t stream, uint64_t row, uint64_t index) const {
  uint64_t hash = scramble(seed);
  for (uint64_t part : {stream, row, index})
    hash = scramble(hash ^ part);
  return (static_cast<double>(hash >> 11) + 0.5) * std::ldexp(1.0, -53);
}

double Sampler::leaf(Value value) const {
  Side side = program[value].side;
  // Odd rows for queries, even for keys: no query row equals a key row.
  uint64_t row = side == Side::Query ? 2 * uint64_t(queryRow) + 1
                 : side == Side::Key ? 2 * uint64_t(keyRow) + 2
                                     : 0;
  constexpr double twoPi = 6.283185307179586;
  return std::sqrt(-2 * std::log(uniform(Radius, row, value.index))) *
         std::cos(twoPi * uniform(Phase, row, value.index));
}

double Sampler::position(Side side, Symbol axis) const {
  bool query = side == Side::Query;
  if (fixed)
    return query ? fixed->first : fixed->second;
  constexpr double positions = 400;
  uint64_t row = 2 * uint64_t(query ? queryRow : keyRow) + (query ? 1 : 2);
  return std::floor(positions * uniform(Place, row, axis.index));
}

double Sampler::rate(Symbol symbol) const {
  double random = uniform(Rate, 0, symbol.index);
  if (program.atoms()[symbol].kind == SymbolKind::Decay)
    return 1 - 0.01 * random;
  return std::pow(0.01, random);
}

double Sampler::opaque(const ProgramNode &node,
                       llvm::ArrayRef<double> operands) const {
  return evaluator ? evaluator(node, operands)
                   : std::numeric_limits<double>::quiet_NaN();
}
