//===- OutputFile.cpp - Files that appear whole or not at all -------------===//

#include "compiler/tools/Driver/OutputFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"
#include <unistd.h>

using namespace sextant;

static llvm::Error cannotWrite(llvm::StringRef path, std::error_code error) {
  return llvm::createStringError(error, "cannot write '" + path +
                                            "': " + error.message());
}

/// Writes and flushes; the stream would end the process over an error that
/// nobody took from it.
static std::error_code put(llvm::raw_fd_ostream &os, llvm::StringRef content) {
  os << content;
  os.flush();
  const std::error_code error = os.error();
  os.clear_error();
  return error;
}

llvm::Error sextant::writeOutput(llvm::StringRef path,
                                 llvm::StringRef content) {
  if (path == "-") {
    if (std::error_code error = put(llvm::outs(), content))
      return cannotWrite("standard output", error);
    return llvm::Error::success();
  }
  llvm::sys::fs::file_status status;
  llvm::sys::fs::status(path, status);
  if (status.type() == llvm::sys::fs::file_type::directory_file)
    return llvm::createStringError("cannot write '" + path +
                                   "': it is a directory");
  // A device or a pipe cannot be replaced.
  if (llvm::sys::fs::exists(status) &&
      status.type() != llvm::sys::fs::file_type::regular_file) {
    std::error_code error;
    llvm::raw_fd_ostream os(path, error);
    if (!error)
      error = put(os, content);
    return error ? cannotWrite(path, error) : llvm::Error::success();
  }
  // Renaming would replace a file that may not be written to.
  if (llvm::sys::fs::exists(status) && ::access(path.str().c_str(), W_OK) != 0)
    return cannotWrite(path, std::error_code(errno, std::generic_category()));
  auto file = llvm::sys::fs::TempFile::create(path + ".%%%%%%.tmp");
  if (!file) {
    const std::error_code error = llvm::errorToErrorCode(file.takeError());
    return cannotWrite(path, error);
  }
  std::error_code error;
  {
    llvm::raw_fd_ostream os(file->FD, /*shouldClose=*/false);
    error = put(os, content);
  }
  if (error) {
    llvm::consumeError(file->discard());
    return cannotWrite(path, error);
  }
  if (llvm::Error problem = file->keep(path))
    return cannotWrite(path, llvm::errorToErrorCode(std::move(problem)));
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
