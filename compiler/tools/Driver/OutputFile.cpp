//===- OutputFile.cpp - Files that appear whole or not at all -------------===//

#include "compiler/tools/Driver/OutputFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"
#include <unistd.h>

using namespace sextant;

static llvm::Error cannotWrite(llvm::StringRef path, llvm::Error error) {
  return llvm::createStringError("cannot write '" + path +
                                 "': " + llvm::toString(std::move(error)));
}
static llvm::Error cannotWrite(llvm::StringRef path, std::error_code error) {
  return cannotWrite(path, llvm::errorCodeToError(error));
}

/// Writes and flushes; the stream would end the process over an error that
/// nobody took from it.
static llvm::Error put(int descriptor, llvm::StringRef content) {
  llvm::raw_fd_ostream os(descriptor, /*shouldClose=*/false);
  os << content;
  os.flush();
  const std::error_code error = os.error();
  os.clear_error();
  return llvm::errorCodeToError(error);
}

/// A device or a pipe cannot be replaced.
static llvm::Error
writeInPlace(llvm::StringRef path,
             llvm::function_ref<llvm::Error(int descriptor)> write) {
  int descriptor;
  if (std::error_code error = llvm::sys::fs::openFileForWrite(path, descriptor))
    return cannotWrite(path, error);
  llvm::Error error = write(descriptor);
  ::close(descriptor);
  return error ? cannotWrite(path, std::move(error)) : std::move(error);
}

llvm::Error sextant::writeOutput(llvm::StringRef path,
                                 llvm::StringRef content) {
  return writeOutput(path,
                     [&](int descriptor) { return put(descriptor, content); });
}

llvm::Error
sextant::writeOutput(llvm::StringRef path,
                     llvm::function_ref<llvm::Error(int descriptor)> write) {
  if (path == "-") {
    // What was printed before comes before.
    llvm::outs().flush();
    llvm::Error error = write(STDOUT_FILENO);
    return error ? cannotWrite("standard output", std::move(error))
                 : std::move(error);
  }
  llvm::sys::fs::file_status status;
  llvm::sys::fs::status(path, status);
  if (status.type() == llvm::sys::fs::file_type::directory_file)
    return cannotWrite(path, llvm::createStringError("it is a directory"));
  if (llvm::sys::fs::exists(status) &&
      status.type() != llvm::sys::fs::file_type::regular_file)
    return writeInPlace(path, write);
  // Renaming would replace a file that may not be written to.
  if (llvm::sys::fs::exists(status) && ::access(path.str().c_str(), W_OK) != 0)
    return cannotWrite(path, std::error_code(errno, std::generic_category()));
  auto file = llvm::sys::fs::TempFile::create(path + ".%%%%%%.tmp");
  // LLVM's messages would name the temporary file.
  if (!file)
    return cannotWrite(path, llvm::errorToErrorCode(file.takeError()));
  if (llvm::Error error = write(file->FD)) {
    llvm::consumeError(file->discard());
    return cannotWrite(path, std::move(error));
  }
  if (llvm::Error error = file->keep(path))
    return cannotWrite(path, llvm::errorToErrorCode(std::move(error)));
  return llvm::Error::success();
}

llvm::Error sextant::checkDistinct(llvm::StringRef input,
                                   llvm::StringRef output) {
  bool same = false;
  if (input != "-" && output != "-" &&
      !llvm::sys::fs::equivalent(input, output, same) && same)
    return llvm::createStringError("output '" + output + "' is the input file");
  return llvm::Error::success();
}

bool sextant::isTerminal(llvm::StringRef path) {
  return path == "-" && llvm::sys::Process::StandardOutIsDisplayed();
}
