// Opens and reads an artifact; what it may be is decided on the open file, so
// that nothing can be exchanged between check and read.
#include "runtime/Core/ArtifactFile.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sextant::runtime {
namespace {

constexpr int64_t maxFileBytes = int64_t(256) << 20;

/// Closes a file descriptor when it goes out of scope.
struct OpenFile {
  int descriptor;
  ~OpenFile() {
    if (descriptor >= 0)
      close(descriptor);
  }
};

Failure checkFileRules(const std::string &quoted, const struct stat &info) {
  if (S_ISDIR(info.st_mode))
    return Failure::rejected(quoted +
                             ": expected a regular file, found a directory");
  if (!S_ISREG(info.st_mode))
    return Failure::rejected(
        quoted + ": expected a regular file, found a device, pipe or socket");
  if (info.st_mode & S_IWOTH)
    return Failure::rejected(quoted + ": the file is writable by everybody; "
                                      "expected mode o-w");
  const uid_t user = geteuid();
  // Root may load what others own: in containers it is often all there is.
  if (user != 0 && info.st_uid != user && info.st_uid != 0)
    return Failure::rejected(quoted + ": expected an owner of " +
                             std::to_string(user) + " or root, found " +
                             std::to_string(info.st_uid));
  if (info.st_size > maxFileBytes)
    return Failure::rejected(quoted + ": expected at most " +
                             std::to_string(maxFileBytes) + " bytes, found " +
                             std::to_string(info.st_size));
  return Failure::none();
}

Failure readFile(const char *path, const std::string &quoted,
                 std::string &bytes) {
  // O_NONBLOCK: opening a pipe must not wait for a writer.
  OpenFile file{open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
  if (file.descriptor < 0) {
    if (errno == ELOOP)
      return Failure::rejected(
          quoted + ": expected a regular file, found a symbolic link");
    return Failure::rejected(quoted + ": " + std::strerror(errno));
  }
  struct stat info;
  if (fstat(file.descriptor, &info))
    return Failure::rejected(quoted + ": " + std::strerror(errno));
  if (Failure failure = checkFileRules(quoted, info))
    return failure;
  bytes.resize(size_t(info.st_size));
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got =
        read(file.descriptor, &bytes[done], bytes.size() - done);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return Failure::rejected(quoted + ": cannot read it to its end");
    done += size_t(got);
  }
  return Failure::none();
}

} // namespace

Failure readArtifact(const char *path, ArtifactFile &artifact) {
  if (!path || !*path)
    return Failure::invalid("path: expected a file name, got none");
  const std::string quoted = "'" + std::string(path) + "'";
  if (Failure failure = readFile(path, quoted, artifact.bytes))
    return failure;
  Failure failure = parseElf(artifact.bytes, hostMachine(), artifact.elf);
  if (!failure)
    failure = parseManifest(artifact.elf.manifest, artifact.manifest);
  if (failure)
    failure.message = quoted + ": " + failure.message;
  return failure;
}

std::vector<std::string> findFaults(const ArtifactFile &artifact) {
  std::vector<std::string> faults = findHygieneFaults(artifact.elf);
  const std::vector<std::string> &exports = artifact.elf.exports;
  for (const sextant_kernel_info &kernel : artifact.manifest->kernels)
    for (const char *suffix : {"", "_workspace", "_shapes"}) {
      const std::string name = std::string(kernel.name) + suffix;
      if (std::find(exports.begin(), exports.end(), name) == exports.end())
        faults.push_back("expected the exported function '" + name +
                         "', found none");
    }
  return faults;
}

} // namespace sextant::runtime

using namespace sextant::runtime;

sextant_status sextant_manifest_read(const char *path,
                                     sextant_manifest **manifest, char *message,
                                     size_t message_bytes) {
  return report(message, message_bytes, [&]() -> Failure {
    if (!manifest)
      return Failure::invalid("manifest: expected a place for it, got null");
    *manifest = nullptr;
    ArtifactFile artifact;
    if (Failure failure = readArtifact(path, artifact))
      return failure;
    *manifest = artifact.manifest.release();
    return Failure::none();
  });
}
