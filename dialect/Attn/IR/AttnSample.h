//===- AttnSample.h - How an entry draws a use of itself --------*- C++ -*-===//
//
// The fuzzer (test/Fuzz) knows no entry by name: it asks the dialect for those
// of an interface, and each writes one legal use of itself, with parameters
// and captured tensors that it draws.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_DIALECT_ATTN_IR_ATTNSAMPLE_H
#define SEXTANT_DIALECT_ATTN_IR_ATTNSAMPLE_H

#include "dialect/Attn/IR/Attn.h"
#include "llvm/Support/FormatVariadic.h"

#include <string>

namespace sextant::attn {

/// A captured tensor: what a sample wants passed to it.
struct SampledTensor {
  /// Extents that the call decides; a number >= 0 is itself.
  enum Extent : int64_t {
    Batches = -1,
    Heads = -2,
    Queries = -3,
    Keys = -4,
    /// Of the row that is encoded.
    RowHeads = -5,
    Rows = -6,
    /// Whatever there is.
    Any = -7,
  };
  enum Values {
    /// Numbers within [least, most].
    Numbers,
    /// Sums along the last dimension of such numbers.
    RunningSums,
    /// i32: from less than none to more than all keys.
    Lengths,
    /// i32: ids of the documents that tokens belong to.
    Segments,
    /// i32 within [least, most]; i1.
    Integers,
    Flags,
  };
  llvm::SmallVector<int64_t> shape;
  Values values = Numbers;
  double least = -2, most = 2;
  /// Numbers are drawn as f32, f16 or bf16 unless only f32 is read.
  bool onlyF32 = false;
};

/// What a sample draws from. The first of the possible values is the simplest.
class EntrySampler {
public:
  virtual ~EntrySampler() = default;

  /// In [least, most].
  virtual int64_t integer(int64_t least, int64_t most) = 0;
  bool flag() { return integer(0, 1); }
  /// A decimal number within [least, most], as it is written.
  std::string number(double least, double most) {
    double value = least + (most - least) * double(integer(0, 16)) / 16;
    return llvm::formatv("{0:f6}", value).str();
  }
  std::string layout() { return flag() ? "interleaved" : "half"; }
  /// A rotation of every channel by the position alone.
  std::string plainRotation() {
    return "#attn.rope<base = " + number(10, 1000) + ", layout = " + layout() +
           ">";
  }

  /// Asks for one captured tensor more; its place in the list of captures.
  virtual int64_t capture(const SampledTensor &tensor) = 0;

  /// Draws another entry that has interface `InterfaceT`.
  template <typename InterfaceT> std::string another() {
    return another(InterfaceT::getInterfaceID());
  }

  /// Positions stay within [-limit, limit] in every call.
  virtual void limitPositions(int64_t limit) = 0;

  /// Channels of the row that is encoded or rotated, rotated channels for a
  /// link of a scaling chain.
  int64_t channels = 0;
  /// The side of the score that the row stands on.
  ScoreSide side = ScoreSide::Query;

protected:
  virtual std::string another(mlir::TypeID interface) = 0;
};

/// `write` writes a use of an entry, "" if there is none for so many channels.
/// An entry that has no sample has this one.
template <typename AttrT> struct EntrySample {
  static constexpr EntrySampleFn write = nullptr;
};

} // namespace sextant::attn

/// The sample of class ATTR, before its SEXTANT_ATTN_ENTRY: a function body
/// that returns text and draws from `draw`.
#define SEXTANT_ATTN_SAMPLE(ATTR)                                              \
  template <> struct sextant::attn::EntrySample<sextant::attn::ATTR> {         \
    static std::string write(EntrySampler &draw);                              \
  };                                                                           \
  std::string sextant::attn::EntrySample<sextant::attn::ATTR>::write(          \
      [[maybe_unused]] EntrySampler &draw)

#endif // SEXTANT_DIALECT_ATTN_IR_ATTNSAMPLE_H
