// An artifact as a file: opened under the loader's rules, read and checked
// before any of it is mapped.
#ifndef SEXTANT_RUNTIME_CORE_ARTIFACTFILE_H
#define SEXTANT_RUNTIME_CORE_ARTIFACTFILE_H

#include "runtime/Core/ElfFile.h"
#include "runtime/Core/Manifest.h"

namespace sextant::runtime {

struct ArtifactFile {
  /// The whole file; `elf` points into it, so this must not move.
  std::string bytes;
  ElfFile elf;
  std::unique_ptr<sextant_manifest> manifest;
};

/// Opens `path` (a regular file, no symbolic link, owner this user or root, not
/// writable by everybody), reads it, and parses ELF structure and manifest.
/// Hygiene faults are left in `artifact.elf` for the caller to judge.
Failure readArtifact(const char *path, ArtifactFile &artifact);

/// What makes the artifact unfit for loading: the faults of its ELF file, then
/// functions the manifest promises and the file does not export.
std::vector<std::string> findFaults(const ArtifactFile &artifact);

} // namespace sextant::runtime

#endif // SEXTANT_RUNTIME_CORE_ARTIFACTFILE_H
