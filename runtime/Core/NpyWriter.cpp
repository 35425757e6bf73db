// Writes `.npy` files beside their final place and then moves them there.
#include "runtime/Core/Npy.h"

#include "runtime/Core/NpyHeader.h"

#include <cerrno>
#include <cstdio>
#include <sys/stat.h>
#include <unistd.h>

namespace sextant::runtime {
namespace {

Failure failWithErrno() { return Failure::invalid(std::strerror(errno)); }

Failure writeBytes(FILE *file, const void *from, size_t bytes) {
  return std::fwrite(from, 1, bytes, file) == bytes ? Failure::none()
                                                    : failWithErrno();
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
Failure writeElements(FILE *file, const DLTensor &tensor) {
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
      if (Failure failure = writeBytes(file, block.data(), block.size()))
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
  return writeBytes(file, block.data(), block.size());
}

Failure writeTo(FILE *file, const DLTensor &tensor) {
  const std::string prefix = makePrefix(tensor);
  if (Failure failure = writeBytes(file, prefix.data(), prefix.size()))
    return failure;
  if (Failure failure = writeElements(file, tensor))
    return failure;
  return std::fflush(file) ? failWithErrno() : Failure::none();
}

/// Pipes and devices cannot be replaced; they are written in place.
Failure writeInPlace(const char *path, const DLTensor &tensor) {
  FILE *file = std::fopen(path, "wbe");
  if (!file)
    return failWithErrno();
  Failure failure = writeTo(file, tensor);
  if (std::fclose(file) && !failure)
    failure = failWithErrno();
  return failure;
}

Failure writeAndMove(const char *path, const DLTensor &tensor) {
  std::string temporary = std::string(path) + ".XXXXXX";
  const int descriptor = mkstemp(temporary.data());
  if (descriptor < 0)
    return failWithErrno();
  // mkstemp gives 0600; a result file gets what open would have given.
  const mode_t mask = umask(0);
  umask(mask);
  fchmod(descriptor, 0666 & ~mask);
  FILE *file = fdopen(descriptor, "wb");
  Failure failure = file ? writeTo(file, tensor) : failWithErrno();
  if (file && std::fclose(file) && !failure)
    failure = failWithErrno();
  if (!failure && std::rename(temporary.c_str(), path))
    failure = failWithErrno();
  if (failure)
    unlink(temporary.c_str());
  return failure;
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

Failure writeNpy(const char *path, const DLTensor &tensor) {
  struct stat info;
  Failure failure = checkType(tensor);
  if (!failure)
    failure = stat(path, &info) == 0 && !S_ISREG(info.st_mode)
                  ? writeInPlace(path, tensor)
                  : writeAndMove(path, tensor);
  if (failure)
    failure.message = "'" + std::string(path) + "': " + failure.message;
  return failure;
}

} // namespace sextant::runtime
