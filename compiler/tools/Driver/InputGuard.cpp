//===- InputGuard.cpp - Reading programs nobody vouches for ---------------===//

#include "compiler/tools/Driver/InputGuard.h"
#include "compiler/tools/Driver/SourceNames.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/ProgramStack.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"
#include <vector>

using namespace sextant;

static constexpr llvm::StringLiteral kBytecodeMagic("ML\xEFR");
static constexpr llvm::StringLiteral kByteOrderMark("\xEF\xBB\xBF");

/// Of byte `offset`, from 1.
static std::pair<unsigned, unsigned> lineAndColumn(llvm::StringRef text,
                                                   size_t offset) {
  const llvm::StringRef before = text.take_front(offset);
  return {before.count('\n') + 1, offset - (before.rfind('\n') + 1) + 1};
}

/// "file.mlir:3:7" of byte `offset`.
static std::string placeOf(llvm::MemoryBufferRef input, size_t offset) {
  auto [line, column] = lineAndColumn(input.getBuffer(), offset);
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
        if (isOpening(c))
          open.push_back(at);
        if (open.size() > limit)
          return at;
        if (isClosing(c) && !open.empty())
          open.pop_back();
        ++at;
      }
    }
    return llvm::StringRef::npos;
  }

  /// Where the innermost bracket was opened that is still open at the end of
  /// the scan; npos if none is.
  size_t lastOpen() const {
    return open.empty() ? llvm::StringRef::npos : open.back();
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
  llvm::SmallVector<size_t> open;
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

static llvm::Error cannotOpen(llvm::StringRef path, llvm::StringRef why) {
  return llvm::createStringError("cannot open '" + path + "': " + why);
}

/// Reads to the end, or until there is more than may be: a pipe or a device
/// does not say how much it holds.
static llvm::Expected<std::string> readAll(llvm::sys::fs::file_t file,
                                           llvm::StringRef path,
                                           const InputLimits &limits) {
  std::string text;
  std::vector<char> block(1 << 16);
  for (;;) {
    llvm::Expected<size_t> count =
        llvm::sys::fs::readNativeFile(file, llvm::MutableArrayRef(block));
    if (!count)
      return cannotOpen(path, llvm::toString(count.takeError()));
    if (*count == 0)
      return text;
    text.append(block.data(), *count);
    if (text.size() > limits.maxBytes)
      return tooLarge(path, limits);
  }
}

static llvm::Expected<std::string> readFile(llvm::StringRef path,
                                            const InputLimits &limits) {
  if (path == "-")
    return readAll(llvm::sys::fs::getStdinHandle(), "<stdin>", limits);
  llvm::sys::fs::file_status status;
  if (std::error_code error = llvm::sys::fs::status(path, status))
    return cannotOpen(path, error.message());
  if (status.type() == llvm::sys::fs::file_type::directory_file)
    return cannotOpen(path, "it is a directory");
  // Before anything is read: it may not fit into memory.
  if (status.type() == llvm::sys::fs::file_type::regular_file &&
      status.getSize() > limits.maxBytes)
    return tooLarge(path, limits);
  llvm::Expected<llvm::sys::fs::file_t> file =
      llvm::sys::fs::openNativeFileForRead(path);
  if (!file)
    return cannotOpen(path, llvm::errorToErrorCode(file.takeError()).message());
  llvm::Expected<std::string> text = readAll(*file, path, limits);
  llvm::sys::fs::closeFile(*file);
  return text;
}

llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
sextant::readInput(llvm::StringRef path, const InputLimits &limits) {
  llvm::Expected<std::string> read = readFile(path, limits);
  if (!read)
    return read.takeError();
  const llvm::StringRef name = path == "-" ? "<stdin>" : path;
  llvm::StringRef text = *read;
  if (llvm::Error error = checkInput({text, name}, limits))
    return std::move(error);
  if (text.consume_front(kByteOrderMark))
    llvm::errs() << name << ": warning: byte order mark ignored\n";
  return llvm::MemoryBuffer::getMemBufferCopy(text, name);
}

void sextant::runOnBigStack(llvm::function_ref<void()> work) {
  llvm::runOnNewStack(64u << 20, work);
}

/// A file that was cut off is better understood by where the open end began.
static void noteOpenBracket(llvm::MemoryBufferRef text,
                            mlir::MLIRContext *context) {
  DepthScan scan(text.getBuffer());
  scan.firstDeeperThan(InputLimits().maxDepth);
  if (scan.lastOpen() == llvm::StringRef::npos)
    return;
  auto [line, column] = lineAndColumn(text.getBuffer(), scan.lastOpen());
  const mlir::Location opened = mlir::FileLineColLoc::get(
      context, text.getBufferIdentifier(), line, column);
  context->getDiagEngine().emit(opened, mlir::DiagnosticSeverity::Note)
      << "the file ends before this is closed";
}

mlir::OwningOpRef<mlir::ModuleOp>
sextant::parseInput(llvm::SourceMgr &sources, mlir::MLIRContext *context) {
  const llvm::MemoryBufferRef text =
      *sources.getMemoryBuffer(sources.getMainFileID());
  mlir::OwningOpRef<mlir::ModuleOp> module;
  runOnBigStack([&] {
    module = mlir::parseSourceFile<mlir::ModuleOp>(sources, context);
  });
  if (text.getBuffer().starts_with(kBytecodeMagic))
    return module;
  if (module)
    keepArgumentNames(*module, sources);
  else
    noteOpenBracket(text, context);
  return module;
}
