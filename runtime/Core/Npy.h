// Reads and writes `.npy`, the file format of one NumPy array.
#ifndef SEXTANT_RUNTIME_CORE_NPY_H
#define SEXTANT_RUNTIME_CORE_NPY_H

#include "runtime/Core/Failure.h"

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

namespace sextant::runtime {

/// A compact tensor in memory that it owns, aligned to 64 bytes.
struct NpyArray {
  struct Free {
    void operator()(void *data) const { std::free(data); }
  };

  DLDataType type = {};
  std::vector<int64_t> shape;
  /// Null where there is no element.
  std::unique_ptr<void, Free> data;

  /// Elements and bytes of one; both fit: the reader has checked.
  int64_t elements() const;
  int64_t bytes() const { return elements() * (type.bits / 8); }

  /// A view of the array, valid while it lives and keeps its shape.
  DLTensor tensor();
};

/// Allocates a zeroed array; fails on size overflow and lack of memory.
Failure makeArray(DLDataType type, std::vector<int64_t> shape, NpyArray &array);

/// Reads `path`: versions 1.0, 2.0 and 3.0, little endian, b1 i1..i8 u1..u8 f2
/// f4 f8 and V2 (bfloat16, as ml_dtypes writes it). Fortran order is converted.
/// Nothing is allocated before header and file size agree.
Failure readNpy(const char *path, NpyArray &array);

/// Writes `tensor`, any strides, to an open file, in C order as version 1.0.
/// bfloat16 is written as V2.
Failure writeNpy(int descriptor, const DLTensor &tensor);

} // namespace sextant::runtime

#endif // SEXTANT_RUNTIME_CORE_NPY_H
