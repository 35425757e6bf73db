//===- Messages.cpp - Framed messages of the language server --------------===//

#include "compiler/tools/sextant-lsp-server/Messages.h"

#include "llvm/ADT/StringExtras.h"

#include <cerrno>
#include <unistd.h>

using namespace sextant;

/// No document that an editor sends is as large.
static constexpr size_t kMostBytes = size_t(1) << 30;

bool MessageReader::fill() {
  char block[4096];
  ssize_t count;
  do
    count = ::read(descriptor, block, sizeof block);
  while (count < 0 && errno == EINTR);
  if (count <= 0)
    return false;
  buffer.append(block, count);
  return true;
}

std::optional<std::string> MessageReader::next() {
  static constexpr llvm::StringLiteral kBlank("\r\n\r\n");
  size_t end;
  while ((end = buffer.find(kBlank)) == std::string::npos)
    if (buffer.size() > kMostBytes || !fill())
      return std::nullopt;
  size_t length = kMostBytes;
  llvm::SmallVector<llvm::StringRef> lines;
  llvm::StringRef(buffer).take_front(end).split(lines, "\r\n");
  for (llvm::StringRef line : lines)
    if (line.consume_front_insensitive("content-length:") &&
        line.trim().getAsInteger(10, length))
      return std::nullopt;
  if (length >= kMostBytes)
    return std::nullopt;
  const size_t first = end + kBlank.size();
  while (buffer.size() < first + length)
    if (!fill())
      return std::nullopt;
  std::string body = buffer.substr(first, length);
  buffer.erase(0, first + length);
  return body;
}

bool sextant::writeMessage(int descriptor, llvm::StringRef body) {
  std::string text =
      "Content-Length: " + llvm::utostr(body.size()) + "\r\n\r\n" + body.str();
  for (size_t done = 0; done < text.size();) {
    const ssize_t count =
        ::write(descriptor, text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0)
      return false;
    done += count;
  }
  return true;
}
