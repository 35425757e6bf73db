//===- Hovers.cpp - What is known of an attention, in its hover -----------===//

#include "compiler/tools/sextant-lsp-server/Hovers.h"
#include "compiler/Pipeline/Dialects.h"
#include "compiler/Pipeline/ExplainProgram.h"
#include "compiler/tools/Driver/InputGuard.h"
#include "dialect/Attn/IR/Attn.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"

using namespace sextant;
namespace json = llvm::json;

//===----------------------------------------------------------------------===//
// The report
//===----------------------------------------------------------------------===//

/// The function of the attention op on `line`, from 1.
static mlir::func::FuncOp findFunction(mlir::ModuleOp module, unsigned line) {
  mlir::func::FuncOp found;
  module.walk([&](mlir::Operation *op) {
    if (!mlir::isa<attn::ScoresOp, attn::RotaryScoresOp, attn::SelectScoresOp,
                   attn::WeightsOpInterface, attn::WeightedSumOp>(op))
      return;
    auto place = op->getLoc()->findInstanceOf<mlir::FileLineColLoc>();
    if (place && place.getLine() == line)
      found = op->getParentOfType<mlir::func::FuncOp>();
  });
  return found;
}

/// The parts of a report that are about one function.
static std::string partsOf(llvm::StringRef report, llvm::StringRef name) {
  std::string parts;
  bool isOwn = false;
  llvm::SmallVector<llvm::StringRef> lines;
  report.split(lines, '\n', -1, /*KeepEmpty=*/false);
  for (llvm::StringRef line : lines) {
    if (llvm::StringRef rest = line; rest.consume_front("@"))
      isOwn = rest.consume_front(name) &&
              (rest.empty() || rest.front() == ',' || rest.front() == ' ');
    if (isOwn)
      parts += line.str() + "\n";
  }
  return parts;
}

std::string sextant::explainLine(llvm::StringRef program, int64_t line) {
  const llvm::MemoryBufferRef buffer(program, "hover");
  if (llvm::Error error = checkInput(buffer, InputLimits())) {
    llvm::consumeError(std::move(error));
    return "";
  }
  mlir::DialectRegistry registry;
  registerDialects(registry);
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  // Errors are shown where they are, by the server itself.
  context.getDiagEngine().registerHandler(
      [](mlir::Diagnostic &) { return mlir::success(); });
  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBufferCopy(program),
                             llvm::SMLoc());
  mlir::OwningOpRef<mlir::ModuleOp> module = parseInput(sources, &context);
  if (!module)
    return "";
  mlir::func::FuncOp function = findFunction(*module, line + 1);
  if (!function)
    return "";
  TargetSet host;
  std::string message, report;
  if (!parseTargetSet("host", host, message))
    return "";
  llvm::raw_string_ostream os(report);
  if (mlir::failed(explainProgram(*module, host, {}, os)))
    return "";
  return partsOf(report, function.getName());
}

//===----------------------------------------------------------------------===//
// Messages
//===----------------------------------------------------------------------===//

static std::string textOf(const json::Value *id) {
  std::string text;
  if (id)
    llvm::raw_string_ostream(text) << *id;
  return text;
}

void Hovers::sent(llvm::StringRef body) {
  llvm::Expected<json::Value> message = json::parse(body);
  if (!message)
    return llvm::consumeError(message.takeError());
  const json::Object *object = message->getAsObject();
  const json::Object *params = object ? object->getObject("params") : nullptr;
  const json::Object *document =
      params ? params->getObject("textDocument") : nullptr;
  std::optional<llvm::StringRef> uri =
      document ? document->getString("uri") : std::nullopt;
  if (!uri)
    return;
  const llvm::StringRef method = object->getString("method").value_or("");
  std::lock_guard<std::mutex> lock(mutex);
  if (method == "textDocument/didOpen") {
    texts[*uri] = document->getString("text").value_or("").str();
  } else if (method == "textDocument/didClose") {
    texts.erase(*uri);
  } else if (method == "textDocument/didChange") {
    // The server asks for whole texts.
    const json::Array *changes = params->getArray("contentChanges");
    if (changes && !changes->empty())
      if (const json::Object *change = changes->back().getAsObject())
        texts[*uri] = change->getString("text").value_or("").str();
  } else if (method == "textDocument/hover") {
    const json::Object *position = params->getObject("position");
    std::optional<int64_t> line =
        position ? position->getInteger("line") : std::nullopt;
    if (line && object->get("id"))
      open[textOf(object->get("id"))] = {uri->str(), *line};
  }
}

std::string Hovers::answered(std::string body) {
  llvm::Expected<json::Value> message = json::parse(body);
  if (!message) {
    llvm::consumeError(message.takeError());
    return body;
  }
  json::Object *object = message->getAsObject();
  std::string program;
  Place place;
  {
    std::lock_guard<std::mutex> lock(mutex);
    auto found = object ? open.find(textOf(object->get("id"))) : open.end();
    if (found == open.end() || object->get("method"))
      return body;
    place = found->second;
    open.erase(found);
    program = texts.lookup(place.uri);
  }
  json::Object *result = object->getObject("result");
  json::Object *contents = result ? result->getObject("contents") : nullptr;
  std::optional<llvm::StringRef> value =
      contents ? contents->getString("value") : std::nullopt;
  if (!value)
    return body;
  const std::string report = explainLine(program, place.line);
  if (report.empty())
    return body;
  (*contents)["value"] = value->str() + "\n\n```text\n" + report + "```\n";
  std::string edited;
  llvm::raw_string_ostream(edited) << *message;
  return edited;
}
