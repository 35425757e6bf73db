//===- InputGuard.cpp - Reading programs nobody vouches for ---------------===//

#include "compiler/tools/Driver/InputGuard.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/ProgramStack.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"

using namespace sextant;

static constexpr llvm::StringLiteral kBytecodeMagic("ML\xEFR");
static constexpr llvm::StringLiteral kByteOrderMark("\xEF\xBB\xBF");

/// "file.mlir:3:7" of byte `offset`.
static std::string placeOf(llvm::MemoryBufferRef input, size_t offset) {
  const llvm::StringRef before = input.getBuffer().take_front(offset);
  const size_t line = before.count('\n') + 1;
  const size_t column = offset - (before.rfind('\n') + 1) + 1;
  return (input.getBufferIdentifier() + ":" + llvm::Twine(line) + ":" +
          llvm::Twine(column))
      .str();
}

namespace {
/// Walks text as far as needed to know which brackets are open: comments and
/// strings are skipped, `->`, `<=` and `>=` are no brackets.
class DepthScan {
public:
  explicit DepthScan(llvm::StringRef text) : text(text) {}

  /// The first byte at which more than `limit` brackets are open; npos if none.
  size_t firstDeeperThan(unsigned limit) {
    unsigned depth = 0;
    while (at < text.size()) {
      const char c = text[at];
      if (c == '"')
        skipString();
      else if (c == '/' && next() == '/')
        at = std::min(text.find('\n', at), text.size());
      else if (c == '-' && next() == '>')
        at += 2;
      else if ((c == '<' || c == '>') && next() == '=')
        at += 2;
      else {
        if (isOpening(c) && ++depth > limit)
          return at;
        if (isClosing(c) && depth > 0)
          --depth;
        ++at;
      }
    }
    return llvm::StringRef::npos;
  }

private:
  char next() const { return at + 1 < text.size() ? text[at + 1] : '\0'; }
  static bool isOpening(char c) {
    return c == '(' || c == '[' || c == '{' || c == '<';
  }
  static bool isClosing(char c) {
    return c == ')' || c == ']' || c == '}' || c == '>';
  }
  /// A string ends on its line; one that does not is the parser's business.
  void skipString() {
    for (++at; at < text.size() && text[at] != '\n'; ++at) {
      if (text[at] == '\\')
        ++at;
      else if (text[at] == '"')
        break;
    }
    ++at;
  }

  llvm::StringRef text;
  size_t at = 0;
};
} // namespace

static llvm::Error tooLarge(llvm::StringRef name, const InputLimits &limits) {
  return llvm::createStringError(name + ": input larger than " +
                                 llvm::Twine(limits.maxBytes) +
                                 " bytes (use --max-input-size)");
}

llvm::Error sextant::checkInput(llvm::MemoryBufferRef input,
                                const InputLimits &limits) {
  const llvm::StringRef text = input.getBuffer();
  if (text.size() > limits.maxBytes)
    return tooLarge(input.getBufferIdentifier(), limits);
  if (text.starts_with(kBytecodeMagic)) {
    if (limits.allowBytecode)
      return llvm::Error::success();
    return llvm::createStringError(
        input.getBufferIdentifier() +
        ": bytecode input refused; pass --allow-bytecode if you trust this "
        "file");
  }
  const size_t nul = text.find('\0');
  if (nul != llvm::StringRef::npos)
    return llvm::createStringError(placeOf(input, nul) +
                                   ": expected text, found a NUL byte");
  const size_t deep = DepthScan(text).firstDeeperThan(limits.maxDepth);
  if (deep != llvm::StringRef::npos)
    return llvm::createStringError(placeOf(input, deep) +
                                   ": input nesting exceeds " +
                                   llvm::Twine(limits.maxDepth));
  return llvm::Error::success();
}

llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
sextant::readInput(llvm::StringRef path, const InputLimits &limits) {
  if (path != "-") {
    llvm::sys::fs::file_status status;
    if (std::error_code error = llvm::sys::fs::status(path, status))
      return llvm::createStringError(error, "cannot open '" + path +
                                                "': " + error.message());
    if (status.type() == llvm::sys::fs::file_type::directory_file)
      return llvm::createStringError("cannot open '" + path +
                                     "': it is a directory");
    // Before anything is read: it may not fit into memory.
    if (status.type() == llvm::sys::fs::file_type::regular_file &&
        status.getSize() > limits.maxBytes)
      return tooLarge(path, limits);
  }
  auto buffer = llvm::MemoryBuffer::getFileOrSTDIN(path);
  if (!buffer)
    return llvm::createStringError(buffer.getError(),
                                   "cannot open '" + path +
                                       "': " + buffer.getError().message());
  if (llvm::Error error = checkInput(**buffer, limits))
    return std::move(error);
  const llvm::StringRef text = (*buffer)->getBuffer();
  if (!text.starts_with(kByteOrderMark))
    return std::move(*buffer);
  llvm::errs() << (*buffer)->getBufferIdentifier()
               << ": warning: byte order mark ignored\n";
  return llvm::MemoryBuffer::getMemBufferCopy(
      text.drop_front(kByteOrderMark.size()), (*buffer)->getBufferIdentifier());
}

void sextant::runOnBigStack(llvm::function_ref<void()> work) {
  llvm::runOnNewStack(64u << 20, work);
}

mlir::OwningOpRef<mlir::ModuleOp>
sextant::parseInput(llvm::SourceMgr &sources, mlir::MLIRContext *context) {
  mlir::OwningOpRef<mlir::ModuleOp> module;
  runOnBigStack([&] {
    module = mlir::parseSourceFile<mlir::ModuleOp>(sources, context);
  });
  return module;
}
