// The manifest of an artifact, parsed and checked.
#ifndef SEXTANT_RUNTIME_CORE_MANIFEST_H
#define SEXTANT_RUNTIME_CORE_MANIFEST_H

#include "runtime/Core/Failure.h"

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// What the C API hands out. The views in `kernels` point into the deques,
/// which never move an element.
struct sextant_manifest {
  std::string json;
  std::string producer;
  std::vector<sextant_kernel_info> kernels;

  std::deque<std::string> strings;
  std::deque<std::vector<sextant_argument_info>> arguments;
  std::deque<std::vector<int64_t>> extents;
  std::deque<std::vector<const char *>> names;
};

namespace sextant::runtime {

/// Reads header and JSON (runtime/Artifact/Manifest.h) from `blob`, which may
/// be longer than they are.
Failure parseManifest(std::string_view blob,
                      std::unique_ptr<sextant_manifest> &manifest);

/// The type named `name` ("f32"); false where there is none.
bool parseDataType(std::string_view name, DLDataType &type);

/// The name of `type`; empty where the manifest has no name for it.
std::string dataTypeName(DLDataType type);

} // namespace sextant::runtime

#endif // SEXTANT_RUNTIME_CORE_MANIFEST_H
