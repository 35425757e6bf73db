//===- CompileTest.cpp - Compilations in one process ----------------------===//

#include "compiler/Pipeline/Compiler.h"
#include "compiler/Pipeline/Dialects.h"
#include "compiler/tools/Driver/InputGuard.h"
#include "llvm/Support/SourceMgr.h"

#include "gtest/gtest.h"

using namespace mlir;
using namespace sextant;

static CompileResult compileExample(Phase to) {
  DialectRegistry registry;
  registerDialects(registry);
  MLIRContext context(registry);
  llvm::SourceMgr sources;
  auto text = llvm::MemoryBuffer::getFile(SEXTANT_SOURCE_DIR
                                          "/examples/rope/kernel.mlir");
  EXPECT_TRUE(bool(text));
  sources.AddNewSourceBuffer(std::move(*text), llvm::SMLoc());
  OwningOpRef<ModuleOp> module = parseInput(sources, &context);
  EXPECT_TRUE(bool(module));
  CompileRequest request;
  request.to = to;
  std::string message;
  EXPECT_TRUE(parseTargetSet("generic", request.targets, message)) << message;
  CompileResult result = compile(*module, request);
  EXPECT_EQ(result.status, CompileStatus::Done);
  return result;
}

// lld resets the options of LLVM, some of which code generation needs.
TEST(Compile, AgainAfterALink) {
  const CompileResult first = compileExample(Phase::So);
  const CompileResult second = compileExample(Phase::So);
  EXPECT_TRUE(first.output == second.output)
      << first.output.size() << " and " << second.output.size() << " bytes";
}
