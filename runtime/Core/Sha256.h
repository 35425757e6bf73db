// SHA-256 (FIPS 180-4), for the manifest's own check.
#ifndef SEXTANT_RUNTIME_CORE_SHA256_H
#define SEXTANT_RUNTIME_CORE_SHA256_H

#include <array>
#include <cstddef>
#include <cstdint>

namespace sextant::runtime {

/// The digest of `bytes` bytes at `data`.
std::array<uint8_t, 32> sha256(const void *data, size_t bytes);

} // namespace sextant::runtime

#endif // SEXTANT_RUNTIME_CORE_SHA256_H
