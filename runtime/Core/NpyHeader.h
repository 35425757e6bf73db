// The header of a `.npy` file: a Python dictionary literal with three keys.
#ifndef SEXTANT_RUNTIME_CORE_NPYHEADER_H
#define SEXTANT_RUNTIME_CORE_NPYHEADER_H

#include "runtime/Core/Failure.h"

#include <string_view>
#include <vector>

namespace sextant::runtime {

/// A header above this is refused, as is a rank above npyMaxRank.
constexpr uint32_t npyMaxHeaderBytes = 64 * 1024;
constexpr size_t npyMaxRank = 32;

struct NpyHeader {
  DLDataType type = {};
  bool fortranOrder = false;
  std::vector<int64_t> shape;
};

/// Parses the dictionary. Nothing is evaluated: anything but the literal form
/// that NumPy writes is an error naming the byte.
Failure parseNpyHeader(std::string_view text, NpyHeader &header);

/// The dictionary for a C-order array, without padding.
std::string formatNpyHeader(DLDataType type, const std::vector<int64_t> &shape);

} // namespace sextant::runtime

#endif // SEXTANT_RUNTIME_CORE_NPYHEADER_H
