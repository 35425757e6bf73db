//===- Buffer.h - A tensor between guard zones ------------------*- C++ -*-===//

#ifndef SEXTANT_TEST_ENDTOEND_BUFFER_H
#define SEXTANT_TEST_ENDTOEND_BUFFER_H

#include "dialect/Attn/Reference/Tensor.h"
#include "runtime/sextant_runtime.h"

#include <memory>
#include <vector>

namespace sextant::test {

/// How the elements of a tensor lie in memory.
enum class Layout {
  /// Row-major, strides not written.
  Dense,
  /// Row-major from an odd byte offset past the pointer.
  Offset,
  /// B x H x L x D seen through memory of B x L x H x D.
  Transposed,
  /// Rows, heads and batch entries with gaps behind them.
  Padded,
  /// Every third element of the last dimension.
  Spread,
  /// One batch entry for all.
  BatchBroadcast,
  /// One head for all.
  HeadBroadcast,
  /// Row-major from an odd address, where no element may lie.
  Misaligned,
};

/// Memory of its own for one tensor. Every byte that belongs to no element is
/// 0xff, NaN in any float type, and stays so: in the gaps of a layout and in
/// guard zones of 4 KiB before and behind.
class Buffer {
public:
  static constexpr size_t kGuard = 4096;

  Buffer(attn::HostType type, llvm::ArrayRef<int64_t> shape,
         Layout layout = Layout::Dense);
  Buffer(Buffer &&) = default;
  Buffer &operator=(Buffer &&) = default;

  attn::HostTensor &host() { return view; }
  const attn::HostTensor &host() const { return view; }
  /// Valid as long as this buffer does not move.
  DLTensor *dlpack();

  int64_t numElements() const { return view.numElements(); }
  double at(int64_t index) const { return view.readReal(index); }
  void set(int64_t index, double value) { view.write(index, value); }
  /// Sets all integers.
  Buffer &integers(llvm::ArrayRef<int64_t> values);

  /// The bytes of the elements in row-major order: equal for equal tensors in
  /// whatever layout.
  std::vector<char> bits() const;
  /// A copy in another layout. Broadcast layouts keep the last values written.
  Buffer copy(Layout layout) const;

  /// True if every byte that belongs to no element is still 0xff.
  bool isIntact() const;
  /// True if no element is still as the constructor left it.
  bool isWritten() const;

private:
  char *element(int64_t index) const;

  std::unique_ptr<std::vector<char>> memory;
  attn::HostTensor view;
  uint64_t byteOffset = 0;
  DLTensor tensor = {};
};

} // namespace sextant::test

#endif // SEXTANT_TEST_ENDTOEND_BUFFER_H
