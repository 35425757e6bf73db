// Writes `.npy` files, a block at a time.
#include "runtime/Core/Npy.h"

#include "runtime/Core/NpyHeader.h"

#include <cerrno>
#include <unistd.h>

namespace sextant::runtime {
namespace {

Failure writeBytes(int descriptor, const char *from, size_t bytes) {
  while (bytes) {
    const ssize_t written = write(descriptor, from, bytes);
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return Failure::invalid(std::strerror(errno));
    from += written;
    bytes -= size_t(written);
  }
  return Failure::none();
}

/// Magic, version 1.0, length, dictionary, and spaces up to a multiple of 64
/// so that the data can be mapped.
std::string makePrefix(const DLTensor &tensor) {
  const std::vector<int64_t> shape(tensor.shape, tensor.shape + tensor.ndim);
  std::string header = formatNpyHeader(tensor.dtype, shape);
  const size_t unpadded = 10 + header.size() + 1;
  header.append((64 - unpadded % 64) % 64, ' ');
  header += '\n';
  std::string prefix = "\x93NUMPY";
  prefix += '\1';
  prefix += '\0';
  prefix += char(header.size() & 0xff);
  prefix += char(header.size() >> 8);
  return prefix + header;
}

/// Writes the elements in C order, a block at a time.
Failure writeElements(int descriptor, const DLTensor &tensor) {
  const size_t bytes = tensor.dtype.bits / 8;
  const auto *base =
      static_cast<const char *>(tensor.data) + tensor.byte_offset;
  const int32_t rank = tensor.ndim;
  int64_t elements = 1;
  std::vector<int64_t> strides(size_t(rank), 1), index(size_t(rank), 0);
  for (int32_t d = rank; d-- > 0; elements *= tensor.shape[d])
    strides[size_t(d)] = tensor.strides ? tensor.strides[d] : elements;
  std::string block;
  int64_t at = 0;
  for (int64_t i = 0; i < elements; ++i) {
    block.append(base + at * int64_t(bytes), bytes);
    if (block.size() >= 1 << 16) {
      if (Failure failure = writeBytes(descriptor, block.data(), block.size()))
        return failure;
      block.clear();
    }
    for (size_t d = size_t(rank); d-- > 0;) {
      at += strides[d];
      if (++index[d] < tensor.shape[d])
        break;
      at -= strides[d] * tensor.shape[d];
      index[d] = 0;
    }
  }
  return writeBytes(descriptor, block.data(), block.size());
}

Failure checkType(const DLTensor &tensor) {
  if (tensor.dtype.lanes != 1 || tensor.device.device_type != kDLCPU)
    return Failure::invalid("expected a tensor on cpu with lanes 1");
  const std::string header = formatNpyHeader(tensor.dtype, {});
  if (header.find("''") != std::string::npos)
    return Failure::invalid("npy has no name for this dtype");
  return Failure::none();
}

} // namespace

Failure writeNpy(int descriptor, const DLTensor &tensor) {
  if (Failure failure = checkType(tensor))
    return failure;
  const std::string prefix = makePrefix(tensor);
  if (Failure failure = writeBytes(descriptor, prefix.data(), prefix.size()))
    return failure;
  return writeElements(descriptor, tensor);
}

} // namespace sextant::runtime
