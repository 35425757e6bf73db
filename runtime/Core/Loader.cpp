// Loads an artifact whose file has been checked, and hands out its functions.
#include "runtime/Core/ArtifactFile.h"

#include <cstdlib>
#include <dlfcn.h>
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

struct sextant_lib {
  void *handle = nullptr;
  /// Of the private copy, where one had to be made; else -1.
  int copyDescriptor = -1;
  std::unique_ptr<sextant_manifest> manifest;

  ~sextant_lib() {
    if (handle)
      dlclose(handle);
    if (copyDescriptor >= 0)
      close(copyDescriptor);
  }
};

namespace sextant::runtime {
namespace {

/// A search through the loaded objects for the one at `base`.
struct ImageQuery {
  const ArtifactFile *artifact;
  uint64_t base;
  bool matches;
};

/// Compares the object `info` with the file: first the layout, so that only
/// mapped memory is looked at, then the bytes.
int compareImage(struct dl_phdr_info *info, size_t, void *data) {
  auto *query = static_cast<ImageQuery *>(data);
  if (info->dlpi_addr != query->base)
    return 0;
  const auto &wanted = query->artifact->elf.constantSegments;
  size_t at = 0;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr) &segment = info->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W))
      continue;
    if (at == wanted.size() || segment.p_vaddr != wanted[at].address ||
        segment.p_filesz != wanted[at].bytes ||
        std::memcmp(
            reinterpret_cast<const char *>(query->base + segment.p_vaddr),
            query->artifact->bytes.data() + wanted[at].offset,
            segment.p_filesz))
      return 1;
    ++at;
  }
  query->matches = at == wanted.size();
  return 1;
}

/// Whether the mapped image is the file that was checked. The dynamic linker
/// knows libraries by name: where an older file of this name is still loaded it
/// returns that one.
bool isImageOf(void *handle, const ArtifactFile &artifact) {
  struct link_map *map = nullptr;
  if (dlinfo(handle, RTLD_DI_LINKMAP, &map) || !map)
    return false;
  ImageQuery query = {&artifact, map->l_addr, false};
  dl_iterate_phdr(compareImage, &query);
  return query.matches;
}

std::string loaderError() {
  const char *error = dlerror();
  return error ? error : "unknown error of the dynamic linker";
}

/// Loads a copy of the checked bytes under a name of its own, which the open
/// descriptor keeps unique.
Failure loadCopy(const ArtifactFile &artifact, sextant_lib &lib) {
  lib.copyDescriptor = memfd_create("sextant-artifact", MFD_CLOEXEC);
  if (lib.copyDescriptor < 0)
    return {SEXTANT_RESOURCE_EXHAUSTED,
            std::string("cannot make a copy in memory: ") +
                std::strerror(errno)};
  size_t done = 0;
  while (done < artifact.bytes.size()) {
    const ssize_t wrote =
        write(lib.copyDescriptor, artifact.bytes.data() + done,
              artifact.bytes.size() - done);
    if (wrote <= 0)
      return {SEXTANT_RESOURCE_EXHAUSTED,
              std::string("cannot make a copy in memory: ") +
                  std::strerror(errno)};
    done += size_t(wrote);
  }
  const std::string name =
      "/proc/self/fd/" + std::to_string(lib.copyDescriptor);
  lib.handle = dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!lib.handle)
    return Failure::rejected("the dynamic linker refused a copy: " +
                             loaderError());
  return Failure::none();
}

Failure load(const char *path, std::unique_ptr<sextant_lib> &result) {
  ArtifactFile artifact;
  if (Failure failure = readArtifact(path, artifact))
    return failure;
  const std::string quoted = "'" + std::string(path) + "': ";
  const std::vector<std::string> faults = findFaults(artifact);
  if (!faults.empty())
    return Failure::rejected(quoted + faults.front());

  // A name with a slash keeps the linker from searching directories.
  std::unique_ptr<char, decltype(&std::free)> resolved(realpath(path, nullptr),
                                                       &std::free);
  if (!resolved)
    return Failure::rejected(quoted + std::strerror(errno));
  auto lib = std::make_unique<sextant_lib>();
  lib->handle = dlopen(resolved.get(), RTLD_NOW | RTLD_LOCAL);
  if (!lib->handle)
    return Failure::rejected(quoted +
                             "the dynamic linker refused it: " + loaderError());
  if (!isImageOf(lib->handle, artifact)) {
    dlclose(lib->handle);
    lib->handle = nullptr;
    if (Failure failure = loadCopy(artifact, *lib))
      return {failure.status, quoted + failure.message};
    if (!isImageOf(lib->handle, artifact))
      return Failure::rejected(quoted + "the file changed while it was loaded");
  }
  lib->manifest = std::move(artifact.manifest);
  result = std::move(lib);
  return Failure::none();
}

/// The address of a function of the kernel `name`, null where the manifest has
/// no such kernel: other symbols are none of the caller's business.
void *findFunction(const sextant_lib *lib, const char *name,
                   const char *suffix) {
  if (!lib || !sextant_manifest_find(lib->manifest.get(), name))
    return nullptr;
  try {
    return dlsym(lib->handle, (std::string(name) + suffix).c_str());
  } catch (const std::bad_alloc &) {
    return nullptr;
  }
}

} // namespace
} // namespace sextant::runtime

using namespace sextant::runtime;

sextant_status sextant_load(const char *path, sextant_lib **lib, char *message,
                            size_t message_bytes) {
  return report(message, message_bytes, [&]() -> Failure {
    if (!lib)
      return Failure::invalid("lib: expected a place for it, got null");
    *lib = nullptr;
    std::unique_ptr<sextant_lib> result;
    if (Failure failure = load(path, result))
      return failure;
    *lib = result.release();
    return Failure::none();
  });
}

sextant_fn sextant_lib_function(const sextant_lib *lib, const char *name) {
  return reinterpret_cast<sextant_fn>(findFunction(lib, name, ""));
}

sextant_workspace_fn sextant_lib_workspace(const sextant_lib *lib,
                                           const char *name) {
  return reinterpret_cast<sextant_workspace_fn>(
      findFunction(lib, name, "_workspace"));
}

sextant_shapes_fn sextant_lib_shapes(const sextant_lib *lib, const char *name) {
  return reinterpret_cast<sextant_shapes_fn>(
      findFunction(lib, name, "_shapes"));
}

const sextant_manifest *sextant_lib_manifest(const sextant_lib *lib) {
  return lib ? lib->manifest.get() : nullptr;
}

void sextant_close(sextant_lib *lib) { delete lib; }
