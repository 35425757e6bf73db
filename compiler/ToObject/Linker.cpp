//===- Linker.cpp - Linking in process, with lld as a library -------------===//

#include "compiler/ToObject/Linker.h"
#include "lld/Common/Driver.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include <deque>

LLD_HAS_DRIVER(elf)

using namespace sextant;
using Bytes = llvm::SmallVector<char, 0>;

namespace {
/// A file that is gone when this object is.
class TemporaryFile {
public:
  /// Creates it with `content`; `path` is set on success.
  llvm::Error create(llvm::StringRef content) {
    int descriptor;
    if (std::error_code error = llvm::sys::fs::createTemporaryFile(
            "sextant", "o", descriptor, path))
      return llvm::createStringError(error, "cannot create a temporary file: " +
                                                error.message());
    remover.setFile(path);
    llvm::raw_fd_ostream os(descriptor, /*shouldClose=*/true);
    os << content;
    os.close();
    if (std::error_code error = os.error()) {
      os.clear_error();
      return llvm::createStringError(error, "cannot write '" +
                                                llvm::StringRef(path) +
                                                "': " + error.message());
    }
    return llvm::Error::success();
  }

  llvm::SmallString<128> path;

private:
  llvm::FileRemover remover;
};
} // namespace

/// Runs lld on `objects`; lld reads and writes files only.
static llvm::Expected<Bytes> link(llvm::ArrayRef<llvm::StringRef> objects,
                                  llvm::ArrayRef<const char *> flags) {
  std::deque<TemporaryFile> inputs;
  TemporaryFile output;
  llvm::SmallVector<const char *> arguments = {"ld.lld", "--threads=1"};
  arguments.append(flags.begin(), flags.end());
  for (llvm::StringRef object : objects) {
    if (llvm::Error error = inputs.emplace_back().create(object))
      return std::move(error);
    arguments.push_back(inputs.back().path.c_str());
  }
  if (llvm::Error error = output.create(""))
    return std::move(error);
  arguments.append({"-o", output.path.c_str()});

  std::string messages;
  llvm::raw_string_ostream os(messages);
  lld::Result result =
      lld::lldMain(arguments, os, os, {{lld::Gnu, &lld::elf::link}});
  if (result.retCode != 0)
    return llvm::createStringError("linking failed: " +
                                   llvm::StringRef(messages).trim());
  auto buffer = llvm::MemoryBuffer::getFile(output.path, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (!buffer)
    return llvm::createStringError(buffer.getError(),
                                   "cannot read what lld wrote: " +
                                       buffer.getError().message());
  llvm::StringRef bytes = (*buffer)->getBuffer();
  return Bytes(bytes.begin(), bytes.end());
}

llvm::Expected<Bytes>
sextant::linkRelocatable(llvm::ArrayRef<llvm::StringRef> objects) {
  return link(objects, {"-r"});
}

llvm::Expected<Bytes>
sextant::linkShared(llvm::ArrayRef<llvm::StringRef> objects) {
  return link(objects, {"-shared", "--no-undefined", "--fatal-warnings", "-z",
                        "text", "-z", "noexecstack", "-z", "relro", "-z", "now",
                        "--gc-sections", "--build-id=none", "--hash-style=gnu",
                        "-Bsymbolic", "--strip-all"});
}
