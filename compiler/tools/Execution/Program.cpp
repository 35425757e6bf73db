//===- Program.cpp - The function a file defines --------------------------===//

#include "compiler/tools/Execution/Program.h"
#include "compiler/Pipeline/Dialects.h"
#include "compiler/tools/Driver/CommandLine.h"
#include "compiler/tools/Driver/CrashReport.h"
#include "compiler/tools/Driver/ExitCode.h"
#include "llvm/ADT/StringExtras.h"

using namespace sextant;

static mlir::DialectRegistry makeRegistry() {
  mlir::DialectRegistry registry;
  registerDialects(registry);
  return registry;
}

Program::Program(const ExecutionOptions &options)
    : registry(makeRegistry()), context(registry) {
  llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> input =
      readInput(options.file, options.limits);
  if (!input)
    fail(kExitRejected, llvm::toString(input.takeError()));
  text = (*input)->getBuffer().str();
  setCrashInput(options.file, text);
  sources.AddNewSourceBuffer(std::move(*input), llvm::SMLoc());
  diagnostics =
      std::make_unique<mlir::SourceMgrDiagnosticHandler>(sources, &context);
  parsed = parseInput(sources, &context);
  if (!parsed)
    std::exit(kExitRejected);

  llvm::SmallVector<llvm::StringRef> names;
  for (auto function : parsed->getOps<mlir::func::FuncOp>()) {
    if (function.isPrivate() || function.isExternal())
      continue;
    names.push_back(function.getName());
    if (options.entry.empty() || options.entry == function.getName())
      entry = function;
  }
  if (names.empty())
    fail(kExitRejected, "'" + options.file + "' defines no public function");
  if (!entry)
    fail(kExitUsage, unknownValue("entry", options.entry, names));
  if (options.entry.empty() && names.size() > 1)
    fail(kExitUsage, "'" + options.file +
                         "' defines several functions; choose one with "
                         "--entry: " +
                         llvm::join(names, ", "));
}
