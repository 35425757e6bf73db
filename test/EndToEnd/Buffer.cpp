//===- Buffer.cpp - A tensor between guard zones --------------------------===//

#include "Buffer.h"

#include <cassert>
#include <cstring>

using namespace sextant::test;
using sextant::attn::HostType;

static llvm::SmallVector<int64_t, 5> stridesOf(llvm::ArrayRef<int64_t> shape,
                                               Layout layout) {
  const size_t rank = shape.size();
  llvm::SmallVector<int64_t, 5> strides(rank, 1);
  const bool isRows = rank == 4;
  if (layout == Layout::Transposed && isRows) {
    strides = {shape[2] * shape[1] * shape[3], shape[3], shape[1] * shape[3],
               1};
    return strides;
  }
  int64_t step = layout == Layout::Spread ? 3 : 1;
  for (size_t dim = rank; dim-- > 0;) {
    strides[dim] = step;
    step *= shape[dim];
    if (layout == Layout::Padded)
      step += dim == rank - 1 ? 3 : 5;
  }
  if (layout == Layout::BatchBroadcast && rank > 0)
    strides[0] = 0;
  if (layout == Layout::HeadBroadcast && isRows)
    strides[1] = 0;
  return strides;
}

Buffer::Buffer(HostType type, llvm::ArrayRef<int64_t> shape, Layout layout) {
  view.type = type;
  view.shape.assign(shape.begin(), shape.end());
  if (layout != Layout::Dense && layout != Layout::Offset &&
      layout != Layout::Misaligned)
    view.strides = stridesOf(shape, layout);
  // One past the furthest element.
  int64_t extent = 1;
  auto strides = stridesOf(shape, layout);
  for (size_t dim = 0; dim < shape.size(); ++dim)
    extent += std::max<int64_t>(shape[dim] - 1, 0) * strides[dim];
  if (view.numElements() == 0)
    extent = 0;
  // 20 bytes: aligned for an element of four bytes, for no vector.
  byteOffset = layout == Layout::Offset       ? kGuard + 20
               : layout == Layout::Misaligned ? kGuard + 21
                                              : 0;
  const size_t bytes = 2 * kGuard + 64 + extent * attn::bytesOf(type);
  memory = std::make_unique<std::vector<char>>(bytes, char(0xff));
  view.data = memory->data() + (byteOffset ? byteOffset : kGuard);
}

DLTensor *Buffer::dlpack() {
  static constexpr struct {
    uint8_t code, bits;
  } types[] = {{kDLFloat, 32}, {kDLFloat, 16}, {kDLBfloat, 16}, {kDLFloat, 64},
               {kDLInt, 64},   {kDLInt, 32},   {kDLBool, 8}};
  const auto &type = types[static_cast<unsigned>(view.type)];
  tensor.data = static_cast<char *>(view.data) - byteOffset;
  tensor.device = {kDLCPU, 0};
  tensor.ndim = static_cast<int32_t>(view.shape.size());
  tensor.dtype = {type.code, type.bits, 1};
  tensor.shape = view.shape.data();
  tensor.strides = view.strides.empty() ? nullptr : view.strides.data();
  tensor.byte_offset = byteOffset;
  return &tensor;
}

Buffer &Buffer::integers(llvm::ArrayRef<int64_t> values) {
  assert(static_cast<int64_t>(values.size()) == numElements());
  for (auto [i, value] : llvm::enumerate(values))
    std::memcpy(element(i), &value, attn::bytesOf(view.type));
  return *this;
}

char *Buffer::element(int64_t index) const {
  return static_cast<char *>(view.data) +
         view.offsetOf(index) * attn::bytesOf(view.type);
}

std::vector<char> Buffer::bits() const {
  const size_t size = attn::bytesOf(view.type);
  std::vector<char> result(numElements() * size);
  for (int64_t i = 0; i < numElements(); ++i)
    std::memcpy(result.data() + i * size, element(i), size);
  return result;
}

Buffer Buffer::copy(Layout layout) const {
  Buffer result(view.type, view.shape, layout);
  for (int64_t i = 0; i < numElements(); ++i)
    std::memcpy(result.element(i), element(i), attn::bytesOf(view.type));
  return result;
}

bool Buffer::isIntact() const {
  const size_t size = attn::bytesOf(view.type);
  std::vector<char> mine(memory->size(), 0);
  for (int64_t i = 0; i < numElements(); ++i)
    std::memset(mine.data() + (element(i) - memory->data()), 1, size);
  for (size_t i = 0; i < mine.size(); ++i)
    if (!mine[i] && (*memory)[i] != char(0xff))
      return false;
  return true;
}

bool Buffer::isWritten() const {
  const std::vector<char> untouched(attn::bytesOf(view.type), char(0xff));
  for (int64_t i = 0; i < numElements(); ++i)
    if (!std::memcmp(element(i), untouched.data(), untouched.size()))
      return false;
  return true;
}
