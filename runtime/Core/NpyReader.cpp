// Reads `.npy` files; nothing in them is trusted.
#include "runtime/Core/Npy.h"

#include "runtime/Core/NpyHeader.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sextant::runtime {
namespace {

constexpr size_t alignment = 64;

/// Total bytes of a compact array; false on overflow.
bool countBytes(DLDataType type, const std::vector<int64_t> &shape,
                int64_t &bytes) {
  bytes = type.bits / 8;
  bool isEmpty = false;
  for (int64_t extent : shape)
    isEmpty |= extent == 0;
  for (int64_t extent : shape)
    if (__builtin_mul_overflow(bytes, isEmpty ? int64_t(1) : extent, &bytes))
      return false;
  if (isEmpty)
    bytes = 0;
  return bytes <= INT64_MAX - int64_t(alignment);
}

/// A stdio stream that closes itself.
using Stream = std::unique_ptr<FILE, decltype(&std::fclose)>;

bool readBytes(FILE *file, void *to, size_t bytes) {
  return std::fread(to, 1, bytes, file) == bytes;
}

/// Copies Fortran-order elements to C order, walking the target in order.
void toRowMajor(const char *from, char *to, const std::vector<int64_t> &shape,
                size_t elementBytes, int64_t elements) {
  const size_t rank = shape.size();
  std::vector<int64_t> index(rank, 0), strides(rank, 1);
  for (size_t d = 1; d < rank; ++d)
    strides[d] = strides[d - 1] * shape[d - 1];
  int64_t at = 0;
  for (int64_t i = 0; i < elements; ++i) {
    std::memcpy(to + i * elementBytes, from + at * elementBytes, elementBytes);
    for (size_t d = rank; d-- > 0;) {
      at += strides[d];
      if (++index[d] < shape[d])
        break;
      at -= strides[d] * shape[d];
      index[d] = 0;
    }
  }
}

class NpyFile {
public:
  explicit NpyFile(FILE *file) : file(file) {}

  Failure read(NpyArray &array) {
    struct stat info;
    if (fstat(fileno(file), &info))
      return Failure::invalid(std::strerror(errno));
    if (!S_ISREG(info.st_mode))
      return Failure::invalid("expected a regular file");
    NpyHeader header;
    if (Failure failure = readHeader(header))
      return failure;
    int64_t bytes;
    if (!countBytes(header.type, header.shape, bytes))
      return Failure::invalid("size overflow: the shape exceeds 63 bits");
    const int64_t present = int64_t(info.st_size) - consumed;
    if (present < bytes)
      return Failure::invalid("truncated: expected " + std::to_string(bytes) +
                              " bytes of data, found " +
                              std::to_string(present));
    if (present > bytes)
      return Failure::invalid("trailing bytes: expected " +
                              std::to_string(bytes) + " bytes of data, found " +
                              std::to_string(present));
    return readData(header, array);
  }

private:
  Failure readHeader(NpyHeader &header) {
    unsigned char start[8];
    if (!readBytes(file, start, sizeof(start)) ||
        std::memcmp(start, "\x93NUMPY", 6))
      return Failure::invalid("not an npy file: bad magic");
    const unsigned major = start[6], minor = start[7];
    if (major < 1 || major > 3 || minor != 0)
      return Failure::invalid("npy version: expected 1.0, 2.0 or 3.0, found " +
                              std::to_string(major) + "." +
                              std::to_string(minor));
    unsigned char length[4] = {};
    const size_t lengthBytes = major == 1 ? 2 : 4;
    if (!readBytes(file, length, lengthBytes))
      return Failure::invalid("truncated in the header");
    const uint32_t headerBytes =
        uint32_t(length[0]) | uint32_t(length[1]) << 8 |
        uint32_t(length[2]) << 16 | uint32_t(length[3]) << 24;
    if (headerBytes > npyMaxHeaderBytes)
      return Failure::invalid("npy header: expected at most " +
                              std::to_string(npyMaxHeaderBytes) +
                              " bytes, found " + std::to_string(headerBytes));
    std::string text(headerBytes, '\0');
    if (!readBytes(file, text.data(), text.size()))
      return Failure::invalid("truncated in the header");
    consumed = int64_t(sizeof(start) + lengthBytes + headerBytes);
    return parseNpyHeader(text, header);
  }

  Failure readData(NpyHeader &header, NpyArray &array) {
    NpyArray stored;
    if (Failure failure = makeArray(header.type, header.shape, stored))
      return failure;
    const size_t bytes = size_t(stored.bytes());
    if (bytes && !readBytes(file, stored.data.get(), bytes))
      return Failure::invalid("cannot read the data to its end");
    if (header.fortranOrder && header.shape.size() > 1 && bytes) {
      NpyArray turned;
      if (Failure failure = makeArray(header.type, header.shape, turned))
        return failure;
      toRowMajor(static_cast<const char *>(stored.data.get()),
                 static_cast<char *>(turned.data.get()), header.shape,
                 header.type.bits / 8, stored.elements());
      stored = std::move(turned);
    }
    array = std::move(stored);
    return Failure::none();
  }

  FILE *file;
  int64_t consumed = 0;
};

} // namespace

int64_t NpyArray::elements() const {
  int64_t count = 1;
  for (int64_t extent : shape)
    count = extent ? count * extent : 0;
  return count;
}

DLTensor NpyArray::tensor() {
  DLTensor view = {};
  view.data = data.get();
  view.device = {kDLCPU, 0};
  view.ndim = int32_t(shape.size());
  view.dtype = type;
  view.shape = shape.data();
  return view;
}

Failure makeArray(DLDataType type, std::vector<int64_t> shape,
                  NpyArray &array) {
  for (int64_t extent : shape)
    if (extent < 0)
      return Failure::invalid("expected extents of 0 or more, got " +
                              std::to_string(extent));
  int64_t bytes;
  if (!countBytes(type, shape, bytes))
    return Failure::invalid("size overflow: the shape exceeds 63 bits");
  NpyArray result;
  result.type = type;
  result.shape = std::move(shape);
  if (bytes) {
    const size_t rounded = (size_t(bytes) + alignment - 1) & ~(alignment - 1);
    result.data.reset(std::aligned_alloc(alignment, rounded));
    if (!result.data)
      return {SEXTANT_RESOURCE_EXHAUSTED,
              "cannot allocate " + std::to_string(bytes) + " bytes"};
    std::memset(result.data.get(), 0, rounded);
  }
  array = std::move(result);
  return Failure::none();
}

Failure readNpy(const char *path, NpyArray &array) {
  // O_NONBLOCK: opening a pipe must not wait for a writer.
  const int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  Stream file(descriptor < 0 ? nullptr : fdopen(descriptor, "rb"),
              &std::fclose);
  Failure failure = file ? NpyFile(file.get()).read(array)
                         : Failure::invalid(std::strerror(errno));
  if (failure)
    failure.message = "'" + std::string(path) + "': " + failure.message;
  return failure;
}

} // namespace sextant::runtime
